// A list of a thousand symbols: each is seen, none is asked more often than the budget allows, and a look stays small.
import { expect, it, onTestFinished } from "vitest";
import { SymbolObject } from "../../src/durable/symbol/object.ts";
import { fetchJson, fetchWith, ingestMany } from "./gateway.ts";
import { tick } from "./market.ts";

const SYMBOLS = 1000;
const PER_REQUEST = 250;
const CACHED = { READ_CACHE_MS: "5000" };

it("lists a thousand symbols within some seconds, whatever number of readers looks, at 200 calls a second", async () => {
  for (let from = 0; from < SYMBOLS; from += PER_REQUEST) {
    const names = Array.from({ length: PER_REQUEST }, (_, k) => `T-${from + k}`);
    const ticks = [0, 1].flatMap((second) => names.map((name) => tick(name, second, 100 + second)));
    const { accepted, duplicate } = (await ingestMany(ticks)).body;
    expect(accepted + duplicate, "a second try's are duplicates").toBe(2 * PER_REQUEST);
  }
  expect((await fetchJson("/symbols")).body.count).toBe(SYMBOLS);
  const { glance } = SymbolObject.prototype;
  let calls = 0;
  onTestFinished(() => void (SymbolObject.prototype.glance = glance));
  SymbolObject.prototype.glance = async function (...args) {
    calls += 1;
    return await glance.apply(this, args);
  };
  const beganMs = Date.now();
  const seen = new Set<string>();
  let cursor: string | undefined;
  while (seen.size < SYMBOLS && Date.now() - beganMs < 60_000) {
    const path = cursor === undefined ? "/overview" : `/overview?since=${cursor}`;
    const readers = await Promise.all(Array.from({ length: 10 }, () => fetchWith(CACHED, path)));
    for (const { status, body } of readers) {
      expect(status).toBe(200);
      for (const { symbol } of body.symbols as { symbol: string }[]) seen.add(symbol);
    }
    cursor = readers[0]!.body.cursor as string;
    await new Promise((done) => setTimeout(done, 250));
  }
  const tookMs = Date.now() - beganMs;
  console.log(`${seen.size} symbols seen in ${tookMs} ms with ${calls} calls`);
  expect(seen.size).toBe(SYMBOLS);
  expect(calls).toBeLessThanOrEqual(200 * (2 + tookMs / 1000));
  const { body } = await fetchWith(CACHED, "/overview");
  expect([body.known, body.symbols.length, body.reset]).toEqual([SYMBOLS, SYMBOLS, true]);
  expect(JSON.stringify(body).length).toBeLessThan(1_000_000);
});
