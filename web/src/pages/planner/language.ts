/**
 * Whether a list of keywords is plainly not in the language of its site. Keywords are short and full of names, so one
 * says nothing; over a list the small words and the script do. Where they do not, nothing is said.
 */

/** Small words, without accents. Only where two lists differ do they tell two languages apart. */
const SMALL_WORDS: Record<string, ReadonlySet<string>> = Object.fromEntries(
  Object.entries({
    en: "the how to what when where why for and of in on is are does can with without near your my best vs",
    es: "el la los las de del para por con sin en y que como cuando donde cual cuanto mejor mejores cerca mi hacer",
    pt: "os as de da das do dos para por com sem em no na que como quando onde qual quanto melhor melhores perto fazer",
    fr: "le la les de du des pour par avec sans dans en et que comment quand quel quelle meilleur meilleurs pres faire",
    it: "il lo la gli le di del della dei per con senza in che come quando dove quale quanto migliore migliori vicino",
    de: "der die das den dem ein eine und fur mit ohne von vom zum zur im in ist wie was wann wo beste bester kaufen",
    nl: "de het een en voor van met zonder in op bij is hoe wat wanneer waar beste kopen maken",
  }).map(([language, words]) => [language, new Set(words.split(" "))]),
);

/** The script of a language that is not written in Latin letters. */
const SCRIPTS: Record<string, RegExp> = {
  ar: /\p{Script=Arabic}/u,
  fa: /\p{Script=Arabic}/u,
  ur: /\p{Script=Arabic}/u,
  hi: /\p{Script=Devanagari}/u,
  ja: /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u,
  ko: /\p{Script=Hangul}/u,
  zh: /\p{Script=Han}/u,
  bg: /\p{Script=Cyrillic}/u,
  ru: /\p{Script=Cyrillic}/u,
  uk: /\p{Script=Cyrillic}/u,
  el: /\p{Script=Greek}/u,
  he: /\p{Script=Hebrew}/u,
  th: /\p{Script=Thai}/u,
  // Written in both.
  sr: /[\p{Script=Cyrillic}\p{Script=Latin}]/u,
};
const LATIN = /\p{Script=Latin}/u;

/** So many keywords must speak for another language, and this part of all. */
const LEAST = 5;
const LEAST_PART = 0.2;
/** For each so many that do, one may speak for the site's own. */
const MOST_OWN = 5;
/** What is looked at of a long list. */
const LOOKED = 1000;

const wordsOf = (keyword: string) =>
  keyword
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .split(/[^\p{L}]+/u);

export function isForeign(keywords: string[], locale: string): boolean {
  const own = locale.split("-")[0]?.toLowerCase() ?? "";
  const lines = keywords.filter((keyword) => /\p{L}/u.test(keyword)).slice(0, LOOKED);
  const isPlain = (other: number, mine: number) =>
    other >= LEAST && other >= lines.length * LEAST_PART && other >= mine * MOST_OWN;

  const script = SCRIPTS[own] ?? LATIN;
  const inScript = lines.filter((line) => script.test(line)).length;
  if (isPlain(lines.length - inScript, inScript)) return true;

  const ownWords = SMALL_WORDS[own];
  if (!ownWords) return false;
  const split = lines.map(wordsOf);
  const having = (words: ReadonlySet<string>, but: ReadonlySet<string>) =>
    split.filter((line) => line.some((word) => words.has(word) && !but.has(word))).length;
  return Object.values(SMALL_WORDS).some((words) => isPlain(having(words, ownWords), having(ownWords, words)));
}
