// The stream as an async iterator: each event once and in order whatever drops, checks answered as events are taken.
import { describe, expect, it } from "vitest";
import type { StreamEvent } from "../../clients/typescript/src/stream/stream-event.ts";
import type { StreamState } from "../../clients/typescript/src/stream/reconnecting.ts";
import { clientOf, startGateway, until } from "./test-client.ts";
import type { FakeGateway } from "./fake-gateway.ts";

const idOf = (event: StreamEvent): string => ("id" in event ? event.id : event.type);

/** The ids of the first `count` events; then the loop ends. */
async function take(events: AsyncIterable<StreamEvent>, count: number): Promise<StreamEvent[]> {
  const taken: StreamEvent[] = [];
  if (count === 0) return taken;
  for await (const event of events) {
    taken.push(event);
    if (taken.length === count) break;
  }
  return taken;
}

/** Ids of the two events of each step. */
const idsOf = (symbol: string, from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, i) => [`${symbol}:${from + i}:p`, `${symbol}:${from + i}:l`]).flat();

/** Emits steps while a test reads. */
function emit(gateway: FakeGateway, symbol: string, from: number, to: number): void {
  for (let step = from; step < to; step++) gateway.stream.step(symbol, step);
}

const states = (kinds: string[]) => (state: StreamState) => void kinds.push(state.kind);

describe.each(["socket", "http"] as const)("a stream over %s", (transport) => {
  it("gives each event as it comes, and ends its connection with the loop", async () => {
    const gateway = await startGateway();
    const client = clientOf(gateway, { readToken: "read-ü" });
    gateway.readToken = "read-ü";
    const kinds: string[] = [];
    const events = client.stream({
      symbols: ["A", "B"],
      events: ["prediction", "label"],
      transport,
      onState: states(kinds),
    });
    const first = take(events, 4);
    await until(() => gateway.stream.readers.length === 1);
    emit(gateway, "A", 0, 1);
    emit(gateway, "B", 7, 8);
    const taken = await first;
    expect(taken.map(idOf)).toEqual(["A:0:p", "A:0:l", "B:7:p", "B:7:l"]);
    expect(taken[0]).toMatchObject({ type: "prediction", probability: 0.25, ts: 0 });
    expect(String(gateway.stream.readers[0])).toBe("symbols=A%2CB&events=prediction%2Clabel");
    expect(kinds).toEqual(["connecting", "open"]);
    await until(() => gateway.openSockets === 0);
  });

  it("has neither a hole nor an event twice after drops, in the middle of a step too", async () => {
    const gateway = await startGateway();
    const events = clientOf(gateway).stream({ symbols: ["A", "B"], transport });
    const taken: StreamEvent[] = [];
    let step = 0;
    const drop = (): void => {
      gateway.dropSockets();
      gateway.stream.endEvents();
    };
    const reading = (async () => {
      for await (const event of events) {
        taken.push(event);
        // After a prediction: its label comes on the next connection.
        if (taken.length % 10 === 5) drop();
        if (taken.length === 80) break;
      }
    })();
    await until(() => gateway.stream.readers.length === 1);
    while (step < 20) {
      emit(gateway, "A", step, step + 1);
      emit(gateway, "B", step, step + 1);
      step += 1;
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
    await reading;
    for (const symbol of ["A", "B"]) {
      const ids = taken.map(idOf).filter((id) => id.startsWith(symbol));
      expect(ids).toEqual(idsOf(symbol, 0, 20));
    }
    expect(gateway.stream.readers.length).toBeGreaterThan(3);
  });

  it("continues an earlier stream behind the cursor of its last event", async () => {
    const gateway = await startGateway();
    const client = clientOf(gateway);
    const first = take(client.stream({ symbols: ["A", "B"], transport }), 5);
    await until(() => gateway.stream.readers.length === 1);
    emit(gateway, "A", 0, 3);
    emit(gateway, "B", 0, 3);
    const { cursor } = (await first).at(-1)!;
    // The label of A's step 2 was not taken, and B not at all.
    const rest = await take(client.stream({ symbols: ["A", "B"], transport, after: cursor }), 8);
    expect(rest.map(idOf)).toEqual(["A:2:p", "A:2:l", ...idsOf("B", 0, 3)]);
  });

  it("misses nothing when it drops before the first event", async () => {
    const gateway = await startGateway();
    const kinds: string[] = [];
    const first = take(clientOf(gateway).stream({ symbols: ["A"], transport, onState: states(kinds) }), 2);
    await until(() => kinds.includes("open"));
    await gateway.stop();
    emit(gateway, "A", 0, 1);
    await gateway.start();
    expect((await first).map(idOf)).toEqual(["A:0:p", "A:0:l"]);
  });

  it("names symbols that are not followed, once", async () => {
    const gateway = await startGateway();
    gateway.stream.unknown = ["NOBODY"];
    const taking = take(clientOf(gateway).stream({ symbols: ["A", "NOBODY"], transport }), 5);
    await until(() => gateway.stream.readers.length === 1);
    emit(gateway, "A", 0, 1);
    await until(() => gateway.stream.readers.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    gateway.dropSockets();
    gateway.stream.endEvents();
    emit(gateway, "A", 1, 2);
    const taken = await taking;
    expect(taken[0]).toMatchObject({ type: "missing", unknown: ["NOBODY"], unavailable: [] });
    expect(taken.slice(1).map(idOf)).toEqual(idsOf("A", 0, 2));
  });

  it("asks again after a malformed message, and ends when it comes back", async () => {
    const gateway = await startGateway();
    gateway.stream.instead.push("{ no JSON", { type: "prediction", id: 7 });
    const events = clientOf(gateway).stream({ symbols: ["A"], transport });
    const taking = take(events, 2);
    await until(() => gateway.stream.readers.length === 1);
    emit(gateway, "A", 0, 1);
    expect((await taking).map(idOf)).toEqual(["A:0:p", "A:0:l"]);
    const endless = take(clientOf(gateway).stream({ symbols: ["A"], transport, after: "A~0" }), 1);
    for (let i = 0; i < 60; i++) gateway.stream.instead.push({ type: "label" });
    emit(gateway, "A", 1, 9);
    await expect(endless).rejects.toMatchObject({ code: "unreadable", detail: /no event: \{"type":"label"\}/ });
  });

  it("passes over a message of a kind that it does not know", async () => {
    const gateway = await startGateway();
    gateway.stream.instead.push({ type: "weather", cursor: "A~5" });
    const taking = take(clientOf(gateway).stream({ symbols: ["A"], transport }), 1);
    await until(() => gateway.stream.readers.length === 1);
    emit(gateway, "A", 0, 1);
    expect((await taking).map(idOf)).toEqual(["A:0:l"]);
  });

  it("ends with the signal's reason, while it waits for an event and before it began", async () => {
    const gateway = await startGateway();
    const abort = new AbortController();
    const taking = take(clientOf(gateway).stream({ symbols: ["A"], transport, signal: abort.signal }), 1);
    await until(() => gateway.stream.readers.length === 1);
    abort.abort(new Error("enough"));
    await expect(taking).rejects.toThrow("enough");
    const again = take(clientOf(gateway).stream({ symbols: ["A"], transport, signal: abort.signal }), 1);
    await expect(again).rejects.toThrow("enough");
    await until(() => gateway.openSockets === 0);
  });

  it("gives up when nothing answers for long enough", async () => {
    const gateway = await startGateway();
    await gateway.stop();
    const kinds: string[] = [];
    const options = { symbols: ["A"], transport, giveUpAfterMs: 500, onState: states(kinds) };
    await expect(take(clientOf(gateway).stream(options), 1)).rejects.toMatchObject({ code: "unreachable" });
    expect(kinds.filter((kind) => kind === "waiting").length).toBeGreaterThan(1);
  });
});

describe("a stream over a socket", () => {
  it("answers checks as its events are taken: a slow loop holds the gateway back", async () => {
    const gateway = await startGateway();
    const events = clientOf(gateway).stream({ symbols: ["A"] });
    const first = take(events, 1);
    await until(() => gateway.stream.readers.length === 1);
    emit(gateway, "A", 0, 500);
    expect((await first).map(idOf)).toEqual(["A:0:p"]);
    const slow = clientOf(gateway).stream({ symbols: ["A"], after: "A~0" });
    const ids: string[] = [];
    for await (const event of slow) {
      ids.push(idOf(event));
      if (ids.length === 100) {
        await until(() => gateway.stream.checked >= 6);
        await new Promise((resolve) => setTimeout(resolve, 30));
        expect(gateway.stream.checked).toBe(6);
      }
      if (ids.length === 998) break;
    }
    expect(ids).toEqual(idsOf("A", 1, 500));
    expect(gateway.stream.mostUnchecked).toBe(4);
  });

  it("resumes by itself when it was closed as too slow", async () => {
    const gateway = await startGateway();
    const taking = take(clientOf(gateway).stream({ symbols: ["A"] }), 4);
    await until(() => gateway.stream.readers.length === 1);
    emit(gateway, "A", 0, 1);
    gateway.dropSockets(4008, "slow_reader");
    emit(gateway, "A", 1, 2);
    expect((await taking).map(idOf)).toEqual(idsOf("A", 0, 2));
  });

  it("asks for a sign of life when nothing comes, and takes another socket without one", async () => {
    const gateway = await startGateway();
    const whys: string[] = [];
    const onState = (state: StreamState): void => void (state.kind === "waiting" && whys.push(state.why));
    const stream = clientOf(gateway, { keepAliveMs: 100 }).stream({ symbols: ["A"], onState });
    const taking = take(stream, 2);
    await until(() => gateway.stream.readers.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 450));
    expect(gateway.stream.readers).toHaveLength(1);
    gateway.isMute = true;
    await until(() => gateway.stream.readers.length > 1);
    expect(whys[0]).toBe("no sign of life for 200 ms");
    gateway.isMute = false;
    emit(gateway, "A", 0, 1);
    expect((await taking).map(idOf)).toEqual(idsOf("A", 0, 1));
  });
});

describe("a stream over what can be had", () => {
  it("reads events over HTTP where no socket gets through, and says so", async () => {
    const gateway = await startGateway();
    gateway.upgrades = "blocked";
    const seen: StreamState[] = [];
    const taking = take(clientOf(gateway).stream({ symbols: ["A"], onState: (state) => seen.push(state) }), 2);
    await until(() => gateway.stream.readers.length === 1);
    emit(gateway, "A", 0, 1);
    expect((await taking).map(idOf)).toEqual(idsOf("A", 0, 1));
    expect(seen.map((state) => [state.kind, "transport" in state && state.transport])).toEqual([
      ["connecting", "socket"],
      ["connecting", "http"],
      ["open", "http"],
    ]);
  });

  it("ends at once with a wrong token, and with no symbol", async () => {
    const gateway = await startGateway();
    gateway.readToken = "right";
    const events = clientOf(gateway, { readToken: "wrong" }).stream({ symbols: ["A"] });
    await expect(take(events, 1)).rejects.toMatchObject({ code: "not_authenticated", status: 401 });
    const none = clientOf(gateway).stream({ symbols: [] });
    await expect(take(none, 1)).rejects.toThrow("symbols: got 0, expected 1 to 100");
  });
});
