/** Which addresses a link of a text may have: the rule of libs/blocks/src/address.rs. */

/** The address as the server takes it; nothing when it is none. */
export function linkOf(raw: string): string | undefined {
  const text = raw.trim();
  if (/^(https?:\/\/[^/?#\s]|mailto:\S+@|#\S|\/(?![/\\]))/i.test(text)) return text;
  if (/^[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)+([/?#]\S*)?$/u.test(text)) return `https://${text}`;
  return undefined;
}
