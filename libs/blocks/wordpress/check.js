// Reads bodies as block markup, one JSON a line ({name, markup, blocks}), and asks WordPress's own parser and validator
// about each: every block must be one that the editor opens as its own, and would save as it is. Then it breaks a body
// on purpose, to show that a fault is seen.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { JSDOM, VirtualConsole } from "jsdom";

const [file] = process.argv.slice(2);
if (!file) {
  console.error("usage: node check.js BODIES.jsonl");
  process.exit(2);
}

// What the editor's packages expect of a browser while they load.
const { window } = new JSDOM("<!doctype html>", { url: "http://localhost/", virtualConsole: new VirtualConsole() });
for (const name of Object.getOwnPropertyNames(window)) {
  if (!(name in globalThis)) globalThis[name] = window[name];
}
const nothing = () => {};
window.matchMedia = () => ({ matches: false, addEventListener: nothing, removeEventListener: nothing });
window.ResizeObserver = class {
  observe() {}
  disconnect() {}
};
window.requestAnimationFrame = (run) => setTimeout(run, 0);
Object.assign(globalThis, { window, matchMedia: window.matchMedia, ResizeObserver: window.ResizeObserver });

// Their ES modules import JSON without saying so, which Node refuses: the CommonJS ones.
const require = createRequire(import.meta.url);
const { getFreeformContentHandlerName, getUnregisteredTypeHandlerName, parse, serialize } =
  require("@wordpress/blocks");
require("@wordpress/block-library").registerCoreBlocks();

// The validator tells the console what it gives back as well.
for (const level of ["error", "warn", "info", "groupCollapsed", "groupEnd"]) {
  console[level] = nothing;
}

// `name: what is wrong` of the blocks that WordPress would not take as they are.
function faults({ markup, blocks: expected }) {
  const found = [];
  const look = (block) => {
    if (!block.isValid) {
      found.push(`${block.name}: invalid`);
    } else if ([getFreeformContentHandlerName(), getUnregisteredTypeHandlerName()].includes(block.name)) {
      found.push(`${block.name}: not a block of its own`);
    }
    block.innerBlocks.forEach(look);
  };
  const blocks = parse(markup);
  blocks.forEach(look);
  if (blocks.length !== expected) {
    found.push(`${blocks.length} blocks instead of ${expected}`);
  }
  const saved = serialize(blocks);
  if (found.length === 0 && spelled(saved) !== spelled(markup)) {
    found.push(`would be saved otherwise:\n${saved}`);
  }
  return found;
}

// Two characters that both spellings are right for: WordPress writes the one of its browser, we one that runs no
// shortcode.
const spelled = (markup) => markup.replaceAll("&nbsp;", "\u00a0").replaceAll("&#91;", "[");

// What an editor would find broken: each must be seen, or this check is worth nothing.
const FAULTS = [
  ["a missing class", ' class="wp-block-list"', ""],
  ["another class", "wp-block-quote", "wp-block-qoute"],
  ["another level", '{"level":3,', '{"level":4,'],
  ["an item outside of its block", "<!-- wp:list-item -->", ""],
  ["text outside of all blocks", "<!-- wp:image -->", "text <!-- wp:image -->"],
  ["a block that nobody knows", "wp:table", "wp:tabel"],
  ["an element that the block does not have", "</figure>", "<small>a</small></figure>"],
  ["a default that is written", "<!-- wp:quote -->", '<!-- wp:quote {"value":"a"} -->'],
];

const count = (blocks) => blocks.reduce((sum, block) => sum + 1 + count(block.innerBlocks), 0);

const bodies = readFileSync(file, "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line));
let [failed, total] = [0, 0];
for (const body of bodies) {
  const found = faults(body);
  total += count(parse(body.markup));
  if (found.length > 0) {
    failed += 1;
    process.stderr.write(`${body.name}: ${found.join("; ")}\n${body.markup}\n\n`);
  }
}

for (const [what, written, broken] of FAULTS) {
  const body = bodies.find(({ markup }) => markup.includes(written));
  if (!body || faults({ ...body, markup: body.markup.replaceAll(written, broken) }).length === 0) {
    failed += 1;
    process.stderr.write(`${what} was not seen: ${written} as ${broken}\n`);
  }
}
console.log(`${bodies.length} bodies of ${total} blocks, ${FAULTS.length} faults made on purpose: ${failed} wrong`);
process.exit(failed > 0 ? 1 : 0);
