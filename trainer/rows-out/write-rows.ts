// Recordings to a dataset of rows, as a stream: memory holds a row group and a horizon of each symbol, never the ticks.
import { streamTicks, type TickStreamSummary } from "../../recordings/tick-stream.ts";
import { ClosedSteps } from "../../src/features/closed-steps.ts";
import type { EngineConfig } from "../../src/features/feature-engine.ts";
import type { RowName } from "../../src/features/schema.ts";
import type { Tick } from "../../src/features/tick.ts";
import { openDatasetFolder } from "./dataset-folder.ts";
import { datasetFacts, datasetSchema, fileMetadata } from "./dataset-schema.ts";
import { FoldGrid, type WalkForwardStretches } from "./fold-grid.ts";
import { type DatasetFiles, PartitionFiles } from "./partition-files.ts";
import { RowCounts } from "./row-counts.ts";
import { SymbolRows } from "./symbol-rows.ts";

export interface RowsPlan {
  readonly files: readonly string[];
  readonly out: string;
  readonly row: RowName;
  readonly engine: EngineConfig;
  readonly symbol: string | undefined;
  readonly quoteMarginPercent?: number | undefined;
  /** Where `wrangler dev` keeps its state, for `local://`. */
  readonly persist: string;
  readonly walkForward: WalkForwardStretches | undefined;
  /** Rows with a time in [fromMs, toMs) are written; what lies before fills the windows. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly onProgress?: (readBytes: number, totalBytes: number) => void;
}

export interface WrittenRows {
  readonly files: number;
  readonly ticks: number;
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
  const { engine, row, out, symbol, quoteMarginPercent, persist, onProgress } = plan;
  const { stepMs } = engine.grid;
  const folds = new FoldGrid(plan.walkForward, engine.label.horizonSteps, stepMs);
  const facts = datasetFacts(row, engine, folds);
  openDatasetFolder(out, facts);
  const files = { folder: out, row, schema: datasetSchema(row), metadata: fileMetadata(facts), folds };
  const stream = streamTicks(plan.files, {
    ...{ symbol, quoteMarginPercent, persist, stepMs },
    ...(onProgress ? { onProgress } : {}),
  });
  const symbols = new SymbolsRows(plan, files);
  let isWhole = true;
  try {
    for await (const ticks of stream.batches) {
      symbols.add(ticks);
      isWhole = !symbols.haveFinished(ticks.at(-1)!.tsMs);
      if (!isWhole) break;
    }
    symbols.end(isWhole);
  } finally {
    symbols.abandon();
  }
  const { ticks, counts } = symbols;
  const written = [...symbols.files].reduce((sum, file) => sum + file.written, 0);
  return { files: written, ticks, symbols: counts, summary: isWhole ? stream.summary : undefined };
}

/** The rows of all symbols, each on its way into files of its own. */
class SymbolsRows {
  ticks = 0;
  readonly counts = new Map<string, RowCounts>();
  readonly files: PartitionFiles[] = [];
  private readonly plan: RowsPlan;
  private readonly dataset: DatasetFiles;
  private readonly rows = new Map<string, SymbolRows>();
  private readonly scratch = new ClosedSteps(1, 4096);

  constructor(plan: RowsPlan, dataset: DatasetFiles) {
    this.plan = plan;
    this.dataset = dataset;
  }

  add(ticks: readonly Tick[]): void {
    this.ticks += ticks.length;
    for (const [symbol, own] of bySymbol(ticks)) {
      let rows = this.rows.get(symbol);
      if (rows === undefined) this.rows.set(symbol, (rows = this.begin(symbol)));
      rows.add(own, this.scratch);
    }
  }

  /** Whether no tick after `tsMs` can change a row that is written. */
  haveFinished(tsMs: number): boolean {
    const { toMs } = this.plan;
    return tsMs >= toMs && [...this.rows.values()].every((rows) => rows.hasFinished(toMs));
  }

  /** @param isWhole whether the ticks have ended; otherwise what still waits is not written. */
  end(isWhole: boolean): void {
    if (isWhole) for (const rows of this.rows.values()) rows.end();
    for (const file of this.files) file.finish();
  }

  /** Gives up the files that are not whole. */
  abandon(): void {
    for (const file of this.files) file.abandon();
  }

  private begin(symbol: string): SymbolRows {
    const { fromMs, toMs, engine, row } = this.plan;
    const counts = new RowCounts();
    // A tick has no venue yet.
    const file = new PartitionFiles(this.dataset, { symbol, venue: null });
    this.counts.set(symbol, counts);
    this.files.push(file);
    return new SymbolRows(engine, row, (finished) => {
      if (finished.timeMs < fromMs) counts.warmUpSteps += 1;
      else if (finished.timeMs < toMs) {
        counts.add(finished);
        file.add(finished);
      }
    });
  }
}

function bySymbol(ticks: readonly Tick[]): Map<string, Tick[]> {
  const groups = new Map<string, Tick[]>();
  for (const tick of ticks) {
    const group = groups.get(tick.symbol);
    if (group === undefined) groups.set(tick.symbol, [tick]);
    else group.push(tick);
  }
  return groups;
}
