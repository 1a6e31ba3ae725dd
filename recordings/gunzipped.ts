// Gzip bytes to what they hold, as far as they go: a recorder that was killed leaves a file without an end.
import { createGunzip, type Gunzip } from "node:zlib";

const OUTPUT_BYTES = 1 << 18;
/** What these become is in memory at once: at most a thousandfold. */
const INPUT_BYTES = 1 << 16;

/**
 * The bytes behind a gzip, in order, some at a time; members that follow each other are one text, zeros behind the last
 * one are padding. Input that ends before its trailer gives all that can be read of it; no input at all is such one.
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
  // Each step takes its own error; this one is there because a stream without any listener throws.
  gunzip.on("error", () => undefined);
  try {
    for await (const part of parts) {
      for (let at = 0; at < part.length && !ended; at += INPUT_BYTES) {
        await step(gunzip, (done) => gunzip.write(part.subarray(at, at + INPUT_BYTES), done));
        yield* ready.splice(0);
      }
      if (ended) return;
    }
    // Only now, when everything before it has been handed out: an unfinished stream loses what it still holds.
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
      // A failed one tells its reason to the listener, and may tell the callback only that it is destroyed.
      if (error) return;
      gunzip.off("error", reject);
      resolve();
    });
  });
}
