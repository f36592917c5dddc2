import { Editor, getSchema } from "@tiptap/react";
import { afterEach, expect, test } from "vitest";
import type { Block } from "@/api/types";
import { blocksOf, countWords, documentOf, UNKNOWN } from "./document";
import { EXTENSIONS } from "./extensions";
import { plainOf } from "./rich";

let editor: Editor | undefined;
afterEach(() => editor?.destroy());

/** Through the JSON and through the editor itself, whose schema may refuse or change what it is given. */
function through(blocks: Block[]): Block[] {
  editor?.destroy();
  editor = new Editor({
    extensions: EXTENSIONS,
    injectCSS: false,
    content: documentOf(blocks),
    enableContentCheck: true,
  });
  editor.state.doc.check();
  return blocksOf(editor.getJSON()).blocks;
}

/** One of every kind with every field set: the sample of libs/blocks/src/tests.rs. */
const EVERY: Block[] = [
  { type: "heading", level: 2, text: "Oil &amp; <em>filters</em>" },
  {
    type: "paragraph",
    text: 'Change it <strong>every year</strong>: 5 &lt; 6.<br><a href="https://a.example/?a=1&amp;b=2" rel="nofollow">More</a>',
  },
  { type: "list", ordered: true, items: ["Warm the engine", "Drain the <strong>oil</strong>"] },
  { type: "image", src: "/media/oil.webp", alt: 'A "full" pan', caption: "The <em>old</em> oil" },
  { type: "quote", text: "تغيير الزيت مهم", cite: '<a href="/ana">Ana</a>' },
  {
    type: "table",
    header: ["Car", "Litres"],
    rows: [
      ["A|B", "4.5"],
      ["C", ""],
    ],
    caption: "How much",
  },
  { type: "code", language: "sh", text: 'if [ 1 -lt 2 ]; then\n\techo "<ok>" && ls\nfi' },
  {
    type: "faq",
    items: [
      { question: "How often?", answer: "Every <strong>12</strong> months." },
      { question: "Which &lt;/script&gt; oil?", answer: 'See the <a href="#oil-filters">table</a>.' },
    ],
  },
  { type: "callout", tone: "warning", text: "Hot oil <code>burns</code>." },
  { type: "html", html: "<dl><dt>SAE</dt><dd>A scale</dd></dl>" },
];

test("every kind comes back as it was", () => {
  expect(through(EVERY)).toEqual(EVERY);
  expect(documentOf(EVERY).content?.map((node) => node.type)).not.toContain(UNKNOWN);
});

test("what is copied and pasted within the editor is the same too", () => {
  const strange = { type: "video", src: "https://a.example/v" } as unknown as Block;
  const blocks = [...EVERY, strange];
  through(blocks);
  const html = editor?.getHTML() ?? "";
  editor?.commands.setContent(html, { errorOnInvalidContent: false });
  expect(blocksOf(editor?.getJSON() ?? {}).blocks).toEqual(blocks);
});

/** Rich texts in the server's one written form (the cases of libs/blocks/src/inline.rs and worse). */
const RICH = [
  "a b",
  "<strong>Note:</strong> x <em>y </em><strong><em>z</em></strong>",
  "<em>a</em><strong><em>b</em>c</strong>",
  "a<br><br>b",
  '<a href="/x">a<br>b</a>',
  '<a href="/x">a <strong>b</strong></a><a href="/y" rel="nofollow ugc">c</a>',
  '<a href="/x?a=%22&amp;b=2"><strong><em><code>all</code></em></strong></a>',
  "<strong>a<br>b</strong>",
  '5 &lt; 6 &amp; 7 &gt; 2 "q"',
  "&lt;script&gt;",
  "R&amp;D a\u00a0b",
  "مرحبا <strong>بالعالم</strong>",
  "油🚗<code>x &amp;&amp; y</code>",
];

/** A small generator with a seed, so that a failure can be repeated. */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1664525 + 1013904223) % 2 ** 32;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function anyBlock(roll: (below: number) => number): Block {
  const rich = () => RICH[roll(RICH.length)] ?? "";
  const many = <T>(most: number, one: () => T) => Array.from({ length: 1 + roll(most) }, one);
  const maybe = <T extends object>(field: T) => (roll(2) ? field : {});
  const width = 1 + roll(4);
  const cells = () => Array.from({ length: width }, () => (roll(4) ? rich() : ""));
  const kinds: (() => Block)[] = [
    () => ({ type: "heading", level: 2 + roll(3), text: rich() }),
    () => ({ type: "paragraph", text: rich() }),
    () => ({ type: "list", ordered: roll(2) === 1, items: many(4, rich) }),
    () => ({
      type: "image",
      src: roll(2) ? "asset:a-1" : "https://a.example/b.jpg",
      alt: "",
      ...maybe({ caption: rich() }),
    }),
    () => ({ type: "quote", text: rich(), ...maybe({ cite: rich() }) }),
    () => ({
      type: "table",
      header: roll(2) ? Array.from({ length: width }, rich) : [],
      rows: [Array.from({ length: width }, rich), ...many(3, cells)],
      ...maybe({ caption: rich() }),
    }),
    () => ({ type: "code", ...maybe({ language: "c++" }), text: "a\n\n  b\t<c> && d" }),
    () => ({ type: "faq", items: many(3, () => ({ question: rich(), answer: rich() })) }),
    () => ({ type: "callout", tone: (["note", "tip", "warning"] as const)[roll(3)] ?? "note", text: rich() }),
    () => ({ type: "html", html: "<details><summary>x</summary>\n  &amp; y</details>" }),
  ];
  return (kinds[roll(kinds.length)] ?? (() => ({ type: "paragraph", text: "x" }) as Block))();
}

/** As `through`, without the page: many of them. */
function throughSchema(blocks: Block[]): Block[] {
  const document = SCHEMA.nodeFromJSON(documentOf(blocks));
  document.check();
  return blocksOf(document.toJSON()).blocks;
}
const SCHEMA = getSchema(EXTENSIONS);

test("whatever is put together of them comes back as it was", () => {
  for (let seed = 1; seed <= 25; seed += 1) {
    const roll = dice(seed);
    const blocks = Array.from({ length: 1 + roll(12) }, () => anyBlock(roll));
    expect(throughSchema(blocks), `seed ${seed}`).toEqual(blocks);
    const kept = documentOf(blocks).content?.filter((node) => node.type === UNKNOWN);
    expect(kept, `seed ${seed}`).toEqual([]);
  }
});

test("a block that the editor does not know is kept as it is", () => {
  const strange = [
    { type: "video", src: "https://a.example/v", tracks: [{ lang: "de", cues: null }] },
    { type: "paragraph", text: "a", align: "center" },
    { type: "table", header: ["a"], rows: [["b", "c"]] },
    { type: "heading", level: 6, text: "deep" },
    { type: "list", ordered: false, items: [] },
    { type: "paragraph", text: "<u>not ours</u>" },
    { type: "callout", tone: "danger", text: "x" },
  ] as unknown as Block[];
  expect(through([...strange, ...EVERY])).toEqual([...strange, ...EVERY]);
});

test("what is empty is not saved, and the rest knows its place", () => {
  const document = documentOf([
    { type: "paragraph", text: "" },
    { type: "list", ordered: false, items: ["a", " "] },
    { type: "faq", items: [{ question: "q", answer: "" }] },
  ]);
  expect(blocksOf(document)).toEqual({
    blocks: [
      { type: "list", ordered: false, items: ["a"] },
      { type: "faq", items: [{ question: "q", answer: "" }] },
    ],
    at: [1, 2],
  });
});

test("words are counted as the server counts them", () => {
  expect(countWords("It's a well-known — fact, 2 & 3.")).toBe(6);
  expect(countWords("你好，世界 hello")).toBe(5);
  expect(countWords("iPhone手机")).toBe(3);
  expect(countWords(" | — ")).toBe(0);
  expect(plainOf("a &amp; <b>b</b><br>c")).toBe("a & b\nc");
});
