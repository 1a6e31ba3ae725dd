// Sockets of ticks on bare workerd whose process is killed or restarted under load, and one whose object sleeps.
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { WebSocket } from "ws";
import { BareWorkerd, bundleWorker } from "../../bench/bare-workerd.ts";
import { distinctBatches, lives } from "../../bench/kill-market.ts";
import { SocketProducer } from "../../bench/socket-producer.ts";
import { tickJson } from "../../gateway-client/tick-json.ts";
import { PackedTicks } from "../../src/features/packed-ticks.ts";
import type { Tick } from "../../src/features/tick.ts";
import { encodeTickFrame } from "../../src/markets/tick-frame.ts";

const SYMBOL = "BTC-USD";
const SIZE = 150;
const LIVES = 4;
/** Beside other work on the machine. */
const TIMEOUT_MS = 560_000;
const WAIT = { timeout: 60_000, interval: 500 };

const dir = mkdtempSync(join(tmpdir(), "volgate-sockets-"));
const servers: BareWorkerd[] = [];

async function prepared(name: string): Promise<BareWorkerd> {
  const server = await BareWorkerd.prepare(join(dir, "bundle"), join(dir, name));
  servers.push(server);
  return server;
}

beforeAll(async () => {
  await bundleWorker(join(dir, "bundle"));
});

afterAll(async () => {
  for (const server of servers) await server.kill();
  rmSync(dir, { recursive: true, force: true });
});

/** Batch after batch, kept: a frame that is sent again has the same ticks. */
function keptBatches(seed: number): (seq: number) => readonly Tick[] {
  const [market, kept] = [distinctBatches(SYMBOL, seed, SIZE), [] as (readonly Tick[])[]];
  return (seq) => {
    while (kept.length <= seq) kept.push(market.next().value!);
    return kept[seq]!;
  };
}

function packed(seq: number, ticks: readonly Tick[]): Uint8Array {
  const rows = new PackedTicks(ticks.length);
  for (const tick of ticks) rows.add(tick);
  return encodeTickFrame(seq, [{ name: SYMBOL, venue: "", rows: rows.rows() }]);
}

async function post(url: string, ticks: readonly Tick[], headers: Record<string, string> = {}): Promise<unknown> {
  const response = await fetch(`${url}/ingest`, { method: "POST", headers, body: JSON.stringify(ticks.map(tickJson)) });
  if (response.status !== 200) throw new Error(`POST /ingest: ${response.status} ${await response.text()}`);
  return ((await response.json()) as { readonly symbols: unknown }).symbols;
}

async function stateOf(url: string): Promise<Record<string, unknown>> {
  const body = (await (await fetch(`${url}/symbols/${SYMBOL}`)).json()) as Record<string, unknown>;
  const { ticks, steps_closed, prediction_id, probability } = body;
  return { ticks, steps_closed, prediction_id, probability };
}

it.each([
  ["packed, the symbol's socket", `/symbols/${SYMBOL}/ticks`, packed],
  ["text, the socket of any symbols", "/ticks", (seq, ticks) => JSON.stringify({ seq, ticks: ticks.map(tickJson) })],
] as const satisfies readonly (readonly [
  string,
  string,
  (seq: number, ticks: readonly Tick[]) => string | Uint8Array,
])[])(
  "loses nothing that it acknowledged and applies nothing twice over kill -9 and SIGTERM: %s",
  async (name, path, encode) => {
    const [batch, lifeMs] = [keptBatches(7), lives(7, 800, 2_000)];
    const victim = await prepared(`victim ${name}`);
    const producer = new SocketProducer(`${path}?producer=sockets-test`, (seq) => encode(seq, batch(seq)));
    for (let life = 0; life < LIVES; life++) {
      await victim.start();
      const running = producer.run(victim.url);
      await sleep(lifeMs());
      // workerd lets open sockets end by themselves after SIGTERM: whoever restarts it kills it after a while.
      if (life % 2 === 1) process.kill(victim.pid!, "SIGTERM");
      if (life % 2 === 1) await sleep(1_000);
      await victim.kill();
      await running;
    }
    await victim.start();
    const { counts } = producer;
    const sent = counts.acknowledged + 50;
    await producer.run(victim.url, sent);
    expect(counts.acknowledged).toBe(sent);
    expect(counts.amiss).toBe(0);
    expect(counts.resent).toBeGreaterThan(0);
    // The same ticks over HTTP, to a process that was never killed.
    const control = await prepared(`control ${name}`);
    await control.start();
    for (let seq = 0; seq < sent; seq++) await post(control.url, batch(seq));
    const state = await stateOf(victim.url);
    expect(state).toEqual(await stateOf(control.url));
    expect(state["ticks"]).toMatchObject({ duplicate: 0, late: 0 });
    // And every later row, label and score.
    const traced = { "X-Volgate-Trace": "steps" };
    for (let seq = sent; seq < sent + 5; seq++) {
      expect(await post(victim.url, batch(seq), traced)).toEqual(await post(control.url, batch(seq), traced));
    }
    await victim.kill();
    await control.kill();
  },
  TIMEOUT_MS,
);

it(
  "counts the end of a socket whose client sends bytes that are no WebSocket's",
  async () => {
    const server = await prepared("broken");
    await server.start();
    const closes = async (): Promise<string[]> => {
      const text = await (await fetch(`${server.url}/metrics`)).text();
      return text.split("\n").filter((line) => line.startsWith("volgate_sockets_closed_total{"));
    };
    for (const [kind, path] of [
      ["symbol", `/symbols/${SYMBOL}/ticks`],
      ["ticks", "/ticks"],
    ] as const) {
      const ws = new WebSocket(`${server.url.replace("http", "ws")}${path}`);
      const tcp = once(ws, "upgrade").then(([response]) => (response as IncomingMessage).socket);
      await once(ws, "message");
      const closed = once(ws, "close");
      // A frame with two bits that no frame has.
      (await tcp).write(Uint8Array.from([0xf3, 0x80, 1, 2, 3, 4]));
      expect((await closed)[0]).toBe(1002);
      await expect.poll(closes, WAIT).toContain(`volgate_sockets_closed_total{socket="${kind}",code="1006"} 1`);
    }
    await server.kill();
  },
  TIMEOUT_MS,
);

it(
  "does not keep an object awake while nothing comes, and the socket lives on",
  async () => {
    const server = await prepared("sleeping");
    await server.start();
    const ws = new WebSocket(`${server.url.replace("http", "ws")}/symbols/${SYMBOL}/ticks?producer=sleeping`);
    const answers: { readonly type?: string; readonly duplicate?: number }[] = [];
    ws.on("message", (data: Buffer) => {
      const text = data.toString();
      answers.push(text === "pong" ? { type: "pong" } : (JSON.parse(text) as object));
    });
    await once(ws, "open");
    const batch = keptBatches(9);
    const answersAfter = async (count: number): Promise<void> => {
      while (answers.length < count) await sleep(20);
    };
    ws.send(packed(0, batch(0)));
    await answersAfter(2);
    const redelivered = async (): Promise<unknown> =>
      ((await (await fetch(`${server.url}/symbols/${SYMBOL}`)).json()) as { redelivered_ticks: unknown })
        .redelivered_ticks;
    // Counted in the object's memory alone: it is gone when the object has slept.
    ws.send(packed(0, batch(0)));
    await answersAfter(3);
    expect(answers[2]).toMatchObject({ type: "ack", duplicate: SIZE });
    expect(await redelivered()).toBe(SIZE);
    // workerd lets an object sleep after 10 s; pings do not wake it.
    for (let second = 0; second < 16; second++) {
      ws.send("ping");
      await sleep(1_000);
    }
    await answersAfter(19);
    expect(await redelivered()).toBe(0);
    ws.send(packed(1, batch(1)));
    await answersAfter(20);
    expect(answers[19]).toMatchObject({ type: "ack", seq: 1, accepted: SIZE });
    ws.close();
    await server.kill();
  },
  TIMEOUT_MS,
);
