// The stream of one symbol over a WebSocket, through the public door.
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import * as v from "valibot";
import { beforeAll, describe, expect, it } from "vitest";
import type { StreamObject } from "../../src/durable/stream/object.ts";
import { helloEventSchema, labelEventSchema, predictionEventSchema } from "../../src/http/stream-schema.ts";
import { fetchJson, ingest, metric, postJson, predictFresh, stubOf } from "./gateway.ts";
import { market, WARM_TICKS } from "./market.ts";
import type { Message } from "./socket-reader.ts";
import { SocketStream, upgrade } from "./stream-reader.ts";

const MORE = 200;
const ticks = market("S-ONE", WARM_TICKS + MORE);
const hub = (): DurableObjectStub<StreamObject> => env.STREAMS.get(env.STREAMS.idFromName("stream-0"));

/** Sends the next ticks, some a batch. */
async function feed(from: number, to: number, batch = 7): Promise<void> {
  for (let at = from; at < to; at += batch) await ingest(ticks.slice(at, Math.min(at + batch, to)));
}

beforeAll(async () => {
  await feed(0, WARM_TICKS, 100);
});

const steps = (events: readonly Message[]): number[] => events.map(({ step }: Message) => step);

describe("the stream of a symbol", () => {
  it("has each prediction and each label once, in order, as /predict and /history say", async () => {
    const reader = await SocketStream.open("/symbols/S-ONE/stream");
    const [hello] = reader.messages;
    expect(v.parse(helloEventSchema, hello)).toMatchObject({ symbols: ["S-ONE"], unknown: [], unavailable: [] });
    await feed(WARM_TICKS, WARM_TICKS + 100);
    await reader.until(() => reader.of("prediction").length >= 100);
    const predictions = reader.of("prediction");
    const first = predictions[0].step;
    expect(steps(predictions)).toEqual(Array.from({ length: 100 }, (_, k) => first + k));
    for (const event of predictions) v.parse(v.strictObject(predictionEventSchema.entries), event);
    const { body: latest } = await predictFresh("S-ONE");
    const last = predictions.at(-1);
    expect(last).toMatchObject({
      id: `S-ONE:${last.step}:p`,
      symbol: "S-ONE",
      ts: latest.ts,
      horizon_s: 60,
      alert: latest.probability >= latest.threshold,
      model: latest.model.sha256.slice(0, 12),
      prediction_id: latest.prediction_id,
    });
    expect(last.probability).toBeCloseTo(latest.probability, 6);
    expect(last.threshold).toBeCloseTo(latest.threshold, 6);
    expect(last.tau_bps).toBeCloseTo(latest.tau_bps, 4);
    const [from, to] = [predictions[0].ts - 1000, last.ts];
    const { columns } = (await fetchJson(`/symbols/S-ONE/history?from=${from}&to=${to}&points=100`)).body;
    for (const [column, field] of ["probability", "threshold", "tau_bps", "sigma_bps", "alert"].map((f) => [f, f])) {
      expect(predictions.map((event: Message) => event[field!])).toEqual(columns[column!]);
    }
    const labels = reader.of("label");
    for (const event of labels) v.parse(v.strictObject(labelEventSchema.entries), event);
    const told = new Map(labels.map(({ resolved_ts: ts, label }: Message) => [ts, label]));
    expect(columns.ts.map((ts: number) => told.get(ts) ?? null)).toEqual(columns.spike);
    expect(labels.every((event: Message) => event.resolved_ts - event.ts === 60_000)).toBe(true);
    // The label of a step comes with what was predicted for it.
    const byStep = new Map(predictions.map((event: Message) => [event.step, event]));
    const both = labels.filter(({ step }: Message) => byStep.has(step));
    expect(both.length).toBeGreaterThan(20);
    for (const { step, probability, threshold, alert } of both) {
      expect(byStep.get(step)).toMatchObject({ probability, threshold, alert });
    }
    const outcome = await postJson("/feedback", { prediction_id: last.prediction_id, label: 1 });
    expect(outcome.status).toBe(200);
    reader.close();
  });

  it("goes on behind any event of it, with neither a hole nor a double", async () => {
    const reader = await SocketStream.open("/symbols/S-ONE/stream");
    await feed(WARM_TICKS + 100, WARM_TICKS + 130);
    await reader.until(() => reader.of("prediction").length >= 30);
    const all = reader.events;
    const [hello] = reader.messages;
    for (const at of [-1, 0, 1, 2, 31, all.length - 1]) {
      const cursor = at < 0 ? hello.cursor : `${hello.cursor},${all[at].cursor}`;
      const resumed = await SocketStream.open(`/symbols/S-ONE/stream?after=${encodeURIComponent(cursor)}`);
      await resumed.until(() => resumed.events.length >= all.length - at - 1);
      expect(resumed.events).toEqual(all.slice(at + 1));
      resumed.close();
    }
    const labelsAlone = await SocketStream.open(`/symbols/S-ONE/stream?events=label&after=${hello.cursor}`);
    const labels = all.filter(({ type }: Message) => type === "label");
    await labelsAlone.until(() => labelsAlone.events.length >= labels.length);
    expect(labelsAlone.events).toEqual(labels);
    labelsAlone.close();
    reader.close();
  });

  it("keeps its sockets while its hub sleeps, and sends each event once after it woke", async () => {
    const loads = await metric("volgate_stream_hub_loads_total");
    const reader = await SocketStream.open("/symbols/S-ONE/stream?events=prediction");
    await feed(WARM_TICKS + 130, WARM_TICKS + 140);
    await reader.until(() => reader.events.length >= 10);
    await atRest();
    await evictDurableObject(hub());
    reader.send("ping");
    await reader.until(() => reader.messages.includes("pong"));
    await feed(WARM_TICKS + 140, WARM_TICKS + 150);
    await reader.until(() => reader.events.length >= 20);
    const first = reader.events[0].step;
    expect(steps(reader.events)).toEqual(Array.from({ length: 20 }, (_, k) => first + k));
    expect(await metric("volgate_stream_hub_loads_total")).toBeGreaterThan(loads);
    reader.close();
  });

  it("goes on after its symbol was loaded anew", async () => {
    const reader = await SocketStream.open("/symbols/S-ONE/stream?events=prediction");
    await feed(WARM_TICKS + 150, WARM_TICKS + 160);
    await evictDurableObject(stubOf("S-ONE"));
    await feed(WARM_TICKS + 160, WARM_TICKS + 170);
    await reader.until(() => reader.events.length >= 20);
    const first = reader.events[0].step;
    expect(steps(reader.events)).toEqual(Array.from({ length: 20 }, (_, k) => first + k));
    reader.close();
  });

  it("has its readers connect again where it cannot know what they were sent", async () => {
    const reader = await SocketStream.open("/symbols/S-ONE/stream?events=prediction");
    await feed(WARM_TICKS + 170, WARM_TICKS + 175);
    await reader.until(() => reader.events.length >= 5);
    await evictDurableObject(hub());
    await feed(WARM_TICKS + 175, WARM_TICKS + 180);
    await reader.until(() => reader.closed !== undefined);
    expect(reader.closed).toEqual({ code: 1012, reason: "restart" });
    const again = await SocketStream.open(`/symbols/S-ONE/stream?events=prediction&after=${reader.cursor}`);
    await again.until(() => reader.events.length + again.events.length >= 10);
    const both = steps([...reader.events, ...again.events]);
    expect(both).toEqual(Array.from({ length: 10 }, (_, k) => both[0]! + k));
    again.close();
  });

  it("closes a reader that sends what is no answer to a check", async () => {
    for (const message of ["hello", "{}", '{"type":"checked","n":1}', '{"type":"checked","n":-1}']) {
      const reader = await SocketStream.open("/symbols/S-ONE/stream");
      reader.send(message);
      await reader.until(() => reader.closed !== undefined);
      expect(reader.closed).toEqual({ code: 4000, reason: "bad_message" });
    }
  });
});

describe("a request for the stream", () => {
  it("is refused with the field that is wrong", async () => {
    for (const [path, status, code] of [
      ["/stream", 400, "symbols_malformed"],
      ["/stream?symbols=", 400, "symbols_malformed"],
      [`/stream?symbols=${Array.from({ length: 101 }, (_, i) => `A${i}`).join()}`, 400, "symbols_malformed"],
      ["/stream?symbols=S-ONE&events=trade", 400, "events_malformed"],
      ["/stream?symbols=S-ONE&after=yesterday", 400, "after_malformed"],
      ["/stream?symbols=S-ONE&grid=7s", 400, "unknown_grid"],
      ["/stream?symbols=NOBODY,NOTHING", 404, "unknown_symbol"],
      ["/symbols/NOBODY/stream", 404, "unknown_symbol"],
    ] as const) {
      const answer = await upgrade(path);
      const body = await answer.json<Message>();
      expect([answer.status, body.code], path).toEqual([status, code]);
    }
    const headers = { "Last-Event-ID": "?" };
    expect((await fetchJson("/stream?symbols=S-ONE", { headers })).body.code).toBe("after_malformed");
    const others = await upgrade("/symbols/S-ONE/stream", { "Sec-WebSocket-Protocol": "graphql-ws" });
    expect((await others.json<Message>()).code).toBe("protocol_malformed");
  });

  it("is told which symbols do not exist, and follows the others", async () => {
    const reader = await SocketStream.open("/stream?symbols=s-one,NOBODY");
    expect(reader.messages[0]).toMatchObject({ symbols: ["S-ONE"], unknown: ["NOBODY"] });
    reader.close();
  });

  it("speaks the subprotocol where the reader offers it", async () => {
    const answer = await upgrade("/symbols/S-ONE/stream", { "Sec-WebSocket-Protocol": "volgate.v1, bearer.eA" });
    expect([answer.status, answer.headers.get("Sec-WebSocket-Protocol")]).toEqual([101, "volgate.v1"]);
    expect(answer.headers.get("X-Correlation-ID")).not.toBeNull();
    answer.webSocket?.accept();
    answer.webSocket?.close();
  });
});

/** The hub writes what must survive its sleep, as it does some seconds after the last event. */
async function atRest(): Promise<void> {
  await new Promise((done) => setTimeout(done, 2_100));
  await runDurableObjectAlarm(hub());
  expect(await runInDurableObject(hub(), (_, state) => state.storage.kv.get("positions"))).toBeDefined();
}
