// A symbol's feature engine from the newest ticks of its archive: where slots do not reach back, and where the symbol's
// database is gone.
import { parseArchiveKey, tickFolders } from "../../../features/archive-key.ts";
import { ClosedSteps } from "../../../features/closed-steps.ts";
import { type EngineConfig, FeatureEngine } from "../../../features/feature-engine.ts";
import { TICK_FIELDS } from "../../../features/packed-ticks.ts";
import { logError } from "../../../log.ts";
import { withDeadline } from "../../../model/deadline.ts";
import { longestWindowMs } from "../storage/longest-window.ts";
import { type ArchivedObject, decodeParquetTicks } from "./parquet-ticks.ts";

/** State after the archived ticks. */
export interface ArchivedHistory {
  readonly features: FeatureEngine;
  readonly ticks: number;
  /** The last batch that the archive has. */
  readonly throughSeq: number;
}

/** Most objects read, newest first; the platform limits how many requests one request may make. */
const MAX_OBJECTS = 500;
const READ_AT_ONCE = 4;
const STEPS_AT_ONCE = 4096;
/** Time for reading; the older objects that do not fit into it are left out. Below the deadline of a request. */
const BUDGET_MS = 8_000;
/** Part of the time left that is planned for when objects are left out. */
const PLANNED_SHARE = 0.75;
const DEADLINE_MS = 12_000;

/**
 * Applies the archived ticks of the symbol's longest window to a new engine; `undefined` when there are none. Objects
 * that cannot be decoded are passed over and logged. Of more objects than can be read in 8 s, the
 * newest are taken. Throws what the bucket throws, and after 12 s.
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

async function readHistory(
  bucket: R2Bucket,
  symbol: string,
  config: EngineConfig,
  archivedSeq?: number,
): Promise<ArchivedHistory | undefined> {
  const keys = await newestKeys(bucket, symbol, longestWindowMs(config), archivedSeq);
  const beganMs = Date.now();
  let features = new FeatureEngine(config);
  let ticks = 0;
  let throughSeq = 0;
  let read = 0;
  for (let from = 0; from < keys.length;) {
    const objects = await Promise.all(keys.slice(from, from + READ_AT_ONCE).map((key) => readObject(bucket, key)));
    for (const object of objects) {
      if (object === undefined || object.lastBatch > (archivedSeq ?? Infinity)) continue;
      applyRows(features, object.rows);
      ticks += object.rows.length / TICK_FIELDS;
      throughSeq = Math.max(throughSeq, object.lastBatch);
    }
    from += READ_AT_ONCE;
    read += READ_AT_ONCE;
    const spentMs = Math.max(1, Date.now() - beganMs);
    const fitting = Math.max(0, (BUDGET_MS - spentMs) / (spentMs / read));
    const left = keys.length - from;
    if (left <= Math.max(fitting, READ_AT_ONCE)) continue;
    // Begins anew with newer ones: the history must end with the newest, and have no hole.
    from = keys.length - Math.max(READ_AT_ONCE, Math.floor(fitting * PLANNED_SHARE));
    features = new FeatureEngine(config);
    ticks = 0;
    logError("archive_partly_read", { symbol, objects: keys.length, leftOut: from });
  }
  return ticks === 0 ? undefined : { features, ticks, throughSeq };
}

function applyRows(features: FeatureEngine, rows: Float64Array): void {
  const closed = new ClosedSteps(features.labelSpecs.length, STEPS_AT_ONCE, []);
  const verdicts = new Uint8Array(rows.length / TICK_FIELDS);
  features.areJudged = true;
  for (let next = 0; next < verdicts.length;) {
    closed.clear();
    ({ next } = features.process(rows, closed, verdicts, next, STEPS_AT_ONCE));
  }
  features.areJudged = false;
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

/** Keys of the objects whose ticks lie in the last `windowMs` of the archive, oldest first. */
async function newestKeys(
  bucket: R2Bucket,
  symbol: string,
  windowMs: number,
  archivedSeq: number | undefined,
): Promise<string[]> {
  const newest: string[] = [];
  for (const folders of await newestDays(bucket, symbol)) {
    const listed = await Promise.all(folders.map((prefix) => listAll(bucket, { prefix })));
    const keys = listed.flat().sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
    newest.unshift(...(archivedSeq === undefined ? keys : ofOneLife(keys, archivedSeq, newest[0])));
    const fromMs = startOf(newest.at(-1)) - windowMs;
    if (startOf(newest[0]) <= fromMs || newest.length >= MAX_OBJECTS) break;
  }
  const fromMs = startOf(newest.at(-1)) - windowMs;
  const first = newest.findLastIndex((key) => startOf(key) <= fromMs);
  return newest.slice(Math.max(first, newest.length - MAX_OBJECTS, 0));
}

/** The folders of each day, newest day first: a day may begin in the layout of before. */
async function newestDays(bucket: R2Bucket, symbol: string): Promise<string[][]> {
  const days = new Map<string, string[]>();
  for (const folder of tickFolders(symbol)) {
    for (const prefix of await listAll(bucket, { prefix: folder, delimiter: "/" })) {
      const day = /(\d{4}-\d{2}-\d{2})\/$/.exec(prefix)?.[1];
      if (day !== undefined) days.set(day, [...(days.get(day) ?? []), prefix]);
    }
  }
  return [...days].sort(([a], [b]) => (a < b ? 1 : -1)).map(([, folders]) => folders);
}

/** The part of a key behind its folder. */
function nameOf(key: string): string {
  return key.slice(key.lastIndexOf("/") + 1);
}

/** The keys whose batches lie before those of every later key, from `archivedSeq` or from the key `next` down. */
function ofOneLife(keys: readonly string[], archivedSeq: number, next: string | undefined): string[] {
  let beforeSeq = next === undefined ? archivedSeq + 1 : firstBatchOf(next);
  const own = keys.toReversed().filter((key) => {
    const firstSeq = firstBatchOf(key);
    if (!(firstSeq < beforeSeq)) return false;
    beforeSeq = firstSeq;
    return true;
  });
  return own.toReversed();
}

/** The number of an object's first batch; `NaN` for another name. */
function firstBatchOf(key: string): number {
  return parseArchiveKey(key)?.number ?? NaN;
}

/** Keys, or with a delimiter the folders, in order. */
async function listAll(bucket: R2Bucket, options: R2ListOptions): Promise<string[]> {
  const all: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await bucket.list(cursor === undefined ? options : { ...options, cursor });
    all.push(...(options.delimiter === undefined ? page.objects.map(({ key }) => key) : page.delimitedPrefixes));
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor !== undefined);
  return all;
}

/** The minute that an object is named for, ms; `NaN` for another name. */
function startOf(key: string | undefined): number {
  return parseArchiveKey(key ?? "")?.fromMs ?? NaN;
}
