// The lines of a text file, plain or gzip, with the SHA-256 of the file as it lies on disk. What a line means is left
// to others.
import { createHash } from "node:crypto";
import { createReadStream, type ReadStream } from "node:fs";
import { constants, createGunzip, type Gunzip } from "node:zlib";

/** The file cannot be read; the message names the path and is fit for the user. */
export class UnreadableFileError extends Error {
  constructor(path: string, why: string) {
    super(`${path}: ${why}`);
    this.name = "UnreadableFileError";
  }
}

/**
 * Calls `onLine` for every line that is not empty, in order; `\n` and `\r\n` end a line. A gzip file that ends too early
 * gives what can be read of it, so its last line may be cut.
 *
 * @returns the SHA-256 of the file's bytes in hex, as `sha256sum` prints it.
 * @throws UnreadableFileError when the file is missing, no file, or no gzip although its name ends in `.gz`.
 */
export async function readFileLines(path: string, onLine: (line: string) => void): Promise<string> {
  const hash = createHash("sha256");
  const decoder = new TextDecoder();
  let rest = "";
  const take = (text: string): void => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) give(line, onLine);
  };
  try {
    const file = createReadStream(path, { highWaterMark: 1 << 20 });
    file.on("data", (chunk) => hash.update(chunk));
    const chunks: AsyncIterable<Buffer> = path.endsWith(".gz") ? unzipped(file) : file;
    for await (const chunk of chunks) take(decoder.decode(chunk, { stream: true }));
  } catch (error) {
    const why = reasonOf(error);
    throw why === undefined ? error : new UnreadableFileError(path, why);
  }
  take(decoder.decode());
  give(rest, onLine);
  return hash.digest("hex");
}

function unzipped(file: ReadStream): Gunzip {
  const gunzip = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH, chunkSize: 1 << 20 });
  file.on("error", (error) => gunzip.destroy(error));
  return file.pipe(gunzip);
}

function give(line: string, onLine: (line: string) => void): void {
  const trimmed = line.endsWith("\r") ? line.slice(0, -1) : line;
  if (trimmed !== "") onLine(trimmed);
}

/** Why the system could not read the file; `undefined` for an error of another kind, as one that `onLine` threw. */
function reasonOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return undefined;
  const { code, message } = error;
  if (code === "ENOENT") return "no such file or directory";
  if (code === "EACCES") return "not readable: permission denied";
  if (code === "EISDIR") return "is a directory";
  if (code.startsWith("Z_")) return `not a readable gzip file (${message})`;
  return message;
}
