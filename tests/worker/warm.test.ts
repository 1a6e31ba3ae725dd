// A symbol begins with a history: the same state as if its ticks had come live, and nothing of it is counted as live.
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { archiveKey } from "../../src/features/archive-key.ts";
import { ClosedSteps } from "../../src/features/closed-steps.ts";
import { FeatureEngine } from "../../src/features/feature-engine.ts";
import { PackedTicks } from "../../src/features/packed-ticks.ts";
import { isRejection, parseTick } from "../../src/features/tick.ts";
import { keysOf, readBack } from "./archive-desk.ts";
import { type Answer, fetchJson, fetchWith, ingest, predictFresh, sqlOf, stubOf } from "./gateway.ts";
import { market, type Message, roughMarket, START_MS, tick, WARM_TICKS } from "./market.ts";

const linesOf = (ticks: readonly unknown[]): string => ticks.map((one) => JSON.stringify(one)).join("\n");
const ndjson = (body: string): RequestInit => ({
  method: "POST",
  body,
  headers: { "Content-Type": "application/x-ndjson" },
});
const warmPath = (symbol: string): string => `/admin/symbols/${encodeURIComponent(symbol)}/warm`;
const warm = (symbol: string, ticks: readonly unknown[]): Promise<Answer> =>
  fetchJson(warmPath(symbol), ndjson(linesOf(ticks)));
const warmFrom = (symbol: string, from: string): Promise<Answer> =>
  fetchJson(warmPath(symbol), { method: "POST", body: JSON.stringify({ from }) });
const qualityOf = async (symbol: string) => (await fetchJson(`/symbols/${symbol}/quality?window=24h`)).body;
const stateOf = async (symbol: string) => (await fetchJson(`/symbols/${symbol}`)).body;

/** A hash of the engine's whole state. */
async function hashOf(engine: FeatureEngine): Promise<string> {
  return [...new Uint8Array(await crypto.subtle.digest("SHA-256", engine.save()))].join();
}

/** The state as the object has it. */
function savedState(symbol: string): Promise<string> {
  return runInDurableObject(stubOf(symbol), ({ live }) => hashOf(live!.engine.features));
}

function packed(messages: readonly Message[]): Float64Array {
  const ticks = new PackedTicks();
  for (const message of messages) {
    const parsed = parseTick(message, Infinity);
    if (!isRejection(parsed)) ticks.add(parsed);
  }
  return ticks.rows();
}

/** The same ticks through the engine, as the trainer does it. */
async function trainersState(symbol: string, messages: readonly Message[]): Promise<string> {
  const config = await runInDurableObject(stubOf(symbol), ({ live }) => live!.engine.features.config);
  const engine = new FeatureEngine(config);
  engine.process(packed(messages), new ClosedSteps(1), new Uint8Array(messages.length));
  return await hashOf(engine);
}

describe("POST /admin/symbols/:symbol/warm", () => {
  it("gives a probability before the first live tick, and says where its history is from", async () => {
    const history = market("FILLED", WARM_TICKS);
    const { status, body } = await warm("FILLED", history);
    expect([status, body.ticks]).toEqual([
      200,
      { accepted: WARM_TICKS, duplicate: 0, late: 0, outlier: 0, price_outlier: 0, rejected: 0 },
    ]);
    expect(body).toMatchObject({ symbol: "FILLED", probability: expect.any(Number), missing: [], errors: [] });
    const { warm: facts } = body;
    expect(facts).toEqual({
      source: "ticks",
      steps: WARM_TICKS - 1,
      ticks: WARM_TICKS,
      from_ms: history[0]!.ts,
      to_ms: history.at(-1)!.ts,
    });
    const predicted = (await predictFresh("FILLED")).body;
    expect(predicted).toMatchObject({ probability: body.probability, warm: { source: "ticks", steps: facts.steps } });
    expect(await stateOf("FILLED")).toMatchObject({ warm: facts, batches: 0, recovery: { how: "new" } });
    expect((await fetchJson("/symbols")).body.symbols).toContain("FILLED");
  });

  it("gives the state that the trainer's code gives, before and after live ticks, restarts and a lost snapshot", async () => {
    const all = roughMarket("EQUAL", 2400, 11);
    const [history, live] = [all.slice(0, 1600), all.slice(1600)];
    expect((await warm("EQUAL", history)).status).toBe(200);
    expect(await savedState("EQUAL")).toEqual(await trainersState("EQUAL", history));
    await evictDurableObject(stubOf("EQUAL"));
    await stateOf("EQUAL");
    expect(await savedState("EQUAL")).toEqual(await trainersState("EQUAL", history));
    for (let from = 0; from < live.length; from += 100) await ingest(live.slice(from, from + 100));
    const expected = await trainersState("EQUAL", all);
    expect(await savedState("EQUAL")).toEqual(expected);
    for (const damage of ["UPDATE snapshot SET state = x'00'", "DELETE FROM snapshot"]) {
      await sqlOf("EQUAL", damage);
      await evictDurableObject(stubOf("EQUAL"));
      expect(await stateOf("EQUAL")).toMatchObject({ recovery: { how: "rebuilt", damaged_batches: 0 } });
      expect(await savedState("EQUAL")).toEqual(expected);
    }
    expect((await predictFresh("EQUAL")).body.warm).toMatchObject({ source: "ticks" });
  });

  it("leaves out a tick with a wrong time, wherever it stands, and nothing else", async () => {
    const history = market("WRONG", 400);
    const wrong = history.at(-1)!.ts + 30 * 3_600_000;
    for (const [k, at] of [200, 398, 399].entries()) {
      const ticks = history.map((one, i) => (i === at ? { ...one, ts: wrong } : one));
      const { status, body } = await warm(
        `WRONG${k}`,
        ticks.map((one) => ({ ...one, symbol: `WRONG${k}` })),
      );
      expect(status).toBe(200);
      expect(body.ticks).toMatchObject({ accepted: 399, late: 0 });
      expect(body.warm).toMatchObject({ from_ms: history[0]!.ts, to_ms: history[at === 399 ? 398 : 399]!.ts });
    }
  });

  it("counts nothing of the history for quality and drift, and archives the live ticks without a difference", async () => {
    const all = market("COUNTED", WARM_TICKS + 1000);
    const live = all.slice(WARM_TICKS);
    await warm("COUNTED", all.slice(0, WARM_TICKS));
    const none = { resolved: 0, voids: 0, unresolved: 0, uncounted: 0, breaks: 0, disordered: 0 };
    expect(await qualityOf("COUNTED")).toMatchObject({
      since_creation: none,
      labels: [{ scored_steps: 0, pending: 0 }],
    });
    for (let from = 0; from < live.length; from += 100) await ingest(live.slice(from, from + 100));
    const { labels, since_creation } = await qualityOf("COUNTED");
    // Each live tick closes one step, the first of them the step that the history left open.
    expect(labels).toMatchObject([{ scored_steps: live.length, pending: 60 }]);
    expect(since_creation.resolved).toBe(live.length - 60);
    const { body: drift } = await fetchJson("/symbols/COUNTED/drift");
    expect(drift.windows["1h"]).toMatchObject({ verdict: "none" });
    await runDurableObjectAlarm(stubOf("COUNTED"));
    const { archive } = await runInDurableObject(stubOf("COUNTED"), ({ live: symbol }) => ({
      archive: symbol!.engine.archive!.figures,
    }));
    expect(archive).toMatchObject({ parityMismatches: 0, paritySkipped: 0, lostBatches: 0 });
    expect(archive.paritySteps).toBeGreaterThan(800);
    expect(await keysOf("COUNTED")).not.toEqual([]);
    expect((await readBack("COUNTED"))[0]).toBe(live[0]!.ts);
  });

  it("leaves out what lies further back than any window reaches", async () => {
    const old = market("LONG", 50, { fromMs: START_MS - 8 * 86_400_000 });
    const { body } = await warm("LONG", [...old, ...market("LONG", 100)]);
    expect(body).toMatchObject({ warm: { ticks: 100, from_ms: START_MS + 137 }, ticks: { accepted: 100 } });
  });

  it("takes ticks that name no symbol, names the refused ones, and refuses a body without a good one", async () => {
    const [one, two] = [tick("NAMELESS@kraken", 0), tick("NAMELESS@kraken", 1)];
    const body = `${linesOf([
      { ts: one.ts, price: one.price },
      { ...two, symbol: "NAMELESS" },
      { ...two, symbol: "OTHER" },
    ])}\n\nnonsense\n`;
    const answer = await fetchJson(warmPath("NAMELESS@kraken"), ndjson(body));
    expect(answer).toMatchObject({
      status: 200,
      body: {
        ticks: { accepted: 2, rejected: 2 },
        probability: null,
        errors: [
          { index: 2, reason: "symbol_malformed", got: "OTHER@kraken" },
          { index: 4, reason: "not_json" },
        ],
      },
    });
    const { body: refused } = await warm("NOTHING", [{ ts: 1 }]);
    expect(refused).toMatchObject({ code: "no_valid_tick", errors: [{ index: 0, field: expect.any(String) }] });
    expect(await fetchJson(warmPath("NOTHING"), ndjson("\n"))).toMatchObject({ body: { code: "no_history" } });
    expect((await fetchJson("/symbols")).body.symbols).not.toContain("NOTHING");
  });

  it("is refused for a symbol that has ticks or a history, and changes nothing", async () => {
    await ingest(market("BUSY", 20));
    const before = await stateOf("BUSY");
    expect(await warm("BUSY", market("BUSY", 50))).toMatchObject({ status: 409, body: { code: "already_live" } });
    expect(await warmFrom("BUSY", "archive")).toMatchObject({ status: 409, body: { code: "already_live" } });
    expect(await stateOf("BUSY")).toEqual(before);
    await warm("TWICE", market("TWICE", 50));
    expect(await warm("TWICE", market("TWICE", 50))).toMatchObject({ status: 409, body: { code: "already_live" } });
  });

  it("is refused for a symbol that may not be created", async () => {
    const init = ndjson(linesOf(market("CLOSED", 5)));
    const closed = await fetchWith({ ALLOWED_SYMBOLS: "OPEN" }, warmPath("CLOSED"), init);
    expect(closed).toMatchObject({ status: 403, body: { code: "symbol_not_allowed" } });
    await ingest(tick("ONE", 0));
    const full = await fetchWith({ MAX_SYMBOLS: "1" }, warmPath("CLOSED"), ndjson(linesOf(market("CLOSED", 5))));
    expect(full).toMatchObject({ status: 409, body: { code: "symbol_limit" } });
    expect((await fetchJson("/symbols")).body.symbols).not.toContain("CLOSED");
  });

  it("refuses bodies that say nothing of a history", async () => {
    const send = (body: string) => fetchJson(warmPath("WORDS"), { method: "POST", body });
    expect(await send('{"from":"nowhere"}')).toMatchObject({ status: 400, body: { code: "from_malformed" } });
    expect(await send('{"from":"archive","extra":1}')).toMatchObject({ body: { code: "field_unknown" } });
    expect(await send("[]")).toMatchObject({ status: 400, body: { code: "body_malformed" } });
  });

  it("asks for the administrator's token", async () => {
    const token = { ADMIN_TOKEN: "administrator-token" };
    const answer = await fetchWith(token, warmPath("SECRET"), ndjson(linesOf(market("SECRET", 5))));
    expect(answer).toMatchObject({ status: 401, body: { code: "not_authenticated" } });
  });
});

describe("a symbol that is warmed from its archive", () => {
  it("has the windows of before, and says so", async () => {
    const all = market("SHELF", WARM_TICKS);
    for (let from = 0; from < all.length; from += 200) await ingest(all.slice(from, from + 200));
    await fetchJson("/admin/symbols/SHELF", { method: "DELETE" });
    const { status, body } = await warmFrom("SHELF", "archive");
    expect(status).toBe(200);
    expect(body.warm).toMatchObject({ source: "archive", ticks: all.length });
    expect(body.probability).toEqual(expect.any(Number));
    expect((await predictFresh("SHELF")).body.warm).toMatchObject({ source: "archive", steps: body.warm.steps });
  });

  it("is refused without one, and while it cannot be read", async () => {
    expect(await warmFrom("BARE", "archive")).toMatchObject({ status: 409, body: { code: "no_archive" } });
    expect((await fetchJson("/symbols")).body.symbols).not.toContain("BARE");
    await env.BUCKET.put(archiveKey("ticks", "DARK", START_MS, 1), "an object");
    await runInDurableObject(stubOf("DARK"), (instance) => {
      const BUCKET = { list: () => Promise.reject(new Error("R2 is away")) } as unknown as R2Bucket;
      Object.assign(instance, { env: { ...(instance as unknown as { env: object }).env, BUCKET } });
    });
    const dark = await warmFrom("DARK", "archive");
    expect(dark).toMatchObject({ status: 503, body: { code: "archive_unavailable" } });
    expect(dark.headers.get("Retry-After")).toBe("5");
  });
});

describe("a batch that comes while a symbol is warmed", () => {
  it("is applied after the history", async () => {
    const all = market("RACING", WARM_TICKS + 30);
    const [answer, batch] = await Promise.all([
      stubOf("RACING").warm({
        symbol: "RACING",
        admitted: { sinceMs: Date.now(), isCreated: false },
        history: { ticks: { wideRows: packed(all.slice(0, WARM_TICKS)) }, source: "ticks" },
      }),
      ingest(all.slice(WARM_TICKS)),
    ]);
    expect(answer).toMatchObject({ ok: true, warm: { ticks: WARM_TICKS } });
    expect(batch.body).toMatchObject({ accepted: 30, late: 0 });
    expect(await savedState("RACING")).toEqual(await trainersState("RACING", all));
  });
});
