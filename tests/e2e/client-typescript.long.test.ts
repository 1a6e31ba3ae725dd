// The TypeScript client against the Worker's bundle on bare workerd: each tick applied once though the process is
// killed and restarted under it, and the streams go on over that.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BareWorkerd, bundleWorker } from "../../bench/bare-workerd.ts";
import { distinctBatches } from "../../bench/kill-market.ts";
import type { StreamState } from "../../clients/typescript/src/stream/reconnecting.ts";
import type { StreamEvent } from "../../clients/typescript/src/stream/stream-event.ts";
import type { SentTick, TickAck, TickSenderOptions } from "../../clients/typescript/src/ticks/tick-sender-options.ts";
import { VolgateClient } from "../../clients/typescript/src/volgate-client.ts";
import { tickJson } from "../../gateway-client/tick-json.ts";
import { SeededRandom } from "../../src/features/seeded-random.ts";
import { CONTRACTS } from "../../src/http/contracts.ts";

const INGEST_TOKEN = "an-ingest-token-of-the-tests";
const READ_TOKEN = "a-read-token-of-the-tests";
const VARIABLES = { ENVIRONMENT: "production", MAX_SYMBOLS: "1000", INGEST_TOKEN, READ_TOKEN };
const MOST_ENDS = 4;
/** Of each symbol. */
const TICKS = 2_000;
/** Steps after which there are predictions. */
const WARM = 7_500;
const isStreaming = CONTRACTS.some(({ path }) => path === "/stream");

const dir = mkdtempSync(join(tmpdir(), "volgate-client-e2e-"));
let gateway: BareWorkerd;
let client: VolgateClient;

beforeAll(async () => {
  await bundleWorker(join(dir, "bundle"));
  gateway = await BareWorkerd.prepare(join(dir, "bundle"), join(dir, "state"), VARIABLES);
  await gateway.start();
  client = new VolgateClient({ url: gateway.url, token: INGEST_TOKEN, readToken: READ_TOKEN });
}, 120_000);

afterAll(async () => {
  await gateway.kill();
  rmSync(dir, { recursive: true, force: true });
});

/** Ticks of a simulated market, no two of them equal. */
function marketOf(symbol: string, count: number): SentTick[] {
  const ticks: SentTick[] = [];
  for (const batch of distinctBatches(symbol, 7, count)) {
    for (const tick of batch) ticks.push(tickJson(tick) as unknown as SentTick);
    break;
  }
  return ticks;
}

/** One tick a second, each of its own price. */
function walkOf(symbol: string, count: number): SentTick[] {
  const random = new SeededRandom(`walk of ${symbol}`);
  let price = 100;
  return Array.from({ length: count }, (_, i) => {
    price *= 1 + 2e-4 * (random.uniform() - 0.5);
    return { symbol, ts: 1764979200000 + 1000 * i, price };
  });
}

/** Ends the process under a sender, by turns as a crash and as a deploy, and starts it anew. */
async function restartUntil(isOver: () => boolean, most = MOST_ENDS): Promise<number> {
  let ends = 0;
  for (; ends < most; ends++) {
    await sleep(1_000);
    if (isOver()) break;
    await gateway.kill(ends % 2 === 0 ? "SIGKILL" : "SIGTERM");
    await sleep(150);
    await gateway.start();
  }
  return ends;
}

describe("ticks of the TypeScript client", () => {
  const WAYS: readonly (readonly [string, TickSenderOptions])[] = [
    ["packed frames on one socket", { transport: "socket" }],
    ["JSON on one socket", { transport: "socket", binary: false }],
    ["the socket of the symbol", { transport: "socket", symbol: "ONE" }],
    ["HTTP", { transport: "http" }],
  ];

  it.each(WAYS)("are applied once over %s, though the gateway is killed and stopped", async (way, options) => {
    const names =
      options.symbol === undefined ? [`${way.replaceAll(" ", "-")}-A`, `${way.replaceAll(" ", "-")}-B`] : ["ONE"];
    const markets = names.map((name) => marketOf(name, TICKS));
    const ticks = markets[0]!.flatMap((_, i) => markets.map((market) => market[i]!));
    let acknowledged = 0;
    let most = 0;
    let isOver = false;
    const onAck = (ack: TickAck): void => void (acknowledged += ack.ticks.length);
    const sender = client.ticks({ ...options, maxBatch: 20, maxBuffered: 400, onAck });
    const feeding = (async () => {
      for (const [i, tick] of ticks.entries()) {
        await sender.send(tick);
        most = Math.max(most, sender.buffered);
        // As long as some lives of the process: a source that is faster is over before it is killed.
        if (i % 20 === 0) await sleep(options.symbol === undefined ? 15 : 30);
      }
      await sender.close();
    })().finally(() => (isOver = true));
    const ends = await restartUntil(() => isOver);
    await feeding;
    const { duplicate, retries } = sender.report;
    console.log(
      `${way}: ${ends} ends of the process, ${ticks.length} ticks, ${retries} pauses, ` +
        `${duplicate} had been applied when they were sent again; at most ${most} in memory`,
    );
    expect(ends).toBeGreaterThan(0);
    expect(acknowledged).toBe(ticks.length);
    expect(most).toBeLessThanOrEqual(400);
    for (const name of names) {
      const { ticks: counts } = await client.symbol(name);
      expect(counts).toMatchObject({ accepted: TICKS, duplicate: 0, late: 0 });
    }
  });

  it("name the refused ones, and end at once with a wrong token", async () => {
    const sender = client.ticks({ transport: "socket", venue: "kraken" });
    await sender.send([
      { symbol: "btc/usd", ts: 1764979200000, price: 1 },
      { symbol: "btc/usd", ts: 1764979201000, price: -1 },
      { symbol: "btc/usd", ts: 1764979202000, price: Infinity },
    ]);
    await sender.close();
    expect(sender.report.rejectedTicks.map(({ tick, reason }) => [tick.price, reason])).toEqual([
      [-1, "price_not_positive"],
      [Infinity, "price_not_finite"],
    ]);
    expect((await client.symbol("BTC/USD@kraken")).ticks.accepted).toBe(1);
    const stranger = new VolgateClient({ url: gateway.url, token: "wrong-token-of-the-tests" });
    const wrong = stranger.ticks({ transport: "socket" });
    await wrong.send({ symbol: "A", ts: 1764979200000, price: 1 });
    await expect(wrong.close()).rejects.toMatchObject({ code: "not_authenticated", status: 401 });
    await expect(stranger.predict("A")).rejects.toMatchObject({ code: "not_authenticated" });
    await expect(client.predict("NOBODY")).rejects.toMatchObject({ code: "unknown_symbol", status: 404 });
  });

  it("come by HTTP with symbol and venue of the sender", async () => {
    const sender = client.ticks({ transport: "http", symbol: "eth/usd", venue: "Kraken" });
    await sender.send({ ts: 1764979200000, price: 1 });
    await sender.close();
    expect(sender.report.accepted).toBe(1);
    expect((await client.symbol("ETH/USD@kraken")).ticks.accepted).toBe(1);
  });
});

describe.skipIf(!isStreaming)(
  `streams of the TypeScript client${isStreaming ? "" : " (skipped: this gateway has no /stream)"}`,
  () => {
    it("have each event once over a socket, though the gateway is killed", { timeout: 300_000 }, async () => {
      const name = "STREAM";
      const ticks = walkOf(name, WARM + 1_500);
      const sender = client.ticks({ maxBatch: 50 });
      // A probability needs two hours of steps.
      await sender.send(ticks.slice(0, WARM));
      await sender.flush();
      const taken: StreamEvent[] = [];
      const enough = new AbortController();
      let isOpen = false;
      const onState = ({ kind }: StreamState): void => void (isOpen ||= kind === "open");
      const reading = (async () => {
        for await (const event of client.stream({
          symbols: [name],
          transport: "socket",
          signal: enough.signal,
          onState,
        })) {
          taken.push(event);
        }
      })().catch((error: unknown) => error);
      while (!isOpen) await sleep(20);
      let isOver = false;
      const feeding = (async () => {
        for (let at = WARM; at < ticks.length; at += 10) {
          await sender.send(ticks.slice(at, at + 10));
          await sleep(20);
        }
        await sender.close();
      })().finally(() => (isOver = true));
      const ends = await restartUntil(() => isOver, 1);
      await feeding;
      const prediction = await client.predict(name);
      if (!("ts" in prediction) || prediction.probability === null) throw new Error("no prediction at the end");
      const isLast = (event: StreamEvent): boolean =>
        event.type === "prediction" && event.prediction_id === prediction.prediction_id;
      while (!taken.some(isLast)) await sleep(50);
      enough.abort(new Error("the test is over"));
      expect(await reading).toBe(enough.signal.reason);
      const steps = taken.flatMap((event) => (event.type === "prediction" ? [event.step] : []));
      const gaps = taken.filter(({ type }) => type === "gap");
      console.log(`stream: ${ends} ends of the process, ${steps.length} predictions, ${gaps.length} gaps`);
      expect(ends).toBeGreaterThan(0);
      expect(gaps).toEqual([]);
      expect(steps).toEqual(Array.from({ length: steps.length }, (_, i) => steps[0]! + i));
      expect(steps.length).toBeGreaterThan(1_000);
      const labels = taken.flatMap((event) => (event.type === "label" ? [event.step] : []));
      expect(new Set(labels).size).toBe(labels.length);
      expect(labels.length).toBeGreaterThan(1_000);
    });
  },
);
