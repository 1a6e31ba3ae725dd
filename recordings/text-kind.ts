// Names kinds of files that are not read, from their first bytes, before all their lines are refused one by one.
import { UnreadableFileError } from "./unreadable-file-error.ts";

const MAGIC: readonly (readonly [bytes: string, kind: string])[] = [
  ["PK\u0003\u0004", "a zip archive"],
  ["PK\u0005\u0006", "a zip archive"],
  ["ARROW1", "feather, Arrow IPC"],
  ["FEA1", "feather"],
  ["PAR1", "Parquet under another name: the name must end with .parquet"],
  ["\u001f\u008b", "gzip under another name: the name must end with .gz"],
  ["\u0028\u00b5\u002f\u00fd", "zstd"],
  ["BZh", "bzip2"],
  ["\u00fd7zXZ", "xz"],
  ["7z\u00bc\u00af", "a 7z archive"],
  ["\u00ff\u00fe", "text in UTF-16: write it in UTF-8"],
  ["\u00fe\u00ff", "text in UTF-16: write it in UTF-8"],
];
const READ = "read are NDJSON, CSV and Parquet, the first two also as .gz";
/** Lines of the head that are looked at; one that may be a message is enough. */
const LOOKED_AT = 100;
/** `{…}`, or what a capture writes before it: `1618677786.80: `, `1723161256172216566 `, `wss://… <- `. */
const MESSAGE = /^(\{|\d{9,12}(\.\d+)?: |\d{19} [[{]|wss?:\/\/\S+ <->? )/;

/**
 * Lets text pass that may be of the kind that the name says: CSV, or one JSON message a line.
 *
 * @param head the first bytes of the text, unzipped.
 * @throws UnreadableFileError that names the kind.
 */
export function requireReadableText(path: string, head: Uint8Array): void {
  const latin = String.fromCharCode(...head.subarray(0, 8));
  const kind = MAGIC.find(([bytes]) => latin.startsWith(bytes))?.[1] ?? (isBinary(head) ? "binary" : undefined);
  if (kind !== undefined) throw notRead(path, kind);
  if (/\.csv(\.gz)?$/i.test(path)) return;
  const lines = new TextDecoder().decode(head).split("\n", LOOKED_AT);
  const texts = lines.map((line) => line.replace(/^\ufeff/, "").trim()).filter((line) => line !== "");
  const first = texts[0];
  if (first === undefined) return;
  if (first !== "[" && texts.some((line) => MESSAGE.test(line))) return;
  // A native message may be a list, as Kraken's [119930888, {…}, …]: it is one line and begins with a number.
  if (/^\[\s*($|[[{])/.test(first)) throw notRead(path, `a JSON list: write one object a line, as jq -c ".[]" does`);
  if (first.startsWith("[")) return;
  if (first.includes("\t")) throw notRead(path, "a table separated by tabs");
  if (first.includes(",") && !first.includes("{"))
    throw notRead(path, "a table under another name: the name must end with .csv");
  throw notRead(path, `no line is JSON, the first is ${JSON.stringify(first.slice(0, 60))}`);
}

function isBinary(head: Uint8Array): boolean {
  return head.subarray(0, 1024).includes(0);
}

function notRead(path: string, kind: string): UnreadableFileError {
  return new UnreadableFileError(path, `this kind of file is not read (${kind}); ${READ}`);
}
