import { evictDurableObject } from "cloudflare:test";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Env } from "../../src/settings.ts";
import { answerOf, challenge, post, symbolsAnswering } from "./experiment-symbols.ts";
import { against, named, noExperiment, registryStub, WHO } from "./experiment-gateway.ts";
import { type Answer, fetchJson, fetchWith, ingest } from "./gateway.ts";
import { tick } from "./market.ts";

const READ = "read-token-of-16-or-more";
const ADMIN = "admin-token-of-16-or-more";
const TOKENS = { READ_TOKEN: READ, ADMIN_TOKEN: ADMIN };
const read = (token: string, variables: Partial<Env> = {}): Promise<Answer> =>
  fetchWith({ ...TOKENS, ...variables }, "/experiment", { headers: { Authorization: `Bearer ${token}` } });

let passed = "";
beforeAll(async () => {
  await ingest([tick("EXR-A", 0)]);
  passed = await named("exr passed");
});
beforeEach(noExperiment);

describe("GET /experiment", () => {
  it("answers the report of /admin/experiment, with a path that ends with the pooled e value, bit for bit", async () => {
    await challenge(passed);
    const symbols = symbolsAnswering({ "EXR-A": answerOf(against(passed), 40, 0.01) });
    const { status, body } = await fetchWith(symbols, "/experiment");
    expect(status).toBe(200);
    const { path, ...pooled } = body.comparison.pooled;
    // Only a backfill asks whether the gateway recalibrates.
    const { comparison, recalibration, ...report } = (await fetchWith(symbols, "/admin/experiment")).body;
    expect(recalibration).toBe("on");
    expect(body).toMatchObject(report);
    expect(pooled).toEqual(comparison.pooled);
    expect(path.map(({ blocks }: { blocks: number }) => blocks)).toEqual(Array.from({ length: 40 }, (_, k) => k + 1));
    expect(path[0].to).toBe("1970-01-01T00:15:00.000Z");
    expect(path.at(-1)).toMatchObject({ blocks: 40, e_value: pooled.e_value, log_e: pooled.log_e });
    expect(body.changes[0]).toMatchObject({ alias: "experiment", by: "admin" });
    expect(body.changes.length).toBeLessThanOrEqual(20);
  });

  it("keeps the path through the registry's restart, at most 500 points however many blocks were decided", async () => {
    await challenge(passed);
    const symbols = symbolsAnswering({ "EXR-A": answerOf(against(passed), 900, 0.001) });
    expect((await post("/admin/experiment/evaluate", {}, symbols)).status).toBe(200);
    await evictDurableObject(registryStub());
    const { pooled } = (await fetchWith(symbolsAnswering({}), "/experiment")).body.comparison;
    expect(pooled.blocks).toBe(900);
    expect(pooled.path.length).toBeGreaterThan(100);
    expect(pooled.path.length).toBeLessThanOrEqual(500);
    expect(pooled.path.at(-1)).toMatchObject({ blocks: 900, e_value: pooled.e_value, log_e: pooled.log_e });
  });

  it("has no comparison without an experiment, and the changes nevertheless", async () => {
    const { status, body } = await fetchJson("/experiment");
    expect([status, body.code, body.comparison]).toEqual([200, "no_experiment", null]);
    expect(body.changes.length).toBeGreaterThan(0);
  });

  it("tells readers what was changed, and who did it and why to the administrator alone", async () => {
    await challenge(passed, WHO);
    const whole = (await read(ADMIN)).body;
    expect([whole.changes[0].who, whole.changes[0].reason, whole.withheld]).toEqual([WHO.by, WHO.reason, []]);
    const { body } = await read(READ);
    expect(body.changes[0]).toEqual({ ...whole.changes[0], who: null, reason: null });
    expect(body.withheld).toEqual(["changes: who made one, and why, is shown to who bears ADMIN_TOKEN"]);
    expect(JSON.stringify(body)).not.toContain(WHO.by);
    // Reading is open here, administration is not.
    const open = await fetchWith({ ADMIN_TOKEN: ADMIN }, "/experiment");
    expect([open.status, open.body.changes[0].who]).toEqual([200, null]);
    const closed = await fetchWith({ ENVIRONMENT: "production" }, "/experiment");
    expect([closed.status, closed.body.changes[0].who]).toEqual([200, null]);
  });

  it("is read once for many polls, and shows each of them what it may see", async () => {
    await challenge(passed, WHO);
    let asked = 0;
    const symbols = {
      SYMBOLS: {
        idFromName: (name: string) => name,
        get: () => ({ experimentBlocks: () => Promise.resolve(void asked++) }),
      } as unknown as Env["SYMBOLS"],
      READ_CACHE_MS: "5000",
    };
    const polls = await Promise.all([READ, ADMIN, READ, READ].map((token) => read(token, symbols)));
    const later = [await read(ADMIN, symbols), await read(READ, symbols)];
    expect([...polls, ...later].map(({ body }) => body.changes[0].who)).toEqual([
      null,
      WHO.by,
      null,
      null,
      WHO.by,
      null,
    ]);
    const { body } = await fetchJson("/symbols");
    expect(asked).toBe(body.symbols.length);
  });

  it("is 503 while the registry does not answer in time, and closed to who has no token", async () => {
    const silent = () => new Promise<never>(() => undefined);
    const REGISTRY = { idFromName: () => "x", get: () => ({ fetch: silent }) } as unknown as Env["REGISTRY"];
    const { status, body } = await fetchWith({ REGISTRY, OBJECT_DEADLINE_MS: "50" }, "/experiment");
    expect([status, body.code]).toEqual([503, "object_timeout"]);
    expect((await read("another-token-of-16")).status).toBe(401);
    expect(await fetchJson("/experiment?grid=7s")).toMatchObject({ status: 400, body: { code: "unknown_grid" } });
  });
});
