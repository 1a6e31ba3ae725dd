import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { fnv1aOfText } from "../../src/features/fnv1a.ts";
import type { Env } from "../../src/settings.ts";
import { fetchWith, ingest, stubOf } from "./gateway.ts";
import { tick } from "./market.ts";

const bucketOf = (symbol: string): number => fnv1aOfText(symbol) % 16;
/** Names of symbols that live in one bucket. */
const namesIn = (bucket: number, prefix: string): string[] =>
  Array.from({ length: 200 }, (_, i) => `${prefix}${i}`).filter((name) => bucketOf(name) === bucket);

/** The directory with some buckets that fail, and how often its buckets are asked. */
function directory(away: readonly number[] = []) {
  let calls = 0;
  const ids = new Map<string, string>();
  const DIRECTORY = {
    idFromName: (name: string) => {
      const id = env.DIRECTORY.idFromName(name);
      ids.set(id.toString(), name);
      return id;
    },
    get: (id: DurableObjectId) => ({
      fetch: (request: Request) => {
        calls += 1;
        const name = ids.get(id.toString()) ?? "";
        if (away.some((bucket) => name === `bucket-${bucket}`)) return Promise.reject(new Error("bucket away"));
        return env.DIRECTORY.get(id).fetch(request);
      },
    }),
  } as unknown as Env["DIRECTORY"];
  return { variables: { DIRECTORY }, calls: () => calls };
}

let aheadMs = 0;
const now = Date.now.bind(Date);
const clock = vi.spyOn(Date, "now").mockImplementation(() => now() + aheadMs);
afterAll(() => clock.mockRestore());

/** Sets the clock to where what this isolate remembers of absent names and failures is over. */
function forgetAbsent(): void {
  aheadMs += 2_100;
}

const KNOWN = "N-KNOWN";
const AWAY = bucketOf(KNOWN);
const HERE = (AWAY + 1) % 16;

beforeAll(async () => {
  await ingest([tick(KNOWN, 0)]);
});

describe("a bucket of the directory that does not answer", () => {
  const post = (variables: Partial<Env>, symbol: string) =>
    fetchWith(variables, "/ingest", { method: "POST", body: JSON.stringify([tick(symbol, 0)]) });

  it("costs no symbol beside it what is known, when one of them must be asked for again", async () => {
    const [kept = "", emptied = ""] = namesIn(AWAY, "N-ONE");
    await ingest([tick(kept, 0), tick(emptied, 0)]);
    await runInDurableObject(stubOf(emptied), (_, { storage }) => storage.deleteAll());
    await evictDurableObject(stubOf(emptied));
    const { variables } = directory([AWAY]);
    expect((await post(variables, emptied)).body.symbols[emptied]).toMatchObject({ failed: { code: "symbol_failed" } });
    expect((await post(variables, kept)).body.symbols[kept]).toMatchObject({ duplicate: 1 });
    forgetAbsent();
    expect((await post({}, emptied)).body.symbols[emptied]).toMatchObject({ accepted: 1 });
  });

  it("takes neither the other buckets' new symbols with it nor what is known of its own", async () => {
    const { variables } = directory([AWAY]);
    forgetAbsent();
    expect((await post(variables, namesIn(HERE, "N-NEW")[0]!)).status).toBe(200);
    expect((await post(variables, KNOWN)).body.symbols[KNOWN]).toMatchObject({ duplicate: 1 });
    const refused = await post(variables, namesIn(AWAY, "N-NEW")[0]!);
    expect(refused.status).toBe(503);
    const asked = await fetchWith(variables, `/predict?symbol=${namesIn(AWAY, "N-NEW")[0]!}`);
    expect([asked.status, asked.body.code, asked.headers.get("Retry-After")]).toEqual([
      503,
      "directory_unavailable",
      "1",
    ]);
  });

  it("is said by /metrics and /symbols, which serve the rest", async () => {
    const { variables } = directory([AWAY]);
    forgetAbsent();
    await post(variables, namesIn(AWAY, "N-NEW")[0]!);
    const scrape = await fetchWith(variables, "/metrics");
    expect(scrape.status).toBe(200);
    expect(scrape.body).toMatch(/^volgate_directory_unread_buckets 1$/m);
    expect(scrape.body).toContain(`volgate_symbol_up{symbol="${KNOWN}"} 1\n`);
    const list = await fetchWith(variables, "/symbols");
    expect([list.status, list.body.unread_buckets]).toEqual([200, 1]);
    expect(list.body.symbols).toContain(KNOWN);
    forgetAbsent();
    await fetchWith({}, `/predict?symbol=${namesIn(AWAY, "N-NEW")[0]!}`);
    expect((await fetchWith({}, "/symbols")).body.unread_buckets).toBe(0);
  });
});

describe("names that do not exist", () => {
  it("cost one read of their bucket, however many are asked for and however often", async () => {
    const { variables, calls } = directory();
    forgetAbsent();
    const names = namesIn(HERE, "N-NONE");
    for (const name of [...names, ...names]) {
      expect((await fetchWith(variables, `/predict?symbol=${name}`)).status).toBe(404);
    }
    expect(names.length).toBeGreaterThan(5);
    expect(calls()).toBeLessThanOrEqual(3);
  });

  it("over MAX_SYMBOLS cost the count once, not 17 requests at every ingest", async () => {
    const { variables, calls } = directory();
    const full = { ...variables, MAX_SYMBOLS: "1" };
    const [name] = namesIn(HERE, "N-OVER");
    forgetAbsent();
    for (let i = 0; i < 10; i++) {
      const { status, body } = await fetchWith(full, "/ingest", {
        method: "POST",
        body: JSON.stringify([tick(name!, i)]),
      });
      expect([status, body.errors[0].reason]).toEqual([422, "symbol_limit"]);
    }
    expect(calls()).toBeLessThanOrEqual(20);
  });

  it("are found at once by the isolate that creates them", async () => {
    const [name] = namesIn(HERE, "N-BORN");
    expect((await fetchWith({}, `/symbols/${name!}`)).status).toBe(404);
    await ingest([tick(name!, 0)]);
    expect((await fetchWith({}, `/symbols/${name!}`)).status).toBe(200);
  });
});
