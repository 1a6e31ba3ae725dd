// Decompresses bytes, also of a cut file: a killed recorder leaves a file without an end.
import { createGunzip, createInflateRaw, createZstdDecompress } from "node:zlib";
import { ZstdFrames } from "./zstd-frames.ts";

export type Codec = "gzip" | "zstd" | "deflate";

const OUTPUT_BYTES = 1 << 18;
/** The output of this many bytes is in memory at once: at most some thousand times as much. */
const INPUT_BYTES = 1 << 16;

/**
 * The bytes behind a compression, in order, some at a time; members of gzip and frames of zstd that follow each other
 * are one text, zeros behind the last member are padding. Input that ends before its trailer gives all that can be read
 * of it; so does empty input.
 *
 * @param parts pulled only as fast as the result is taken.
 * @param onCut called at the end when the input ended too early, also where it was cut between two flushed blocks.
 * @throws Error with a code `Z_…` or `ZSTD_…` for what is not so compressed or is damaged, and what `parts` throws.
 */
export async function* decompressed(
  codec: Codec,
  parts: AsyncIterable<Uint8Array>,
  onCut: () => void,
): AsyncGenerator<Uint8Array> {
  const stream = streamOf(codec);
  const frames = codec === "zstd" ? new ZstdFrames() : undefined;
  const ready: Uint8Array[] = [];
  let ended = false;
  stream.on("data", (bytes: Buffer) => ready.push(bytes)).on("end", () => (ended = true));
  // Each step handles its own error; this listener exists because a stream without one throws.
  stream.on("error", () => undefined);
  try {
    for await (const part of parts) {
      for (let at = 0; at < part.length && !ended; at += INPUT_BYTES) {
        const piece = part.subarray(at, at + INPUT_BYTES);
        for (const bytes of frames?.split(piece) ?? [piece]) {
          await step(stream, (done) => stream.write(bytes, done));
          yield* ready.splice(0);
        }
      }
      if (ended) return;
    }
    // Only after everything before has been yielded, because an unfinished stream loses its buffer.
    await step(stream, (done) => stream.once("end", done).end()).catch((error: unknown) => {
      if (!(error instanceof Error && "code" in error && error.code === "Z_BUF_ERROR")) throw error;
      onCut();
    });
    yield* ready.splice(0);
  } finally {
    stream.destroy();
  }
}

type Decompressor = ReturnType<typeof createGunzip | typeof createInflateRaw | typeof createZstdDecompress>;

function streamOf(codec: Codec): Decompressor {
  if (codec === "zstd") return createZstdDecompress({ chunkSize: OUTPUT_BYTES });
  return codec === "gzip" ? createGunzip({ chunkSize: OUTPUT_BYTES }) : createInflateRaw({ chunkSize: OUTPUT_BYTES });
}

function step(stream: Decompressor, act: (done: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.once("error", reject);
    act((error) => {
      // The reason of a failed step goes to the listener; the callback may only get that the stream is destroyed.
      if (error) return;
      stream.off("error", reject);
      resolve();
    });
  });
}
