// What can be said of a JSON text without parsing it: how many values it has, and which of its words are not JSON.

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
/** `[]` and `{}` have no value inside. */
const CLOSED_BY = new Map([
  [0x5b, 0x5d],
  [0x7b, 0x7d],
]);
const WORDS = new Set(["true", "false", "null"]);
const WORD = /-?[A-Za-z_$][\w$]*/y;
const NUMBER = /-?[\d.][\d.eE+-]*/y;

/** Characters shown before and after a word that is not JSON. */
const CONTEXT = 20;

/** Whether a text has more than `most` JSON values, nested ones and those of further lines too. */
export function hasMoreValues(text: string, most: number): boolean {
  if (text.length <= most) return false;
  let values = 1;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === QUOTE) i = endOfString(text, i);
    else if (unit === COMMA) values += 1;
    else if (CLOSED_BY.has(unit) && text.charCodeAt(i + 1) !== CLOSED_BY.get(unit)) values += 1;
    if (values > most) return true;
  }
  return false;
}

/**
 * The first word outside of texts that JSON does not have, and where it stands; `undefined` without one.
 *
 * Example: `'{"bid": NaN}'` gives `the word NaN at character 9, in {"bid": NaN}`.
 */
export function foreignWord(text: string): string | undefined {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) === QUOTE) {
      i = endOfString(text, i);
      continue;
    }
    WORD.lastIndex = NUMBER.lastIndex = i;
    const word = WORD.exec(text)?.[0];
    if (word !== undefined && !WORDS.has(word)) return `the word ${word.slice(0, 40)} at ${placeOf(text, i, word)}`;
    i += Math.max(0, (word ?? NUMBER.exec(text)?.[0] ?? "").length - 1);
  }
  return undefined;
}

/**
 * The text with null for each word `NaN` outside of texts, as some clients write a missing number.
 *
 * Example: `[NaN,"NaN"]` gives `[null,"NaN"]`.
 */
export function withNullForNaN(text: string): string {
  const parts: string[] = [];
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) === QUOTE) {
      i = endOfString(text, i);
      continue;
    }
    WORD.lastIndex = i;
    const word = WORD.exec(text)?.[0];
    if (word === undefined) continue;
    if (word === "NaN") {
      parts.push(text.slice(start, i), "null");
      start = i + word.length;
    }
    i += word.length - 1;
  }
  return parts.join("") + text.slice(start);
}

/** Index of the closing quote; of the last character when there is none. */
function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === BACKSLASH) i += 1;
    else if (unit === QUOTE) return i;
  }
  return text.length;
}

function placeOf(text: string, at: number, word: string): string {
  const around = text.slice(Math.max(0, at - CONTEXT), at + word.slice(0, 40).length + CONTEXT);
  return `character ${at + 1}, in ${around.replace(/\s+/g, " ").trim()}`;
}
