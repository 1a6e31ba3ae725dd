// Turns stored bytes, plain or compressed, into text and lines. Callers provide the bytes and interpret the lines.
import { type Codec, decompressed } from "./decompressed.ts";
import { requireReadableText } from "./text-kind.ts";
import { UnreadableFileError } from "./unreadable-file-error.ts";

/** Text is yielded in pieces of this size, so that one large part is not split into all its lines at once. */
const PIECE_BYTES = 1 << 18;
/** Longer than any message. Without this limit, a file without line ends would be collected in memory. */
const MOST_LINE_CHARS = 1 << 24;

export interface TextSource {
  /** Names the text in errors. */
  readonly path: string;
  /** From the outside to the inside. */
  readonly codecs: readonly Codec[];
  /** The bytes as they lie on disk; they are pulled only as fast as the text is taken. */
  readonly parts: AsyncIterable<Uint8Array>;
  /** Called before the last piece when a compression ended too early. */
  readonly onCut: () => void;
}

/**
 * The text in order, some at a time, without its byte order mark. A compression that ends too early gives what can be
 * read of it.
 *
 * @throws UnreadableFileError for what is not compressed as its name says, and what `requireReadableText` throws.
 */
export async function* textPieces({ path, codecs, parts, onCut }: TextSource): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let isHead = true;
  for await (const part of unpacked(path, codecs, parts, onCut)) {
    if (isHead && part.length > 0) {
      requireReadableText(path, part);
      isHead = false;
    }
    for (let at = 0; at < part.length; at += PIECE_BYTES) {
      yield decoder.decode(part.subarray(at, at + PIECE_BYTES), { stream: true });
    }
  }
  const rest = decoder.decode();
  if (rest !== "") yield rest;
}

/** The bytes behind all compressions. Parameters and errors as of `textPieces`. */
export function unpacked(
  path: string,
  codecs: readonly Codec[],
  parts: AsyncIterable<Uint8Array>,
  onCut: () => void,
): AsyncIterable<Uint8Array> {
  return codecs.reduce((bytes, codec) => readable(path, codec, bytes, onCut), parts);
}

/**
 * The lines in order, empty ones too so that they can be counted, some at a time; `\n` and `\r\n` end a line.
 *
 * @throws UnreadableFileError for a line of more than 16 Mi characters.
 */
export async function* linesOf(path: string, pieces: AsyncIterable<string>): AsyncGenerator<string[]> {
  let rest = "";
  for await (const piece of pieces) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > MOST_LINE_CHARS)
      throw new UnreadableFileError(path, "holds a line of more than 16 Mi characters");
    if (piece.includes("\r")) for (let i = 0; i < lines.length; i++) lines[i] = withoutReturn(lines[i]!);
    else if (lines.length > 0) lines[0] = withoutReturn(lines[0]!);
    yield lines;
  }
  const last = withoutReturn(rest);
  if (last !== "") yield [last];
}

async function* readable(
  path: string,
  codec: Codec,
  parts: AsyncIterable<Uint8Array>,
  onCut: () => void,
): AsyncGenerator<Uint8Array> {
  try {
    yield* decompressed(codec, parts, onCut);
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
  if (code.startsWith("ZSTD_")) return `not a readable zstd file (${message})`;
  return message;
}
