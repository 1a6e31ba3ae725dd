import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parquetInputValue, parseParquetTick } from "../../recordings/recorded-parquet-tick.ts";
import { streamTicks } from "../../recordings/tick-stream.ts";
import { archiveTicks, type JudgedBatch } from "../../src/durable/symbol/archive/archive-ticks.ts";
import { heldVerdictOf } from "../../src/durable/symbol/batch.ts";
import { encodeParquetTicks } from "../../src/durable/symbol/archive/parquet-ticks.ts";
import { ClosedSteps } from "../../src/features/closed-steps.ts";
import { VERDICT } from "../../src/features/batch-counts.ts";
import { DEFAULT_ENGINE_CONFIG, FeatureEngine } from "../../src/features/feature-engine.ts";
import { PackedTicks, TICK_FIELDS } from "../../src/features/packed-ticks.ts";
import { tickIdNumber } from "../../src/features/tick-id.ts";
import { parseTick } from "../../src/features/tick.ts";
import { contentOf, expectSame } from "../features/engine-run.ts";
import { integerStream, pack, START_MS, type StreamTick } from "../features/tick-stream.ts";
import { wildStream } from "../features/wild-stream.ts";
import { DatasetBuilder } from "../../trainer/rows/dataset.ts";

const folder = mkdtempSync(join(tmpdir(), "volgate-archive-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/**
 * A stream whose ticks come out of order inside their step, late, twice, and far ahead: in turn a lone one, which the
 * next refutes, and one that the next confirms.
 */
function roughStream(count: number): StreamTick[] {
  const ticks = integerStream(count, 8).map((tick, i) =>
    i % 9 === 0 ? { ...tick, id: tickIdNumber(`trade-${i}`) as number } : tick,
  );
  for (let i = 0; i + 1 < count; i += 3) [ticks[i], ticks[i + 1]] = [ticks[i + 1]!, ticks[i]!];
  for (let i = 499; i < count; i += 1490) ticks.splice(i, 0, { ts: ticks[i]!.ts + 50_000_000, price: 1 });
  const jump = count / 2 - 1;
  return ticks.map((tick, i) => (i < jump ? tick : { ...tick, ts: tick.ts + 400_000 }));
}

/** The stream in batches as a gateway applies them, each with its verdicts; and all steps that they closed. */
function served(rows: Float64Array, ticksPerBatch: number): { batches: JudgedBatch[]; closed: ClosedSteps } {
  const engine = new FeatureEngine(DEFAULT_ENGINE_CONFIG);
  const closed = new ClosedSteps(1);
  const batches: JudgedBatch[] = [];
  for (let at = 0; at < rows.length; at += ticksPerBatch * TICK_FIELDS) {
    const batch = rows.slice(at, at + ticksPerBatch * TICK_FIELDS);
    const verdicts = new Uint8Array(batch.length / TICK_FIELDS);
    const heldVerdict = heldVerdictOf(engine.process(batch, closed, verdicts).counts);
    batches.push({ rows: batch, verdicts, heldVerdict });
  }
  return { batches, closed };
}

/** Writes an archive of so many batches an object; where a tick was held over the end of one is counted. */
function archive(symbol: string, batches: readonly JudgedBatch[], batchesPerObject: number): number {
  let held: Float64Array | null = null;
  let carried = 0;
  for (let fromSeq = 1; fromSeq <= batches.length; fromSeq += batchesPerObject) {
    const throughSeq = Math.min(fromSeq + batchesPerObject - 1, batches.length);
    const ticks = archiveTicks((seq) => batches[seq - 1], { fromSeq, throughSeq }, held);
    held = ticks.held;
    if (held !== null) carried += 1;
    const of = { symbol, firstBatch: fromSeq, lastBatch: throughSeq, stepMs: 1000 };
    const path = join(folder, "ticks", symbol, "2025-12-01", `0000-${String(fromSeq).padStart(10, "0")}.parquet`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, new Uint8Array(encodeParquetTicks(ticks.rows, of)));
  }
  return carried;
}

describe("an archive read back by the trainer", () => {
  const rows = pack(roughStream(12_000));
  // Batches of 20 ticks end with the ticks far ahead: some objects end with one that is held.
  const { batches, closed } = served(rows, 20);

  it("gives the steps that were served: rows, thresholds and labels, bit for bit", async () => {
    expect(archive("BACK", batches, 5)).toBeGreaterThan(0);
    const stream = streamTicks([join(folder, "ticks", "BACK")]);
    const packed = new PackedTicks();
    for await (const ticks of stream.batches) for (const tick of ticks) packed.add(tick);
    expect(stream.summary.rejected.size).toBe(0);
    const engine = new FeatureEngine(DEFAULT_ENGINE_CONFIG);
    const trained = new ClosedSteps(1);
    engine.process(packed.rows(), trained, new Uint8Array(packed.count));
    expect(engine.totals).toMatchObject({ accepted: packed.count, duplicate: 0, late: 0, outlier: 0 });
    expect(trained.count).toBe(closed.count);
    const { tau, ...live } = contentOf(closed);
    const columns = ["index", "base", "peer", "tau", "label", "horizonVolatility"];
    expectSame(contentOf(trained), { tau, ...live }, columns);
    expect(tau.filter((value) => value > 0).length).toBeGreaterThan(1000);
  });

  it("holds every kind of tick that the gateway refuses, and none of them in the archive", () => {
    const kinds = new Set(batches.flatMap(({ verdicts }) => Array.from(verdicts!)));
    expect([...kinds].sort()).toEqual([
      VERDICT.accepted,
      VERDICT.duplicate,
      VERDICT.late,
      VERDICT.held,
      VERDICT.outlier,
    ]);
    const onHeld = new Set(batches.map(({ heldVerdict }) => heldVerdict));
    expect(onHeld).toEqual(new Set([null, VERDICT.accepted, VERDICT.outlier]));
  });

  it("makes the dataset that the same ticks make from a file in their order", async () => {
    archive("SET", batches, 40);
    const fromArchive = new DatasetBuilder(DEFAULT_ENGINE_CONFIG);
    for await (const ticks of streamTicks([join(folder, "ticks", "SET")]).batches) fromArchive.add(ticks);
    const archived = fromArchive.finish();
    const one = archiveTicks((seq) => batches[seq - 1], { fromSeq: 1, throughSeq: batches.length }, null).rows;
    const direct = new DatasetBuilder(DEFAULT_ENGINE_CONFIG);
    for (let at = 0; at < one.length; at += TICK_FIELDS) {
      const [tsMs = NaN, price = NaN, bid = NaN, ask = NaN, ...rest] = one.subarray(at, at + TICK_FIELDS);
      const [bidSize = NaN, askSize = NaN, size = NaN, id = NaN] = rest;
      direct.add([{ symbol: "SET", tsMs, price, bid, ask, bidSize, askSize, size, id }]);
    }
    expect(archived).toEqual(direct.finish());
  });

  it("gives the rows that were served where a refused tick decided a doubt", async () => {
    const wild = pack(wildStream("wild archive", 20_000));
    archive("WILD", served(wild, 20).batches, 40);
    const live = new DatasetBuilder(DEFAULT_ENGINE_CONFIG);
    for (let at = 0; at < wild.length; at += TICK_FIELDS) {
      const [tsMs = NaN, price = NaN, bid = NaN, ask = NaN, ...rest] = wild.subarray(at, at + TICK_FIELDS);
      const [bidSize = NaN, askSize = NaN, size = NaN, id = NaN] = rest;
      live.add([{ symbol: "WILD", tsMs, price, bid, ask, bidSize, askSize, size, id }]);
    }
    const archived = new DatasetBuilder(DEFAULT_ENGINE_CONFIG);
    const doubted = new DatasetBuilder(DEFAULT_ENGINE_CONFIG);
    for await (const ticks of streamTicks([join(folder, "ticks", "WILD")]).batches) {
      archived.add(ticks);
      doubted.add(ticks.map((tick) => ({ ...tick, isJudged: false })));
    }
    const asServed = live.finish();
    const again = archived.finish();
    expect(again.rows.count).toBeGreaterThan(0);
    expect(again.rows).toEqual(asServed.rows);
    expect(again.tally).toMatchObject({ outlier: 0, priceOutlier: 0, late: 0, steps: asServed.tally.steps });
    // Doubted a second time, they would be others.
    expect(doubted.finish().tally.priceOutlier).toBeGreaterThan(0);
  });

  it("has the same bytes whenever it is written, and says nothing of a range without accepted ticks", () => {
    const of = { symbol: "A", firstBatch: 1, lastBatch: 3, stepMs: 1000 };
    const ticks = pack([{ ts: START_MS, price: 1.5, id: 3 }]);
    expect(encodeParquetTicks(ticks, of)).toEqual(encodeParquetTicks(ticks.slice(), of));
    const none = archiveTicks(() => undefined, { fromSeq: 1, throughSeq: 3 }, null);
    expect(none).toEqual({ rows: new Float64Array(0), count: 0, sizeBytes: 0, held: null, lostBatches: 3 });
  });

  it("has ids that were texts as the numbers that they are to the gateway", () => {
    const tick = { symbol: "A", ts: 1_764_547_200_000, price: 1 };
    expect(parseParquetTick({ ...tick, id: -5 })).toMatchObject({ symbol: "A", price: 1, id: -5 });
    expect(parseParquetTick({ ...tick, id: -(2 ** 53) })).toMatchObject({ id: -(2 ** 53) });
    expect(parseParquetTick({ ...tick, id: 5 })).toMatchObject({ id: 5 });
    for (const id of [-5.5, -(2 ** 54)])
      expect(parseParquetTick({ ...tick, id })).toEqual(parseTick({ ...tick, id }, Infinity));
    expect(parseParquetTick({ ...tick, price: -1, id: -5 })).toMatchObject({ reason: "price_not_positive" });
    expect(parquetInputValue(-(2n ** 53n), "id")).toBe(-(2 ** 53));
    expect(parquetInputValue(2n ** 60n, "id")).toBe("1152921504606846976");
  });
});
