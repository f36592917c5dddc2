import { describe, expect, it } from "vitest";
import { fieldsOf } from "./importColumns";
import { encodingOf, previewOf, records } from "./importPreview";

const utf8 = (text: string) => new TextEncoder().encode(text);

function utf16(text: string, little = true, mark = true): Uint8Array {
  const units = [...(mark ? "\uFEFF" : ""), ...text].flatMap((char) => {
    const code = char.charCodeAt(0);
    return little ? [code & 255, code >> 8] : [code >> 8, code & 255];
  });
  return new Uint8Array(units);
}

const known = (bytes: Uint8Array) =>
  previewOf(bytes).columns.flatMap(({ header, field }) => (field ? [`${header}=${field}`] : []));

describe("the preview of a keyword file", () => {
  it("finds the header below a preamble, in UTF-16 with tabs, as Keyword Planner writes it", () => {
    const text =
      'Keyword Stats 2021-11-11 at 23_10_18\n"October 1, 2020 - September 30, 2021"\n' +
      "Keyword\tCurrency\tAvg. monthly searches\tTop of page bid (low range)\tTop of page bid (high range)\n" +
      "cambio aceite\tUSD\t10\t\t1,5\n";
    for (const bytes of [utf16(text), utf16(text, false), utf16(text, true, false)]) {
      const preview = previewOf(bytes);
      expect(known(bytes)).toEqual([
        "Keyword=keyword",
        "Avg. monthly searches=volume",
        "Top of page bid (high range)=cpc",
      ]);
      expect(preview).toMatchObject({ before: 2, lines: 4 });
      expect(preview.rows).toEqual([["cambio aceite", "USD", "10", "", "1,5"]]);
    }
  });

  it("tells commas, semicolons and tabs apart, and keeps quoted cells whole", () => {
    expect(known(utf8("\uFEFFPalabra clave;KD %;Búsquedas mensuales\ncafé;3;1.000\n"))).toHaveLength(3);
    expect(previewOf(utf8('Keyword,Volume\n"oil, ""best""\nof all",5\n')).rows).toEqual([['oil, "best"\nof all', "5"]]);
    expect(previewOf(utf8("Keyword\nred, blue\n")).rows).toEqual([["red, blue"]]);
  });

  it("reads old code pages and forgives a character that is cut off", () => {
    expect(encodingOf(new Uint8Array([0x63, 0x61, 0x66, 0xe9, 0x0a]))).toBe("windows-1252");
    expect(encodingOf(utf8("Keyword\ncafé").subarray(0, -1))).toBe("utf-8");
  });

  it("says what it is when it is no table, and leaves what it does not know to the server", () => {
    expect(previewOf(new Uint8Array([0x50, 0x4b, 3, 4, 20])).problem).toContain("Excel");
    expect(previewOf(utf8("")).problem).toContain("empty");
    expect(previewOf(utf8("\uFEFF \r\n")).problem).toContain("empty");
    const unknown = previewOf(utf8("Nome,Páginas\na,b\n"));
    expect(unknown).toMatchObject({ columns: [], lines: 2 });
    expect(unknown.problem).toBeUndefined();
  });

  it("reads the better of two columns for one field", () => {
    expect(fieldsOf(["Global volume", "Query", "Keyword", "Volume", "Volume", "CPC (USD)"])).toEqual([
      undefined,
      undefined,
      "keyword",
      "volume",
      undefined,
      "cpc",
    ]);
  });

  it("stops where it is told, and at a quotation mark that is never closed", () => {
    expect(records("a\nb\nc\n", ",", 2)).toEqual([["a"], ["b"]]);
    expect(records('a,"b\nc', ",", 9)).toEqual([["a", "b\nc"]]);
  });
});
