// Writes a symbol's archive of predictions to R2, after the ticks that they come of: objects that are created once.
// prediction-log.ts says which rows an object holds.
import { archiveKey, nextArchiveKey } from "../../../features/archive-key.ts";
import { logError } from "../../../log.ts";
import type { LiveSymbol } from "../live-symbol.ts";
import { createObject, withdrawObject } from "./create-object.ts";
import { encodeParquetPredictions } from "./parquet-predictions.ts";
import type { PredictionRows } from "./prediction-rows.ts";
import { samePredictions } from "./same-predictions.ts";

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
    if (!(await create(bucket, key, bytesOf(live, rows)))) {
      liveSymbol()?.engine.archive?.predictions?.chunks.name(chunk, nextArchiveKey(key));
      throw new Error(`put ${key}: another object of that name is there`);
    }
  }
  liveSymbol()?.engine.archive?.predictions?.chunks.commit(chunk, rows !== undefined);
  return true;
}

/**
 * Writes the predictions that await a label, without one: directly before the symbol is removed. Changes nothing in the
 * symbol. Throws what the bucket throws, and takes back what it has written then: the symbol goes on, and its labels
 * come.
 */
export async function writeWithoutLabels(bucket: R2Bucket, live: LiveSymbol): Promise<void> {
  const tried: { readonly key: string; readonly bytes: ArrayBuffer }[] = [];
  try {
    for (const rows of live.engine.archive?.predictions?.withoutLabels() ?? []) {
      const bytes = bytesOf(live, rows);
      let key = keyOf(live, rows.index[0]!);
      for (;;) {
        tried.push({ key, bytes });
        if (await create(bucket, key, bytes)) break;
        tried.pop();
        key = nextArchiveKey(key);
      }
    }
  } catch (error) {
    for (const { key, bytes } of tried) {
      await withdrawObject(bucket, key, bytes).catch((failure: unknown) => {
        logError("predictions_not_withdrawn", { symbol: live.name, key, error: String(failure) });
      });
    }
    throw error;
  }
}

function create(bucket: R2Bucket, key: string, bytes: ArrayBuffer): Promise<boolean> {
  return createObject(bucket, key, bytes, (there) => samePredictions(there, bytes));
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
