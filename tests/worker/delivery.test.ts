import { beforeAll, describe, expect, it } from "vitest";
import { fetchJson, fetchWith, ingest, ingestAs, metric, predictFresh, rise, sqlOf } from "./gateway.ts";
import { market, tick } from "./market.ts";

/** Makes every write to a table of a symbol's database fail until `mend`. */
const breakTable = (symbol: string, table: string) =>
  sqlOf(symbol, `CREATE TRIGGER broken BEFORE INSERT ON ${table} BEGIN SELECT RAISE(ABORT, 'disk on fire'); END`);
const mend = (symbol: string) => sqlOf(symbol, "DROP TRIGGER broken");

const ticksOf = async (symbol: string) => (await fetchJson(`/symbols/${symbol}`)).body.ticks;

describe("a batch with a producer's number", () => {
  it("is applied once, and counted as duplicate when it comes again", async () => {
    const ticks = [...market("ONCE-A", 20), ...market("ONCE-B", 5)];
    expect((await ingestAs("p1", 7, ticks)).body).toMatchObject({ accepted: 25, duplicate: 0 });
    let again = await ingest([]);
    const redelivered = await rise("volgate_redelivered_ticks_total", {}, async () => {
      again = await ingestAs("p1", 7, ticks);
    });
    expect(again.status).toBe(200);
    expect(again.body).toMatchObject({ accepted: 0, duplicate: 25, late: 0 });
    expect(redelivered).toBe(25);
    expect(await ticksOf("ONCE-A")).toEqual({ accepted: 20, duplicate: 0, late: 0, outlier: 0, price_outlier: 0 });
    expect((await fetchJson("/symbols/ONCE-A")).body).toMatchObject({ batches: 1, redelivered_ticks: 20 });
  });

  it("may leave numbers out, and use them later", async () => {
    expect((await ingestAs("p1", 0, tick("GAPS", 0))).body.accepted).toBe(1);
    expect((await ingestAs("p1", 10, tick("GAPS", 1))).body.accepted).toBe(1);
    expect((await ingestAs("p1", 3, tick("GAPS", 2))).body.accepted).toBe(1);
    expect((await ingestAs("p1", 11, tick("GAPS", 3))).body.accepted).toBe(1);
  });

  it("is independent of the numbers of another producer, or of another symbol", async () => {
    expect((await ingestAs("p1", 5, tick("TWO", 0))).body.accepted).toBe(1);
    expect((await ingestAs("p2", 5, tick("TWO", 1))).body.accepted).toBe(1);
    expect((await ingestAs("p2", 4, tick("TWO-B", 1))).body.accepted).toBe(1);
  });

  it("is recognised for the last 64 producers, of which the one that was idle longest is dropped first", async () => {
    for (let k = 0; k < 64; k++) await ingestAs(`q${k}`, 1, tick("FORGET", k));
    await ingestAs("q0", 2, tick("FORGET", 64));
    await ingestAs("q64", 1, tick("FORGET", 65));
    expect((await ingestAs("q0", 2, tick("FORGET", 64))).body).toMatchObject({ accepted: 0, duplicate: 1 });
    expect((await ingestAs("q2", 1, tick("FORGET", 2))).body).toMatchObject({ accepted: 0, duplicate: 1 });
    expect((await ingestAs("q1", 1, tick("FORGET", 66))).body).toMatchObject({ accepted: 1, duplicate: 0 });
  });

  it("is applied once when both deliveries arrive together", async () => {
    const answers = await Promise.all([1, 1, 1].map((seq) => ingestAs("p", seq, market("RACE", 10))));
    expect(answers.map(({ body }) => body.accepted).sort()).toEqual([0, 0, 10]);
    expect(await ticksOf("RACE")).toMatchObject({ accepted: 10, duplicate: 0, late: 0 });
  });
});

describe("a batch that one symbol cannot write", () => {
  it("answers 207 naming it, keeps what the others took, and is idempotent as a whole", async () => {
    await ingest([tick("FAIL-A", 0), tick("FAIL-B", 0)]);
    await breakTable("FAIL-B", "slots");
    const ticks = [tick("FAIL-A", 1), tick("FAIL-B", 1), tick("FAIL-B", 2)];
    let answer = await ingest([]);
    const failures = await rise("volgate_ingest_failures_total", {}, async () => {
      answer = await ingestAs("p", 1, ticks);
    });
    expect(failures).toBe(1);
    expect(answer.status).toBe(207);
    const failed = { code: "symbol_failed", detail: expect.stringContaining("not taken"), ticks: 2, retry_after_s: 1 };
    expect(answer.body).toMatchObject({ accepted: 1, symbols: { "FAIL-A": { accepted: 1 }, "FAIL-B": { failed } } });
    expect(answer.body.symbols["FAIL-A"]).not.toHaveProperty("failed");
    expect(JSON.stringify(answer.body)).not.toContain("disk");
    expect(await ticksOf("FAIL-A")).toMatchObject({ accepted: 2 });
    expect(await ticksOf("FAIL-B")).toMatchObject({ accepted: 1 });

    const alone = await ingestAs("p", 1, ticks.slice(1));
    expect([alone.status, alone.headers.get("Retry-After")]).toEqual([503, "1"]);
    expect(alone.body).toMatchObject({ code: "partly_failed", accepted: 0, symbols: { "FAIL-B": { failed } } });
    expect(alone.body.detail).toContain("FAIL-B");

    await mend("FAIL-B");
    const again = await ingestAs("p", 1, ticks);
    expect(again.status).toBe(200);
    expect(again.body).toMatchObject({ accepted: 2, duplicate: 1 });
    expect(await ticksOf("FAIL-A")).toEqual({ accepted: 2, duplicate: 0, late: 0, outlier: 0, price_outlier: 0 });
    expect(await ticksOf("FAIL-B")).toEqual({ accepted: 3, duplicate: 0, late: 0, outlier: 0, price_outlier: 0 });
  });

  it("keeps nothing of the batch when it is the snapshot that cannot be written", async () => {
    for (let k = 0; k < 64; k++) await ingest(tick("SNAP", k));
    await breakTable("SNAP", "snapshot");
    expect((await ingest(tick("SNAP", 64))).status).toBe(503);
    expect(await ticksOf("SNAP")).toMatchObject({ accepted: 64 });
    expect(await sqlOf("SNAP", "SELECT count(*) AS n, max(seq) AS last FROM slots")).toEqual([{ n: 64, last: 64 }]);
    await mend("SNAP");
    expect((await ingest(tick("SNAP", 64))).body).toMatchObject({ accepted: 1, duplicate: 0, late: 0 });
    expect(await sqlOf("SNAP", "SELECT seq FROM snapshot")).toEqual([{ seq: 64 }]);
  });

  it("is acknowledged when only the snapshot after many steps cannot be written", async () => {
    await ingest(tick("STEPS", 0));
    await breakTable("STEPS", "snapshot");
    const ticks = Array.from({ length: 20 }, (_, k) => tick("STEPS", 290 * (k + 1)));
    expect((await ingest(ticks)).body).toMatchObject({ accepted: 20 });
    await mend("STEPS");
    expect((await ingest(tick("STEPS", 6000))).body).toMatchObject({ accepted: 1, duplicate: 0, late: 0 });
    expect(await ticksOf("STEPS")).toEqual({ accepted: 22, duplicate: 0, late: 0, outlier: 0, price_outlier: 0 });
  });

  it("leaves a symbol usable whose very first batch failed", async () => {
    await breakTable("FIRST", "slots");
    expect((await ingest(tick("FIRST", 0))).status).toBe(503);
    expect((await predictFresh("FIRST")).body).toMatchObject({ warming_up: true, probability: null });
    expect((await fetchJson("/metrics")).status).toBe(200);
    await mend("FIRST");
    expect((await ingest([tick("FIRST", 0), tick("FIRST", 1)])).body).toMatchObject({ accepted: 2 });
    expect(await metric("volgate_symbol_up", { symbol: "FIRST" })).toBe(1);
  });
});

describe("symbols that fail together", () => {
  it("answer with the gravest of their codes, and each with its own", async () => {
    await ingestAs("p", 1, [tick("TWICE", 0), tick("BROKEN", 0)]);
    await breakTable("BROKEN", "slots");
    const ticks = [tick("TWICE", 5), tick("BROKEN", 5), { ...tick("WRONG", 0), price: 0 }];
    const { status, body } = await ingestAs("p", 1, ticks);
    await mend("BROKEN");
    expect([status, body.code]).toEqual([409, "sequence_conflict"]);
    expect(body.symbols["BROKEN"].failed.code).toBe("sequence_conflict");

    await breakTable("BROKEN", "slots");
    const mixed = await ingestAs("p", 2, [tick("BROKEN", 5), { ...tick("WRONG", 0), price: 0 }]);
    expect([mixed.status, mixed.body.code, mixed.body.rejected]).toEqual([503, "partly_failed", 1]);
    await ingestAs("q", 2, tick("TWICE", 6));
    const both = await ingestAs("q", 2, [tick("BROKEN", 5), tick("TWICE", 7)]);
    expect([both.status, both.body.code]).toEqual([503, "partly_failed"]);
    expect(both.body.symbols["TWICE"].failed).toMatchObject({ code: "sequence_conflict", retry_after_s: null });
    await mend("BROKEN");
  });
});

describe("ticks that came too late", () => {
  it("are named in a warning of their symbol, and counted", async () => {
    await ingest([tick("TARDY", 0), tick("TARDY", 100)]);
    const { status, body } = await ingest([tick("TARDY", 5), tick("TARDY", 101), tick("PROMPT", 0)]);
    expect([status, body.late]).toEqual([200, 1]);
    expect(body.symbols["TARDY"].warnings).toEqual([
      { code: "late_ticks", detail: expect.stringMatching(/^1 of 2 ticks are older than the open step/) },
    ]);
    expect(body.symbols["PROMPT"]).not.toHaveProperty("warnings");
    expect(await metric("volgate_ticks_total", { symbol: "TARDY", outcome: "late" })).toBe(1);
  });
});

describe("the creation of symbols", () => {
  it("stops at MAX_SYMBOLS, also inside one request, and never for those that exist", async () => {
    await ingest([tick("LIMIT-OLD", 0)]);
    const { count } = (await fetchJson("/symbols")).body;
    const ticks = [tick("LIMIT-OLD", 1), ...Array.from({ length: 12 }, (_, k) => tick(`LIMIT-${k}`, 0))];
    const init = { method: "POST", body: JSON.stringify(ticks) };
    const { status, body } = await fetchWith({ MAX_SYMBOLS: String(count + 3) }, "/ingest", init);
    expect(status).toBe(200);
    expect(body).toMatchObject({ accepted: 4, rejected: 9 });
    expect(body.errors[0]).toMatchObject({ index: 4, symbol: "LIMIT-3", reason: "symbol_limit", field: "symbol" });
    expect(await metric("volgate_ticks_rejected_total", { reason: "symbol_limit" })).toBe(9);
    expect((await fetchJson("/symbols/LIMIT-3")).status).toBe(404);
  });

  it("follows the allow-list", async () => {
    await ingest(tick("ALLOW-OLD", 0));
    const ticks = [tick("ALLOW-OLD", 1), tick("ALLOW-A", 0), tick("ALLOW-B", 0)];
    const variables = { ALLOWED_SYMBOLS: "allow-a, BTC-USD" };
    const init = { method: "POST", body: JSON.stringify(ticks) };
    const { body } = await fetchWith(variables, "/ingest", init);
    expect(body).toMatchObject({ accepted: 2, rejected: 1 });
    expect(body.errors).toMatchObject([{ index: 2, symbol: "ALLOW-B", reason: "symbol_not_allowed", got: "ALLOW-B" }]);
    const only = await fetchWith(variables, "/ingest", { method: "POST", body: JSON.stringify(tick("ALLOW-B", 0)) });
    expect(only.status).toBe(422);
    expect(await metric("volgate_ticks_rejected_total", { reason: "symbol_not_allowed" })).toBe(2);
  });

  it("answers 503 when a variable of the deployment is wrong, without saying which to strangers", async () => {
    const { status, body } = await fetchWith({ STEP_MS: "soon" }, "/ingest", { method: "POST", body: "[]" });
    expect(status).toBe(503);
    expect(body).toMatchObject({ code: "not_configured" });
    expect(JSON.stringify(body)).not.toContain("soon");
  });
});

describe("tokens", () => {
  const post = { method: "POST", body: JSON.stringify(tick("TOKEN", 0)) };
  const bearing = (authorization: string) => ({ ...post, headers: { Authorization: authorization } });
  beforeAll(() => ingest(tick("TOKEN", 0)));

  it("open the door that has one", async () => {
    const variables = { INGEST_TOKEN: "s3cret" };
    const none = await fetchWith(variables, "/ingest", post);
    expect(none.status).toBe(401);
    expect(none.headers.get("WWW-Authenticate")).toBe("Bearer");
    expect(none.body).toMatchObject({ code: "not_authenticated" });
    for (const wrong of ["Bearer s3cre", "Bearer s3crets", "Basic s3cret", "s3cret", "Bearer "]) {
      expect((await fetchWith(variables, "/ingest", bearing(wrong))).status, wrong).toBe(401);
    }
    for (const right of ["Bearer s3cret", "bearer s3cret"]) {
      expect((await fetchWith(variables, "/ingest", bearing(right))).status, right).toBe(200);
    }
  });

  it("are separate for ingest and administration", async () => {
    const variables = { INGEST_TOKEN: "in", ADMIN_TOKEN: "ad" };
    const ask = (token: string) =>
      fetchWith(variables, "/admin/aliases", { headers: { Authorization: `Bearer ${token}` } });
    expect((await ask("in")).status).toBe(401);
    expect((await ask("ad")).status).toBe(200);
  });

  it("are needed in production: without them writing is 503 and reading works", async () => {
    const variables = { ENVIRONMENT: "production" };
    for (const answer of [
      await fetchWith(variables, "/ingest", post),
      await fetchWith(variables, "/admin/aliases"),
      await fetchWith(variables, "/admin/aliases/champion", { method: "PUT", body: "{}" }),
    ]) {
      expect(answer.status).toBe(503);
      expect(answer.body).toMatchObject({ code: "not_configured" });
    }
    for (const path of ["/health", "/version", "/metrics", "/symbols", "/predict?symbol=TOKEN"]) {
      expect((await fetchWith(variables, path)).status, path).toBe(200);
    }
  });
});
