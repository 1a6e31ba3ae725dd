// Readers of several symbols, hubs that are full, readers that are slow, and symbols that end.
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import type { StreamObject } from "../../src/durable/stream/object.ts";
import { CHECK_EVENTS, MAX_UNANSWERED } from "../../src/stream/check-flow.ts";
import type { Env } from "../../src/settings.ts";
import { fetchJson, fetchWith, ingest, rise } from "./gateway.ts";
import { market, WARM_TICKS } from "./market.ts";
import type { Message } from "./socket-reader.ts";
import { SocketStream } from "./stream-reader.ts";

const SYMBOLS = ["H-A", "H-B", "H-C", "H-FAST", "H-LAST"];
const MORE = 1600;
const markets = new Map(SYMBOLS.map((symbol, i) => [symbol, market(symbol, WARM_TICKS + MORE, { seed: i + 1 })]));
const hub = (name = "stream-0"): DurableObjectStub<StreamObject> => env.STREAMS.get(env.STREAMS.idFromName(name));

/** Sends the next ticks of each. */
async function feed(symbols: readonly string[], from: number, to: number): Promise<void> {
  await ingest(symbols.flatMap((symbol) => markets.get(symbol)!.slice(WARM_TICKS + from, WARM_TICKS + to)));
}

const stepsOf = (events: readonly Message[], symbol: string): number[] =>
  events.flatMap((event: Message) => (event.symbol === symbol && event.type === "prediction" ? event.step : []));
const ascending = (steps: readonly number[]): number[] => steps.map((_, i) => steps[0]! + i);

beforeAll(async () => {
  for (const symbol of SYMBOLS) await ingest(markets.get(symbol)!.slice(0, WARM_TICKS));
});

describe("a reader of several symbols", () => {
  it("has the events of each in order, and goes on behind the last of each", async () => {
    const reader = await SocketStream.open("/stream?symbols=H-A,H-B,H-C");
    for (let at = 0; at < 40; at += 10) await feed(["H-A", "H-B", "H-C"], at, at + 10);
    await reader.until(() => reader.of("prediction").length >= 120);
    for (const symbol of ["H-A", "H-B", "H-C"]) {
      const steps = stepsOf(reader.events, symbol);
      expect(steps).toEqual(ascending(steps));
      expect(steps).toHaveLength(40);
    }
    // What came before the cut is not sent again, whatever the order among symbols was.
    const cut = reader.messages.slice(0, 90);
    const after = cut.flatMap(({ cursor }: Message) => cursor ?? []).join();
    const again = await SocketStream.open(`/stream?symbols=H-A,H-B,H-C&after=${after}`);
    const rest = reader.messages.slice(90);
    await again.until(() => again.events.length >= rest.length);
    const inOrder = (events: readonly Message[]) =>
      ["H-A", "H-B", "H-C"].map((symbol) => events.filter((event: Message) => event.symbol === symbol));
    expect(inOrder(again.events)).toEqual(inOrder(rest));
    // A cursor of other symbols serves for those that both have.
    const two = await SocketStream.open(`/stream?symbols=H-B,H-FAST&events=prediction&after=${after}`);
    const wanted = rest.filter(({ symbol, type }: Message) => symbol === "H-B" && type === "prediction");
    await two.until(() => two.events.length >= wanted.length);
    expect(two.events).toEqual(wanted);
    for (const stream of [reader, again, two]) stream.close();
  });

  it("is told when one is removed, and ends when none is left", async () => {
    await ingest(market("H-GONE", 5));
    const both = await SocketStream.open("/stream?symbols=H-GONE,H-A");
    const one = await SocketStream.open("/symbols/H-GONE/stream");
    expect((await fetchJson("/admin/symbols/H-GONE", { method: "DELETE" })).status).toBe(200);
    await one.until(() => one.closed !== undefined);
    expect(one.closed).toEqual({ code: 4410, reason: "symbol_removed" });
    expect(one.of("gap")).toMatchObject([{ symbol: "H-GONE", reason: "symbol_removed" }]);
    await both.until(() => both.of("gap").length > 0);
    await feed(["H-A"], 40, 50);
    await both.until(() => both.of("prediction").length >= 10);
    both.close();
  });
});

describe("a slow reader", () => {
  it("is sent no more than it has answered for, and then what it lacks, once", async () => {
    const reader = await SocketStream.open("/symbols/H-FAST/stream");
    const quick = await SocketStream.open("/symbols/H-FAST/stream?events=prediction");
    await feed(["H-FAST"], 0, 900);
    await reader.until(() => reader.of("check").length >= MAX_UNANSWERED);
    await new Promise((done) => setTimeout(done, 200));
    expect(reader.events).toHaveLength(CHECK_EVENTS * MAX_UNANSWERED);
    // While it lacks some, new ones come.
    await feed(["H-FAST"], 900, 910);
    expect(reader.events).toHaveLength(CHECK_EVENTS * MAX_UNANSWERED);
    for (let answered = 0; reader.of("prediction").length < 910;) {
      const n = reader.of("check").at(-1).n;
      if (n > answered) reader.send({ type: "checked", n: (answered = n) });
      await new Promise((done) => setTimeout(done, 10));
    }
    const steps = stepsOf(reader.events, "H-FAST");
    expect(steps).toEqual(ascending(steps));
    const labels = reader.of("label").map(({ step }: Message) => step);
    expect(labels).toEqual(ascending(labels));
    // Another reader was not held up by it.
    await quick.until(() => quick.events.length >= 910);
    for (const stream of [reader, quick]) stream.close();
  });

  it("is told of a symbol that is removed while it lacks events of it, from where it is", async () => {
    const reader = await SocketStream.open("/stream?symbols=H-LAST,H-FAST&events=prediction");
    await feed(["H-LAST"], 0, 1300);
    await reader.until(() => reader.events.length >= CHECK_EVENTS * MAX_UNANSWERED);
    const [last] = reader.of("prediction").slice(-1);
    expect((await fetchJson("/admin/symbols/H-LAST", { method: "DELETE" })).status).toBe(200);
    await reader.until(() => reader.of("gap").some(({ reason }: Message) => reason === "symbol_removed"));
    const gap = reader.of("gap").at(-1);
    expect(gap.symbol).toBe("H-LAST");
    expect(gap.from_ts).toBeGreaterThanOrEqual(last.ts);
    expect(gap.from_ts).toBeLessThanOrEqual(last.ts + 1_000);
    reader.close();
  });

  it("is closed when it leaves a check without an answer for a minute", async () => {
    const reader = await SocketStream.open("/symbols/H-FAST/stream");
    await feed(["H-FAST"], 910, 1300);
    await reader.until(() => reader.of("check").length > 0);
    const closed = await rise("volgate_stream_closed_total", { reason: "slow_reader" }, async () => {
      const nowMs = Date.now();
      const clock = vi.spyOn(Date, "now").mockImplementation(() => nowMs + 61_000);
      await runDurableObjectAlarm(hub());
      clock.mockRestore();
      await reader.until(() => reader.closed !== undefined);
    });
    expect(reader.closed).toEqual({ code: 4008, reason: "slow_reader" });
    expect(closed).toBe(1);
    const again = await SocketStream.open(`/symbols/H-FAST/stream?after=${reader.cursor}&events=prediction`);
    await again.until(() => stepsOf([...reader.events, ...again.events], "H-FAST").length >= 390);
    const steps = stepsOf([...reader.events, ...again.events], "H-FAST");
    expect(steps).toEqual(ascending(steps));
    again.close();
  });
});

describe("a hub", () => {
  it("that is full sends readers to the next one, which gets the same events", async () => {
    await runInDurableObject(hub(), (object) => {
      Object.assign(object, { env: { ...env, STREAM_HUB_READERS: "1" } });
    });
    const first = await SocketStream.open("/symbols/H-B/stream?events=prediction");
    const second = await SocketStream.open("/symbols/H-B/stream?events=prediction");
    const socketsOf = (name: string) => runInDurableObject(hub(name), (_, state) => state.getWebSockets().length);
    expect(await socketsOf("stream-1")).toBe(1);
    await feed(["H-B"], 40, 60);
    await first.until(() => first.events.length >= 20 && second.events.length >= 20);
    expect(second.events).toEqual(first.events);
    for (const stream of [first, second]) stream.close();
  });

  it("follows the others where a symbol does not answer, and refuses where none does", async () => {
    const broken = new Proxy({}, { get: () => () => Promise.reject(new Error("storage is broken")) });
    const brokenId = env.SYMBOLS.idFromName("H-C");
    const SYMBOLS_BUT_ONE = {
      idFromName: (name: string) => env.SYMBOLS.idFromName(name),
      get: (id: DurableObjectId) => (id.equals(brokenId) ? broken : env.SYMBOLS.get(id)),
    };
    await runInDurableObject(hub("stream-9"), (object) => {
      const hubEnv = { ...env, SYMBOLS: SYMBOLS_BUT_ONE };
      Object.assign(object, { env: hubEnv });
      Object.assign(Reflect.get(object, "sources") as object, { env: hubEnv });
    });
    const at9 = {
      idFromName: () => env.STREAMS.idFromName("stream-9"),
      get: (id: DurableObjectId) => env.STREAMS.get(id),
    };
    const STREAMS = at9 as unknown as Env["STREAMS"];
    const refused = await fetchWith({ STREAMS }, "/stream?symbols=H-C");
    expect([refused.status, refused.body.code]).toEqual([503, "symbol_failed"]);
    const subscription = { symbols: ["H-A", "H-C"], grid: "", kinds: ["label"] };
    const opening = JSON.stringify({ hub: "stream-9", subscription, unknown: [], after: [] });
    const first = await runInDurableObject(hub("stream-9"), async (object) => {
      const answer = await object.fetch(new Request("https://hub/", { headers: { "X-Opening": opening } }));
      const reader = answer.body!.getReader();
      const text = new TextDecoder().decode((await reader.read()).value as Uint8Array);
      await reader.cancel();
      return text;
    });
    expect(first).toContain('"symbols":["H-A"],"unknown":[],"unavailable":["H-C"]');
  });

  it("is answered 503 for where all are full", async () => {
    const full = { fetch: () => Promise.resolve(new Response(null, { status: 409 })) };
    const STREAMS = { idFromName: (name: string) => name, get: () => full } as unknown as Env["STREAMS"];
    const { status, body, headers } = await fetchWith({ STREAMS }, "/stream?symbols=H-A");
    expect([status, body.code, headers.get("Retry-After")]).toEqual([503, "stream_full", "10"]);
  });
});

describe("a page of another origin", () => {
  it("may open a socket where it may read", async () => {
    const headers = { Upgrade: "websocket", Origin: "https://elsewhere.example" };
    const CORS_ORIGINS = "https://charts.example";
    const { status, body } = await fetchWith({ CORS_ORIGINS }, "/stream?symbols=H-A", { headers });
    expect([status, body.code]).toEqual([403, "origin_refused"]);
  });
});
