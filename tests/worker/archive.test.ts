import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import { parquetInputValue, parseParquetTick } from "../../recordings/recorded-parquet-tick.ts";
import type { TickField } from "../../recordings/tick-columns.ts";
import { ARCHIVE_AGE_MS, MAX_BACKLOG_BYTES } from "../../src/durable/symbol/archive/archive-ledger.ts";
import { hashStep, MAX_STEP_HASHES } from "../../src/durable/symbol/archive/archive-hashes.ts";
import { openStep } from "../../src/durable/symbol/archive/archive-parity.ts";
import { PageStore } from "../../src/durable/symbol/storage/page-store.ts";
import { SlotStore } from "../../src/durable/symbol/storage/slot-store.ts";
import type { SymbolStores } from "../../src/durable/symbol/engine.ts";
import { createSymbol, type LiveSymbol, loadSymbol } from "../../src/durable/symbol/live-symbol.ts";
import { processBatch } from "../../src/durable/symbol/pipeline.ts";
import { RetainedModels } from "../../src/durable/symbol/retained-models.ts";
import { noCountersYet } from "../../src/durable/symbol/symbol-counters.ts";
import { TickArchive } from "../../src/durable/symbol/archive/tick-archive.ts";
import { ClosedSteps, FLAG } from "../../src/features/closed-steps.ts";
import { VERDICT } from "../../src/features/event-grid.ts";
import { DEFAULT_ENGINE_CONFIG, FeatureEngine } from "../../src/features/feature-engine.ts";
import { DEFAULT_LABEL_SPEC, type LabelSpec } from "../../src/features/label-spec.ts";
import { PackedTicks, TICK_FIELDS } from "../../src/features/packed-ticks.ts";
import { tickIdNumber } from "../../src/features/tick-id.ts";
import { isRejection, type Tick } from "../../src/features/tick.ts";
import { integerStream, pack, START_MS, STREAM, type StreamTick } from "../features/tick-stream.ts";
import type { Scorer } from "../../src/model/artifact.ts";
import logistic from "../../src/model/bundled/logistic.json" with { type: "json" };
import { featureColumns, parseManifest } from "../../src/model/manifest.ts";
import type { ServedModels } from "../../src/model/model-host.ts";
import { ingest, ingestAs, stubOf } from "./gateway.ts";
import { integers, market, tick } from "./market.ts";

const BUCKET = env.BUCKET!;
/** Long after everything: whatever waits is due by its age. */
const LATER_MS = 9e15;

const HASHES = { "default-1": logistic.schemaHash, "peer-10": "other" };
const NO_MODELS: ServedModels = { version: 1, byAlias: {}, runtimeError: undefined, provisional: false };

const openStores = (storage: DurableObjectStorage): SymbolStores => {
  return { slots: new SlotStore(storage), pages: new PageStore(storage), isArchived: true };
};

/** A symbol with its archive in the storage of an object of its own, without the object's door and without models. */
class Desk {
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
    const batch = { symbol: this.symbol, rows, producer: null, producerSeq: null, trace: false };
    const serving = { models: new RetainedModels(this.models, HASHES), experiment: null };
    await processBatch(batch, this.live, serving, this.nowMs);
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
  readonly open: number;
}

/** All ticks at once through an engine of its own. */
function runOf(rows: Float64Array): Run {
  const engine = new FeatureEngine(DEFAULT_ENGINE_CONFIG);
  const closed = new ClosedSteps(1);
  const verdicts = new Uint8Array(rows.length / TICK_FIELDS);
  engine.process(rows, closed, verdicts);
  const steps = new Map<number, number>();
  for (let k = 0; k < closed.count; k++) steps.set(closed.index[k]!, hashStep(closed, k));
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
async function expectFaithful(symbol: string, rows: Float64Array): Promise<void> {
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

const FAILING = {
  put: () => Promise.reject(new Error("R2 is away")),
  head: () => Promise.reject(new Error("R2 is away")),
} as unknown as R2Bucket;

/** Writes the object and loses the answer. */
const DEAF = {
  put: async (...args: Parameters<R2Bucket["put"]>) => {
    await BUCKET.put(...args);
    throw new Error("connection lost");
  },
  head: (key: string) => BUCKET.head(key),
} as unknown as R2Bucket;

/** A model of a label spec that never expects a spike. */
function calmChampion(label: LabelSpec): Scorer {
  const manifest = { ...parseManifest({ ...logistic, sigmaOutput: undefined }), label };
  return {
    manifest,
    columns: featureColumns(manifest),
    score: (rows) => Promise.resolve({ probabilities: new Float32Array(rows.length / manifest.features.length) }),
    retain: () => () => Promise.resolve(),
    release: () => Promise.resolve(),
  };
}

const QUARTER = 900_000;
/** A batch of one tick each `everyMs`. */
const steady = (count: number, fromMs = START_MS, everyMs = 1000): Float64Array =>
  pack(Array.from({ length: count }, (_, i) => ({ ts: fromMs + i * everyMs, price: 100 + (i % 7), id: i })));

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
            await desk.apply(rows.slice(at * TICK_FIELDS, to * TICK_FIELDS));
            at = to;
            desk.nowMs += 1000;
            if (below(6) === 0) desk.restart();
            if (below(5) === 0) await desk.archive.run(below(2) === 0 ? desk.nowMs : LATER_MS);
            if (below(6) === 0) desk.restart();
          }
          await desk.archive.run(LATER_MS);
          expect(desk.archive.failures).toBe(0);
          const { parityMismatches, paritySkipped, paritySteps, backlogBytes } = desk.figures;
          expect([parityMismatches, paritySkipped, backlogBytes]).toEqual([0, 0, 0]);
          compared += paritySteps;
        });
        await expectFaithful(symbol, rows);
      }),
      { numRuns: 40, seed: 20251103 },
    );
    expect(compared).toBeGreaterThan(5000);
  });

  it("holds a warm stream with its thresholds and labels, through the snapshots between", async () => {
    const rows = pack(integerStream(9000, 3));
    await atDesk("WARM", async (desk) => {
      for (let at = 0; at < 9000; at += 30) {
        await desk.apply(rows.slice(at * TICK_FIELDS, (at + 30) * TICK_FIELDS));
        await desk.archive.run(desk.nowMs);
        if (at % 690 === 0) desk.restart();
      }
      await desk.archive.run(LATER_MS);
      expect(desk.figures).toMatchObject({ parityMismatches: 0, paritySkipped: 0, lagMs: 0 });
      expect(desk.figures.paritySteps).toBe(desk.live.engine.features.stepsClosed);
    });
    expect(runOf(rows).closed.tau.filter((tau) => tau > 0).length).toBeGreaterThan(1000);
    expect((await keysOf("WARM")).length).toBeGreaterThan(3);
    await expectFaithful("WARM", rows);
  });

  it("names an object by its first tick and batch, and says in it whose ticks it holds", async () => {
    const ticks: StreamTick[] = [
      { ts: START_MS + 900, price: 100.1, bid: 100, ask: 100.2, bidSize: 0, askSize: 3, size: 0.1 + 0.2, id: 7 },
      { ts: START_MS + 100, price: 99, id: tickIdNumber("a-text") as number },
      { ts: START_MS + 100, price: 98, bid: 97, ask: 99, id: -(2 ** 53) },
    ];
    await atDesk("NAMED", async (desk) => {
      await desk.apply(pack(ticks));
      await desk.apply(
        pack([
          { ts: START_MS + QUARTER, price: 5 },
          { ts: START_MS + QUARTER + 1, price: 6 },
        ]),
      );
      await desk.archive.run(desk.nowMs);
      expect(desk.archive.nextDueMs(desk.nowMs)).toBeUndefined();
    });
    const [key = "", ...others] = await keysOf("NAMED");
    expect([key, others]).toEqual(["ticks/NAMED/2025-12-01/0000-0000000001.parquet", []]);
    expect(texts(await readBack("NAMED")).slice(0, 3)).toEqual(texts(pack([ticks[1]!, ticks[2]!, ticks[0]!])));
    const metadata = parquetMetadata(await bytesOf(key));
    expect(metadata.key_value_metadata).toEqual([
      { key: "symbol", value: "NAMED" },
      { key: "first_batch", value: "1" },
      { key: "last_batch", value: "2" },
      { key: "step_ms", value: "1000" },
    ]);
    expect(new Set(metadata.row_groups[0]!.columns.map(({ meta_data }) => meta_data!.codec))).toEqual(
      new Set(["SNAPPY"]),
    );
  });

  it("is due when a quarter hour of event time has closed, at 8 MB, or after a quarter hour by the clock", async () => {
    await atDesk("DUE", async (desk) => {
      expect(desk.archive.nextDueMs(desk.nowMs)).toBeUndefined();
      await desk.apply(steady(899));
      expect(desk.archive.nextDueMs(desk.nowMs)).toBe(desk.nowMs + ARCHIVE_AGE_MS);
      await desk.archive.run(desk.nowMs);
      expect(await keysOf("DUE")).toEqual([]);
      await desk.apply(steady(2, START_MS + 899_000));
      expect(desk.archive.nextDueMs(desk.nowMs)).toBe(desk.nowMs);
      expect(desk.figures).toMatchObject({ lagMs: 900_000, archivedTicks: 0 });
      await desk.archive.run(desk.nowMs);
      expect(desk.figures).toMatchObject({ archivedTicks: 901, lagMs: 0, backlogBytes: 0 });

      await desk.apply(steady(1, START_MS + 901_000));
      desk.nowMs += ARCHIVE_AGE_MS;
      await desk.archive.run(desk.nowMs - 1);
      expect(desk.figures.archivedTicks).toBe(901);
      await desk.archive.run(desk.nowMs);
      expect(desk.figures.archivedTicks).toBe(902);

      const late = steady(16_384, START_MS - 1e9, 1);
      for (let k = 0; k < 7; k++) await desk.apply(late);
      expect(desk.archive.nextDueMs(desk.nowMs)).toBe(desk.nowMs + ARCHIVE_AGE_MS);
      await desk.apply(late);
      expect(desk.archive.nextDueMs(desk.nowMs)).toBe(desk.nowMs);
    });
  });

  it("cuts what is due into objects of a megabyte of ticks", async () => {
    const rows = steady(40_000, START_MS, 20);
    await atDesk("CUT", async (desk) => {
      for (let at = 0; at < 40_000; at += 1000)
        await desk.apply(rows.slice(at * TICK_FIELDS, (at + 1000) * TICK_FIELDS));
      await desk.archive.run(LATER_MS);
      expect(desk.figures).toMatchObject({ archivedTicks: 40_000, parityMismatches: 0, backlogBytes: 0 });
    });
    expect((await keysOf("CUT")).map((key) => key.slice(-15))).toEqual([
      "0000001.parquet",
      "0000018.parquet",
      "0000035.parquet",
    ]);
    expect(texts(await readBack("CUT"))).toEqual(texts(rows));
  });

  it("cuts a backlog of days into objects of an hour", async () => {
    await atDesk("HOURS", async (desk) => {
      for (let k = 0; k < 260; k++) await desk.apply(steady(1, START_MS + k * 60_000));
      await desk.archive.run(desk.nowMs);
      expect(desk.figures).toMatchObject({ archivedTicks: 260, parityMismatches: 0 });
    });
    expect((await keysOf("HOURS")).map((key) => key.slice(12, -8))).toEqual([
      "2025-12-01/0000-0000000001",
      "2025-12-01/0101-0000000062",
      "2025-12-01/0201-0000000122",
      "2025-12-01/0301-0000000182",
      "2025-12-01/0401-0000000242",
    ]);
  });

  it("tries again with growing pauses while the bucket is away, and loses nothing", async () => {
    await atDesk("AWAY", async (desk, storage) => {
      const away = new Desk("AWAY", storage, FAILING);
      await away.apply(steady(901));
      const pauses: number[] = [];
      for (let k = 0; k < 8; k++) {
        await away.archive.run(away.nowMs);
        await away.archive.run(away.nowMs);
        const dueMs = away.archive.nextDueMs(away.nowMs)!;
        pauses.push(dueMs - away.nowMs);
        away.nowMs = dueMs;
      }
      expect(pauses).toEqual([5000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]);
      expect(away.archive.failures).toBe(8);
      desk.restart();
      await desk.archive.run(desk.nowMs);
      expect(desk.figures).toMatchObject({ archivedTicks: 901, parityMismatches: 0 });
    });
  });

  it("ends in the same object when it stops between writing it and noting it", async () => {
    const rows = steady(1851);
    await atDesk("TWICE", async (desk, storage) => {
      const deaf = new Desk("TWICE", storage, DEAF);
      await deaf.apply(rows.slice(0, 901 * TICK_FIELDS));
      await deaf.archive.run(deaf.nowMs);
      expect(deaf.figures.archivedTicks).toBe(0);
      const [key = ""] = await keysOf("TWICE");
      const { uploaded, etag } = (await BUCKET.head(key))!;
      desk.restart();
      await desk.apply(rows.slice(901 * TICK_FIELDS));
      await desk.archive.run(desk.nowMs);
      expect(await BUCKET.head(key)).toMatchObject({ uploaded, etag });
      expect(await keysOf("TWICE")).toHaveLength(2);
      expect(desk.figures).toMatchObject({ archivedTicks: 1851, parityMismatches: 0, paritySkipped: 0 });
    });
    await expectFaithful("TWICE", rows);
  });

  it("takes another name where one is taken by other bytes", async () => {
    await BUCKET.put("ticks/TAKEN/2025-12-01/0000-0000000001.parquet", "of a symbol that was removed");
    await atDesk("TAKEN", async (desk) => {
      await desk.apply(steady(901));
      await desk.archive.run(desk.nowMs);
      expect(desk.figures.archivedTicks).toBe(0);
      await desk.archive.run(desk.archive.nextDueMs(desk.nowMs)!);
      expect(desk.figures.archivedTicks).toBe(901);
    });
    expect(await keysOf("TAKEN")).toEqual([
      "ticks/TAKEN/2025-12-01/0000-0000000001.parquet",
      "ticks/TAKEN/2025-12-01/0000-0000000001~2.parquet",
    ]);
  });
});

describe("the object's alarm", () => {
  it("archives what came through the door, once, also when the object was evicted before", async () => {
    const ticks = market("DOOR", 1000, { fromMs: START_MS });
    await ingest(ticks.slice(0, 950));
    await evictDurableObject(stubOf("DOOR"));
    await ingest(ticks.slice(950));
    await runDurableObjectAlarm(stubOf("DOOR"));
    await runDurableObjectAlarm(stubOf("DOOR"));
    expect(await keysOf("DOOR")).toHaveLength(1);
    const rows = pack(ticks);
    const archived = await readBack("DOOR");
    expect(texts(archived)).toEqual(texts(rows).slice(0, archived.length / TICK_FIELDS));
    expect(archived.length / TICK_FIELDS).toBeGreaterThanOrEqual(950);
  });
});

describe("slots that wait for the archive", () => {
  it("are never overwritten, however old, and take no more than 64 MB", async () => {
    await atDesk("BACKLOG", async (desk, storage) => {
      const away = new Desk("BACKLOG", storage, FAILING);
      for (let k = 0; k < 400; k++) await away.apply(steady(1, START_MS + k * 60_000));
      expect(storage.sql.exec("SELECT count(*) AS n FROM slots").one()).toEqual({ n: 400 });
      const late = steady(16_384, START_MS - 1e9, 1);
      let batches = 0;
      while (!away.ledger!.isBacklogged) {
        await away.apply(late);
        batches += 1;
      }
      expect(batches).toBe(Math.ceil((MAX_BACKLOG_BYTES - 400 * 64) / late.byteLength));
      away.restart();
      expect(away.ledger!.isBacklogged).toBe(true);
      expect(away.figures.backlogBytes).toBe(400 * 64 + batches * late.byteLength);
      desk.restart();
      await desk.archive.run(LATER_MS);
      expect(desk.figures).toMatchObject({ archivedTicks: 400, backlogBytes: 0, parityMismatches: 0 });
      expect(desk.ledger!.isBacklogged).toBe(false);
    });
    const archived = await readBack("BACKLOG");
    expect(archived.filter((_, at) => at % TICK_FIELDS === 0)).toEqual(
      Float64Array.from({ length: 400 }, (_, k) => START_MS + k * 60_000),
    );
  });

  it("may go without a bucket; the archive then begins anew with the next batch", async () => {
    await atDesk("UNBOUND", async (desk) => {
      await desk.apply(steady(10));
      desk.restart(false);
      expect(desk.ledger).toBeUndefined();
      expect(desk.archive.nextDueMs(desk.nowMs)).toBeUndefined();
      await desk.archive.run(LATER_MS);
      for (let k = 1; k < 400; k++) await desk.apply(steady(1, START_MS + k * 60_000));
      desk.restart();
      await desk.apply(steady(20, START_MS + 400 * 60_000));
      await desk.archive.run(LATER_MS);
      expect(desk.figures).toMatchObject({ archivedTicks: 20, parityMismatches: 0 });
    });
    expect(texts(await readBack("UNBOUND"))).toEqual(texts(steady(20, START_MS + 400 * 60_000)));
  });

  it("cost one written row a batch, a few more with each snapshot, three with each object", async () => {
    await atDesk("COST", async (desk, storage) => {
      await desk.apply(steady(1));
      const { sql } = storage;
      const cursors: { readonly rowsWritten: number }[] = [];
      const exec = (query: string, ...bindings: unknown[]) => {
        const cursor = sql.exec(query, ...bindings);
        cursors.push(cursor);
        return cursor;
      };
      for (const store of [desk.stores.slots, desk.stores.pages]) {
        Reflect.set(store, "sql", { exec, databaseSize: sql.databaseSize });
      }
      const written = async (work: () => unknown): Promise<number> => {
        cursors.length = 0;
        await work();
        return cursors.reduce((rows, cursor) => rows + cursor.rowsWritten, 0);
      };
      const rows = new Map<number, number>();
      for (let k = 1; k < 130; k++) {
        const n = await written(() => desk.apply(steady(1, START_MS + k * 1000)));
        if (n !== 1) rows.set(k + 1, n);
      }
      expect([...rows]).toEqual([
        // The slot, the snapshot, the hashes and the monitor's five pages; after that only the pages that changed.
        [65, 8],
        [129, 5],
      ]);
      expect(await written(() => desk.archive.run(LATER_MS))).toBe(3);
    });
  });

  it("lose a batch that cannot be read, and nothing else", async () => {
    await atDesk("HURT", async (desk, storage) => {
      for (let k = 0; k < 5; k++) await desk.apply(steady(10, START_MS + k * 10_000));
      storage.sql.exec("UPDATE slots SET batch = 'oops' WHERE seq = 2");
      storage.sql.exec("UPDATE slots SET verdicts = x'0000' WHERE seq = 3");
      storage.sql.exec("DELETE FROM slots WHERE seq = 4");
      await desk.archive.run(LATER_MS);
      expect(desk.figures).toMatchObject({ archivedTicks: 20, backlogBytes: 0 });
      expect(desk.figures.parityMismatches).toBeGreaterThan(0);
    });
  });

  it("are taken over from a database of before the archive", async () => {
    await atDesk("BEFORE", async (desk, { sql }) => {
      for (let k = 0; k < 3; k++) await desk.apply(steady(10, START_MS + k * 10_000));
      for (const column of ["verdicts", "held_verdict", "watermark_ms", "written_at_ms"]) {
        sql.exec(`ALTER TABLE slots DROP COLUMN ${column}`);
      }
      sql.exec("DELETE FROM pages");
      desk.restart();
      expect(desk.live.engine.batches).toBe(3);
      expect(desk.live.engine.recovery.replayedBatches).toBe(3);
      await desk.apply(steady(10, START_MS + 30_000));
      desk.restart();
      await desk.archive.run(LATER_MS);
      expect(desk.figures).toMatchObject({ archivedTicks: 10, parityMismatches: 0, paritySteps: 10 });
    });
  });
});

describe("the skew counter", () => {
  /** Two quarter hours, something done between them, and what was counted in the second and a third. */
  async function watched(
    symbol: string,
    between: (desk: Desk, storage: DurableObjectStorage) => void,
  ): Promise<Desk["figures"][]> {
    return await atDesk(symbol, async (desk, storage) => {
      const figures: Desk["figures"][] = [];
      for (let quarter = 0; quarter < 3; quarter++) {
        for (let k = 0; k < 90; k++) {
          await desk.apply(steady(10, START_MS + quarter * QUARTER + k * 10_000));
          if (quarter === 1 && k === 45) between(desk, storage);
        }
        await desk.archive.run(LATER_MS);
        figures.push(desk.figures);
      }
      return figures;
    });
  }

  it("rises when what is served is not what the ticks give, and compares again from there on", async () => {
    const [before, during, after] = await watched("CORRUPT", (desk) => {
      const statistics = Reflect.get(desk.live.engine.features, "statistics") as object;
      Reflect.set(statistics, "previousPrice", 101.5);
    });
    expect(before).toMatchObject({ paritySteps: 899, parityMismatches: 0 });
    expect(during!.parityMismatches).toBeGreaterThan(400);
    expect(after!.parityMismatches).toBe(during!.parityMismatches);
    expect(after!.paritySteps).toBeGreaterThan(during!.paritySteps + 890);
  });

  it("sees a step that was served twice over, or never", async () => {
    const [, during] = await watched("FORGOT", (desk) => {
      const hashes = Reflect.get(desk.ledger!.skew, "hashes") as { count: number };
      hashes.count -= 1;
    });
    expect(during).toMatchObject({ parityMismatches: 1 });
  });

  it("begins anew when other label specs come into use", async () => {
    const [, during, after] = await watched("SPECS", (desk) => {
      desk.models = { ...NO_MODELS, byAlias: { champion: calmChampion({ ...DEFAULT_LABEL_SPEC, quantile: 0.8 }) } };
      desk.restart();
    });
    expect(during).toMatchObject({ parityMismatches: 0, paritySkipped: 460 });
    expect(after!.paritySteps).toBe(2699 - 460);
    expect(after!.parityMismatches).toBe(0);
  });

  const DAMAGE: Readonly<Record<string, readonly string[]>> = {
    "the hashes are damaged": ["UPDATE pages SET bytes = substr(bytes, 1, 80) WHERE id = 'skew/hashes'"],
    "the hashes are gone": ["DELETE FROM pages WHERE id = 'skew/hashes'"],
    "the checkpoint is gone": ["DELETE FROM pages WHERE id = 'skew/watch'"],
    "the checkpoint is damaged": ["UPDATE pages SET bytes = x'00000000' WHERE id = 'skew/watch'"],
    "the snapshot is damaged": ["UPDATE snapshot SET meta = 'x'"],
  };
  for (const [what, statements] of Object.entries(DAMAGE)) {
    it(`begins anew, and blames no tick, when ${what}`, async () => {
      const symbol = `SKEW-${Object.keys(DAMAGE).indexOf(what)}`;
      const [, during, after] = await watched(symbol, (desk, { sql }) => {
        for (const statement of statements) sql.exec(statement);
        desk.restart();
      });
      expect(during!.parityMismatches).toBe(0);
      expect(after!.parityMismatches).toBe(0);
      expect(after!.paritySteps).toBeGreaterThanOrEqual(during!.paritySteps + 890);
      expect(after!.archivedTicks).toBe(2700);
    });
  }

  it("begins anew with the progress when that is damaged: the ticks that waited are not archived", async () => {
    const [, , after] = await watched("PROGRESS", (desk, { sql }) => {
      sql.exec("UPDATE pages SET bytes = x'00' WHERE id = 'archive/progress'");
      desk.restart();
    });
    expect(after).toMatchObject({ parityMismatches: 0, archivedTicks: 900 + 440 - 900 + 900 });
  });

  it("gives up more steps at once than it keeps hashes of", async () => {
    await atDesk("MANY", async (desk) => {
      await desk.apply(steady(MAX_STEP_HASHES + 100));
      await desk.apply(steady(100, START_MS + (MAX_STEP_HASHES + 100) * 1000));
      await desk.archive.run(LATER_MS);
      expect(desk.figures).toMatchObject({ parityMismatches: 0, paritySteps: 100, paritySkipped: MAX_STEP_HASHES });
      expect(desk.figures.archivedTicks).toBe(MAX_STEP_HASHES + 200);
    });
  });

  it("takes a tick that was held over the end of an object for its own, once, if it was accepted", async () => {
    const batches: StreamTick[][] = [
      [
        { ts: START_MS, price: 100 },
        { ts: START_MS + 400_000, price: 101 },
      ],
      [{ ts: START_MS + 400_000, price: 101 }],
      [{ ts: START_MS + 399_500, price: 102 }],
      [{ ts: START_MS + 90_000_000, price: 103 }],
      [{ ts: START_MS + 401_000, price: 104 }],
      [{ ts: START_MS + 402_000, price: 105 }],
    ];
    await atDesk("OVER", async (desk) => {
      for (const batch of batches) {
        await desk.apply(pack(batch));
        await desk.archive.run(LATER_MS);
        desk.restart();
      }
      expect(desk.figures).toMatchObject({ parityMismatches: 0, archivedTicks: 4 });
    });
    const archived = await readBack("OVER");
    expect(archived.filter((_, at) => at % TICK_FIELDS === 1)).toEqual(new Float64Array([100, 101, 104, 105]));
    await expectFaithful("OVER", pack(batches.flat()));
  });
});

describe("ingest while too much waits for the archive", () => {
  it("answers 429 with Retry-After, takes nothing of that symbol, and takes it when there is room again", async () => {
    await ingestAs("p", 1, [tick("FULL", 0), tick("ROOM", 0)]);
    const backlog = (bytes: number) =>
      runInDurableObject(stubOf("FULL"), (instance) => {
        Reflect.set(instance.live!.engine.archive!, "backlogBytes", bytes);
      });
    await backlog(64 * 1024 * 1024);
    const { status, headers, body } = await ingestAs("p", 2, [tick("FULL", 1), tick("ROOM", 1)]);
    expect(status).toBe(429);
    expect(headers.get("Retry-After")).toBe("5");
    expect(body).toMatchObject({ code: "archive_backlog", accepted: 1, symbols: { ROOM: { accepted: 1 } } });
    expect(body.detail).toContain("FULL");
    await backlog(128);
    const again = await ingestAs("p", 2, [tick("FULL", 1), tick("ROOM", 1)]);
    expect(again.body.symbols).toMatchObject({ FULL: { accepted: 1 }, ROOM: { accepted: 0, duplicate: 1 } });
  });
});
