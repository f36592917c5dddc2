/**
 * How wide a text is in a search result. Google draws titles with 20 px and descriptions with 14 px Arial on a desktop and
 * cuts by width, not by characters. The widths are those of Helvetica, which Arial was made to match sign by sign, from
 * Adobe's Core 14 AFM file `Helvetica.afm`, in thousandths of the size.
 */

// The signs from U+0020 to U+007E, in their order.
const ASCII = [
  278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
  556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
  722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
  556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
  260, 334, 584,
];

const OTHERS: Record<string, number> = {
  "–": 556,
  "—": 1000,
  "…": 1000,
  "‘": 222,
  "’": 222,
  "“": 333,
  "”": 333,
  "„": 333,
  "•": 350,
  "·": 278,
  "›": 333,
  "‹": 333,
  "«": 556,
  "»": 556,
  "€": 556,
  "£": 556,
  "©": 737,
  "®": 737,
  "™": 1000,
  "°": 400,
  "¿": 611,
  "¡": 333,
  ß: 611,
  Æ: 1000,
  æ: 889,
  Ø: 778,
  ø: 611,
  Œ: 1000,
  œ: 944,
  ı: 278,
};

/** A sign of a script that fonts draw in a square. */
const SQUARE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Extended_Pictographic}\uFF00-\uFFEF\u3000-\u303F]/u;
/** Others (Cyrillic, Greek, Arabic, …) have about the width of a small letter. */
const USUAL = 556;

function widthOf(sign: string): number {
  const code = sign.codePointAt(0) ?? 0;
  const known = ASCII[code - 32] ?? OTHERS[sign];
  if (known !== undefined) return known;
  if (SQUARE.test(sign)) return 1000;
  if (/\p{Mark}/u.test(sign)) return 0;
  return USUAL;
}

/** The width in pixels at a size of type, rounded. Accents take no room of their own. */
export function pixels(text: string, size: number): number {
  let sum = 0;
  for (const sign of text.normalize("NFC")) {
    const whole = OTHERS[sign] ?? [...sign.normalize("NFD")].reduce((wide, part) => wide + widthOf(part), 0);
    sum += whole;
  }
  return Math.round((sum * size) / 1000);
}

export type Room = {
  /** The size of type. */
  size: number;
  /** Up to here a text is shown whole, in pixels. */
  safe: number;
  /** Beyond this it is cut. */
  most: number;
};

export const TITLE: Room = { size: 20, safe: 580, most: 600 };
export const DESCRIPTION: Room = { size: 14, safe: 920, most: 990 };

/** The text as it is shown: cut after a word, with an ellipsis, where it is wider than there is room. */
export function shown(text: string, { size, most }: Room): string {
  if (pixels(text, size) <= most) return text;
  const words = text.split(/(?<=\s)/u);
  let kept = "";
  for (const word of words) {
    if (pixels(`${kept}${word}`.trimEnd().concat(" …"), size) > most) break;
    kept += word;
  }
  if (kept) return `${kept.trimEnd()} …`;
  // One word without an end.
  let part = "";
  for (const sign of text) {
    if (pixels(`${part}${sign}…`, size) > most) break;
    part += sign;
  }
  return `${part}…`;
}

/** `312 of 580 pixels`, and what that means when it is too much. */
export function measured(text: string, room: Room): string {
  const wide = pixels(text, room.size);
  const what = `${wide} of ${room.safe} pixels`;
  if (wide > room.most) return `${what}: search engines cut it`;
  return wide > room.safe ? `${what}: search engines may cut it` : what;
}
