// Decompression of one stream, with a limit on what comes out of it.

/** Why bytes could not be decompressed. */
export type InflateFault = "unreadable" | "too_large";

/** The bytes in pieces; a fault when they are not of the format (`deflate` is RFC 1950) or more than `maxBytes`. */
export async function inflate(
  bytes: Uint8Array,
  format: "gzip" | "deflate",
  maxBytes: number,
): Promise<readonly Uint8Array[] | InflateFault> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  const source = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
  const reader = source.pipeThrough(new DecompressionStream(format)).getReader();
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
    return "unreadable";
  }
}
