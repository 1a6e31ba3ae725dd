// One symbol's record from its archive: its objects are copied, replayed and removed again, so that memory and disk
// hold one symbol at a time.
import { TemporaryFolder } from "../../command-line/temporary-folder.ts";
import { openRecordings } from "../../recordings/recording-paths.ts";
import { streamTicks } from "../../recordings/tick-stream.ts";
import { parseArchiveKey } from "../../src/features/archive-key.ts";
import type { EngineConfig } from "../../src/features/feature-engine.ts";
import type { BlockGain } from "../../src/quality/quality-series.ts";
import { pullArchive } from "../retrain/pull-archive.ts";
import { ArchiveReplay } from "./archive-replay.ts";
import type { LoadedPair } from "./pair-models.ts";

export interface RecordPlan {
  readonly from: readonly string[];
  readonly persist: string;
  readonly engine: EngineConfig;
  /** The first block that is wanted. */
  readonly fromBlock: number;
  /** Only archived objects that begin at or after it, ms since 1970; `undefined` for all. */
  readonly readFromMs: number | undefined;
  /** Whether the gateway serves recalibrated probabilities once they are proven. */
  readonly recalibrates: boolean;
  readonly onProgress: (readBytes: number, totalBytes: number) => void;
}

export interface SymbolRecord {
  readonly symbol: string;
  /** Ended blocks from `fromBlock` on, ascending. */
  readonly blocks: readonly BlockGain[];
  readonly ticks: number;
  /** Time of the last tick, ms since 1970; `null` without one. */
  readonly lastMs: number | null;
}

/** The symbols of an archive, by name. Throws `UnreadableFileError` for an address that holds nothing. */
export async function archivedSymbols(from: readonly string[], persist: string): Promise<readonly string[]> {
  const { sources, close } = await openRecordings(from, { persist });
  await close();
  return [...new Set(sources.flatMap(({ path }) => parseArchiveKey(path)?.symbol ?? []))].sort();
}

/** Throws what reading an archive and the runtime throw. */
export async function symbolRecord(symbol: string, pair: LoadedPair, plan: RecordPlan): Promise<SymbolRecord> {
  const { from, persist, engine, fromBlock, readFromMs: sinceMs, recalibrates, onProgress } = plan;
  const folder = new TemporaryFolder("volgate-backfill-");
  try {
    const { files } = await pullArchive({ from, sinceMs, symbol, persist, into: folder.path });
    const { stepMs } = engine.grid;
    const replay = new ArchiveReplay(pair, engine, fromBlock, recalibrates);
    let [ticks, lastMs]: [number, number | null] = [0, null];
    for await (const batch of streamTicks(files, { symbol, persist, stepMs, onProgress }).batches) {
      await replay.add(batch);
      ticks += batch.length;
      lastMs = batch.at(-1)!.tsMs;
    }
    return { symbol, blocks: replay.blocks(), ticks, lastMs };
  } finally {
    await folder.remove();
  }
}
