// Writes a symbol's archive of predictions to R2, after the ticks that they come of: objects that are created once.
// prediction-log.ts says which rows an object holds.
import { archiveKey, nextArchiveKey } from "../../../features/archive-key.ts";
import type { LiveGrid, LiveSymbol } from "../live-symbol.ts";
import { comparePredictions } from "./compare-predictions.ts";
import { createObject, replaceObject } from "./create-object.ts";
import { encodeParquetPredictions } from "./parquet-predictions.ts";
import type { PredictionChunks } from "./prediction-chunks.ts";
import type { PredictionLog } from "./prediction-log.ts";
import type { PredictionChunk } from "./prediction-progress.ts";
import type { PredictionRows } from "./prediction-rows.ts";

/** A grid whose predictions are archived, and its log. */
interface LoggedGrid {
  readonly live: LiveGrid;
  /** Name of a further grid. */
  readonly grid: string | undefined;
  readonly log: PredictionLog;
}

/** The grids of a symbol whose predictions are archived, its own first. */
function loggedGrids(live: LiveSymbol | undefined): LoggedGrid[] {
  if (live === undefined) return [];
  const all: (readonly [string | undefined, LiveGrid])[] = [[undefined, live], ...live.grids];
  return all.flatMap(([grid, one]) => {
    const log = one.engine.predictions;
    return log === undefined ? [] : [{ live: one, grid, log }];
  });
}

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
  const archivedMs = all ? Infinity : (liveSymbol()?.engine.archive?.progress.watermarkMs ?? -Infinity);
  for (const logged of loggedGrids(liveSymbol())) {
    const chunk = logged.log.nextChunk(archivedMs);
    if (chunk === undefined) continue;
    await writeChunk(bucket, logged, chunk, () => {
      return loggedGrids(liveSymbol()).find(({ grid }) => grid === logged.grid)?.log.chunks;
    });
    return true;
  }
  return false;
}

/** @param chunksNow called each time: those of the grid as it is loaded now. */
async function writeChunk(
  bucket: R2Bucket,
  logged: LoggedGrid,
  chunk: PredictionChunk,
  chunksNow: () => PredictionChunks | undefined,
): Promise<void> {
  const { chunks } = logged.log;
  const rows = chunks.rowsOf(chunk);
  if (rows !== undefined) {
    const key = chunk.key ?? keyOf(logged, chunk.firstStep);
    if (chunk.key === null) chunks.name(chunk, key);
    if (!(await create(bucket, key, bytesOf(logged, rows), logged))) {
      chunksNow()?.name(chunk, nextArchiveKey(key));
      throw new Error(`put ${key}: another object of that name is there`);
    }
  }
  chunksNow()?.commit(chunk, rows !== undefined);
}

/**
 * Writes the predictions that await a label, without one: directly before the symbol is removed. Throws what the bucket
 * throws, and changes nothing in the symbol: if it goes on, it writes these objects again, with labels.
 */
export async function writeWithoutLabels(bucket: R2Bucket, live: LiveSymbol): Promise<void> {
  for (const logged of loggedGrids(live)) {
    for (const rows of logged.log.withoutLabels()) {
      const bytes = bytesOf(logged, rows);
      let key = keyOf(logged, rows.index[0]!);
      while (!(await create(bucket, key, bytes, logged))) key = nextArchiveKey(key);
    }
  }
}

/** Creates an object, or replaces one whose labels were given up too early. False when another has the name. */
async function create(bucket: R2Bucket, key: string, bytes: ArrayBuffer, { live, log }: LoggedGrid): Promise<boolean> {
  const servedThroughMs = (log.lastStep + 1) * live.engine.features.config.grid.stepMs;
  let isUnfinished = false;
  const isDone = await createObject(bucket, key, bytes, async (there) => {
    const found = await comparePredictions(there, bytes, servedThroughMs);
    isUnfinished = found === "unfinished";
    return found !== "other";
  });
  if (isUnfinished) await replaceObject(bucket, key, bytes);
  return isDone;
}

function keyOf({ live, grid }: LoggedGrid, firstStep: number): string {
  const endMs = (firstStep + 1) * live.engine.features.config.grid.stepMs;
  return archiveKey("predictions", live.name, endMs, firstStep, grid);
}

function bytesOf({ live }: LoggedGrid, rows: PredictionRows): ArrayBuffer {
  const { grid, label } = live.engine.features.config;
  return encodeParquetPredictions(rows, {
    symbol: live.name,
    stepMs: grid.stepMs,
    horizonSteps: label.horizonSteps,
  });
}
