// The stream on bare workerd: readers that resume by cursor have every event once, whatever ends between.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BareWorkerd, bundleWorker } from "../../bench/bare-workerd.ts";
import { steadyMarket } from "../../bench/costs/steady-market.ts";
import { StreamSocket } from "../../bench/stream-socket.ts";
import { tickJson } from "../../gateway-client/tick-json.ts";

const SYMBOLS = ["BTC-USD", "ETH-USD"];
/** Seconds of market before there are predictions and labels. */
const WARM_SECONDS = 1_300;

const dir = mkdtempSync(join(tmpdir(), "volgate-stream-"));
let server: BareWorkerd;

/** Ticks a second and symbol: each second closes one step. */
const RATE = 2;
const markets = SYMBOLS.map((symbol) => steadyMarket(symbol, RATE));
let second = 0;

/** Sends seconds of every market, until they are acknowledged. */
async function feed(seconds: number): Promise<void> {
  second += seconds;
  const ticks = markets.flatMap((market) =>
    Array.from({ length: seconds * RATE }, () => tickJson(market.next().value!)),
  );
  const headers = { "X-Producer-Id": "e2e", "X-Producer-Seq": String(second) };
  let last = "no answer";
  for (const endMs = Date.now() + 60_000; Date.now() < endMs; await sleep(50)) {
    try {
      const answer = await fetch(`${server.url}/ingest`, { method: "POST", body: JSON.stringify(ticks), headers });
      last = `${answer.status} ${await answer.text()}`;
      if (answer.ok) return;
    } catch (error) {
      // It is being started again.
      last = String(error);
    }
  }
  throw new Error(`second ${second}: ${last.slice(0, 300)}`);
}

interface Event {
  readonly type: string;
  readonly id: string;
  readonly symbol: string;
  readonly step: number;
  readonly ts: number;
  readonly probability: number;
  readonly label?: boolean;
  readonly cursor: string;
}

/** A client that connects again with its cursors until it is stopped. */
class Client {
  readonly events: Event[] = [];
  connections = 0;
  readonly reasons: string[] = [];
  private isStopped = false;
  private readonly done: Promise<void>;
  private cursor = "";
  private readonly last = new Map<string, string>();

  constructor() {
    this.done = this.run();
  }

  private async run(): Promise<void> {
    while (!this.isStopped) {
      const after = [this.cursor, ...this.last.values()].filter((text) => text !== "").join();
      const path = `/stream?symbols=${SYMBOLS.join()}&events=prediction,label&after=${encodeURIComponent(after)}`;
      const socket = await StreamSocket.open(
        server.url,
        after === "" ? path.replace(/&after=$/, "") : path,
        true,
      ).catch(() => undefined);
      if (socket === undefined) {
        await sleep(50);
        continue;
      }
      this.connections += 1;
      if (this.cursor === "") this.cursor = socket.hello;
      let taken = 0;
      const take = (): void => {
        for (; taken < socket.texts.length; taken++) {
          const event = JSON.parse(socket.texts[taken]!) as Event;
          this.events.push(event);
          this.last.set(event.symbol, event.cursor);
        }
      };
      while (socket.closed === undefined && !this.isStopped) {
        take();
        await sleep(5);
      }
      take();
      if (socket.closed !== undefined) this.reasons.push(`${socket.closed.code} ${socket.closed.reason}`);
      socket.close();
    }
  }

  async until(predictions: number): Promise<void> {
    const count = (): number => this.events.filter(({ type }) => type === "prediction").length;
    for (const endMs = Date.now() + 60_000; count() < predictions; await sleep(20)) {
      if (Date.now() > endMs) throw new Error(`got ${count()} predictions, expected ${predictions}`);
    }
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.done;
  }
}

beforeAll(async () => {
  await bundleWorker(join(dir, "bundle"));
  server = await BareWorkerd.prepare(join(dir, "bundle"), join(dir, "state"));
  await server.start();
  while (second < WARM_SECONDS) await feed(100);
});

afterAll(async () => {
  await server.kill();
  rmSync(dir, { recursive: true, force: true });
});

/** Every prediction and label of each symbol once, in order, with nothing between; and equal to the history. */
async function expectWhole(client: Client): Promise<void> {
  for (const symbol of SYMBOLS) {
    const own = client.events.filter((event) => event.symbol === symbol);
    expect(new Set(own.map(({ id }) => id)).size).toBe(own.length);
    for (const type of ["prediction", "label"]) {
      const steps = own.filter((event) => event.type === type).map(({ step }) => step);
      expect(steps).toEqual(steps.map((_, i) => steps[0]! + i));
    }
    const predictions = own.filter(({ type }) => type === "prediction");
    const [from, to] = [predictions[0]!.ts - 1000, predictions.at(-1)!.ts];
    const answer = await fetch(`${server.url}/symbols/${symbol}/history?from=${from}&to=${to}&points=2000`);
    const { columns, every_ms: everyMs } = (await answer.json()) as {
      readonly every_ms: number;
      readonly columns: { readonly probability: number[]; readonly spike: (boolean | null)[]; readonly ts: number[] };
    };
    expect(everyMs).toBe(1000);
    expect(predictions.map(({ probability }) => probability)).toEqual(columns.probability);
    const labels = new Map(own.flatMap(({ type, ts, label }) => (type === "label" ? [[ts + 60_000, label]] : [])));
    expect(columns.ts.map((ts) => labels.get(ts) ?? null)).toEqual(columns.spike);
  }
}

/** How often a hub was loaded. */
async function hubLoads(): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  return Number(/^volgate_stream_hub_loads_total (\d+)$/m.exec(text)?.[1] ?? 0);
}

describe("a reader with its cursors", () => {
  it("has every event once over kill -9 and SIGTERM of the gateway", async () => {
    const client = new Client();
    while (client.connections === 0) await sleep(20);
    let fed = 0;
    for (const signal of ["SIGKILL", "SIGTERM", "SIGKILL"] as const) {
      for (let i = 0; i < 8; i++) await feed(5);
      // In the middle of a batch.
      const during = feed(5);
      // After SIGTERM it waits for its sockets: what stops a gateway ends it then.
      await Promise.race([server.kill(signal), sleep(2_000)]);
      await server.kill("SIGKILL");
      await server.start();
      await during;
      fed += 45;
    }
    await feed(20);
    fed += 20;
    await client.until(fed * SYMBOLS.length);
    await client.stop();
    expect(client.connections).toBeGreaterThanOrEqual(4);
    expect(client.events.filter(({ type }) => type === "gap")).toEqual([]);
    await expectWhole(client);
  });

  it("keeps its socket while hub and symbols are unloaded, and has every event once", async () => {
    const client = new Client();
    while (client.connections === 0) await sleep(20);
    const before = await hubLoads();
    for (let i = 0; i < 3; i++) {
      await feed(10);
      await client.until((i + 1) * 10 * SYMBOLS.length);
      // Up to 10 s until the hub has written what it needs, and 10 s until the runtime unloads it.
      await sleep(22_000);
    }
    await feed(5);
    await client.until(35 * SYMBOLS.length);
    const loads = (await hubLoads()) - before;
    await client.stop();
    expect([client.connections, client.reasons]).toEqual([1, []]);
    expect(loads).toBeGreaterThanOrEqual(3);
    await expectWhole(client);
  });

  it("has every event once over readers' crashes, while others read on", async () => {
    const [steady, client] = [new Client(), new Client()];
    while (steady.connections === 0 || client.connections === 0) await sleep(20);
    for (let i = 0; i < 20; i++) await feed(2);
    const late = await StreamSocket.open(server.url, `/stream?symbols=${SYMBOLS.join()}`);
    late.terminate();
    await feed(10);
    for (const one of [steady, client]) {
      await one.until(50 * SYMBOLS.length);
      await one.stop();
      await expectWhole(one);
    }
  });
});
