/** Variables of a test, as people edit them. */
type Variable = { name: string; example?: unknown };

/** The examples of all variables, as JSON with one line for each. */
export function examplesOf(variables: Variable[]): string {
  const lines = variables.map(({ name, example }) => `  ${JSON.stringify(name)}: ${JSON.stringify(example ?? null)}`);
  return `{\n${lines.join(",\n")}\n}`;
}

/** What was entered, or what is wrong with it. */
export function parsed(text: string): { value?: Record<string, unknown>; error?: string } {
  if (!text.trim()) return { value: {} };
  try {
    const value: unknown = JSON.parse(text);
    if (value === null || typeof value !== "object" || Array.isArray(value)) return { error: "must be a JSON object" };
    return { value: value as Record<string, unknown> };
  } catch (error) {
    return { error: `is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}
