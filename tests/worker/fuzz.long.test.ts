import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { PEER_10 } from "../../src/features/schema.ts";
import { fetchJson, ingest } from "./gateway.ts";
import { START_MS, WARM_TICKS, market } from "./market.ts";

/** Numbers at every edge of what a float64 and a float32 can hold, and what JSON can say instead of one. */
const NUMBER = fc.oneof(
  { weight: 4, arbitrary: fc.double({ min: 1e-3, max: 1e6, noNaN: true }) },
  fc.double(),
  fc.constantFrom(0, -0, 5e-324, 1e-308, 3.4e38, 3.5e38, 1.7e308, -1.7e308, 2 ** 53),
);
const SCALAR = fc.oneof(NUMBER, fc.string(), fc.boolean(), fc.constant(null), fc.constant([]), fc.constant({}));
const SYMBOL = fc.constantFrom("FUZZ-A", "FUZZ-B", "fuzz-a", "FUZZ-C", "WARM-A", "WARM-B");
/** Ms after the tick before, or a time that is none. */
const AHEAD = fc.oneof(
  { weight: 60, arbitrary: fc.integer({ min: 0, max: 4000 }) },
  { weight: 4, arbitrary: fc.integer({ min: -9000, max: 900_000 }) },
  fc.constantFrom(0, -1, 8.64e15, 1e300, "2025-11-03T12:00:01", "2025-11-03 12:00:01.5+02:00", "2025-02-30T00:00:00Z"),
);
const mostly = <T>(good: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 30, arbitrary: good }, { weight: 1, arbitrary: SCALAR });
const POSITIVE = NUMBER.map((x) => (x === 0 ? 1 : Math.abs(x)));
const TICK = fc.record(
  {
    symbol: mostly(SYMBOL),
    ts: AHEAD,
    price: mostly(fc.double({ min: 1e-15, max: 1e15, noNaN: true })),
    bid: mostly(fc.double({ min: 1e-15, max: 1e3, noNaN: true })),
    ask: mostly(fc.double({ min: 1e3, max: 1e15, noNaN: true })),
    bidSize: mostly(POSITIVE),
    askSize: mostly(POSITIVE),
    size: mostly(POSITIVE),
    id: mostly(fc.string()),
  },
  { requiredKeys: ["symbol", "ts", "price"] },
);
/** A body by the time at which its ticks begin; they follow each other from there. */
const BODY: fc.Arbitrary<(fromMs: number) => string> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.array(TICK, { maxLength: 60, size: "max" }).map((ticks) => (fromMs: number) => {
      let ts = fromMs;
      const following = ticks.map(({ ts: ahead, ...message }) => {
        if (typeof ahead !== "number") return { ...message, ts: ahead };
        if (Math.abs(ahead) > 4000) return { ...message, ts: ts + ahead };
        return { ...message, ts: (ts += ahead) };
      });
      return JSON.stringify(following);
    }),
  },
  fc.array(fc.oneof(TICK, fc.jsonValue()), { maxLength: 20 }).map((lines) => () => {
    return lines.map((x) => JSON.stringify(x)).join("\n");
  }),
  fc.json().map((text) => () => text),
  fc.string({ unit: "binary" }).map((text) => () => text),
);
const rarely = (good: string, ...bad: string[]) =>
  fc.oneof({ weight: 12, arbitrary: fc.constant(good) }, { weight: 1, arbitrary: fc.constantFrom(...bad) });
const HEADERS = fc.record(
  {
    "Content-Type": fc.constantFrom("application/json", "application/x-ndjson", "text/plain"),
    "Content-Encoding": rarely("identity", "gzip", "br"),
    "X-Volgate-Trace": fc.constant("steps"),
    "X-Correlation-ID": fc.constantFrom("id-1", "a b"),
  },
  { requiredKeys: [] },
);
/** How far a producer's number is ahead of the requests so far. */
const LEAD = fc.option(fc.integer({ min: -3, max: 1 }), { freq: 2 });

const send = (path: string, body: string, headers: Record<string, string | undefined> = {}) =>
  fetchJson(path, { method: "POST", body, headers: headers as Record<string, string> });

beforeAll(async () => {
  await ingest([...market("WARM-A", WARM_TICKS), ...market("WARM-B", WARM_TICKS)]);
});

/** Ticks of all symbols that wait for the next one to confirm their time. */
async function waitingTicks(): Promise<number> {
  let waiting = 0;
  for (const symbol of (await fetchJson("/symbols")).body.symbols) {
    waiting += Number((await fetchJson(`/symbols/${encodeURIComponent(symbol)}`)).body.holding);
  }
  return waiting;
}

/** Ticks of the symbols that took nothing of a request. */
function notTaken(symbols: Readonly<Record<string, { readonly failed?: { readonly ticks: number } }>>): number {
  return Object.values(symbols).reduce((sum, { failed }) => sum + (failed?.ticks ?? 0), 0);
}

describe("whatever is sent", () => {
  it("POST /ingest accounts for every tick or says what is wrong, and never answers 5xx", async () => {
    let requests = 0;
    let taken = 0;
    let sent = 0;
    let decided = 0;
    const waitingBefore = await waitingTicks();
    const property = fc.asyncProperty(BODY, HEADERS, LEAD, async (bodyFrom, headers, lead) => {
      requests += 1;
      const body = bodyFrom(START_MS + WARM_TICKS * 1000 + requests * 30_000);
      const producer = lead === null ? {} : { "X-Producer-Id": "fuzz", "X-Producer-Seq": String(requests + lead) };
      const answer = await send("/ingest", body, { ...headers, ...producer });
      expect(answer.status).toBeLessThan(500);
      if (answer.status >= 400) expect(answer.body).toMatchObject({ status: answer.status, code: expect.any(String) });
      if (answer.status !== 200 && answer.status !== 207) return;
      const { accepted, duplicate, late, held, released, rejected, symbols } = answer.body;
      taken += accepted;
      const messages = countOf(body, headers["Content-Type"]) - notTaken(symbols);
      sent += messages;
      decided += accepted + released + duplicate + late + rejected;
      // Of each symbol, one tick of an earlier request may be given up, and is then rejected here.
      const givenUp = accepted + duplicate + late + held + rejected - messages;
      expect(givenUp).toBeGreaterThanOrEqual(0);
      expect(givenUp).toBeLessThanOrEqual(Object.keys(symbols as object).length);
    });
    await fc.assert(property, { numRuns: 400 });
    expect(taken).toBeGreaterThan(500);
    expect(decided + (await waitingTicks()) - waitingBefore).toBe(sent);
  });

  it("what was sent leaves every symbol readable", async () => {
    for (const symbol of (await fetchJson("/symbols")).body.symbols) {
      const name = encodeURIComponent(symbol);
      for (const path of [`/symbols/${name}`, `/predict?symbol=${name}`]) {
        expect((await fetchJson(path)).status, path).toBe(200);
      }
    }
    expect((await fetchJson("/metrics")).body).not.toMatch(/NaN|undefined/);
  });

  it("POST /predict never answers 5xx", async () => {
    const row = fc.dictionary(fc.constantFrom("ret_mean", "ret_std", "n", ...PEER_10.map(({ name }) => name)), SCALAR);
    const full = fc.record(
      Object.fromEntries(
        ["ret_mean", "ret_std", "n", ...PEER_10.map(({ name }) => name)].map((name) => [name, NUMBER]),
      ),
    );
    const body = fc.oneof(
      fc.record({ rows: fc.array(fc.oneof(full, row, SCALAR), { maxLength: 5 }) }).map((x) => JSON.stringify(x)),
      fc.record({ rows: fc.array(full, { maxLength: 5 }) }).map((x) => JSON.stringify(x)),
      fc.record({ symbols: fc.array(fc.oneof(SYMBOL, SCALAR), { maxLength: 4 }) }).map((x) => JSON.stringify(x)),
      fc.json(),
      fc.string({ unit: "binary" }),
    );
    const property = fc.asyncProperty(body, HEADERS, async (text, headers) => {
      const { status, body: answer } = await send("/predict", text, headers);
      expect(status).toBeLessThan(500);
      if (status === 200 && "scores" in answer) {
        for (const p of answer.scores) expect(p >= 0 && p <= 1).toBe(true);
      }
    });
    await fc.assert(property, { numRuns: 400 });
  });

  it("any path and query is answered below 500", async () => {
    const path = fc.tuple(
      fc.constantFrom("/", "/predict", "/symbols/", "/metrics", "/health", "/admin/aliases/"),
      fc.webPath(),
      fc.constantFrom("", "?symbol=", "?shard="),
      fc.string({ unit: "binary" }),
    );
    const property = fc.asyncProperty(path, async ([start, rest, query, value]) => {
      const { status } = await fetchJson(start + rest + (query && query + encodeURIComponent(value)));
      expect(status).toBeLessThan(500);
    });
    await fc.assert(property, { numRuns: 200 });
  });

  it("a symbol that was sent absurd prices predicts again once they have left its windows", async () => {
    await ingest(market("ABSURD", 100));
    const at = (second: number) => START_MS + second * 1000;
    for (const [k, price] of [1e15, 1e-15, 1e12, 1e-12].entries()) {
      expect((await ingest({ symbol: "ABSURD", ts: at(100 + k), price, bid: price, ask: 1e15 })).status).toBe(200);
    }
    await ingest(market("ABSURD", WARM_TICKS * 4, { fromMs: at(104) }));
    const { body } = await fetchJson("/predict?symbol=ABSURD");
    for (const p of [body.probability, ...Object.values(body.baselines)]) expect(p).toEqual(expect.any(Number));
    expect(body.tau_bps).toBeLessThan(1000);
  });
});

/** How many messages a body holds, by the rules of docs and parser: JSON first, then lines. */
function countOf(body: string, contentType: string | undefined): number {
  const lines = () => body.split("\n").filter((line) => line.trim() !== "").length;
  if (contentType === "application/x-ndjson") return lines();
  try {
    const value: unknown = JSON.parse(body);
    return Array.isArray(value) ? value.length : 1;
  } catch {
    return lines();
  }
}
