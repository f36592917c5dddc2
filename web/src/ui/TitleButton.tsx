/** The name in a row of a table, cut to its width, that opens the row. */
export function TitleButton({ name, hint = name, open }: { name: string; hint?: string; open: () => void }) {
  return (
    <button
      type="button"
      className="block max-w-full cursor-pointer truncate text-left font-medium hover:underline"
      title={hint}
      onClick={open}
    >
      {name}
    </button>
  );
}
