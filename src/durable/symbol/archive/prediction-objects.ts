// Writes a symbol's archive of predictions to R2, after the ticks that they come of: objects that are created once.
// prediction-log.ts says which rows an object holds.
import { archiveKey, nextArchiveKey } from "../../../features/archive-key.ts";
import type { LiveSymbol } from "../live-symbol.ts";
import { comparePredictions } from "./compare-predictions.ts";
import { createObject, replaceObject } from "./create-object.ts";
import { encodeParquetPredictions } from "./parquet-predictions.ts";
import type { PredictionRows } from "./prediction-rows.ts";

/**
 * Writes one object. Returns whether there was one to write. Throws what the bucket throws.
 * @param liveSymbol called each time: the symbol may be reloaded while the object is being written.
 * @param all whether all ticks are archived: then every prediction that is settled is due.
 */
export async function writePredictions(
  bucket: R2Bucket,
  liveSymbol: () => LiveSymbol | undefined,
  all: boolean,
): Promise<boolean> {
  const live = liveSymbol();
  const ledger = live?.engine.archive;
  const log = ledger?.predictions;
  if (live === undefined || ledger === undefined || log === undefined) return false;
  const chunk = log.nextChunk(all ? Infinity : (ledger.progress.watermarkMs ?? -Infinity));
  if (chunk === undefined) return false;
  const rows = log.chunks.rowsOf(chunk);
  if (rows !== undefined) {
    const key = chunk.key ?? keyOf(live, chunk.firstStep);
    if (chunk.key === null) log.chunks.name(chunk, key);
    if (!(await create(bucket, key, bytesOf(live, rows), live))) {
      liveSymbol()?.engine.archive?.predictions?.chunks.name(chunk, nextArchiveKey(key));
      throw new Error(`put ${key}: another object of that name is there`);
    }
  }
  liveSymbol()?.engine.archive?.predictions?.chunks.commit(chunk, rows !== undefined);
  return true;
}

/**
 * Writes the predictions that await a label, without one: directly before the symbol is removed. Throws what the bucket
 * throws, and changes nothing in the symbol: if it goes on, it writes these objects again, with labels.
 */
export async function writeWithoutLabels(bucket: R2Bucket, live: LiveSymbol): Promise<void> {
  for (const rows of live.engine.archive?.predictions?.withoutLabels() ?? []) {
    const bytes = bytesOf(live, rows);
    let key = keyOf(live, rows.index[0]!);
    while (!(await create(bucket, key, bytes, live))) key = nextArchiveKey(key);
  }
}

/** Creates an object, or replaces one whose labels were given up too early. False when another has the name. */
async function create(bucket: R2Bucket, key: string, bytes: ArrayBuffer, live: LiveSymbol): Promise<boolean> {
  const lastStep = live.engine.archive?.predictions?.lastStep ?? -1;
  const servedThroughMs = (lastStep + 1) * live.engine.features.config.grid.stepMs;
  let isUnfinished = false;
  const isDone = await createObject(bucket, key, bytes, async (there) => {
    const found = await comparePredictions(there, bytes, servedThroughMs);
    isUnfinished = found === "unfinished";
    return found !== "other";
  });
  if (isUnfinished) await replaceObject(bucket, key, bytes);
  return isDone;
}

function keyOf({ name, engine }: LiveSymbol, firstStep: number): string {
  return archiveKey("predictions", name, (firstStep + 1) * engine.features.config.grid.stepMs, firstStep);
}

function bytesOf({ name, engine }: LiveSymbol, rows: PredictionRows): ArrayBuffer {
  const { grid, label } = engine.features.config;
  return encodeParquetPredictions(rows, {
    symbol: name,
    stepMs: grid.stepMs,
    horizonSteps: label.horizonSteps,
  });
}
