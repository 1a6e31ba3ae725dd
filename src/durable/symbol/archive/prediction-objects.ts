// Writes a symbol's archive of predictions to R2, after the ticks that they come of: objects that are created once.
// prediction-log.ts says which rows an object holds.
import { archiveKey, nextArchiveKey } from "../../../features/archive-key.ts";
import type { LiveSymbol } from "../live-symbol.ts";
import { createObject } from "./create-object.ts";
import { encodeParquetPredictions } from "./parquet-predictions.ts";

/**
 * Writes one object. Returns whether there was one to write. Throws what the bucket throws.
 * @param liveSymbol called each time: the symbol may be reloaded while the object is being written.
 * @param isLast whether the symbol is about to be removed: then the predictions that await a label are written too.
 */
export async function writePredictions(
  bucket: R2Bucket,
  liveSymbol: () => LiveSymbol | undefined,
  isLast: boolean,
): Promise<boolean> {
  const live = liveSymbol();
  const ledger = live?.engine.archive;
  const log = ledger?.predictions;
  if (live === undefined || ledger === undefined || log === undefined) return false;
  if (isLast) log.giveUpLabels();
  const chunk = log.nextChunk(isLast ? Infinity : (ledger.progress.watermarkMs ?? -Infinity));
  if (chunk === undefined) return false;
  const rows = log.chunks.rowsOf(chunk);
  if (rows !== undefined) {
    const { grid, label } = live.engine.features.config;
    const of = { symbol: live.name, stepMs: grid.stepMs, horizonSteps: label.horizonSteps };
    const namedMs = (chunk.firstStep + 1) * grid.stepMs;
    const key = chunk.key ?? archiveKey("predictions", live.name, namedMs, chunk.firstStep);
    if (chunk.key === null) log.chunks.name(chunk, key);
    const isDone = await createObject(bucket, key, encodeParquetPredictions(rows, of), () => Promise.resolve(false));
    if (!isDone) {
      liveSymbol()?.engine.archive?.predictions?.chunks.name(chunk, nextArchiveKey(key));
      throw new Error(`put ${key}: another object of that name is there`);
    }
  }
  liveSymbol()?.engine.archive?.predictions?.chunks.commit(chunk, rows !== undefined);
  return true;
}
