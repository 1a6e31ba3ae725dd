// Where the bytes of a recording lie: a file, or an object in a bucket. Every source is read in parts by position, so
// that nothing stays open between two of them; callers interpret the bytes.
import { type FileHandle, open } from "node:fs/promises";
import type { Codec } from "./decompressed.ts";
import { reasonOf } from "./file-lines.ts";
import { UnreadableFileError } from "./unreadable-file-error.ts";

/** Bytes that can be read at any position, as often as wanted. */
export interface RecordingSource {
  /** What messages and summaries call it: a path, `r2://bucket/key` or `local://key`. Its ending gives the format. */
  readonly path: string;
  readonly sizeBytes: number;
  /** How the bytes are packed in a zip, beside what the name says, and what they must be unpacked. */
  readonly packed?: { readonly codec: Codec | undefined; readonly sizeBytes: number; readonly crc32: number };
  /**
   * The bytes [start, end), all of them, `0 ≤ start ≤ end ≤ sizeBytes`.
   * @throws UnreadableFileError naming the path.
   */
  read(start: number, end: number): Promise<Uint8Array>;
}

/** Size of the first part, small so that a first look is cheap; sizes double up to the largest. */
const FIRST_PART_BYTES = 1 << 18;
const MOST_PART_BYTES = 1 << 22;

/** A regular file of the size found before; bytes that are appended meanwhile are not read. */
export function fileSource(path: string, sizeBytes: number): RecordingSource {
  return { path, sizeBytes, read: (start, end) => readFilePart(path, start, end) };
}

/** The bytes [start, end) in parts of at most 4 MB, in order; none when there are none. */
export async function* sourceParts(
  source: RecordingSource,
  start = 0,
  end = source.sizeBytes,
): AsyncGenerator<Uint8Array> {
  let partBytes = FIRST_PART_BYTES;
  for (let at = start; at < end; partBytes = Math.min(2 * partBytes, MOST_PART_BYTES)) {
    const to = Math.min(at + partBytes, end);
    yield await source.read(at, to);
    at = to;
  }
}

async function readFilePart(path: string, start: number, end: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(end - start);
  let file: FileHandle | undefined;
  try {
    file = await open(path);
    for (let filled = 0; filled < bytes.length;) {
      const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, start + filled);
      if (bytesRead === 0) throw new UnreadableFileError(path, `was cut while it was read, at byte ${start + filled}`);
      filled += bytesRead;
    }
  } catch (error) {
    const why = reasonOf(error);
    throw why === undefined ? error : new UnreadableFileError(path, why);
  } finally {
    await file?.close();
  }
  return bytes;
}
