// Request bodies: size limits, compression, text, JSON. The limits count decompressed bytes, which hono's `bodyLimit`
// does not see.
import type { BodyLimits } from "./body-limits.ts";
import { gunzip } from "./gunzip.ts";
import { inflate } from "./inflate.ts";
import { foreignWord, hasMoreValues } from "./json-text.ts";
import { Problem } from "./problem.ts";

/** The body as text; `Content-Encoding` is undone. Throws `Problem` 413, 415 or 400. */
export async function readBody(request: Request, limits: BodyLimits): Promise<string> {
  return textOf(await readPieces(request, limits), limits);
}

/** The body's bytes, of which a part may be text: see `textOf`. Throws as `readBody` does. */
export async function readBodyBytes(request: Request, limits: BodyLimits): Promise<Uint8Array> {
  const pieces = await readPieces(request, limits);
  return pieces.length === 1 ? pieces[0]! : joined(pieces);
}

/** Bytes as text, which has not been parsed yet. Throws `Problem` 413 when it has too many JSON values. */
export function textOf(pieces: readonly Uint8Array[], limits: BodyLimits): string {
  const decoder = new TextDecoder();
  const text = pieces.map((piece) => decoder.decode(piece, { stream: true })).join("") + decoder.decode();
  if (hasMoreValues(text, limits.maxValues)) throw tooLarge(`${limits.maxValues} JSON values`);
  return text;
}

async function readPieces(request: Request, limits: BodyLimits): Promise<readonly Uint8Array[]> {
  const encoding = encodingOf(request, limits);
  const bytes = await readBytes(request, encoding === "identity" ? limits.maxBytes : limits.maxGzipBytes!);
  if (encoding === "identity") return [bytes];
  const pieces =
    encoding === "gzip" ? await gunzip(bytes, limits.maxBytes) : await inflate(bytes, encoding, limits.maxBytes);
  if (pieces === "too_large") throw tooLarge(`${limits.maxBytes} bytes after decompression`);
  if (pieces === "unreadable") {
    throw new Problem("body_unreadable", `body: got bytes that do not decompress, expected ${encoding}`);
  }
  return pieces;
}

/** Parses a JSON body. Throws `Problem` 400, and as `readBody` does. */
export async function readJson(request: Request, limits: BodyLimits): Promise<unknown> {
  const text = await readBody(request, limits);
  try {
    return JSON.parse(text);
  } catch {
    throw notJson(text, "JSON");
  }
}

/** The refusal of a text that is no JSON. It names a word that JSON does not have, else how the text begins. */
export function notJson(text: string, expected: string): Problem {
  const got = foreignWord(text) ?? JSON.stringify(text.slice(0, 40));
  return new Problem("not_json", `body: got ${got}, expected ${expected}`);
}

function encodingOf(request: Request, { maxGzipBytes, deflate }: BodyLimits): "identity" | "gzip" | "deflate" {
  const encoding = (request.headers.get("Content-Encoding") ?? "identity").toLowerCase();
  if (encoding === "identity") return encoding;
  if (encoding === "gzip" && maxGzipBytes !== undefined) return encoding;
  if (encoding === "deflate" && deflate === true) return encoding;
  const taken = deflate === true ? "gzip, deflate or none" : "gzip or none";
  const expected = maxGzipBytes === undefined ? "none on this route" : taken;
  throw new Problem("unsupported_encoding", `Content-Encoding: got ${encoding}, expected ${expected}`);
}

async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array> {
  const announced = request.headers.get("Content-Length");
  if (Number(announced ?? 0) > maxBytes) throw tooLarge(`${maxBytes} bytes`);
  if (request.body === null) return new Uint8Array(0);
  try {
    if (announced !== null) return new Uint8Array(await request.arrayBuffer());
    const bytes = await readStream(request.body, maxBytes);
    if (bytes !== undefined) return bytes;
  } catch {
    // The client has gone, or its connection: a bug in this file would show in every request.
    throw new Problem("body_incomplete", "body: got an end before it was complete");
  }
  throw tooLarge(`${maxBytes} bytes`);
}

/** `undefined` for more than `maxBytes`. */
async function readStream(stream: ReadableStream<Uint8Array>, maxBytes: number): Promise<Uint8Array | undefined> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > maxBytes) {
      await reader.cancel();
      return undefined;
    }
    pieces.push(value);
  }
  return joined(pieces);
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.byteLength, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.byteLength;
  }
  return bytes;
}

function tooLarge(limit: string): Problem {
  return new Problem("body_too_large", `body: got more than ${limit}, expected at most that`);
}
