// Request bodies: size limit, gzip, text. The limit counts decompressed bytes, which hono's `bodyLimit` does not see.
import { Problem } from "./problem.ts";

/** Largest body, after decompression. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

/** The body as text; `Content-Encoding: gzip` is undone. Throws `Problem` 413, 415 or 400. */
export async function readBody(request: Request): Promise<string> {
  const encoding = (request.headers.get("Content-Encoding") ?? "identity").toLowerCase();
  if (Number(request.headers.get("Content-Length") ?? 0) > MAX_BODY_BYTES) throw tooLarge();
  if (encoding === "identity" && request.headers.has("Content-Length"))
    return new TextDecoder().decode(await request.arrayBuffer());
  if (encoding !== "identity" && encoding !== "gzip") {
    throw new Problem("unsupported_encoding", `Content-Encoding: got ${encoding}, expected gzip or none`);
  }
  if (request.body === null) return "";
  const stream = encoding === "gzip" ? request.body.pipeThrough(new DecompressionStream("gzip")) : request.body;
  return await readStream(stream);
}

async function readStream(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await readChunk(reader);
    if (done) return text + decoder.decode();
    size += value.byteLength;
    if (size > MAX_BODY_BYTES) {
      await reader.cancel();
      throw tooLarge();
    }
    text += decoder.decode(value, { stream: true });
  }
}

async function readChunk(reader: ReadableStreamDefaultReader<Uint8Array>) {
  try {
    return await reader.read();
  } catch {
    throw new Problem("body_unreadable", "body: got bytes that do not decompress, expected gzip");
  }
}

function tooLarge(): Problem {
  return new Problem("body_too_large", `body: got more than ${MAX_BODY_BYTES} bytes, expected at most that`);
}

/** Parses a JSON body. Throws `Problem` 400. */
export async function readJson(request: Request): Promise<unknown> {
  const text = await readBody(request);
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem("not_json", `body: got ${JSON.stringify(text.slice(0, 40))}, expected JSON`);
  }
}
