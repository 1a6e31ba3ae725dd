import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import type { env } from "cloudflare:workers";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { experimentCoverage } from "../../src/jobs/experiment/experiment-coverage.ts";
import { BUNDLED } from "../../src/model/bundled.ts";
import { parseExposition } from "./exposition-parser.ts";
import { fetchJson, fetchWith, ingest } from "./gateway.ts";
import { tick } from "./market.ts";
import { answerOf, challenge, clearAlias, historyNow, post, symbolsAnswering } from "./experiment-symbols.ts";
import { against, eValueAfter, experimentNow, named, noExperiment, registryStub } from "./experiment-gateway.ts";

let passed = "";
beforeAll(async () => {
  await ingest([tick("EXP-A", 0), tick("EXP-B", 0), tick("EXP-C", 0)]);
  passed = await named("exp passed");
});
beforeEach(noExperiment);

describe("the comparison", () => {
  it("is shown per symbol and pooled, with the symbols that did not answer and those that compare another pair", async () => {
    await challenge(passed);
    const symbols = symbolsAnswering({
      "EXP-A": answerOf(against(passed), 40, 0.01),
      "EXP-B": { ...answerOf(against(passed), 40, 0.02), answered: { champion: 1000, challenger: 0 } },
    });
    const { status, body } = await fetchWith(symbols, "/admin/experiment");
    expect([status, body.code, body.gate_reasons, body.effective_share]).toEqual([200, "wait", [], 0.05]);
    const { pooled } = body.comparison;
    expect(pooled).toMatchObject({ verdict: "wait", blocks: 40, rows: 67_200, episodes: 40, positives: 1600 });
    expect(pooled.e_value).toBeCloseTo(eValueAfter(40, 0.015), 6);
    expect(pooled.mean_gain.value).toBeCloseTo(0.015, 9);
    expect(pooled.needs).toEqual({ e_value: 20, episodes: 30 });
    expect(body.missing).toEqual([`e_value: ${Number(eValueAfter(40, 0.015).toPrecision(3))}, needs 20`]);
    expect(body.comparison.symbols.map((s: { symbol: string; rows: number }) => [s.symbol, s.rows])).toEqual([
      ["EXP-A", 33_600],
      ["EXP-B", 33_600],
    ]);
    const log = vi.spyOn(console, "error").mockReturnValue();
    const broken = symbolsAnswering({
      "EXP-A": new Error("overloaded"),
      "EXP-B": answerOf({ champion: "old", challenger: passed }, 400, 0.9),
    });
    const second = (await fetchWith(broken, "/admin/experiment")).body;
    expect(log.mock.calls.flat().join()).toContain("experiment_symbol_failed");
    log.mockRestore();
    expect(second.comparison).toMatchObject({ symbols: [], unanswered: ["EXP-A"], other_pair: ["EXP-B", "EXP-C"] });
    expect(second.missing.at(-1)).toContain("2 of 2 are missing (unanswered: EXP-A; on another pair or none: EXP-B)");
    expect(second.comparison.pooled.blocks).toBe(0);
  });

  it("keeps what was decided: looking changes nothing, evaluating does, once, whatever comes later", async () => {
    await challenge(passed);
    const answers = { "EXP-A": answerOf(against(passed), 40, 0.01) };
    const symbols = symbolsAnswering(answers);
    await fetchWith(symbols, "/admin/experiment");
    expect((await fetchJson("/admin/experiment")).body.comparison.pooled.blocks).toBe(0);
    const several = await Promise.all([1, 2, 3].map(() => post("/admin/experiment/evaluate", {}, symbols)));
    expect(several.map(({ status }) => status)).toEqual([200, 200, 200]);
    await evictDurableObject(registryStub());
    const before = (await fetchJson("/admin/experiment")).body.comparison.pooled;
    expect(before.blocks).toBe(40);
    answers["EXP-A"] = answerOf(against(passed), 40, -0.9);
    expect((await post("/admin/experiment/evaluate", {}, symbols)).body.comparison.pooled).toEqual(before);
    answers["EXP-A"] = answerOf(against(passed), 41, 0.01);
    expect((await post("/admin/experiment/evaluate", {}, symbols)).body.comparison.pooled.blocks).toBe(41);
  });

  it("begins anew at the next evaluation when a deployment brings another bundled champion", async () => {
    const id = (await challenge(passed, { mode: "split", share: 0.3 })).body.experiment as string;
    const symbols = symbolsAnswering({ "EXP-A": answerOf(against(passed), 40, 0.01) });
    await post("/admin/experiment/evaluate", {}, symbols);
    await runInDurableObject(registryStub(), async (_, { storage }) => {
      const data = (await storage.get<{ experiment: object }>("data"))!;
      await storage.put("data", { ...data, experiment: { ...data.experiment, champion: "3".repeat(64) } });
    });
    await evictDurableObject(registryStub());
    expect(await experimentNow()).toBeNull();
    const { body } = await post("/admin/experiment/evaluate", {}, symbolsAnswering({}));
    expect(body.experiment).toMatchObject({ mode: "split", share: 0.3, ...against(passed) });
    expect(body.experiment.id).not.toBe(id);
    expect(body.comparison.pooled).toMatchObject({ blocks: 0, e_value: 1 });
    const why = { by: "rule", reason: "the bundled champion is another one", figures: { blocks: 40 } };
    expect((await historyNow())[0]).toMatchObject({ alias: "experiment", ...why });
  });

  it("starts anew where the kept evidence is damaged, and never fails for it", async () => {
    await challenge(passed);
    await post("/admin/experiment/evaluate", {}, symbolsAnswering({ "EXP-A": answerOf(against(passed), 40, 0.01) }));
    await runInDurableObject(registryStub(), async (_, { storage }) => {
      const data = (await storage.get<Record<string, unknown>>("data"))!;
      await storage.put("data", { ...data, evidence: { throughBlock: "x" }, changes: [7, ...(data["changes"] as [])] });
    });
    await evictDurableObject(registryStub());
    expect((await fetchJson("/admin/experiment")).body.comparison.pooled).toMatchObject({ blocks: 0, e_value: 1 });
    expect((await historyNow()).length).toBeGreaterThan(0);
  });
});

describe("an experiment in which symbols are missing", () => {
  const ENOUGH = { ...against("x"), champion: BUNDLED.champion };
  const part = (symbol: string, changes: object = {}) => {
    return { symbol, failed: false, pair: ENOUGH, answered: { champion: 9, challenger: 0 }, ...changes };
  };
  const silent = { pair: null, answered: { champion: 0, challenger: 0 } };
  const names = (count: number) => Array.from({ length: count }, (_, i) => `S${i}`);

  it("lacks them when they are more than a fifth of those that could have answered, and names them", () => {
    const of = (parts: Parameters<typeof experimentCoverage>[0]) => experimentCoverage(parts, ENOUGH);
    const all = names(4).map((symbol) => part(symbol));
    expect(of([])).toEqual({ unanswered: [], otherPair: [], missing: null });
    expect(of([...all, part("LOST", { failed: true, ...silent })])).toEqual({
      unanswered: ["LOST"],
      otherPair: [],
      missing: null,
    });
    const other = part("OTHER", { pair: against("y") });
    expect(of([...all, part("LOST", { failed: true, ...silent }), other]).missing).toBe(
      "symbols: 2 of 6 are missing (unanswered: LOST; on another pair or none: OTHER), needs at most a fifth",
    );
    // Nothing came of these since the experiment began.
    expect(of([...all, ...names(9).map((symbol) => part(symbol, silent))])).toMatchObject({ missing: null });
    const many = of(names(13).map((symbol) => part(symbol, { failed: true, ...silent })));
    expect(many.missing).toContain("13 of 13 are missing (unanswered: S0, S1, S2");
    expect(many.missing).toContain("S9 and 3 more)");
  });

  it("goes on without exactly a fifth, 200 of 1000, and stops at 201 of 1004", () => {
    const lost = (count: number) => names(count).map((symbol) => part(symbol, { failed: true, ...silent }));
    const there = (count: number) => names(count).map((symbol) => part(symbol));
    expect(experimentCoverage([...there(800), ...lost(200)], ENOUGH).missing).toBeNull();
    expect(experimentCoverage([...there(803), ...lost(201)], ENOUGH).missing).toContain("201 of 1004 are missing");
  });

  it("neither promotes nor keeps evidence until they are back", async () => {
    const log = vi.spyOn(console, "error").mockReturnValue();
    const warn = vi.spyOn(console, "warn").mockReturnValue();
    await challenge(passed, { auto: true });
    const good = answerOf(against(passed), 150, 0.05);
    const broken = symbolsAnswering({ "EXP-A": good, "EXP-B": new Error("down"), "EXP-C": new Error("down") });
    const { body } = await post("/admin/experiment/evaluate", {}, broken);
    expect([body.promoted, body.code, body.comparison.pooled.verdict]).toEqual([false, "wait", "promote"]);
    expect(body.missing).toEqual(["symbols: 2 of 3 are missing (unanswered: EXP-B, EXP-C), needs at most a fifth"]);
    expect((await fetchJson("/admin/experiment")).body.comparison.pooled.blocks).toBe(0);
    const back = symbolsAnswering({ "EXP-A": good, "EXP-B": good, "EXP-C": good });
    expect((await post("/admin/experiment/evaluate", {}, back)).body).toMatchObject({ promoted: true, missing: [] });
    log.mockRestore();
    warn.mockRestore();
  });
});

describe("the metrics of an experiment", () => {
  const scrape = async (variables: Parameters<typeof fetchWith>[0] = {}, query = "") => {
    const families = parseExposition((await fetchWith(variables, `/metrics${query}`)).body as string);
    const [e, blocks, episodes] = ["e_value", "blocks", "episodes"].map((name) => {
      return families.get(`volgate_experiment_${name}`)?.series.map(({ value }) => value);
    });
    return [e, blocks, episodes];
  };
  const none = [undefined, undefined, undefined];

  it("are what was kept of the evidence, in the first shard alone, and there only while it runs", async () => {
    expect(await scrape()).toEqual(none);
    await challenge(passed);
    expect(await scrape()).toEqual([[1], [0], [0]]);
    const symbols = symbolsAnswering({ "EXP-A": answerOf(against(passed), 40, 0.01, 2) });
    await post("/admin/experiment/evaluate", {}, symbols);
    expect(await scrape()).toEqual([[expect.closeTo(eValueAfter(40, 0.01), 6)], [40], [80]]);
    expect(await scrape({}, "?shard=1/2")).toEqual(none);
    await clearAlias("challenger");
    expect(await scrape()).toEqual(none);
  });

  it("are left out when the registry does not answer, and the scrape goes on", async () => {
    await challenge(passed);
    const log = vi.spyOn(console, "error").mockReturnValue();
    const down = { fetch: () => Promise.reject(new Error("registry is down")) };
    const REGISTRY = { idFromName: (name: string) => name, get: () => down } as unknown as typeof env.REGISTRY;
    expect(await scrape({ REGISTRY })).toEqual(none);
    expect(log.mock.calls.flat().join()).toContain("metrics_experiment_failed");
    log.mockRestore();
  });
});
