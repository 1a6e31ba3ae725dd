// Recordings as one array of ticks in order of time, for those who need them all at once; whoever does not takes the
// stream behind it.
import type { Tick } from "../src/features/tick.ts";
import { streamTicks, type TickStreamOptions } from "./tick-stream.ts";

/** What one recording gave. */
export interface TickFileSummary {
  /** Or `r2://bucket/key`, `local://key`. */
  readonly path: string;
  /** Ticks taken, of the wanted symbol. */
  readonly ticks: number;
  /** Lines and ticks refused, of any symbol. */
  readonly rejected: number;
  /** Of the file's bytes as stored, in hex. */
  readonly sha256: string;
  /** Whether a gzip ended before its trailer, as a killed recorder leaves it; what can be read of it was read. */
  readonly cut: boolean;
}

export interface TickFiles {
  /** Of all files, sorted by `tsMs`; equal times keep the order of the files given, then of their lines. */
  readonly ticks: Tick[];
  /** How many lines and ticks were refused for which reason: those of `parseTick`, `not_a_bar`, `not_a_row`, `unknown_form`. */
  readonly rejected: Map<string, number>;
  readonly files: readonly TickFileSummary[];
  /** Ticks that follow a later one, because they came too late for the stream's reorder buffer. */
  readonly outOfOrder: number;
}

/**
 * All that `streamTicks` gives for the same arguments. A cut last line is counted as `not_json` and never fatal, nor is a gzip
 * that ends too early.
 *
 * Example: `await readTickFiles(["/data/coinbase-2025"], { symbol: "BTC-USD" })`.
 *
 * @throws UnreadableFileError naming the path, for a missing file, a broken gzip or Parquet, a CSV without known columns.
 * @throws RangeError for a malformed `options.symbol`.
 */
export async function readTickFiles(paths: readonly string[], options: TickStreamOptions = {}): Promise<TickFiles> {
  const ticks: Tick[] = [];
  const stream = streamTicks(paths, options);
  for await (const batch of stream.batches) for (const tick of batch) ticks.push(tick);
  const { files, rejected, outOfOrder } = stream.summary;
  return { ticks, rejected, files, outOfOrder };
}

/** Names the recordings that were cut, for people: `""` when none was. */
export function cutText(files: readonly TickFileSummary[]): string {
  const cut = files.filter((file) => file.cut).map(({ path }) => path);
  if (cut.length === 0) return "";
  const named = cut.slice(0, 3).join(", ") + (cut.length > 3 ? `, and ${cut.length - 3} more` : "");
  return `${cut.length} of ${files.length} files cut short, read as far as they go: ${named}`;
}
