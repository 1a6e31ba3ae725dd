// Turns stored bytes, plain or gzip, into text and lines. Callers provide the bytes and interpret the lines.
import { gunzipped } from "./gunzipped.ts";
import { requireReadableText } from "./text-kind.ts";
import { UnreadableFileError } from "./unreadable-file-error.ts";

/** Text is yielded in pieces of this size, so that one large part is not split into all its lines at once. */
const PIECE_BYTES = 1 << 18;
/** Longer than any message. Without this limit, a file without line ends would be collected in memory. */
const MOST_LINE_CHARS = 1 << 24;

/**
 * The bytes of the text in order, some at a time. A gzip that ends too early gives what can be read of it.
 *
 * @param path names the text in errors; an ending `.gz`, in any case, means gzip.
 * @param parts the bytes as they lie on disk; they are pulled only as fast as the text is taken.
 * @param onCut called before the last piece when a gzip ended too early.
 * @throws UnreadableFileError for what is no gzip although its name says so, and what `requireReadableText` throws.
 */
async function* textPieces(
  path: string,
  parts: AsyncIterable<Uint8Array>,
  onCut: () => void = () => undefined,
): AsyncGenerator<Uint8Array> {
  let isHead = true;
  for await (const part of /\.gz$/i.test(path) ? unzipped(path, parts, onCut) : parts) {
    if (isHead) requireReadableText(path, part);
    isHead = false;
    for (let at = 0; at < part.length; at += PIECE_BYTES) yield part.subarray(at, at + PIECE_BYTES);
  }
}

/**
 * The lines in order, empty ones too so that they can be counted, some at a time; `\n` and `\r\n` end a line, a byte
 * order mark is dropped. Where a gzip ended too early, the last line may be cut.
 *
 * Parameters and errors as of `textPieces`, and an `UnreadableFileError` for a line of more than 16 Mi characters.
 */
export async function* fileLines(
  path: string,
  parts: AsyncIterable<Uint8Array>,
  onCut: () => void = () => undefined,
): AsyncGenerator<string[]> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const piece of textPieces(path, parts, onCut)) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > MOST_LINE_CHARS)
      throw new UnreadableFileError(path, "holds a line of more than 16 Mi characters");
    yield lines.map(withoutReturn);
  }
  const last = withoutReturn(rest + decoder.decode());
  if (last !== "") yield [last];
}

async function* unzipped(
  path: string,
  parts: AsyncIterable<Uint8Array>,
  onCut: () => void,
): AsyncGenerator<Uint8Array> {
  try {
    yield* gunzipped(parts, onCut);
  } catch (error) {
    const why = reasonOf(error);
    throw why === undefined ? error : new UnreadableFileError(path, why);
  }
}

function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}

/** Why the system could not read a file; `undefined` for an error of another kind. */
export function reasonOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return undefined;
  const { code, message } = error;
  if (code === "ENOENT") return "no such file or directory";
  if (code === "EACCES") return "not readable: permission denied";
  if (code === "EISDIR") return "is a directory";
  if (code.startsWith("Z_")) return `not a readable gzip file (${message})`;
  return message;
}
