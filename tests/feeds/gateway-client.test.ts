import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { GatewayClient, type GatewayClientOptions } from "../../gateway-client/gateway-client.ts";
import { GatewayError } from "../../gateway-client/gateway-error.ts";
import { tickJson } from "../../gateway-client/tick-json.ts";
import { parseTick, type Tick } from "../../src/features/tick.ts";
import { FakeGateway } from "./fake-gateway.ts";

const T0 = 1_764_547_200_000;
const NONE = { bid: NaN, ask: NaN, bidSize: NaN, askSize: NaN, size: NaN, id: NaN };

function ticks(count: number, symbol = "BTC-USD"): Tick[] {
  return Array.from({ length: count }, (_, i) => ({ ...NONE, symbol, tsMs: T0 + i, price: 100 + i }));
}

let gateway: FakeGateway;
let baseUrl: string;

beforeEach(async () => {
  gateway = new FakeGateway();
  baseUrl = await gateway.start();
});
afterEach(() => gateway.stop());

function client(options: Partial<GatewayClientOptions> = {}): GatewayClient {
  return new GatewayClient({ baseUrl, ...options });
}

async function failureOf(promise: Promise<unknown>): Promise<GatewayError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof GatewayError)) throw new Error(`expected a GatewayError, got ${String(error)}`);
  return error;
}

describe("GatewayClient", () => {
  it("sends batches with its own name, rising numbers and the token, and returns the counts", async () => {
    const sender = client({ token: "secret", baseUrl: `${baseUrl}/` });
    const answer = await sender.send([...ticks(2), ...ticks(1, "ETH-USD")]);
    await sender.send(ticks(1));
    expect(answer).toMatchObject({ accepted: 3, duplicate: 0, rejected: 0, errors: [], errors_omitted: 0 });
    expect(answer.symbols["BTC-USD"]).toMatchObject({ accepted: 2, steps_closed: 0 });
    expect(gateway.received.map((batch) => [batch.producer, batch.seq, batch.authorization])).toEqual([
      [sender.producer, 1, "Bearer secret"],
      [sender.producer, 2, "Bearer secret"],
    ]);
    expect(sender.producer.length).toBeLessThanOrEqual(64);
    expect(client().producer).not.toBe(sender.producer);
  });

  it("repeats a batch whole under the same number after 503, a broken connection and 429", async () => {
    gateway.script.push({ kind: "status", status: 503 }, { kind: "reset" }, { kind: "status", status: 429 });
    const retries: string[] = [];
    const answer = await client({ onRetry: (why) => retries.push(why) }).send(ticks(3));
    expect(answer.accepted).toBe(3);
    expect(gateway.received.map((batch) => batch.seq)).toEqual([1, 1, 1, 1]);
    expect(gateway.received[3]?.ticks).toEqual(gateway.received[0]?.ticks);
    expect(gateway.applied).toHaveLength(3);
    expect(retries).toHaveLength(3);
    expect(retries[0]).toBe("503");
  });

  it("does not apply a batch twice whose answer got lost", async () => {
    gateway.script.push({ kind: "take_then_reset" });
    const answer = await client().send(ticks(3));
    expect(answer).toMatchObject({ accepted: 0, duplicate: 3 });
    expect(gateway.applied).toHaveLength(3);
  });

  it("cuts off an attempt that stalls, and repeats it", async () => {
    gateway.script.push({ kind: "stall" });
    const retries: string[] = [];
    const sender = client({ attemptMs: 100, onRetry: (why) => retries.push(why) });
    expect((await sender.send(ticks(1))).accepted).toBe(1);
    expect(retries).toEqual(["no answer in time"]);
  });

  it("waits as long as Retry-After says", async () => {
    gateway.script.push({ kind: "status", status: 429, retryAfter: "1" });
    await client().send(ticks(1));
    expect(gateway.received[1]!.atMs - gateway.received[0]!.atMs).toBeGreaterThanOrEqual(990);
  });

  it("gives up after the stated time and says what came back last", async () => {
    for (let i = 0; i < 50; i++) gateway.script.push({ kind: "status", status: 503, body: '{"detail":"no room"}' });
    const startedMs = Date.now();
    const error = await failureOf(client({ giveUpAfterMs: 1000 }).send(ticks(1)));
    expect(Date.now() - startedMs).toBeLessThan(1500);
    expect([error.code, error.status]).toEqual(["unavailable", 503]);
    expect(error.message).toContain("did not take batch 1, 3 attempts in 1 s: 503 no room");
  });

  it("gives up at once when Retry-After lies beyond its time", async () => {
    gateway.script.push({ kind: "status", status: 429, retryAfter: "3600" });
    const error = await failureOf(client({ giveUpAfterMs: 5000 }).send(ticks(1)));
    expect(error.message).toContain("1 attempt in 5 s");
    expect(gateway.received).toHaveLength(1);
  });

  it("continues with the next number after a batch was given up", async () => {
    gateway.script.push({ kind: "status", status: 503 });
    const sender = client({ giveUpAfterMs: 100 });
    await failureOf(sender.send(ticks(1)));
    await sender.send(ticks(1));
    expect(gateway.received.map((batch) => batch.seq)).toEqual([1, 2]);
  });

  it.each([
    { status: 401, body: '{"detail":"the token is wrong"}', text: "401 the token is wrong" },
    { status: 404, body: "<html> nothing\n here</html>", text: "404 <html> nothing here</html>" },
    { status: 503, body: '{"code":"not_configured","detail":"no tokens"}', text: "503 no tokens" },
    { status: 200, body: "welcome to another server", text: "200 welcome to another server" },
    { status: 422, body: '{"detail":"not counts"}', text: "422 not counts" },
  ])("refuses at once on $status $body", async ({ status, body, text }) => {
    gateway.script.push({ kind: "status", status, body });
    const error = await failureOf(client().send(ticks(1)));
    expect([error.code, error.status]).toEqual(["refused", status]);
    expect(error.message).toContain(text);
    expect(gateway.received).toHaveLength(1);
  });

  it("takes 422 with counts as an answer: every tick was refused", async () => {
    gateway.rejectFrom = 0;
    const answer = await client().send(ticks(2));
    expect(answer).toMatchObject({ accepted: 0, rejected: 2 });
    expect(answer.errors[1]).toMatchObject({ index: 1, symbol: "BTC-USD", reason: "ts_outlier", field: "ts" });
  });

  it("reports that nothing answers where nothing listens", async () => {
    await gateway.stop();
    const error = await failureOf(client({ giveUpAfterMs: 300 }).send(ticks(1)));
    expect([error.code, error.status]).toEqual(["unreachable", 0]);
    expect(error.message).toContain("ECONNREFUSED");
    gateway = new FakeGateway();
    await gateway.start();
  });

  it("takes an answer in which symbols failed, of any status, and sends under the number that it is given", async () => {
    const sender = client();
    for (const status of [207, 503, 429, 409]) {
      gateway.failing.set("BTC-USD", { status });
      const seq = sender.nextNumber();
      const answer = await sender.send(status === 207 ? [...ticks(1), ...ticks(1, "ETH-USD")] : ticks(1), seq);
      expect(answer.symbols["BTC-USD"]?.failed?.code).toBe("symbol_failed");
      expect(gateway.received.at(-1)?.seq).toBe(seq);
    }
    expect(gateway.received).toHaveLength(4);
  });

  it("sees a symbol fail whatever its name is, also one that objects have by themselves", async () => {
    for (const symbol of ["constructor", "prototype", "toString"]) {
      gateway.failing.set(symbol, { status: 207 });
      const { symbols } = await client().send([...ticks(1), ...ticks(1, symbol)]);
      expect(symbols[symbol]?.failed?.code).toBe("symbol_failed");
      expect(Object.keys(symbols).sort()).toEqual(["BTC-USD", symbol].sort());
    }
    const { symbols } = await client().send(ticks(1));
    expect(symbols["toString"]).toBeUndefined();
  });

  it("stops waiting when its signal is aborted, in an attempt and between two", async () => {
    const stop = new AbortController();
    gateway.script.push({ kind: "stall" });
    const stalled = client({ signal: stop.signal }).send(ticks(1));
    setTimeout(() => stop.abort(new Error("stopped")), 50);
    await expect(stalled).rejects.toThrow("stopped");
    const other = new AbortController();
    gateway.script.push({ kind: "status", status: 429, retryAfter: "30" });
    const waiting = client({ signal: other.signal }).send(ticks(1));
    setTimeout(() => other.abort(new Error("stopped")), 50);
    await expect(waiting).rejects.toThrow("stopped");
  });

  it("refuses a malformed address", () => {
    expect(() => client({ baseUrl: "127.0.0.1:8787" })).toThrow("baseUrl: got 127.0.0.1:8787");
  });
});

describe("tickJson", () => {
  it("leaves missing fields out and survives the parser, hashed ids as text", () => {
    expect(tickJson(ticks(1)[0]!)).toEqual({ symbol: "BTC-USD", ts: T0, price: 100 });
    const full: Tick = { ...ticks(1)[0]!, bid: 99.9, ask: 100.1, bidSize: 0, askSize: 2, size: 0.5, id: 42 };
    expect(parseTick(tickJson(full), Infinity)).toEqual(full);
    const hashed = parseTick({ symbol: "BTC-USD", ts: T0, price: 1, id: "abc" }, Infinity) as Tick;
    expect(tickJson(hashed)["id"]).toBe(String(hashed.id));
    expect(parseTick(tickJson(hashed), Infinity)).toMatchObject({ price: 1 });
  });
});
