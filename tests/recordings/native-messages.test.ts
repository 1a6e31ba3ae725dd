// Native messages in files: captures with times of receipt, and lines without.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readTickFiles } from "../../recordings/tick-files.ts";

const T0 = 1_723_161_255_000;
const trade = (second: number) => ({
  ...{ e: "trade", E: T0 + second * 1000, s: "BTCUSDT", t: second, p: "100", q: "0.5", T: T0 + second * 1000, m: true },
});
const quote = (u: number) => ({ u, s: "BTCUSDT", b: "99", B: "1", a: "101", A: "2" });
const lines = (...list: readonly unknown[]): string =>
  list.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n") + "\n";

describe("native messages in a file", () => {
  let folder: string;
  beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "volgate-native-"))));
  afterAll(() => rm(folder, { recursive: true }));

  async function read(name: string, text: string) {
    const path = join(folder, name);
    await writeFile(path, name.endsWith(".gz") ? gzipSync(text) : text);
    const { ticks, rejected, firstRefused } = await readTickFiles([path]);
    return { ticks, rejected: Object.fromEntries(rejected), firstRefused };
  }

  it("are read with the times of receipt before them, in nanoseconds or seconds", async () => {
    const envelope = (data: unknown): string => JSON.stringify({ stream: "btcusdt@x", data });
    const { ticks, rejected } = await read(
      "capture.gz",
      lines(
        `${T0}000000 ${envelope(trade(0))}`,
        `${T0 + 1000}999999 ${envelope(quote(7))}`,
        `${(T0 + 2000) / 1000}: ${JSON.stringify(quote(8))}`,
        `${T0 + 2500}000000 ${envelope({ e: "depthUpdate", E: T0, s: "BTCUSDT" })}`,
        `wss://stream.binance.com <- ${T0 / 1000}: {"method":"SUBSCRIBE"}`,
        `${T0 + 3000}000000 ${envelope(trade(3))}`,
      ),
    );
    expect(rejected).toEqual({ no_tick: 1 });
    expect(ticks.map(({ tsMs, price, bid }) => [tsMs - T0, price, bid])).toEqual([
      [0, 100, NaN],
      [1000, NaN, 99],
      [2000, NaN, 99],
      [3000, 100, NaN],
    ]);
    expect(ticks[0]!.flow?.side).toBe(-1);
  });

  it("are refused where they have no time and their line has none either", async () => {
    const { ticks, rejected, firstRefused } = await read("bare.ndjson", lines(trade(0), quote(7), trade(1)));
    expect([ticks.length, rejected]).toEqual([2, { ts_missing: 1 }]);
    expect(firstRefused.get("ts_missing")).toMatchObject({ place: "line 2", field: "ts" });
  });

  it("of other venues are no messages without a tick, and a row that looks like one is read", async () => {
    const row = { symbol: "R", timestamp: trade(0).T, price: 1 };
    const messages = [
      { topic: "PERP_BTC_USDT@trade", data: { price: 1 } },
      { arg: { channel: "trade", instId: "BTCUSDT" }, data: [{ price: "1" }] },
      { channel: "heartbeat" },
      { ...row, channel: "heartbeat" },
      { received_at: 1, channel: "heartbeat", payload: { ...row, symbol: "P" } },
    ];
    const { ticks, rejected } = await read("other-venues.ndjson", lines(...messages));
    expect([ticks.map(({ symbol }) => symbol), rejected]).toEqual([["R", "P"], { unknown_form: 2, no_tick: 1 }]);
  });

  it("of no known form are named with the forms that are", async () => {
    const { rejected, firstRefused } = await read("unknown.ndjson", lines(trade(0), { hello: 1 }));
    expect(rejected).toEqual({ unknown_form: 1 });
    expect(firstRefused.get("unknown_form")!.expected).toMatch(/or a message of coinbase_advanced, .*, tardis$/);
  });
});
