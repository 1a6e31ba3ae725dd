// Recordings to a dataset, as a stream: their ticks are never all in memory.
import type { ReadingOptions } from "../../recordings/reading-options.ts";
import { streamTicks, type TickStreamSummary } from "../../recordings/tick-stream.ts";
import type { EngineConfig } from "../../src/features/feature-engine.ts";
import { type Dataset, DatasetBuilder } from "./dataset.ts";

export interface RecordingsPlan {
  readonly files: readonly string[];
  readonly symbol: string | undefined;
  readonly engine: EngineConfig;
  readonly quoteMarginPercent?: number | undefined;
  /** What the files do not say themselves. */
  readonly reading?: ReadingOptions | undefined;
  /** Where `wrangler dev` keeps its state, for `local://`. */
  readonly persist: string;
  readonly onProgress?: (readBytes: number, totalBytes: number) => void;
}

export interface ReadRecordings {
  readonly data: Dataset;
  readonly summary: TickStreamSummary;
}

/**
 * Reads everything, or only the ticks before `untilMs` (the summary then counts what was read all the same).
 * @throws UnreadableFileError naming the recording; also for bars that do not fit into the steps.
 */
export async function readRecordings(plan: RecordingsPlan, untilMs = Infinity): Promise<ReadRecordings> {
  const { files, symbol, engine, quoteMarginPercent, reading, persist, onProgress } = plan;
  const { stepMs } = engine.grid;
  const stream = streamTicks(files, {
    ...{ symbol, quoteMarginPercent, reading, persist, stepMs },
    ...(onProgress ? { onProgress } : {}),
  });
  const builder = new DatasetBuilder(engine);
  for await (const ticks of stream.batches) {
    builder.add(untilMs === Infinity ? ticks : ticks.filter(({ tsMs }) => tsMs < untilMs));
  }
  return { data: builder.finish(), summary: stream.summary };
}
