/**
 * A look into a keyword file before it is sent: its encoding, the header and the first rows. It is only a look; what is
 * taken and what not is said by the server, which reads the whole file.
 */
import { type Field, fieldsOf } from "./importColumns";

export type Preview = {
  columns: { header: string; field?: Field }[];
  rows: string[][];
  /** Keywords of the first lines, to see what language they are in. */
  keywords: string[];
  /** About how many lines there are. */
  lines: number;
  encoding: string;
  /** Lines that stand before the header. */
  before: number;
  /** What keeps it from being imported, as far as can be seen here. */
  problem?: string;
};

/** Bytes at the start that are looked at. */
const LOOKED_BYTES = 256 * 1024;
/** Among how many filled lines the header is looked for. */
const LOOKED_LINES = 10;
const SHOWN_ROWS = 5;
const LOOKED_KEYWORDS = 200;

const FOREIGN: [number[], string][] = [
  [[0x50, 0x4b, 3, 4], "This is an Excel workbook or a ZIP archive. Save it as CSV and choose that file."],
  [[0xd0, 0xcf, 0x11, 0xe0], "This is an old Excel workbook. Save it as CSV and choose that file."],
  [[0x25, 0x50, 0x44, 0x46], "This is a PDF. Export the table as CSV and choose that file."],
  [[0x1f, 0x8b], "This is a gzip archive. Unpack it and choose the file inside."],
];

const startsWith = (bytes: Uint8Array, magic: number[]) => magic.every((byte, at) => bytes[at] === byte);

/** The encoding by the byte order mark, else by the zeros that UTF-16 has in every plain letter, else UTF-8 if it is. */
export function encodingOf(bytes: Uint8Array): string {
  if (startsWith(bytes, [0xff, 0xfe])) return "utf-16le";
  if (startsWith(bytes, [0xfe, 0xff])) return "utf-16be";
  const zeros = [0, 0];
  const sample = bytes.subarray(0, 4096);
  for (const [at, byte] of sample.entries()) if (byte === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  const plenty = (many: number, few: number) => many * 10 >= sample.length && many >= 2 && few * 20 <= many;
  if (plenty(odd, even)) return "utf-16le";
  if (plenty(even, odd)) return "utf-16be";
  try {
    // `stream` forgives a character that is cut off at the end.
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return "utf-8";
  } catch {
    return "windows-1252";
  }
}

/** The cells of each record, until there are `most`: quoted cells may hold delimiters, line breaks and doubled quotes. */
export function records(text: string, delimiter: string, most: number): string[][] {
  const all: string[][] = [];
  let record: string[] = [];
  let cell = "";
  let quoted = false;
  const endRecord = () => {
    record.push(cell);
    all.push(record);
    record = [];
    cell = "";
  };
  for (let at = 0; at < text.length && all.length < most; at += 1) {
    const char = text.charAt(at);
    if (quoted) {
      if (char !== '"') cell += char;
      else if (text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else quoted = false;
    } else if (char === '"' && cell.trim() === "") {
      cell = "";
      quoted = true;
    } else if (char === delimiter) {
      record.push(cell);
      cell = "";
    } else if (char === "\n" || char === "\r") {
      if (char === "\r" && text[at + 1] === "\n") at += 1;
      endRecord();
    } else cell += char;
  }
  if (all.length < most && (cell !== "" || record.length > 0)) endRecord();
  return all;
}

const isBlank = (record: string[]) => record.every((cell) => cell.trim() === "");

type Header = { fields: (Field | undefined)[]; at: number; records: string[][]; known: number };

/** Of the first lines, read with each delimiter, the one with most known columns; one of them must be the keyword. */
function findHeader(text: string): Header | undefined {
  let best: Header | undefined;
  for (const delimiter of ["\t", ",", ";"]) {
    const all = records(text, delimiter, 200);
    let filled = 0;
    for (const [at, record] of all.entries()) {
      if (isBlank(record)) continue;
      filled += 1;
      if (filled > LOOKED_LINES) break;
      const fields = fieldsOf(record);
      if (!fields.includes("keyword")) continue;
      const known = fields.filter(Boolean).length;
      if (!best || known > best.known || (known === best.known && at < best.at)) {
        // One column and no delimiter: what stands in the lines below belongs to the keyword.
        const rows = record.length === 1 ? text.split(/\r\n|\r|\n/).map((line) => [line]) : all;
        best = { fields, at, records: rows, known };
      }
    }
  }
  return best;
}

function linesOf(bytes: Uint8Array): number {
  let breaks = 0;
  for (const byte of bytes) if (byte === 10) breaks += 1;
  return breaks + (bytes.at(-1) === 10 || (bytes.at(-1) === 0 && bytes.at(-2) === 10) ? 0 : 1);
}

export function previewOf(bytes: Uint8Array): Preview {
  const nothing: Preview = { columns: [], rows: [], keywords: [], lines: 0, encoding: "", before: 0 };
  if (bytes.length === 0) return { ...nothing, problem: "This file is empty." };
  const foreign = FOREIGN.find(([magic]) => startsWith(bytes, magic));
  if (foreign) return { ...nothing, problem: foreign[1] };
  const start = bytes.subarray(0, LOOKED_BYTES);
  const encoding = encodingOf(start);
  const text = new TextDecoder(encoding).decode(start).replace(/^\uFEFF+/, "");
  const lines = linesOf(bytes);
  if (text.trim() === "") return { ...nothing, problem: "This file is empty." };
  const header = findHeader(text);
  if (!header) return { ...nothing, lines, encoding };
  const names = header.records[header.at] ?? [];
  const last = names.findLastIndex((name) => name.trim() !== "");
  const filled = header.records.slice(header.at + 1).filter((record) => !isBlank(record));
  const keyword = header.fields.indexOf("keyword");
  return {
    columns: names.slice(0, last + 1).map((name, index) => ({ header: name.trim(), field: header.fields[index] })),
    rows: filled.slice(0, SHOWN_ROWS),
    keywords: filled.slice(0, LOOKED_KEYWORDS).map((record) => record[keyword] ?? ""),
    lines,
    encoding,
    before: header.at,
  };
}
