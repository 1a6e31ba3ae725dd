// Decompresses gzip bytes, also of a cut file: a killed recorder leaves a file without an end.
import { createGunzip, type Gunzip } from "node:zlib";

const OUTPUT_BYTES = 1 << 18;
/** The output of this many bytes is in memory at once: at most a thousand times as much. */
const INPUT_BYTES = 1 << 16;

/**
 * The bytes behind a gzip, in order, some at a time; members that follow each other are one text, zeros behind the last
 * one are padding. Input that ends before its trailer gives all that can be read of it; so does empty input.
 *
 * @param parts pulled only as fast as the result is taken.
 * @param onCut called at the end when the input ended too early, also where it was cut between two flushed blocks.
 * @throws Error with a code `Z_…` for what is no gzip or is damaged, and what `parts` throws.
 */
export async function* gunzipped(parts: AsyncIterable<Uint8Array>, onCut: () => void): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: OUTPUT_BYTES });
  const ready: Uint8Array[] = [];
  let ended = false;
  gunzip.on("data", (bytes: Buffer) => ready.push(bytes)).on("end", () => (ended = true));
  // Each step handles its own error; this listener exists because a stream without one throws.
  gunzip.on("error", () => undefined);
  try {
    for await (const part of parts) {
      for (let at = 0; at < part.length && !ended; at += INPUT_BYTES) {
        await step(gunzip, (done) => gunzip.write(part.subarray(at, at + INPUT_BYTES), done));
        yield* ready.splice(0);
      }
      if (ended) return;
    }
    // Only after everything before has been yielded, because an unfinished stream loses its buffer.
    await step(gunzip, (done) => gunzip.once("end", done).end()).catch((error: unknown) => {
      if (!(error instanceof Error && "code" in error && error.code === "Z_BUF_ERROR")) throw error;
      onCut();
    });
    yield* ready.splice(0);
  } finally {
    gunzip.destroy();
  }
}

function step(gunzip: Gunzip, act: (done: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    gunzip.once("error", reject);
    act((error) => {
      // The reason of a failed step goes to the listener; the callback may only get that the stream is destroyed.
      if (error) return;
      gunzip.off("error", reject);
      resolve();
    });
  });
}
