// The stream as Server-Sent Events, and alerts in it.
import { env, exports } from "cloudflare:workers";
import * as v from "valibot";
import { beforeAll, describe, expect, it } from "vitest";
import { alertsOf } from "../../src/clients/alerts.ts";
import { KEPT_CHANGES } from "../../src/durable/alerts/alert-stream.ts";
import { alertEventSchema } from "../../src/http/stream-schema.ts";
import type { AlertChange } from "../../src/quality/alerts/alert-change.ts";
import { ingest, rise } from "./gateway.ts";
import { market, START_MS, WARM_TICKS } from "./market.ts";
import type { Message } from "./socket-reader.ts";
import { SocketStream, until } from "./stream-reader.ts";

const ticks = market("E-ONE", WARM_TICKS + 100);

beforeAll(async () => {
  await ingest(ticks.slice(0, WARM_TICKS));
  await ingest(market("E-TWO", 5));
});

const feed = (from: number, to: number) => ingest(ticks.slice(WARM_TICKS + from, WARM_TICKS + to));

interface SseEvent {
  readonly id: string | undefined;
  readonly event: string | undefined;
  readonly data: Message;
}

/** Reads Server-Sent Events as a browser does. */
class SseStream {
  readonly events: SseEvent[] = [];
  private readonly reader: ReadableStreamDefaultReader<Uint8Array>;

  private constructor(body: ReadableStream<Uint8Array>) {
    this.reader = body.getReader();
    // It rejects when it is cancelled.
    this.read().catch(() => undefined);
  }

  static async open(path: string, headers: Record<string, string> = {}): Promise<SseStream> {
    const answer = await exports.default.fetch(new Request(`https://volgate.test${path}`, { headers }));
    expect([answer.status, answer.headers.get("Content-Type")]).toEqual([200, "text/event-stream; charset=utf-8"]);
    return new SseStream(answer.body!);
  }

  private async read(): Promise<void> {
    const decoder = new TextDecoder();
    for (let text = ""; ;) {
      const { done, value } = await this.reader.read();
      if (done) return;
      text += decoder.decode(value, { stream: true });
      const parts = text.split("\n\n");
      text = parts.pop()!;
      for (const part of parts) {
        const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(part)?.[1];
        const data = field("data");
        if (data !== undefined) this.events.push({ id: field("id"), event: field("event"), data: JSON.parse(data) });
      }
    }
  }

  async until(count: number): Promise<void> {
    await until(
      () => this.events.length >= count,
      () => `${this.events.length} events`,
    );
  }

  async cancel(): Promise<void> {
    await this.reader.cancel();
  }
}

describe("Server-Sent Events", () => {
  it("are the events of a socket, and go on behind the last id", async () => {
    const socket = await SocketStream.open("/stream?symbols=E-ONE,E-TWO&events=prediction,label");
    const sse = await SseStream.open("/stream?symbols=E-ONE,E-TWO&events=prediction,label");
    await feed(0, 30);
    await socket.until(() => socket.of("prediction").length >= 30);
    await sse.until(socket.events.length + 1);
    const [hello, ...events] = sse.events;
    expect(hello).toMatchObject({ event: "hello", id: hello?.data.cursor, data: { symbols: ["E-ONE", "E-TWO"] } });
    expect(events.map(({ data }) => data)).toEqual(socket.events);
    expect(events.every(({ event, data }) => event === data.type)).toBe(true);
    const again = await SseStream.open("/stream?symbols=E-ONE,E-TWO&events=prediction,label", {
      "Last-Event-ID": events[10]!.id!,
    });
    await again.until(events.length - 10);
    expect(again.events.slice(1)).toEqual(events.slice(11));
    const closed = await rise("volgate_stream_closed_total", { transport: "sse", reason: "client" }, async () => {
      await sse.cancel();
      await again.cancel();
      await feed(30, 35);
      await new Promise((done) => setTimeout(done, 200));
    });
    expect(closed).toBe(2);
    socket.close();
  });

  it("that nobody reads are held back, and come whole when somebody does", async () => {
    const answer = await exports.default.fetch(
      new Request("https://volgate.test/symbols/E-ONE/stream?events=prediction"),
    );
    await feed(35, 100);
    const reader = answer.body!.getReader();
    let text = "";
    while ((text.match(/^event: prediction$/gm) ?? []).length < 65) {
      text += new TextDecoder().decode((await reader.read()).value);
    }
    const steps = [...text.matchAll(/"step":(\d+)/g)].map(([, step]) => Number(step));
    expect(steps).toEqual(steps.map((_, i) => steps[0]! + i));
    await reader.cancel();
  });
});

function change(symbol: string, k: number, state: "firing" | "resolved" = "firing"): AlertChange {
  const [id, atMs] = [`${symbol}:drift:${START_MS + k}`, START_MS + k];
  const about = { severity: "warning", sinceMs: atMs, summary: `Drift ${k}`, figures: { drifted_share: 0.5 } } as const;
  return { id, symbol, rule: "drift", state, atMs, model: null, ...about };
}

/** Begins and ends an alert, so many times. */
async function alarm(symbol: string, from: number, count: number): Promise<void> {
  const changes = Array.from({ length: count }, (_, i) => from + i);
  await alertsOf(env).report(changes.flatMap((k) => [change(symbol, k), change(symbol, k, "resolved")]));
}

describe("alerts in the stream", () => {
  it("are those of the reader's symbols, once, in the order of their recording", async () => {
    const reader = await SocketStream.open("/stream?symbols=E-ONE,E-TWO&events=alert");
    const other = await SocketStream.open("/stream?symbols=E-TWO&events=alert");
    await alarm("E-ONE", 1, 2);
    await alertsOf(env).report([change("E-TWO", 5), change("*", 6), change("E-ONE", 1)]);
    await reader.until(() => reader.events.length >= 5);
    for (const event of reader.events) v.parse(v.strictObject(alertEventSchema.entries), event);
    expect(reader.events.map(({ symbol, state }: Message) => [symbol, state])).toEqual([
      ["E-ONE", "firing"],
      ["E-ONE", "resolved"],
      ["E-ONE", "firing"],
      ["E-ONE", "resolved"],
      ["E-TWO", "firing"],
    ]);
    expect(reader.events[0]).toMatchObject({
      id: `E-ONE:drift:${START_MS + 1}`,
      at: new Date(START_MS + 1).toISOString(),
    });
    await other.until(() => other.events.length >= 1);
    expect(other.events).toEqual(reader.events.slice(4));
    const after = reader.events[1].cursor;
    const again = await SocketStream.open(`/stream?symbols=E-ONE,E-TWO&events=alert&after=${after}`);
    await again.until(() => again.events.length >= 3);
    expect(again.events).toEqual(reader.events.slice(2));
    for (const stream of [reader, other, again]) stream.close();
  });

  it("have a gap where the log does not reach back to the reader's cursor", async () => {
    const reader = await SocketStream.open("/stream?symbols=E-ONE&events=alert");
    const { cursor } = reader.messages[0];
    reader.close();
    for (let k = 0; k < KEPT_CHANGES / 2 + 10; k += 51) await alarm("E-ONE", 1000 + k, 51);
    const again = await SocketStream.open(`/stream?symbols=E-ONE&events=alert&after=${cursor}`);
    await again.until(() => again.events.length > 500);
    expect(again.events[0]).toMatchObject({ type: "gap", symbol: null, from_ts: null, reason: "not_kept" });
    again.close();
  });
});
