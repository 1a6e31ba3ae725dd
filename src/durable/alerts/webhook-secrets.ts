// What of a webhook nobody may be shown: an answer, or a failure, may echo what it was sent.
import type { Webhook } from "../../settings/webhook-schema.ts";

/** Shorter values of an address are words like `json` or `1`: to black them out would make nonsense of every answer. */
const MIN_VALUE_CHARS = 6;
/** A part of a path is hidden by itself from this length on: Slack's key has 24 characters, Discord's 68. */
const MIN_SEGMENT_CHARS = 16;

/**
 * The signing secret, the token, the address, its path and its query, and by themselves the values of the query and the
 * long parts of the path, as they are written and decoded. Longest first, so that none is taken apart by a part of it.
 */
export function hiddenWords({ url, secret, token }: Pick<Webhook, "url" | "secret" | "token">): string[] {
  const { pathname, search, searchParams } = new URL(url);
  const written = search
    .slice(1)
    .split("&")
    .map((pair) => pair.slice(pair.indexOf("=") + 1));
  const values = [...written, ...searchParams.values()].filter(({ length }) => length >= MIN_VALUE_CHARS);
  const segments = pathname.split("/").filter(({ length }) => length >= MIN_SEGMENT_CHARS);
  const wholes = [secret, token, url, ...[pathname, search].filter(({ length }) => length > 1)];
  const words = [...wholes, ...values, ...segments].filter((word) => word !== undefined);
  return [...new Set(words)].sort((a, b) => b.length - a.length);
}

/** How much of a text to read so that `chars` of it can be shown. */
export function charsToRead(words: readonly string[], chars: number): number {
  return chars + 2 * (words[0]?.length ?? 0);
}

/**
 * The beginning of a text with every hidden word as `***`, at most `chars` of it.
 *
 * Example: `key=topsecret!` with the word `topsecret` gives `key=***!`; of `key=tops`, broken off, only `key=` is
 * shown.
 * @param words of `hiddenWords`.
 * @param broken the text was broken off, perhaps within a word: an end that may be the beginning of one is left out.
 */
export function blackOut(text: string, words: readonly string[], chars: number, broken: boolean): string {
  const shown = words.reduce((rest, word) => rest.replaceAll(word, "***"), text);
  const end = broken ? shown.length - Math.max(0, ...words.map((word) => begunLength(shown, word))) : shown.length;
  return shown.slice(0, Math.min(chars, end));
}

/** How many characters at the end of a text are the beginning of a word; 0 for none. */
function begunLength(text: string, word: string): number {
  let length = Math.min(word.length - 1, text.length);
  while (length > 0 && !text.endsWith(word.slice(0, length))) length -= 1;
  return length;
}
