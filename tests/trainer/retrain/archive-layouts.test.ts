// An archive of both layouts, pulled from a bucket and read: by symbol, by time, and tick for tick.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { readTickFiles } from "../../../recordings/tick-files.ts";
import { encodeParquetTicks } from "../../../src/durable/symbol/archive/parquet-ticks.ts";
import { archiveKey } from "../../../src/features/archive-key.ts";
import { PackedTicks } from "../../../src/features/packed-ticks.ts";
import { isRejection, parseTick } from "../../../src/features/tick.ts";
import { pullArchive } from "../../../trainer/retrain/pull-archive.ts";
import { S3Server } from "../publish-s3-server.ts";

const DAY = Date.UTC(2026, 10, 20);
const HOUR_MS = 3_600_000;
const SLASH = "BTC/USD@kraken";

/** Ten ticks of a symbol as an object of today. */
function objectOf(symbol: string, fromMs: number): Uint8Array {
  const ticks = new PackedTicks();
  for (let k = 0; k < 10; k++) {
    const tick = parseTick(
      { symbol, ts: fromMs + k * 1000, price: 100 + k, size: 2, side: k % 2 ? "buy" : "sell" },
      Infinity,
    );
    if (isRejection(tick)) throw new Error(tick.reason);
    ticks.add(tick);
  }
  return new Uint8Array(encodeParquetTicks(ticks.rows(), { symbol, firstBatch: 1, lastBatch: 2, stepMs: 1000 }));
}

/** The same without the columns of today, as gateways of before wrote it. */
function objectOfBefore(symbol: string, fromMs: number): Uint8Array {
  const stamps = Array.from({ length: 10 }, (_, k) => BigInt(fromMs + k * 1000));
  const none = new Array<null>(10).fill(null);
  const columnData = [
    { name: "ts", type: "INT64" as const, data: stamps },
    { name: "symbol", type: "STRING" as const, data: new Array<string>(10).fill(symbol) },
    { name: "price", type: "DOUBLE" as const, data: stamps.map((_, k) => 100 + k) },
    ...["bid", "ask", "bidSize", "askSize", "size"].map((name) => ({ name, type: "DOUBLE" as const, data: none })),
    { name: "id", type: "INT64" as const, data: none },
  ];
  const kvMetadata = [{ key: "last_batch", value: "2" }];
  return new Uint8Array(parquetWriteBuffer({ columnData, kvMetadata }));
}

describe("an archive of both layouts", () => {
  const server = new S3Server();
  const into = mkdtempSync(join(tmpdir(), "volgate-layouts-"));
  beforeAll(async () => {
    await server.start();
    for (const [name, value] of Object.entries(server.env)) vi.stubEnv(name, value);
    server.put("ticks/BTC-USD/2026-11-20/0000-0000000001.parquet", objectOfBefore("BTC-USD", DAY));
    for (const symbol of ["BTC-USD", SLASH, "BTC/USD"]) {
      server.put(archiveKey("ticks", symbol, DAY + HOUR_MS, 1), objectOf(symbol, DAY + HOUR_MS));
    }
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await server.stop();
    rmSync(into, { recursive: true });
  });
  const pull = (symbol: string | undefined, sinceMs?: number) =>
    pullArchive({ from: ["r2://bucket/ticks/"], sinceMs, symbol, persist: "", into });

  it("is pulled by symbol and time, whatever its symbols are called", async () => {
    expect(await pull("BTC-USD")).toMatchObject({ objects: 2, leftOut: 2, fromMs: DAY, lastMs: DAY + HOUR_MS });
    expect(await pull("BTC-USD", DAY + HOUR_MS)).toMatchObject({ objects: 1, leftOut: 3 });
    expect(await pull(SLASH)).toMatchObject({ objects: 1, leftOut: 3, fromMs: DAY + HOUR_MS });
    expect(await pull(undefined, DAY)).toMatchObject({ objects: 4, leftOut: 0 });
  });

  it("is read as one stream of each symbol, in order of time, with size and side where they were kept", async () => {
    const { ticks, rejected } = await readTickFiles((await pull(undefined)).files);
    expect(rejected.size).toBe(0);
    const of = (symbol: string) => ticks.filter((tick) => tick.symbol === symbol);
    const stamps = (fromMs: number) => Array.from({ length: 10 }, (_, k) => fromMs + k * 1000);
    expect(of("BTC-USD").map(({ tsMs }) => tsMs)).toEqual([...stamps(DAY), ...stamps(DAY + HOUR_MS)]);
    for (const symbol of [SLASH, "BTC/USD"]) {
      expect(of(symbol).map(({ tsMs }) => tsMs)).toEqual(stamps(DAY + HOUR_MS));
      expect(of(symbol).map(({ size, flow }) => [size, flow?.side])).toEqual(
        Array.from({ length: 10 }, (_, k) => [2, k % 2 ? 1 : -1]),
      );
    }
    const { ticks: own } = await readTickFiles((await pull(SLASH)).files, { symbol: SLASH });
    expect(own).toHaveLength(10);
  });
});
