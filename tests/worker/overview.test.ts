// All symbols in one poll, through the public door. The tests of a file share one overview: each looks at its own rows.
import type { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { OverviewObject } from "../../src/durable/overview/object.ts";
import { SymbolObject } from "../../src/durable/symbol/object.ts";
import { type Answer, fetchJson, fetchWith, ingest, predictFresh } from "./gateway.ts";
import { market, tick, WARM_TICKS } from "./market.ts";

const overview = (query = ""): Promise<Answer> => fetchJson(`/overview${query}`);

interface Row {
  readonly symbol: string;
  readonly state: string;
  readonly missing: readonly string[];
  readonly as_of_ms: number | null;
  readonly price: number | null;
  readonly recent: readonly (readonly [number, number | null])[];
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** Polls until a row is as it should be; the cursor of the last answer too. */
async function until(
  since: string | undefined,
  isWanted: (rows: ReadonlyMap<string, Row>, removed: readonly string[]) => boolean,
): Promise<{ readonly rows: ReadonlyMap<string, Row>; readonly cursor: string }> {
  const rows = new Map<string, Row>();
  for (let cursor = since, polls = 0; polls < 40; polls++) {
    const { body } = await overview(cursor === undefined ? "" : `?since=${cursor}`);
    for (const row of body.symbols as Row[]) rows.set(row.symbol, row);
    cursor = body.cursor as string;
    if (isWanted(rows, body.removed)) return { rows, cursor };
    await pause(200);
  }
  throw new Error(`not seen in 40 polls; there are ${[...rows.keys()].join()}`);
}

beforeAll(async () => {
  await ingest(market("O-OLD", WARM_TICKS));
  await ingest(market("O-NOW", 30, { fromMs: Date.now() - 30_000 }));
});

describe("GET /overview", () => {
  it("gives every symbol once, and nothing to who has it all", async () => {
    const { rows } = await until(undefined, (seen) => seen.has("O-OLD") && seen.has("O-NOW"));
    const { body } = await overview();
    expect(body).toMatchObject({ reset: true, removed: [], unread_buckets: 0, step_ms: 1000, known: 2 });
    const { body: latest } = await predictFresh("O-OLD");
    expect(rows.get("O-OLD")).toMatchObject({
      venue: null,
      state: "stale",
      missing: [],
      probability: latest.probability,
      threshold: latest.threshold,
      tau_bps: latest.tau_bps,
      ts: latest.ts,
      horizon_s: 60,
      firing: 0,
      alert: null,
    });
    expect(rows.get("O-OLD")?.recent).toHaveLength(40);
    expect(rows.get("O-OLD")?.recent.at(-1)?.[0]).toBe(latest.ts);
    expect(rows.get("O-NOW")).toMatchObject({ state: "warming_up", probability: null });
    expect(rows.get("O-NOW")?.missing[0]).toMatch(/^threshold_values: /);
    const again = (await overview(`?since=${body.cursor}`)).body;
    expect(again.reset).toBe(false);
    expect(again.symbols.map(({ symbol }: Row) => symbol)).not.toContain("O-OLD");
  });

  it("gives a row again when a step closes, with its new points alone", async () => {
    const before = await until(undefined, (seen) => seen.has("O-NOW"));
    const newest = before.rows.get("O-NOW")!.recent.at(-1)![0];
    await ingest([tickNow("O-NOW", 0), tickNow("O-NOW", 1000)]);
    const { rows } = await until(before.cursor, (seen) => seen.get("O-NOW")?.price === 77);
    const { recent } = rows.get("O-NOW")!;
    expect(recent.length).toBeGreaterThan(0);
    for (const [ts] of recent) expect(ts).toBeGreaterThan(newest);
  });

  it("names a symbol that was removed, and lists it again when it comes back", async () => {
    await ingest(tick("O-GONE", 0));
    const { cursor } = await until(undefined, (seen) => seen.has("O-GONE"));
    await fetchJson("/admin/symbols/O-GONE", { method: "DELETE", body: '{"by":"ada","reason":"a test"}' });
    const seen = await until(cursor, (_, removed) => removed.includes("O-GONE"));
    await ingest(tick("O-GONE", 0));
    await until(seen.cursor, (rows) => rows.has("O-GONE"));
  });

  it("lists no symbol that was removed while it was asked", async () => {
    await ingest(tick("O-GHOST", 0));
    const { cursor } = await until(undefined, (seen) => seen.has("O-GHOST"));
    const { glance } = SymbolObject.prototype;
    onTestFinished(() => void (SymbolObject.prototype.glance = glance));
    let [isAsked, isRemoved] = [false, false];
    let answers = 0;
    SymbolObject.prototype.glance = async function (...args) {
      const answer = await glance.apply(this, args);
      if (this.live?.name !== "O-GHOST") return answer;
      isAsked = true;
      while (!isRemoved) await pause(20);
      answers += 1;
      return answer;
    };
    for (let polls = 0; polls < 40 && !isAsked; polls++) {
      await overview();
      await pause(200);
    }
    await fetchJson("/admin/symbols/O-GHOST", { method: "DELETE", body: '{"by":"ada","reason":"a test"}' });
    await until(cursor, (_, removed) => removed.includes("O-GHOST"));
    isRemoved = true;
    // What was answered is in the next answer, if at all.
    for (let polls = 0; polls < 4; polls++) {
      await pause(200);
      const { body } = await overview();
      expect(body.symbols.map(({ symbol }: Row) => symbol)).not.toContain("O-GHOST");
    }
    expect(answers).toBe(1);
  });

  it("keeps the last values of an object that does not answer, and says so", async () => {
    await ingest([tick("O-AWAY", 0, 55), tick("O-AWAY", 1, 56)]);
    // The longer nothing new comes, the later it is asked: at first every second.
    const { rows, cursor } = await until(undefined, (seen) => seen.get("O-AWAY")?.price === 55);
    const { glance } = SymbolObject.prototype;
    onTestFinished(() => void (SymbolObject.prototype.glance = glance));
    SymbolObject.prototype.glance = async function (...args) {
      if (this.live?.name === "O-AWAY") throw new Error("disk I/O error of a secret path");
      return await glance.apply(this, args);
    };
    const away = (await until(cursor, (seen) => seen.get("O-AWAY")?.state === "unreachable")).rows.get("O-AWAY");
    expect(away).toMatchObject({ price: 55, as_of_ms: expect.any(Number) as number });
    expect(away?.missing).toEqual(["object: an error, which the log has"]);
    expect(away!.as_of_ms).toBeGreaterThanOrEqual(rows.get("O-AWAY")!.as_of_ms!);
  });

  it("gives the whole table for a cursor that is not known, and refuses what is no cursor", async () => {
    expect((await overview("?since=0123456789ab:7")).body.reset).toBe(true);
    const { status, body } = await overview("?since=yesterday");
    expect([status, body.code]).toEqual([400, "since_malformed"]);
    expect((await overview("?grid=7s")).body.code).toBe("unknown_grid");
  });

  it("costs the object one poll for any number of readers of an isolate", async () => {
    const { poll } = OverviewObject.prototype;
    let polls = 0;
    onTestFinished(() => void (OverviewObject.prototype.poll = poll));
    OverviewObject.prototype.poll = async function (...args) {
      polls += 1;
      return await poll.apply(this, args);
    };
    const startMs = Date.now();
    const readers = Array.from({ length: 50 }, () => fetchWith({ READ_CACHE_MS: "5000" }, "/overview"));
    const answers = await Promise.all(readers);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    // A copy is used for half a second.
    expect(polls).toBeLessThanOrEqual(1 + (Date.now() - startMs) / 500);
  });

  it("answers 503 where the object does not answer in time", async () => {
    const never = { idFromName: () => "", get: () => ({ poll: () => new Promise(() => undefined) }) };
    const OVERVIEW = never as unknown as typeof env.OVERVIEW;
    const { status, body } = await fetchWith({ OBJECT_DEADLINE_MS: "50", OVERVIEW }, "/overview");
    expect([status, body.code]).toEqual([503, "object_timeout"]);
  });
});

const tickNow = (symbol: string, afterMs: number) => ({ symbol, ts: Date.now() + afterMs, price: 77 });
