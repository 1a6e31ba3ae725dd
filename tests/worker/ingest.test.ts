import { describe, expect, it } from "vitest";
import { fetchJson, ingest, metric, postJson, predictFresh, rise } from "./gateway.ts";
import { START_MS, market, tick } from "./market.ts";

async function gzip(text: string): Promise<Uint8Array> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

const counts = (accepted: number, rest: Partial<Record<string, number>> = {}) => ({
  accepted,
  duplicate: 0,
  late: 0,
  held: 0,
  released: 0,
  rejected: 0,
  ...rest,
});

const send = (body: BodyInit, headers: Record<string, string> = {}) =>
  fetchJson("/ingest", { method: "POST", body, headers });

describe("the bodies that POST /ingest takes", () => {
  const lines = (symbol: string) => market(symbol, 3).map((message) => JSON.stringify(message));

  it("a JSON array of ticks of several symbols", async () => {
    const { status, body } = await ingest([...market("ARRAY-A", 3), ...market("ARRAY-B", 2)]);
    expect(status).toBe(200);
    expect(body).toEqual({
      ...counts(5),
      symbols: { "ARRAY-A": { ...counts(3), steps_closed: 2 }, "ARRAY-B": { ...counts(2), steps_closed: 1 } },
      errors: [],
      errors_omitted: 0,
    });
  });

  it("a single object", async () => {
    const { status, body } = await ingest(tick("SINGLE", 0));
    expect(status).toBe(200);
    expect(body).toMatchObject(counts(1));
  });

  it("NDJSON with its content type, empty lines ignored", async () => {
    const { status, body } = await send(lines("ND-1").join("\n\n") + "\r\n", {
      "Content-Type": "application/x-ndjson",
    });
    expect(status).toBe(200);
    expect(body).toMatchObject(counts(3));
  });

  it("NDJSON without a content type", async () => {
    const { status, body } = await send(lines("ND-2").join("\n"));
    expect(status).toBe(200);
    expect(body).toMatchObject(counts(3));
  });

  it("any of them under gzip, however the encoding is spelt", async () => {
    for (const [encoding, symbol] of [["gzip", "GZ-1"] as const, ["GZIP", "GZ-2"] as const]) {
      const { status, body } = await send(await gzip(lines(symbol).join("\n")), { "Content-Encoding": encoding });
      expect(status).toBe(200);
      expect(body).toMatchObject(counts(3));
    }
  });

  it("an empty list, which changes nothing", async () => {
    const { status, body } = await ingest([]);
    expect(status).toBe(200);
    expect(body).toMatchObject({ ...counts(0), symbols: {} });
  });

  it("lower-case symbols, which are the upper-case ones, named as they were sent", async () => {
    await ingest(tick("Case-Usd", 0));
    const { body } = await ingest([tick("case-usd", 1), tick("CASE-USD", 2)]);
    expect(body.symbols).toEqual({ "case-usd": { ...counts(2), steps_closed: 2 } });
    expect((await fetchJson("/symbols/case-usd")).body).toMatchObject({ symbol: "case-usd", ticks: { accepted: 3 } });
  });

  it("sixty symbols in one batch", async () => {
    const ticks = Array.from({ length: 180 }, (_, i) => tick(`MANY-${i % 60}`, Math.floor(i / 60)));
    const { status, body } = await ingest(ticks);
    expect(status).toBe(200);
    expect(body.accepted).toBe(180);
    expect(Object.keys(body.symbols)).toHaveLength(60);
    expect((await fetchJson("/symbols")).body.symbols).toEqual(
      expect.arrayContaining(Array.from({ length: 60 }, (_, i) => `MANY-${i}`)),
    );
  });
});

describe("refused ticks", () => {
  it("are named by index, reason, field, what came and what was expected, and nothing valid is lost", async () => {
    const ticks = [
      tick("BESIDE", 0),
      { ...tick("BESIDE", 1), price: -5 },
      "not a tick",
      { ...tick("BESIDE", 1), bid: 101, ask: 100 },
      { price: 5, ts: START_MS },
      tick("BESIDE", 2),
    ];
    const crossed = () => metric("volgate_ticks_rejected_total", { reason: "crossed_quote" });
    const crossedBefore = await crossed();
    let answer = await ingest([]);
    const refused = await rise("volgate_ticks_rejected_total", {}, async () => (answer = await ingest(ticks)));
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject(counts(2, { rejected: 4 }));
    expect(answer.body.errors).toMatchObject([
      { index: 1, reason: "price_not_positive", field: "price", got: "-5" },
      { index: 2, reason: "not_an_object", field: "tick", got: '"not a tick"' },
      { index: 3, reason: "crossed_quote", field: "bid", got: "101", expected: "at most the ask 100" },
      { index: 4, reason: "symbol_missing", field: "symbol", got: "nothing" },
    ]);
    for (const error of answer.body.errors) expect(error.expected).toMatch(/./);
    expect(refused).toBe(4);
    expect(await crossed()).toBe(crossedBefore + 1);
  });

  it("are distinguished in NDJSON: a line that is no JSON, and JSON that is no tick", async () => {
    const { status, body } = await send(`${JSON.stringify(tick("LINES", 0))}\n{"symbol":\nnull\n[]`);
    expect(status).toBe(200);
    expect(body).toMatchObject(counts(1, { rejected: 3 }));
    expect(body.errors).toMatchObject([
      { index: 1, reason: "not_json" },
      { index: 2, reason: "not_an_object", got: "null" },
      { index: 3, reason: "not_an_object", got: "an array" },
    ]);
  });

  it("give 422 when there is nothing else, and a problem document that lists them", async () => {
    const { status, headers, body } = await ingest([{ ...tick("NONE", 0), ts: "yesterday" }]);
    expect(status).toBe(422);
    expect(headers.get("Content-Type")).toBe("application/problem+json");
    expect(body).toMatchObject({ code: "no_valid_tick", status: 422, rejected: 1, symbols: {} });
    expect(body.errors).toMatchObject([{ index: 0, reason: "ts_malformed", field: "ts", got: '"yesterday"' }]);
    expect((await fetchJson("/symbols/NONE")).status).toBe(404);
  });

  it("are listed up to a hundred, and the rest counted", async () => {
    const { body } = await ingest(Array.from({ length: 250 }, () => 7));
    expect(body.errors).toHaveLength(100);
    expect(body).toMatchObject({ rejected: 250, errors_omitted: 150 });
  });

  it("include those of the future, not those a moment ahead of a slow clock", async () => {
    let { body } = await ingest([]);
    const refused = await rise("volgate_ticks_rejected_total", { reason: "ts_in_future" }, async () => {
      const ahead = (ms: number) => ({ ...tick("FUTURE", 0), ts: Date.now() + ms });
      ({ body } = await ingest([ahead(3000), ahead(20_000)]));
    });
    expect(body).toMatchObject(counts(1, { rejected: 1 }));
    expect(body.errors).toMatchObject([{ index: 1, reason: "ts_in_future", field: "ts" }]);
    expect(refused).toBe(1);
  });
});

describe("what the grid makes of ticks", () => {
  it("counts late ones and exact repeats inside the open step", async () => {
    const { body } = await ingest([tick("GRID", 10), tick("GRID", 10), tick("GRID", 10, 101), tick("GRID", 9)]);
    expect(body.symbols.GRID).toEqual({
      ...{ ...counts(2, { duplicate: 1, late: 1 }), steps_closed: 0 },
      warnings: [{ code: "late_ticks", detail: expect.stringMatching(/^1 of 4 ticks/) }],
    });
  });

  it("holds one far ahead until the next agrees with it", async () => {
    const first = await ingest([tick("HELD", 0), tick("HELD", 5000)]);
    expect(first.body.symbols.HELD).toMatchObject(counts(1, { held: 1 }));
    expect((await fetchJson("/symbols/HELD")).body).toMatchObject({ holding: true, watermark_ms: START_MS });
    const again = await ingest(tick("HELD", 5000));
    expect(again.body.symbols.HELD).toMatchObject(counts(0, { duplicate: 1 }));
    const next = await ingest(tick("HELD", 5001));
    expect(next.body.symbols.HELD).toMatchObject(counts(1, { released: 1 }));
    expect((await fetchJson("/symbols/HELD")).body).toMatchObject({ holding: false, ticks: { accepted: 3 } });
  });

  it("names the outlier that nothing confirms by its index in the request", async () => {
    const ticks = [tick("OUT-A", 0), tick("OUT-B", 0), tick("OUT-A", 9000), tick("OUT-B", 1), tick("OUT-A", 1)];
    let answer = await ingest([]);
    const refused = await rise("volgate_ticks_rejected_total", { reason: "ts_outlier" }, async () => {
      answer = await ingest(ticks);
    });
    expect(answer.body).toMatchObject(counts(4, { rejected: 1 }));
    expect(answer.body.errors).toMatchObject([{ index: 2, symbol: "OUT-A", reason: "ts_outlier", field: "ts" }]);
    expect(refused).toBe(1);
  });

  it("counts an outlier of an earlier request in the one that decides it", async () => {
    await ingest([tick("OUT-C", 0), tick("OUT-C", 9000)]);
    const { body } = await ingest(tick("OUT-C", 1));
    expect(body).toMatchObject(counts(1, { rejected: 1 }));
    expect(await metric("volgate_ticks_total", { symbol: "OUT-C", outcome: "outlier" })).toBe(1);
  });

  it("keeps the sum: over all answers, every tick that was decided is in exactly one count", async () => {
    const ticks = [0, 1, 1, 0, 7000, 7001, 7000, 2, 14_500, 3, 7002].map((second) => tick("SUM", second));
    let decided = 0;
    let waiting = 0;
    for (const part of [ticks.slice(0, 5), ticks.slice(5, 9), ticks.slice(9)]) {
      const { body } = await ingest(part);
      for (const outcome of ["accepted", "released", "duplicate", "late", "rejected"]) decided += body[outcome];
      waiting = body.held;
    }
    expect(decided + waiting).toBe(ticks.length);
  });
});

describe("bodies that POST /ingest refuses", () => {
  it("400 what is no JSON at all", async () => {
    for (const body of ["", "hello", "{", "\u0000"]) {
      const answer = await send(body);
      expect(answer.status).toBe(400);
      expect(answer.body).toMatchObject({ code: "not_json" });
    }
  });

  it("413 more than 5,000 ticks, as an array or as lines", async () => {
    const array = await ingest(Array.from({ length: 20_001 }, () => 1));
    const lines = await send("1\n".repeat(20_001) + "{");
    for (const { status, body } of [array, lines]) {
      expect(status).toBe(413);
      expect(body).toMatchObject({ code: "too_many_ticks" });
    }
  });

  it("413 more than 8 MiB, announced, in chunks or behind gzip", async () => {
    const large = " ".repeat(9 * 1024 * 1024);
    const chunks = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(new TextEncoder().encode(" ".repeat(1024 * 1024)));
      },
    });
    const answers = [
      await send(large),
      await send("[]", { "Content-Length": String(9 * 1024 * 1024) }),
      await send(chunks),
      await send(await gzip(large), { "Content-Encoding": "gzip" }),
    ];
    for (const { status, body } of answers) {
      expect(status).toBe(413);
      expect(body).toMatchObject({ code: "body_too_large" });
    }
  });

  it("400 gzip that is broken off, garbage or followed by something", async () => {
    const good = await gzip(JSON.stringify(market("BROKEN", 50)));
    const broken = [good.slice(0, good.length - 9), new Uint8Array([1, 2, 3]), new Uint8Array([...good, 1, 2, 3])];
    for (const bytes of broken) {
      const { status, body } = await send(bytes, { "Content-Encoding": "gzip" });
      expect(status).toBe(400);
      expect(body).toMatchObject({ code: "body_unreadable" });
    }
    expect((await fetchJson("/symbols/BROKEN")).status).toBe(404);
  });

  it("415 another encoding", async () => {
    const { status, body } = await send("[]", { "Content-Encoding": "br" });
    expect(status).toBe(415);
    expect(body.detail).toContain("got br");
  });

  it("400 producer headers that are incomplete or malformed", async () => {
    const bad = [
      { "X-Producer-Id": "a" },
      { "X-Producer-Seq": "1" },
      { "X-Producer-Id": "a b", "X-Producer-Seq": "1" },
      { "X-Producer-Id": "x".repeat(65), "X-Producer-Seq": "1" },
      { "X-Producer-Id": "a", "X-Producer-Seq": "-1" },
      { "X-Producer-Id": "a", "X-Producer-Seq": "1.5" },
      { "X-Producer-Id": "a", "X-Producer-Seq": "9999999999999999" },
    ];
    for (const headers of bad) {
      const { status, body } = await postJson("/ingest", tick("PRODUCER", 0), headers);
      expect(status).toBe(400);
      expect(body).toMatchObject({ code: "producer_malformed" });
    }
    expect((await fetchJson("/symbols/PRODUCER")).status).toBe(404);
  });
});

describe("the counts per symbol", () => {
  it("hold refused ticks too, under the symbol that they name", async () => {
    const { status, body } = await ingest([
      tick("PER-A", 0),
      { ...tick("PER-A", 1), price: -1 },
      { ...tick("PER-B", 0), bid: 2, ask: 1 },
      { ts: 5 },
    ]);
    expect(status).toBe(200);
    expect(body.symbols["PER-A"]).toMatchObject({ accepted: 1, rejected: 1 });
    expect(body.symbols["PER-B"]).toMatchObject({ accepted: 0, rejected: 1, steps_closed: 0 });
    expect(body).toMatchObject({ accepted: 1, rejected: 3 });
    expect(body.errors.map(({ symbol }: { symbol?: string }) => symbol)).toEqual(["PER-A", "PER-B", undefined]);
    expect((await fetchJson("/predict?symbol=PER-B")).status).toBe(404);
  });
});

describe("ticks far apart", () => {
  it("close hundreds of thousands of steps in one request, a part at a time", async () => {
    const count = 500;
    const messages = Array.from({ length: count }, (_, k) => tick("FAR-APART", k * 299, 100 + (k % 7)));
    const { status, body } = await ingest(messages);
    expect(status).toBe(200);
    expect(body.symbols["FAR-APART"]).toMatchObject({ accepted: count, steps_closed: (count - 1) * 299 });
    const predicted = (await predictFresh("FAR-APART")).body;
    expect(predicted).toMatchObject({ probability: null, warming_up: true, code: "too_sparse" });
  });
});
