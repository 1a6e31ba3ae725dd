import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import { parquetInputValue, parseParquetTick } from "../../feeds/recorded-parquet-tick.ts";
import type { TickField } from "../../feeds/tick-columns.ts";
import { ARCHIVE_AGE_MS, MAX_BACKLOG_BYTES } from "../../src/durable/archive-ledger.ts";
import { hashStep, MAX_STEP_HASHES } from "../../src/durable/archive-hashes.ts";
import { PageStore } from "../../src/durable/page-store.ts";
import { SlotStore } from "../../src/durable/slot-store.ts";
import { SymbolState } from "../../src/durable/symbol-state.ts";
import { TickArchive } from "../../src/durable/tick-archive.ts";
import { ClosedSteps, FLAG } from "../../src/features/closed-steps.ts";
import { VERDICT } from "../../src/features/event-grid.ts";
import { DEFAULT_ENGINE_CONFIG, FeatureEngine } from "../../src/features/feature-engine.ts";
import { DEFAULT_LABEL_SPEC } from "../../src/features/label-spec.ts";
import { PackedTicks, TICK_FIELDS } from "../../src/features/packed-ticks.ts";
import { isRejection, type Tick } from "../../src/features/tick.ts";
import { integerStream, pack, START_MS, STREAM, type StreamTick } from "../features/tick-stream.ts";
import { stubOf } from "./gateway.ts";
import { integers } from "./market.ts";

const BUCKET = env.BUCKET!;
/** Long after everything: whatever waits is due by its age. */
const LATER_MS = 9e15;

/** A symbol's state with its archive in the storage of an object of its own, without the object's door. */
class Desk {
  readonly archive: TickArchive;
  readonly symbol: string;
  state: SymbolState;
  nowMs = 1_000_000;
  private readonly storage: DurableObjectStorage;

  constructor(symbol: string, storage: DurableObjectStorage, bucket = BUCKET) {
    this.symbol = symbol;
    this.storage = storage;
    const state = SymbolState.load(new SlotStore(storage), new PageStore(storage), true);
    this.state =
      state ?? SymbolState.create(new SlotStore(storage), new PageStore(storage), symbol, DEFAULT_ENGINE_CONFIG, true);
    this.archive = new TickArchive(bucket, this);
  }

  apply(rows: Float64Array): void {
    this.state.apply({ rows, producer: null, producerSeq: null }, () => undefined, this.nowMs);
  }

  /** Forgets everything in memory. */
  restart(archived = true): void {
    this.state = SymbolState.load(new SlotStore(this.storage), new PageStore(this.storage), archived)!;
  }

  get figures() {
    return this.state.archive!.figures;
  }
}

function atDesk<T>(symbol: string, work: (desk: Desk, storage: DurableObjectStorage) => Promise<T> | T): Promise<T> {
  return runInDurableObject(stubOf(symbol), (_, { storage }) => work(new Desk(symbol, storage), storage));
}

async function keysOf(symbol: string): Promise<string[]> {
  const { objects } = await BUCKET.list({ prefix: `ticks/${symbol}/` });
  return objects.map(({ key }) => key);
}

/** The archived ticks of a symbol as the trainer's reader has them: object by object, then sorted by time. */
async function readBack(symbol: string): Promise<Float64Array> {
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

const bytesOf = async (key: string): Promise<ArrayBuffer> => await (await BUCKET.get(key))!.arrayBuffer();

/** Each tick as text, with all bits of its numbers. */
function texts(rows: Float64Array): string[] {
  const bits = new BigUint64Array(rows.slice().buffer);
  const field = (at: number): string => (rows[at] === rows[at] ? bits[at]!.toString(16) : "none");
  return Array.from({ length: rows.length / TICK_FIELDS }, (_, i) =>
    Array.from({ length: TICK_FIELDS }, (_, k) => field(i * TICK_FIELDS + k)).join(" "),
  );
}

interface Run {
  readonly verdicts: Uint8Array;
  /** Grid index and hash of each closed step. */
  readonly steps: ReadonlyMap<number, number>;
  readonly closed: ClosedSteps;
}

/** All ticks at once through an engine of its own. */
function runOf(rows: Float64Array): Run {
  const engine = new FeatureEngine(DEFAULT_ENGINE_CONFIG);
  const closed = new ClosedSteps(1);
  const verdicts = new Uint8Array(rows.length / TICK_FIELDS);
  engine.process(rows, closed, verdicts);
  const steps = new Map<number, number>();
  for (let k = 0; k < closed.count; k++) steps.set(closed.index[k]!, hashStep(closed, k));
  return { verdicts, steps, closed };
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

/** What the trainer computes from the archive is what one uninterrupted gateway served. */
async function expectFaithful(symbol: string, rows: Float64Array): Promise<void> {
  const archived = await readBack(symbol);
  expect(texts(archived)).toEqual(texts(acceptedOf(rows)));
  const live = runOf(rows);
  const trained = runOf(archived);
  const lone = loneSteps(live);
  const missing = [...live.steps].filter(([index, hash]) => trained.steps.get(index) !== hash);
  expect(missing.filter(([index]) => !lone.has(index))).toEqual([]);
  expect([...trained.steps.keys()].filter((index) => !live.steps.has(index))).toEqual([]);
}

let drawn = 0;

describe("the archive", () => {
  it("gives the trainer, bit for bit, what the gateway served, over any ticks, restarts and archivings", async () => {
    let compared = 0;
    const plan = fc.record({ stream: STREAM, seed: fc.nat(), most: fc.integer({ min: 1, max: 40 }) });
    await fc.assert(
      fc.asyncProperty(plan, async ({ stream, seed, most }) => {
        const symbol = `ANY-${drawn++}`;
        const rows = pack(stream);
        const below = integers(seed);
        await atDesk(symbol, async (desk) => {
          for (let at = 0; at < stream.length;) {
            const to = Math.min(at + 1 + below(most), stream.length);
            desk.apply(rows.slice(at * TICK_FIELDS, to * TICK_FIELDS));
            at = to;
            desk.nowMs += 1000;
            if (below(6) === 0) desk.restart();
            if (below(5) === 0) await desk.archive.run(below(2) === 0 ? desk.nowMs : LATER_MS);
            if (below(6) === 0) desk.restart();
          }
          await desk.archive.run(LATER_MS);
          expect(desk.archive.failures).toBe(0);
          const { parityMismatches, paritySkipped, paritySteps, backlogBytes } = desk.figures;
          expect({ parityMismatches, paritySkipped, backlogBytes }).toEqual({
            parityMismatches: 0,
            paritySkipped: 0,
            backlogBytes: 0,
          });
          compared += paritySteps;
        });
        await expectFaithful(symbol, rows);
      }),
      { numRuns: 60, seed: 20251103 },
    );
    expect(compared).toBeGreaterThan(5000);
  });
});
