// A symbol's feature engine from the newest ticks of its archive: where slots do not reach back, and where the symbol's
// database is gone.
import type { ClosedSteps } from "../../../features/closed-steps.ts";
import { type EngineConfig, FeatureEngine } from "../../../features/feature-engine.ts";
import { TICK_FIELDS } from "../../../features/packed-ticks.ts";
import { logError } from "../../../log.ts";
import { withDeadline } from "../../../model/deadline.ts";
import { applyHistory, stepsOf } from "../apply-history.ts";
import { longestHistoryMs, longestWindowMs } from "../storage/longest-window.ts";
import { NewestKeys } from "./newest-keys.ts";
import { type ArchivedObject, decodeParquetTicks } from "./parquet-ticks.ts";

/** State after the archived ticks. */
export interface ArchivedHistory {
  readonly features: FeatureEngine;
  readonly ticks: number;
  /** Time of the first of them, ms. */
  readonly fromMs: number;
  /** The last batch that the archive has. */
  readonly throughSeq: number;
  /** Its newest steps, without rows. */
  readonly steps: ClosedSteps;
}

/** Most objects of one reading, newest first, and of all: the platform limits how many requests a request may make. */
const MAX_OBJECTS = 500;
const MAX_READS = 800;
const READ_AT_ONCE = 4;
/** Time for reading; the older objects that do not fit into it are left out. Below the deadline of a request. */
const BUDGET_MS = 8_000;
/** Part of the time left that is planned for when objects are left out. */
const PLANNED_SHARE = 0.75;
const DEADLINE_MS = 12_000;
/** A longer reading reaches further back than the values ask for, and has more objects, by this factor. */
const SPARE_REACH = 1.25;

/**
 * Applies the archived ticks of the symbol's longest window to a new engine; `undefined` when there are none. Where
 * they do not fill the label's window, as in a market with sessions, reads again from further back, up to the age of a
 * threshold's oldest value. Objects that cannot be decoded are passed over and logged. Of more objects than can be read
 * in 8 s, the newest are taken. Throws what the bucket throws, and after 12 s.
 * @param archivedSeq the last batch that the symbol's database has archived: objects of an earlier life of the symbol,
 *   whose batches have numbers of their own, are then left out. `undefined` without a database: all are read.
 */
export function readArchivedHistory(
  bucket: R2Bucket,
  symbol: string,
  config: EngineConfig,
  archivedSeq?: number,
): Promise<ArchivedHistory | undefined> {
  const late = () => new Error(`archive of ${symbol}: not read in ${DEADLINE_MS} ms`);
  return withDeadline(readHistory(bucket, symbol, config, archivedSeq), DEADLINE_MS, late);
}

/**
 * Whether thresholds reach further back with the archive's ticks than they do in `features`: not where its reading was
 * cut short, or it ends before what else is kept.
 */
export function isLonger({ fromMs }: ArchivedHistory, { config, ringExtent }: FeatureEngine): boolean {
  const { grid, label } = config;
  const { oldestMs } = ringExtent;
  return Number.isNaN(oldestMs) || fromMs < oldestMs - label.horizonSteps * grid.stepMs;
}

/** A reading of some objects. */
interface Reading extends ArchivedHistory {
  /** Objects that the history has, and objects that were read for it. */
  readonly objects: number;
  readonly read: number;
}

async function readHistory(
  bucket: R2Bucket,
  symbol: string,
  config: EngineConfig,
  archivedSeq?: number,
): Promise<ArchivedHistory | undefined> {
  const newest = new NewestKeys(bucket, symbol, archivedSeq);
  const mostMs = longestHistoryMs(config);
  let windowMs = longestWindowMs(config);
  let keys = await newest.within(windowMs, MAX_OBJECTS);
  const beganMs = Date.now();
  const endMs = beganMs + BUDGET_MS;
  const readKeys = (some: readonly string[]) => readObjects(bucket, symbol, config, some, endMs, archivedSeq);
  let history = await readKeys(keys);
  let { read } = history;
  for (;;) {
    const { values } = history.features.ringExtent;
    if (values >= config.label.windowSteps || windowMs >= mostMs || read === 0) break;
    const missing = config.label.windowSteps / Math.max(1, values);
    windowMs = Math.min(mostMs, windowMs * missing * SPARE_REACH);
    const older = await newest.within(windowMs, MAX_OBJECTS);
    if (older.length === keys.length) continue;
    const perObjectMs = Math.max(1, Date.now() - beganMs) / read;
    const fitting = Math.floor((PLANNED_SHARE * (endMs - Date.now())) / perObjectMs);
    const most = Math.min(older.length, fitting, MAX_READS - read);
    if (most < older.length && most < SPARE_REACH * history.objects) break;
    keys = older;
    const longer = await readKeys(older.slice(-most));
    read += longer.read;
    if (longer.ticks > history.ticks) history = longer;
    if (most < older.length) break;
  }
  return history.ticks === 0 ? undefined : history;
}

/** @param endMs when reading must be over; the older objects are left out for it. */
async function readObjects(
  bucket: R2Bucket,
  symbol: string,
  config: EngineConfig,
  keys: readonly string[],
  endMs: number,
  archivedSeq: number | undefined,
): Promise<Reading> {
  const beganMs = Date.now();
  let features = new FeatureEngine(config);
  let steps = stepsOf(features);
  let ticks = 0;
  let fromMs = NaN;
  let throughSeq = 0;
  let read = 0;
  let leftOut = 0;
  for (let from = 0; from < keys.length;) {
    const some = keys.slice(from, from + READ_AT_ONCE);
    for (const object of await Promise.all(some.map((key) => readObject(bucket, key)))) {
      if (object === undefined || object.lastBatch > (archivedSeq ?? Infinity)) continue;
      if (ticks === 0) fromMs = object.rows[0]!;
      applyHistory(features, object.rows, true, steps);
      ticks += object.rows.length / TICK_FIELDS;
      throughSeq = Math.max(throughSeq, object.lastBatch);
    }
    from += some.length;
    read += some.length;
    const nowMs = Date.now();
    const fitting = Math.max(0, (endMs - nowMs) / (Math.max(1, nowMs - beganMs) / read));
    const left = keys.length - from;
    if (left <= Math.max(fitting, READ_AT_ONCE)) continue;
    // Begins anew with newer ones: the history must end with the newest, and have no hole.
    leftOut = keys.length - Math.max(READ_AT_ONCE, Math.floor(fitting * PLANNED_SHARE));
    from = leftOut;
    features = new FeatureEngine(config);
    steps = stepsOf(features);
    ticks = 0;
    logError("archive_partly_read", { symbol, objects: keys.length, leftOut });
  }
  return { features, ticks, fromMs, throughSeq, steps: steps.take(), objects: keys.length - leftOut, read };
}

async function readObject(bucket: R2Bucket, key: string): Promise<ArchivedObject | undefined> {
  const object = await bucket.get(key);
  if (object === null) return undefined;
  const bytes = await object.arrayBuffer();
  try {
    return await decodeParquetTicks(bytes);
  } catch (error) {
    logError("archive_object_unreadable", { key, error: String(error) });
    return undefined;
  }
}
