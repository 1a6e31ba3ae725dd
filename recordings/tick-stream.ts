// Recordings as one stream of ticks in order of time, so that memory does not grow with them: from paths to batches and
// a summary.
import { symbolKey } from "../src/features/symbol-name.ts";
import type { Tick } from "../src/features/tick.ts";
import { openRecordings } from "./recording-paths.ts";
import { TickMerge, type TickMergeOptions, type TickMergeSummary } from "./tick-merge.ts";

export interface TickStreamOptions extends TickMergeOptions {
  /** Only ticks of this symbol; also the symbol of recordings that name none. Upper-cased. */
  readonly symbol?: string | undefined;
  /** Where `wrangler dev` keeps its state, for `local://`; `.wrangler/state` by default. */
  readonly persist?: string | undefined;
}

export interface TickStream {
  /** Never empty batches of some thousand ticks, to be iterated once. */
  readonly batches: AsyncIterable<readonly Tick[]>;
  /** Throws `Error` before `batches` has ended. */
  readonly summary: TickStreamSummary;
}

/** The result of a stream that has ended. */
export interface TickStreamSummary extends TickMergeSummary {
  /** Files below the folders given that may hold ticks, of kinds that are not read. */
  readonly skipped: readonly string[];
  /** How many files of a gateway's archive were left out because they hold predictions. */
  readonly predictions: number;
}

/**
 * Ticks of NDJSON, CSV and Parquet recordings, text also as `.gz`: files, folders, `r2://BUCKET/PREFIX` and
 * `local://PREFIX`. Sorted by `tsMs`; equal times keep the order of the recordings given, then of their lines: the
 * order of a stable sort of everything, as long as no tick lies more than `reorderTicks` behind its place in its own
 * recording.
 *
 * The earliest time of each recording is read once, and the recording is opened when the merge reaches it.
 *
 * Example: `for await (const ticks of stream.batches) dataset.add(ticks)`, then `stream.summary.files`.
 *
 * @throws RangeError at once for a malformed symbol. While iterating: UnreadableFileError naming the path.
 */
export function streamTicks(paths: readonly string[], options: TickStreamOptions = {}): TickStream {
  const wanted = options.symbol === undefined ? undefined : symbolKey(options.symbol);
  if (options.symbol !== undefined && wanted === undefined) {
    throw new RangeError(`symbol: got ${options.symbol}, expected [A-Z0-9][A-Z0-9._:-]{0,31}`);
  }
  let summary: TickStreamSummary | undefined;
  const run = async function* (): AsyncGenerator<readonly Tick[]> {
    const { sources, skipped, predictions, close } = await openRecordings(paths, { persist: options.persist });
    try {
      const merge = new TickMerge(sources, wanted, options);
      yield* merge.batches();
      summary = { ...merge.summary(), skipped, predictions };
    } finally {
      await close();
    }
  };
  return {
    batches: run(),
    get summary() {
      if (summary === undefined) throw new Error("summary: the stream has not ended; read all batches first");
      return summary;
    },
  };
}
