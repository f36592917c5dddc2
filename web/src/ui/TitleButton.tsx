/** The name in a row of a table, cut to its place, that opens the row. */
export function TitleButton({ name, hint = name, open }: { name: string; hint?: string; open: () => void }) {
  return (
    <button type="button" className="row-name cursor-pointer" title={hint} onClick={open}>
      {name}
    </button>
  );
}
