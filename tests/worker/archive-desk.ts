// A symbol with its archive for the tests, what the bucket then holds, and what an uninterrupted run would have served.
import { DEFAULT_LEARNING } from "../../src/settings/learning-settings.ts";
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { parquetReadObjects } from "hyparquet";
import { expect } from "vitest";
import { parquetInputValue, parseParquetTick } from "../../recordings/recorded-parquet-tick.ts";
import type { TickField } from "../../src/features/tick-fields.ts";
import { bitsOf, hashStep } from "../../src/durable/symbol/archive/archive-hashes.ts";
import { openStep } from "../../src/durable/symbol/archive/archive-parity.ts";
import { PageStore } from "../../src/durable/symbol/storage/page-store.ts";
import { SlotStore } from "../../src/durable/symbol/storage/slot-store.ts";
import type { SymbolStores } from "../../src/durable/symbol/engine.ts";
import { createSymbol, type LiveSymbol, loadSymbol } from "../../src/durable/symbol/live-symbol.ts";
import { processBatches } from "../../src/durable/symbol/pipeline.ts";
import { RetainedModels } from "../../src/durable/symbol/retained-models.ts";
import { noCountersYet } from "../../src/durable/symbol/symbol-counters.ts";
import { TickArchive } from "../../src/durable/symbol/archive/tick-archive.ts";
import { archiveFolder } from "../../src/features/archive-key.ts";
import { ClosedSteps, FLAG } from "../../src/features/closed-steps.ts";
import { VERDICT } from "../../src/features/batch-counts.ts";
import { DEFAULT_ENGINE_CONFIG, FeatureEngine } from "../../src/features/feature-engine.ts";
import { PackedTicks, TICK_FIELDS } from "../../src/features/packed-ticks.ts";
import { ROW_NAMES } from "../../src/features/schema.ts";
import { isRejection, type Tick } from "../../src/features/tick.ts";
import { pack, START_MS } from "../features/tick-stream.ts";
import type { ServedModels } from "../../src/model/model-host.ts";
import { stubOf } from "./gateway.ts";

export const BUCKET = env.BUCKET;

/** Long after everything: whatever waits is due by its age. */
export const LATER_MS = 9e15;

export const NO_MODELS: ServedModels = {
  version: 1,
  byAlias: {},
  runtimeError: undefined,
  provisional: false,
  standIns: new Set<never>(),
  championKnown: true,
};

const openStores = (storage: DurableObjectStorage): SymbolStores => {
  return {
    slots: new SlotStore(storage),
    pages: new PageStore(storage),
    isArchived: true,
    keepsPredictions: true,
    learning: DEFAULT_LEARNING,
  };
};

/** A symbol with its archive in the storage of an object of its own, without the object's door and without models. */
export class Desk {
  readonly archive: TickArchive;
  readonly symbol: string;
  stores: SymbolStores;
  live: LiveSymbol;
  models = NO_MODELS;
  nowMs = 1_000_000;
  private readonly storage: DurableObjectStorage;

  constructor(symbol: string, storage: DurableObjectStorage, bucket = BUCKET) {
    this.symbol = symbol;
    this.storage = storage;
    this.stores = openStores(storage);
    this.live =
      loadSymbol(this.stores, noCountersYet()) ??
      createSymbol(symbol, DEFAULT_ENGINE_CONFIG, this.stores, noCountersYet());
    this.archive = new TickArchive(bucket, () => this.live);
  }

  async apply(rows: Float64Array): Promise<void> {
    const batch = { symbol: this.symbol, rows, producer: null, producerSeq: null, maxTraceBytes: null };
    const serving = { models: new RetainedModels(this.models), experiment: null, priors: {} };
    await processBatches([batch], this.live, serving, this.nowMs);
  }

  /** Forgets everything in memory. */
  restart(isArchived = true): void {
    this.stores = { ...openStores(this.storage), isArchived };
    this.live = loadSymbol(this.stores, noCountersYet())!;
  }

  get ledger() {
    return this.live.engine.archive;
  }

  get figures() {
    return this.ledger!.figures;
  }
}

export function atDesk<T>(
  symbol: string,
  work: (desk: Desk, storage: DurableObjectStorage) => Promise<T> | T,
): Promise<T> {
  return runInDurableObject(stubOf(symbol), (_, { storage }) => work(new Desk(symbol, storage), storage));
}

export async function keysOf(symbol: string): Promise<string[]> {
  const { objects } = await BUCKET.list({ prefix: archiveFolder("ticks", symbol) });
  return objects.map(({ key }) => key);
}

/** The archived ticks of a symbol as the trainer's reader has them: object by object, then sorted by time. */
export async function readBack(symbol: string): Promise<Float64Array> {
  const ticks: Tick[] = [];
  for (const key of await keysOf(symbol)) {
    for (const row of await parquetReadObjects({ file: await bytesOf(key) })) {
      const values = Object.entries(row).map(([name, x]) => [name, parquetInputValue(x, name as TickField)]);
      const tick = parseParquetTick(Object.fromEntries(values));
      if (isRejection(tick)) throw new Error(`${key}: ${JSON.stringify(tick)}`);
      expect(tick.symbol).toBe(symbol);
      ticks.push(tick);
    }
  }
  const packed = new PackedTicks();
  for (const tick of ticks.sort((a, b) => a.tsMs - b.tsMs)) packed.add(tick);
  return packed.rows();
}

export const bytesOf = async (key: string): Promise<ArrayBuffer> => await (await BUCKET.get(key))!.arrayBuffer();

/** Each tick as text, with all bits of its numbers. */
export function texts(rows: Float64Array): string[] {
  const bits = new BigUint64Array(rows.slice().buffer);
  const field = (at: number): string => (rows[at] === rows[at] ? bits[at]!.toString(16) : "none");
  return Array.from({ length: rows.length / TICK_FIELDS }, (_, i) =>
    Array.from({ length: TICK_FIELDS }, (_, k) => field(i * TICK_FIELDS + k)).join(" "),
  );
}

export interface Run {
  readonly verdicts: Uint8Array;
  /** Grid index and hash of each closed step. */
  readonly steps: ReadonlyMap<number, number>;
  readonly closed: ClosedSteps;
  readonly open: number;
}

/** All ticks at once through an engine of its own. */
export function runOf(rows: Float64Array): Run {
  const engine = new FeatureEngine(DEFAULT_ENGINE_CONFIG);
  const closed = new ClosedSteps(1);
  const verdicts = new Uint8Array(rows.length / TICK_FIELDS);
  engine.process(rows, closed, verdicts);
  const steps = new Map<number, number>();
  for (let k = 0; k < closed.count; k++) steps.set(closed.index[k]!, hashStep(closed, k, bitsOf(ROW_NAMES)));
  return { verdicts, steps, closed, open: openStep(engine) };
}

/** The accepted ticks in order of time, from the verdicts of one uninterrupted run. */
function acceptedOf(rows: Float64Array): Float64Array {
  const { verdicts } = runOf(rows);
  const taken = Array.from(verdicts.keys())
    .filter((i) => verdicts[i] === VERDICT.accepted)
    .map((i) => rows.subarray(i * TICK_FIELDS, (i + 1) * TICK_FIELDS))
    .sort((a, b) => a[0]! - b[0]!);
  return Float64Array.from(taken.flatMap((tick) => Array.from(tick)));
}

/** Steps of segments that hold one step only. */
function loneSteps({ closed }: Run): Set<number> {
  const begins = (k: number): boolean => (closed.flags[k]! & FLAG.segmentStart) !== 0;
  const all = Array.from({ length: closed.count }, (_, k) => k);
  return new Set(
    all.filter((k) => begins(k) && (k + 1 === closed.count || begins(k + 1))).map((k) => closed.index[k]!),
  );
}

/**
 * What the trainer computes from the archive is what one uninterrupted gateway served. Where a tick that is too late to
 * count confirmed a held one, the trainer learns of it later, or, when a gap follows, takes it for an outlier.
 */
export async function expectFaithful(symbol: string, rows: Float64Array): Promise<void> {
  const archived = await readBack(symbol);
  expect(texts(archived)).toEqual(texts(acceptedOf(rows)));
  const live = runOf(rows);
  const trained = runOf(archived);
  const lone = loneSteps(live);
  const due = [...live.steps].filter(([index]) => index < trained.open && !lone.has(index));
  expect(due.filter(([index, hash]) => trained.steps.get(index) !== hash)).toEqual([]);
  expect(live.steps.size - due.length).toBeLessThan(10);
  expect([...trained.steps.keys()].filter((index) => !live.steps.has(index))).toEqual([]);
}

export const FAILING = {
  put: () => Promise.reject(new Error("R2 is away")),
  head: () => Promise.reject(new Error("R2 is away")),
} as unknown as R2Bucket;

export const QUARTER = 900_000;

/** A batch of one tick each `everyMs`. */
export const steady = (count: number, fromMs = START_MS, everyMs = 1000): Float64Array =>
  pack(Array.from({ length: count }, (_, i) => ({ ts: fromMs + i * everyMs, price: 100 + (i % 7), id: i })));
