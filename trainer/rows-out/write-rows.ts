// Recordings to a dataset of rows, as a stream: memory holds a row group and a horizon of each symbol, never the ticks.
import { streamTicks, type TickStreamSummary } from "../../recordings/tick-stream.ts";
import { openDatasetFolder } from "./dataset-folder.ts";
import { datasetFacts, datasetSchema, fileMetadata } from "./dataset-schema.ts";
import { FoldGrid } from "./fold-grid.ts";
import type { RowCounts } from "./row-counts.ts";
import type { RowsPlan } from "./rows-plan.ts";
import { ServedScores } from "./served-scores.ts";
import { StateFiles } from "./state-files.ts";
import { SymbolsRows } from "./symbols-rows.ts";

export interface WrittenRows {
  readonly files: number;
  readonly ticks: number;
  /** States left for `toMs`. */
  readonly states: number;
  /** By symbol, in the order in which they came. */
  readonly symbols: ReadonlyMap<string, RowCounts>;
  /** `undefined` when the recordings were not read to their end, because no row needed it. */
  readonly summary: TickStreamSummary | undefined;
}

/**
 * Writes a file for each symbol and day. A row needs the ticks after it until its horizon has ended, so reading goes on
 * past `toMs` until no row before it waits.
 * @throws UnreadableFileError naming the recording; UserError for a folder that cannot be used.
 */
export async function writeRows(plan: RowsPlan): Promise<WrittenRows> {
  const { engine, row, out, symbol, reading, quoteMarginPercent, persist, onProgress } = plan;
  const { stepMs } = engine.grid;
  const folds = new FoldGrid(plan.walkForward, engine.label.horizonSteps, stepMs);
  const { predictions } = plan;
  const hasServed = predictions !== undefined;
  const facts = datasetFacts(plan, folds);
  await openDatasetFolder(out, facts);
  const grid = { stepMs, horizonMs: engine.label.horizonSteps * stepMs };
  const served = hasServed ? await ServedScores.open(predictions, persist, grid) : undefined;
  const dataset = { row, schema: datasetSchema(row, hasServed), metadata: fileMetadata(facts) };
  const stream = streamTicks(plan.files, {
    ...{ symbol, reading, quoteMarginPercent, persist, stepMs },
    ...(onProgress ? { onProgress } : {}),
  });
  const states = plan.state === undefined ? undefined : new StateFiles(plan.state);
  const symbols = new SymbolsRows(plan, { folder: out, ...dataset, folds, served }, states);
  let isWhole = true;
  try {
    for await (const ticks of stream.batches) {
      await symbols.add(ticks);
      isWhole = !symbols.haveFinished(ticks.at(-1)!.tsMs);
      if (!isWhole) break;
    }
    symbols.end(isWhole);
  } finally {
    symbols.abandon();
    await served?.close();
  }
  const { ticks, counts } = symbols;
  const written = [...symbols.files].reduce((sum, file) => sum + file.written, 0);
  return {
    files: written,
    ticks,
    states: states?.left ?? 0,
    symbols: counts,
    summary: isWhole ? stream.summary : undefined,
  };
}
