// Finds and masks a webhook's secrets in texts that are shown: an answer or an error may echo the request.
import type { Webhook } from "../../settings/webhook-schema.ts";

/** Shorter query values are words like `json` or `1`: masking them would make every answer unreadable. */
const MIN_VALUE_CHARS = 6;
/** Path segments of at least this length are masked: Slack's key has 24 characters, Discord's 68. */
const MIN_SEGMENT_CHARS = 16;

/**
 * The words to mask: signing secret, token, address, path, query, each query value and each long path segment, both as
 * written and decoded. Longest first, so that masking a part does not break up the whole.
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

/** Number of characters to read so that `chars` of them can be shown. */
export function charsToRead(words: readonly string[], chars: number): number {
  return chars + 2 * (words[0]?.length ?? 0);
}

/**
 * The beginning of a text, at most `chars` characters, with every hidden word replaced by `***`.
 *
 * Example: `key=topsecret!` with the word `topsecret` gives `key=***!`; the truncated text `key=tops` gives `key=`.
 * @param words of `hiddenWords`.
 * @param broken whether the text was truncated: an end that may be the start of a hidden word is then left out.
 */
export function blackOut(text: string, words: readonly string[], chars: number, broken: boolean): string {
  const shown = words.reduce((rest, word) => rest.replaceAll(word, "***"), text);
  const end = broken ? shown.length - Math.max(0, ...words.map((word) => begunLength(shown, word))) : shown.length;
  return shown.slice(0, Math.min(chars, end));
}

/** Number of characters at the end of a text that are the beginning of a word; 0 for none. */
function begunLength(text: string, word: string): number {
  let length = Math.min(word.length - 1, text.length);
  while (length > 0 && !text.endsWith(word.slice(0, length))) length -= 1;
  return length;
}
