import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { CachedRead } from "../../src/clients/cached-read.ts";
import type { Env } from "../../src/settings.ts";
import { fetchWith, ingest } from "./gateway.ts";
import { market } from "./market.ts";

const SYMBOLS = ["K-ONE", "K-TWO", "K-THREE"];
const CACHED = { READ_CACHE_MS: "5000" };

beforeAll(async () => {
  for (const symbol of SYMBOLS) await ingest(market(symbol, 60));
});

/** The symbols' objects, and how often each method was called. */
function counted() {
  const calls: Record<string, number> = {};
  const namespace = {
    idFromName: (name: string) => env.SYMBOLS.idFromName(name),
    get: (id: DurableObjectId) => {
      const stub = env.SYMBOLS.get(id) as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
      return new Proxy(stub, {
        get: (target, name: string) => {
          return (...args: unknown[]) => {
            calls[name] = (calls[name] ?? 0) + 1;
            return target[name]!(...args);
          };
        },
      });
    },
  } as unknown as Env["SYMBOLS"];
  return { variables: { ...CACHED, SYMBOLS: namespace }, calls };
}

const at = <T>(times: number, work: () => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: times }, work));

describe("readers of one isolate at one moment", () => {
  it("ask a symbol's object for its prediction once, though they are 200", async () => {
    const { variables, calls } = counted();
    const answers = await at(200, () => fetchWith(variables, "/predict?symbol=K-ONE"));
    expect(answers.every(({ status, body }) => status === 200 && body.symbol === "K-ONE")).toBe(true);
    // One each 250 ms of the time that 200 answers take.
    expect(calls["predict"]).toBeLessThan(50);
  });

  it("ask every object once for four scrapes, and again only after READ_CACHE_MS", async () => {
    const { variables, calls } = counted();
    const scrapes = await at(4, () => fetchWith(variables, "/metrics"));
    for (const { body } of scrapes) {
      for (const symbol of SYMBOLS) expect(body).toContain(`volgate_symbol_up{symbol="${symbol}"} 1\n`);
    }
    await fetchWith(variables, "/metrics?shard=0/2");
    expect(calls["scrape"]).toBe(SYMBOLS.length);
    await fetchWith({ ...variables, READ_CACHE_MS: "0" }, "/metrics");
    expect(calls["scrape"]).toBe(2 * SYMBOLS.length);
  });

  it("ask for the alerts once for many scrapes", async () => {
    let asked = 0;
    const alerts = env.ALERTS.get(env.ALERTS.idFromName("alerts"));
    const figures = () => {
      asked += 1;
      return alerts.figures();
    };
    const ALERTS = { idFromName: () => "x", get: () => ({ figures }) } as unknown as Env["ALERTS"];
    const scrapes = await at(8, () => fetchWith({ ...CACHED, ALERTS }, "/metrics"));
    for (const { body } of scrapes) expect(body).toContain("volgate_alerts_up 1\n");
    // None where a scrape of before is still fresh.
    expect(asked).toBeLessThanOrEqual(1);
    await fetchWith({ ALERTS, READ_CACHE_MS: "0" }, "/metrics");
    expect(asked).toBeGreaterThanOrEqual(1);
  });

  it("ask every object once for the live performance of a window", async () => {
    const { variables, calls } = counted();
    await at(16, () => fetchWith(variables, "/metrics/live-performance?window=1h"));
    await fetchWith(variables, "/metrics/live-performance?window=1h");
    expect(calls["figures"]).toBe(SYMBOLS.length);
    await fetchWith(variables, "/metrics/live-performance?window=24h");
    expect(calls["figures"]).toBe(2 * SYMBOLS.length);
  });

  it("list the bucket once for GET /reports", async () => {
    let lists = 0;
    const list = (options: R2ListOptions) => {
      lists += 1;
      return env.BUCKET.list(options);
    };
    const BUCKET = { list } as unknown as R2Bucket;
    await at(8, () => fetchWith({ ...CACHED, BUCKET }, "/reports"));
    await fetchWith({ ...CACHED, BUCKET }, "/reports");
    expect(lists).toBe(1);
  });
});

describe("a cached read", () => {
  const times = { freshMs: 100, staleMs: 1_000 };
  const later = <T>(value: T): Promise<T> => new Promise((done) => setTimeout(() => done(value), 30));

  it("gives the old value while one request reads, and the new one after", async () => {
    let nowMs = 0;
    const cached = new CachedRead<number>(times, () => nowMs);
    expect(await cached.get(() => later(1))).toBe(1);
    nowMs = 200;
    const reading = cached.get(() => later(2));
    expect(await cached.get(() => later(3))).toBe(1);
    expect(await reading).toBe(2);
    expect(await cached.get(() => later(4))).toBe(2);
  });

  it("reads again after the clock was set back", async () => {
    let nowMs = 3_600_000;
    const cached = new CachedRead<number>(times, () => nowMs);
    await cached.get(() => later(1));
    nowMs = 0;
    expect(await cached.get(() => later(2))).toBe(2);
  });

  it("tells those who wait for a failed read that it failed, and reads for the next one", async () => {
    const cached = new CachedRead<number>(times);
    const failing = () => later(0).then(() => Promise.reject(new Error("away")));
    const results = await Promise.allSettled([cached.get(failing), cached.get(failing), cached.get(failing)]);
    expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    await later(0);
    expect(await cached.get(() => later(5))).toBe(5);
  });

  it("does not wait for ever for a reader that is gone", async () => {
    let nowMs = 0;
    const cached = new CachedRead<number>(times, () => nowMs);
    void cached.get(() => new Promise<number>(() => undefined));
    const waiting = cached.get(() => later(7));
    nowMs = 2_000;
    expect(await waiting).toBe(7);
  });
});
