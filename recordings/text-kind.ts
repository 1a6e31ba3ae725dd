// What a text holds, from its first bytes, before all its lines are refused one by one.
import { isRemark } from "./csv-dialect.ts";
import { UnreadableFileError } from "./unreadable-file-error.ts";

/** A table of rows; a message a line; a list of JSON; one JSON document of several lists. */
export type TextForm = "table" | "messages" | "list" | "document";

const MAGIC: readonly (readonly [bytes: string, kind: string])[] = [
  ["PK\u0003\u0004", "a zip archive under another name: the name must end with .zip"],
  ["PK\u0005\u0006", "a zip archive under another name: the name must end with .zip"],
  ["ARROW1", "feather, Arrow IPC under another name: the name must end with .feather or .arrow"],
  ["FEA1", "feather of version 1: write version 2, as pandas does now"],
  ["PAR1", "Parquet under another name: the name must end with .parquet"],
  ["\u001f\u008b", "gzip under another name: the name must end with .gz"],
  ["\u0028\u00b5\u002f\u00fd", "zstd under another name: the name must end with .zst"],
  ["DBN", "Databento's binary DBN: have it delivered as CSV, or write it with the dbn tool, `dbn FILE --csv`"],
  ["BZh", "bzip2"],
  ["\u00fd7zXZ", "xz"],
  ["7z\u00bc\u00af", "a 7z archive"],
  ["\u00ff\u00fe", "text in UTF-16: write it in UTF-8"],
  ["\u00fe\u00ff", "text in UTF-16: write it in UTF-8"],
];
const READ = "read are CSV, NDJSON, lists of JSON, Parquet and Arrow, text also as .gz, .zst and .zip";
/** Lines of the head that are looked at; one that may be a message is enough. */
const LOOKED_AT = 100;
/** `{…}`, or what a capture writes before it: `1618677786.80: `, `1723161256172216566 `, `wss://… <- `. */
const MESSAGE = /^(\{|\d{9,12}(\.\d+)?: |\d{16,19} [[{]|wss?:\/\/\S+ <->? )/;
/** A page of Alpaca's bars. */
const DOCUMENT = /^\{\s*"(bars|next_page_token|symbol|currency)"\s*:/;

/**
 * Lets bytes pass that may be text.
 * @throws UnreadableFileError that names the kind.
 */
export function requireReadableText(path: string, head: Uint8Array): void {
  const latin = String.fromCharCode(...head.subarray(0, 8));
  const kind = MAGIC.find(([bytes]) => latin.startsWith(bytes))?.[1] ?? (isBinary(head) ? "binary" : undefined);
  if (kind !== undefined) throw notRead(path, kind);
}

/**
 * The form of a text: a file called `.csv` or `.tsv` is a table; others show it.
 * @param head the beginning of the text, unpacked.
 * @throws UnreadableFileError for a text that is none of the forms.
 */
export function textForm(path: string, head: string): TextForm {
  if (/\.[ct]sv(\.gz|\.zst)*$/i.test(path)) return "table";
  const texts = head.split("\n", LOOKED_AT).map((line) => line.replace(/^\ufeff/, "").trim());
  const lines = texts.filter((line) => line !== "");
  const first = lines[0];
  if (first === undefined) return "messages";
  if (DOCUMENT.test(head.trimStart()) && head.includes('"bars"')) return "document";
  // A native message may be a list, as Kraken's [119930888, {…}, …]: it is one line and begins with a number.
  if (/^\[\s*($|[\][{])/.test(first)) return "list";
  if (lines.some((line) => MESSAGE.test(line)) || first.startsWith("[")) return "messages";
  const row = lines.find((line) => !isRemark(line));
  if (row !== undefined && /[,;\t|]/.test(row)) return "table";
  throw notRead(path, `no line is JSON, the first is ${JSON.stringify(first.slice(0, 60))}`);
}

function isBinary(head: Uint8Array): boolean {
  return head.subarray(0, 1024).includes(0);
}

function notRead(path: string, kind: string): UnreadableFileError {
  return new UnreadableFileError(path, `this kind of file is not read (${kind}); ${READ}`);
}
