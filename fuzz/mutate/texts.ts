// Mutations of texts: what is typed, copied, cut and encoded wrongly.
import type { InputRandom } from "../input-random.ts";

/** Pieces that readers of texts stumble over. */
export const ODD_TEXTS: readonly string[] = [
  ...[
    "",
    " ",
    "\t",
    "\r\n",
    "\n\n",
    "\u0000",
    "\ufeff",
    "\u2028",
    "\u00a0",
    "\ud800",
    "\udfff",
    "😀",
    "ß",
    "İ",
    "１２",
    "é",
  ],
  ...["0", "-0", "+1", "-1", "1e309", "1e-400", "0x1f", "NaN", "Infinity", "-Infinity", "1_000", "1,5", ".5", "5."],
  ...["9007199254740993", "18446744073709551616", "1".repeat(400), "99999999999999999999.99999999999999999999"],
  ...["null", "None", "N/A", "true", "undefined", "__proto__", "constructor", "toString", "hasOwnProperty"],
  ...["../", "..%2f", "%", "%zz", "%00", "%E0%A4%A", "@", "@@", "/", "\\", '"', "'", "`", "${x}", "<b>", "{}", "[]"],
  ...["2025-13-01", "2025-02-30T00:00:00Z", "0000-00-00", "+275760-09-13T00:00:00.001Z", "1764547200000"],
];

/** One to three mutations of one of `texts`. */
export function mutatedText(texts: readonly string[], random: InputRandom): string {
  let text = random.chance(0.02) ? "" : random.pick(texts);
  for (let left = 1 + random.below(3); left > 0; left--) text = mutateOnce(text, texts, random);
  return text;
}

function mutateOnce(text: string, texts: readonly string[], random: InputRandom): string {
  const at = random.below(text.length + 1);
  const end = Math.min(text.length, at + 1 + random.below(8));
  const piece = text.slice(at, end);
  switch (random.below(9)) {
    case 0:
      return text.slice(0, at) + random.pick(ODD_TEXTS) + text.slice(at);
    case 1:
      return text.slice(0, at) + random.pick(ODD_TEXTS) + text.slice(end);
    case 2:
      return text.slice(0, at) + text.slice(end);
    case 3:
      return text.slice(0, at);
    case 4:
      return text.slice(0, end) + piece.repeat(1 + random.below(random.chance(0.02) ? 2_000 : 4)) + text.slice(end);
    case 5:
      return text.slice(0, at) + String.fromCharCode(random.below(random.chance(0.8) ? 128 : 65_536)) + text.slice(end);
    case 6: {
      const other = random.pick(texts);
      return text.slice(0, at) + other.slice(random.below(other.length + 1));
    }
    case 7:
      return random.chance(0.5) ? text.toUpperCase() : text.toLowerCase();
    default:
      return text.replace(/\d+/, () => random.pick(ODD_TEXTS));
  }
}
