// gzip with several members, as RFC 1952 allows and `cat a.gz b.gz` makes: the platform's stream reads only one.

/** Why bytes could not be decompressed. */
export type GunzipFault = "not_gzip" | "too_large";

/** Attempts that may fail: a body full of bytes that look like members must not cost more. */
const MAX_FAILURES = 8;

/** The bytes of all members, in pieces; a fault when they are not gzip or more than `maxBytes`. */
export async function gunzip(bytes: Uint8Array, maxBytes: number): Promise<readonly Uint8Array[] | GunzipFault> {
  const pieces: Uint8Array[] = [];
  let left = maxBytes;
  let failures = 0;
  for (let start = 0; start < bytes.length;) {
    let end = start;
    let member: readonly Uint8Array[] | GunzipFault = "not_gzip";
    // A member ends where another one begins. Where it only seems to begin, what came before does not decompress.
    while (member === "not_gzip") {
      if (end === bytes.length || failures > MAX_FAILURES) return "not_gzip";
      end = nextHeader(bytes, end);
      member = await gunzipMember(bytes.subarray(start, end), left);
      if (member === "not_gzip") failures += 1;
    }
    if (member === "too_large") return member;
    for (const piece of member) left -= piece.length;
    pieces.push(...member);
    start = end;
  }
  return bytes.length === 0 ? "not_gzip" : pieces;
}

/** Index of the next three bytes with which a member begins, else the end. */
function nextHeader(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0x1f, from + 1); at >= 0; at = bytes.indexOf(0x1f, at + 1)) {
    if (bytes[at + 1] === 0x8b && bytes[at + 2] === 0x08) return at;
  }
  return bytes.length;
}

async function gunzipMember(bytes: Uint8Array, maxBytes: number): Promise<readonly Uint8Array[] | GunzipFault> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  const source = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
  const reader = source.pipeThrough(new DecompressionStream("gzip")).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return pieces;
      size += value.byteLength;
      if (size > maxBytes) {
        await reader.cancel();
        return "too_large";
      }
      pieces.push(value);
    }
  } catch {
    return "not_gzip";
  }
}
