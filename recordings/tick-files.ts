// Recordings as one array of ticks in order of time, for callers that need all of them at once; others use the stream.
import type { Tick } from "../src/features/tick.ts";
import { streamTicks, type TickStreamOptions, type TickStreamSummary } from "./tick-stream.ts";

export interface TickFiles extends Omit<TickStreamSummary, "ticks"> {
  /** Of all files, sorted by `tsMs`; equal times keep the order of the files given, then of their lines. */
  readonly ticks: Tick[];
}

/**
 * All that `streamTicks` gives for the same arguments. A cut last line is counted as `not_json`. Neither it nor a gzip
 * that ends too early is an error.
 *
 * Example: `await readTickFiles(["/data/coinbase-2025"], { symbol: "BTC-USD" })`.
 *
 * @throws UnreadableFileError naming the path, for a missing file, a broken gzip or Parquet, a CSV without known
 * columns.
 * @throws RangeError for a malformed `options.symbol`.
 */
export async function readTickFiles(paths: readonly string[], options: TickStreamOptions = {}): Promise<TickFiles> {
  const ticks: Tick[] = [];
  const stream = streamTicks(paths, options);
  for await (const batch of stream.batches) for (const tick of batch) ticks.push(tick);
  return { ...stream.summary, ticks };
}
