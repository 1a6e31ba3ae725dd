import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { evaluateExperiment } from "../../src/jobs/experiment/evaluate-experiment.ts";
import { readStoredRegistry } from "../../src/durable/registry/registry-state.ts";
import { experimentCoverage } from "../../src/jobs/experiment/experiment-coverage.ts";
import { readRegistry, registryOf } from "../../src/clients/registry.ts";
import { recordLog } from "../../src/log.ts";
import { BUNDLED } from "../../src/model/bundled.ts";
import { DEFAULT_LABEL_SPEC } from "../../src/features/label-spec.ts";
import { PASSED, publish, servedSha, setAlias, variantOf } from "./artifacts.ts";
import { parseExposition } from "./exposition-parser.ts";
import { fetchJson, fetchWith, ingest } from "./gateway.ts";
import { market, tick } from "./market.ts";
import {
  answerOf,
  challenge,
  clearAlias,
  historyNow,
  post,
  put,
  putExperiment,
  symbolsAnswering,
} from "./experiment-symbols.ts";

const WHO = { by: "ada", reason: "because “it” is better" };
const TOO_FEW = { verdict: "refused", reasons: ["too_few_episodes"], episodes: 12, gains: {} };
const WORSE = { verdict: "refused", reasons: ["too_few_episodes", "no_gain_over_zscore"], episodes: 12, gains: {} };
const registryStub = () => env.REGISTRY.get(env.REGISTRY.idFromName("registry"));
const experimentNow = async () => (await fetchJson("/admin/experiment")).body.experiment;
const named = async (note: string, gate: unknown = PASSED, changes: Record<string, unknown> = {}) =>
  await publish(await variantOf("champion", note, { gate, ...changes }));
const against = (challenger: string) => ({ champion: BUNDLED.champion, challenger });

let passed = "";
beforeAll(async () => {
  await ingest([tick("EXP-A", 0), tick("EXP-B", 0), tick("EXP-C", 0)]);
  passed = await named("exp passed");
});
afterEach(async () => {
  await clearAlias("challenger");
  await clearAlias("champion");
});

describe("a challenger", () => {
  it("is nobody until one is set; what is asked of an experiment then says so", async () => {
    expect((await fetchJson("/admin/aliases")).body.aliases).toEqual(BUNDLED);
    expect((await fetchJson("/health")).body.models.challenger).toBeNull();
    const { status, body } = await fetchJson("/admin/experiment");
    expect([status, body.experiment, body.code, body.comparison]).toEqual([200, null, "no_experiment", null]);
    expect((await post("/admin/experiment/evaluate")).body).toMatchObject({ promoted: false, code: "no_experiment" });
    for (const answer of [await putExperiment({ auto: true }), await post("/admin/experiment/promote", WHO)]) {
      expect([answer.status, answer.body.code]).toEqual([409, "no_experiment"]);
    }
  });

  it("needs no gate, is loaded, and starts an experiment in shadow in which the champion answers", async () => {
    const refused = await named("exp refused", WORSE);
    const { status, body } = await challenge(refused);
    expect([status, body]).toEqual([200, expect.objectContaining({ serving: true, forced: false })]);
    expect(servedSha("challenger")).toBe(refused);
    expect(await experimentNow()).toEqual({
      id: body.experiment,
      ...{ mode: "shadow", share: 0.1, auto: false },
      ...against(refused),
      started_at: expect.stringMatching(/Z$/),
    });
    await clearAlias("challenger");
    expect([servedSha("challenger"), await experimentNow()]).toEqual([undefined, null]);
  });

  it("must be another artifact than the champion, and one that loads", async () => {
    const same = await challenge(BUNDLED.champion);
    expect([same.status, same.body.code]).toEqual([409, "same_model"]);
    expect(same.body.detail).toContain(`sha256: got the champion's ${BUNDLED.champion}`);
    const absent = await challenge("5".repeat(64));
    expect([absent.status, absent.body.code]).toEqual([409, "artifact_not_found"]);
    expect((await fetchJson("/admin/aliases")).body.aliases).toEqual(BUNDLED);
  });

  it("that loads no more leaves its place empty and the champion as it was", async () => {
    const broken = "8".repeat(64);
    await challenge(passed);
    await registryOf(env).setAlias("challenger", broken);
    const { body } = await post("/admin/experiment/evaluate");
    expect([body.code, body.comparison]).toEqual(["not_serving", null]);
    expect(body.missing).toEqual([`challenger: ${broken} is not serving here, see /health`]);
    expect([servedSha("challenger"), servedSha("champion")]).toEqual([undefined, BUNDLED.champion]);
    const promoted = await post("/admin/experiment/promote", { ...WHO, force: true });
    expect([promoted.status, promoted.body.code]).toEqual([409, "artifact_not_found"]);
    expect((await fetchJson("/admin/aliases")).body.aliases).toEqual({ ...BUNDLED, challenger: broken });
  });

  it("that predicts something else is not compared, and the answer says what differs", async () => {
    await challenge(await named("exp label", PASSED, { label: { ...DEFAULT_LABEL_SPEC, horizonSteps: 30 } }));
    const { status, body } = await fetchJson("/admin/experiment");
    expect([status, body.code, body.comparison]).toEqual([200, "label_specs_differ", null]);
    expect(body.missing[0]).toMatch(/^label: the champion's is .*, the challenger's .* cannot be compared$/);
    const { status: refused, body: problem } = await post("/admin/experiment/promote", WHO);
    expect([refused, problem.code]).toEqual([409, "not_shown_better"]);
    expect(problem.detail).toContain("label: the champion's is");
  });
});

describe("a challenger that its gate refused", () => {
  it("answers nobody under split without force, however it is asked for; in shadow it may be compared", async () => {
    const worse = await named("exp split worse", WORSE);
    const asked = await challenge(worse, { mode: "split", share: 0.5 });
    expect([asked.status, asked.body.code, asked.body.reasons]).toEqual([409, "gate_refused", WORSE.reasons]);
    expect((await fetchJson("/admin/aliases")).body.aliases).toEqual(BUNDLED);
    await challenge(worse);
    const changed = await putExperiment({ mode: "split" });
    expect([changed.status, changed.body.code, changed.body.reasons]).toEqual([409, "gate_refused", WORSE.reasons]);
    expect(await experimentNow()).toMatchObject({ mode: "shadow", challenger: worse });
    expect((await putExperiment({ auto: true, share: 0.2 })).status).toBe(200);
  });

  it("answers by force, which is kept while it does; less of it needs no force, and more does", async () => {
    const log = vi.spyOn(console, "warn").mockReturnValue();
    const worse = await named("exp split forced", WORSE);
    await challenge(worse);
    const { status, body } = await putExperiment({ mode: "split", share: 0.2, force: WHO });
    expect([status, body]).toEqual([200, expect.objectContaining({ mode: "split", share: 0.2 })]);
    const forcedNow = async () => (await fetchJson("/admin/aliases")).body.forced;
    const forced = { challenger: expect.objectContaining({ sha256: worse, ...WHO, gate_reasons: WORSE.reasons }) };
    expect(await forcedNow()).toEqual(forced);
    expect((await historyNow())[0]).toMatchObject({ alias: "experiment", who: "ada", reason: WHO.reason });
    expect((await putExperiment({ share: 0.3 })).body.code).toBe("gate_refused");
    expect((await putExperiment({ share: 0.1 })).body).toMatchObject({ mode: "split", share: 0.1 });
    expect((await challenge(worse, { auto: true })).body.forced).toBe(false);
    expect(await forcedNow()).toEqual(forced);
    await putExperiment({ mode: "shadow" });
    expect(await forcedNow()).toEqual({});
    expect((await putExperiment({ mode: "split" })).body.code).toBe("gate_refused");
    const again = await challenge(worse, { mode: "split", force: WHO });
    expect([again.status, again.body.forced, await forcedNow()]).toEqual([200, true, forced]);
    log.mockRestore();
  });

  it("answers without force where it only had too few episodes", async () => {
    const few = await named("exp split few", TOO_FEW);
    expect((await challenge(few, { mode: "split" })).body).toMatchObject({ serving: true, forced: false });
    expect(await experimentNow()).toMatchObject({ mode: "split", challenger: few });
  });

  it("is not given clients by a request about another experiment", async () => {
    const id = (await challenge(passed)).body.experiment as string;
    await challenge(await named("exp split next"));
    const cause = { atMs: 0, by: "admin", who: null, reason: null } as const;
    const outcome = await registryOf(env).setExperiment({ mode: "split" }, cause, id);
    expect(outcome).toEqual({ ok: false, code: "experiment_changed" });
    expect(await experimentNow()).toMatchObject({ mode: "shadow" });
  });
});

describe("an experiment's settings", () => {
  it("are changed without a new experiment, and shown to every isolate with the aliases", async () => {
    const { body } = await challenge(passed, { auto: true });
    const { status, body: changed } = await putExperiment({ mode: "split", share: 0.25, ...WHO });
    const expected = { id: body.experiment, mode: "split", share: 0.25, auto: true, ...against(passed) };
    expect([status, changed]).toEqual([200, expect.objectContaining(expected)]);
    expect((await readRegistry(env)).experiment).toMatchObject(expected);
    const [newest] = await historyNow();
    expect(newest).toMatchObject({
      alias: "experiment",
      from: `${body.experiment} shadow auto`,
      to: `${body.experiment} split 0.25 auto`,
      ...{ by: "admin", who: "ada", reason: WHO.reason },
    });
  });

  it("are refused where they are malformed, naming field, value and expectation", async () => {
    await challenge(passed);
    const cases: readonly (readonly [unknown, string, string])[] = [
      [{ mode: "canary" }, "mode_malformed", 'mode: got "canary", expected "shadow" or "split"'],
      [{ share: 0 }, "share_malformed", "share: got 0, expected a number above 0 and at most 0.5"],
      [{ share: 0.51 }, "share_malformed", "share: got 0.51, expected a number above 0 and at most 0.5"],
      [{ share: "0.1" }, "share_malformed", 'share: got "0.1", expected a number above 0 and at most 0.5'],
      [{ auto: 1 }, "auto_malformed", "auto: got 1, expected true or false"],
      [{ auto: true, by: "" }, "by_malformed", 'by: got "", expected 1 to 200 characters'],
      [{}, "nothing_to_change", "body: got none of mode, share and auto, expected at least one"],
      [[], "body_malformed", "body: got a list, expected an object"],
      [
        { auto: true, shares: 0.2 },
        "field_unknown",
        "shares: got 0.2, expected no field but mode, share, auto, by, reason, force",
      ],
    ];
    for (const [body, code, detail] of cases) {
      const { status, body: problem } = await putExperiment(body);
      expect([status, problem.code, problem.detail]).toEqual([400, code, detail]);
    }
    const misplaced = await fetchJson("/admin/aliases/zscore", {
      method: "PUT",
      body: JSON.stringify({ sha256: BUNDLED.zscore, share: 0.1 }),
    });
    expect(misplaced.body.detail).toBe("share: got one for zscore, expected it for challenger only");
    expect(await experimentNow()).toMatchObject({ mode: "shadow", share: 0.1, auto: false });
  });

  it("that are misspelt change no alias either", async () => {
    const before = await historyNow();
    const cases: readonly (readonly [method: string, path: string, body: Record<string, unknown>, detail: string])[] = [
      [
        "PUT",
        "/admin/aliases/challenger",
        { sha256: passed, Auto: true },
        "Auto: got true, expected no field but sha256, force, by, reason, mode, share, auto",
      ],
      ["DELETE", "/admin/aliases/champion", { why: "x" }, 'why: got "x", expected no field but by, reason'],
      ["POST", "/admin/rollback", { ...WHO, force: true }, "force: got true, expected no field but by, reason"],
      [
        "POST",
        "/admin/experiment/promote",
        { ...WHO, ["x".repeat(500)]: 1 },
        `${"x".repeat(40)}…: got 1, expected no field but by, reason, force`,
      ],
    ];
    for (const [method, path, body, detail] of cases) {
      const answer = await fetchJson(path, { method, body: JSON.stringify(body) });
      expect([answer.status, answer.body.code, answer.body.detail]).toEqual([400, "field_unknown", detail]);
    }
    expect(await historyNow()).toEqual(before);
  });

  it("go on under a new champion, in a new experiment without evidence; another challenger begins in shadow", async () => {
    const first = (await challenge(passed, { mode: "split", share: 0.2 })).body.experiment;
    await post("/admin/experiment/evaluate", {}, symbolsAnswering({ "EXP-A": answerOf(against(passed), 50, 0.05) }));
    expect((await fetchJson("/admin/experiment")).body.comparison.pooled.blocks).toBe(50);
    const other = await named("exp other champion");
    await setAlias("champion", other);
    const second = (await fetchJson("/admin/experiment")).body;
    expect(second.experiment).toMatchObject({ mode: "split", share: 0.2, champion: other, challenger: passed });
    expect(second.experiment.id).not.toBe(first);
    expect(second.comparison.pooled).toMatchObject({ blocks: 0, e_value: 1 });
    await challenge(await named("exp third"));
    expect(await experimentNow()).toMatchObject({ mode: "shadow", share: 0.1, champion: other });
    const ends = (await historyNow()).filter(({ alias }) => alias === "experiment");
    expect(ends[1]).toMatchObject({ from: expect.stringContaining(first) as string, figures: { blocks: 50 } });
  });
});

describe("the comparison", () => {
  it("is shown per symbol and pooled, with who did not answer and who compares another pair", async () => {
    await challenge(passed);
    const symbols = symbolsAnswering({
      "EXP-A": answerOf(against(passed), 40, 0.01),
      "EXP-B": { ...answerOf(against(passed), 40, 0.03), answered: { champion: 1000, challenger: 0 } },
    });
    const { status, body } = await fetchWith(symbols, "/admin/experiment");
    expect([status, body.code, body.gate_reasons, body.effective_share]).toEqual([200, "wait", [], 0.05]);
    const { pooled } = body.comparison;
    expect(pooled).toMatchObject({ verdict: "wait", blocks: 40, rows: 67_200, episodes: 40, positives: 1600 });
    expect(pooled.e_value).toBeCloseTo(1.01 ** 40, 6);
    expect(pooled.mean_gain.value).toBeCloseTo(0.02, 9);
    expect(pooled.needs).toEqual({ e_value: 20, episodes: 30 });
    expect(body.missing).toEqual(["e_value: 1.49, needs 20"]);
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

describe("real symbols", () => {
  it("report blocks of the pair that serves, and who answered; a challenger that is worse gains nothing", async () => {
    // Of the bundled one's training data the ticks of this test would be a part.
    const worse = await publish(await variantOf("threshold-only", "worse"));
    await challenge(worse, { mode: "split", share: 0.5 });
    const ticks = market("EXP-REAL", 10_500);
    for (const part of [ticks.slice(0, 5000), ticks.slice(5000, 10_000), ticks.slice(10_000)]) await ingest(part);
    const { body } = await fetchJson("/admin/experiment");
    expect(body.comparison).toMatchObject({ unanswered: [] });
    const { pooled, symbols } = body.comparison;
    expect(symbols.map(({ symbol }: { symbol: string }) => symbol)).toContain("EXP-REAL");
    // Of blocks 0 to 11 the newest is open, the four before it wait an hour, and in 0 and some of 1 there is no threshold.
    expect(pooled.blocks).toBe(6);
    expect(pooled.rows).toBeGreaterThan(5 * 840);
    expect(pooled.rows).toBeLessThan(6 * 840);
    expect(pooled.mean_gain.value).toBeLessThan(0);
    expect(pooled.e_value).toBeLessThan(1);
    expect(body.effective_share).toBeGreaterThan(0);
    expect(body.effective_share).toBeLessThan(1);
  });
});

describe("promotion by the rule", () => {
  const enough = (challenger: string) => symbolsAnswering({ "EXP-A": answerOf(against(challenger), 150, 0.05) });

  it("makes a challenger champion that was shown better, and records the figures", async () => {
    const { body } = await challenge(passed, { auto: true });
    const log = vi.spyOn(console, "warn").mockReturnValue();
    const evaluation = await evaluateExperiment({ ...env, ...enough(passed) }, Date.now());
    log.mockRestore();
    expect(evaluation).toMatchObject({ promoted: true, notPromoted: null, code: "promote" });
    expect((await fetchJson("/admin/aliases")).body.aliases).toEqual({ ...BUNDLED, champion: passed });
    expect([servedSha("champion"), servedSha("challenger"), await experimentNow()]).toEqual([passed, undefined, null]);
    const [ended, left, became] = await historyNow();
    expect(became).toMatchObject({ alias: "champion", from: BUNDLED.champion, to: passed, by: "rule", who: null });
    expect(became!["reason"]).toBe("e value 40.6 after 150 blocks with 150 episodes");
    expect(became!["figures"]).toMatchObject({ blocks: 150, episodes: 150, rows: 126_000 });
    expect(left).toMatchObject({ alias: "challenger", from: passed, to: null, by: "rule" });
    expect(ended).toMatchObject({ alias: "experiment", from: `${body.experiment} shadow auto`, to: null });
    expect((await post("/admin/experiment/evaluate")).body).toMatchObject({ promoted: false, code: "no_experiment" });
  });

  it("does not happen once the operator has switched it off, even while symbols are asked", async () => {
    await challenge(passed, { auto: true });
    const { SYMBOLS } = enough(passed);
    let switchedOff = 0;
    const get = (name: DurableObjectId) => ({
      experimentBlocks: async () => {
        if (switchedOff === 0) switchedOff = (await putExperiment({ auto: false })).status;
        return await SYMBOLS.get(name).experimentBlocks();
      },
    });
    const symbols = { idFromName: (name: string) => name, get } as unknown as typeof SYMBOLS;
    const { body } = await post("/admin/experiment/evaluate", {}, { SYMBOLS: symbols });
    expect([switchedOff, body.promoted, body.not_promoted]).toEqual([200, false, "not_auto"]);
    expect((await fetchJson("/admin/aliases")).body.aliases).toEqual({ ...BUNDLED, challenger: passed });
    expect(servedSha("champion")).toBe(BUNDLED.champion);
  });

  it("is left to the operator where the experiment is not auto", async () => {
    await challenge(passed);
    const { body } = await post("/admin/experiment/evaluate", {}, enough(passed));
    expect(body).toMatchObject({ promoted: false, not_promoted: null, code: "promote", missing: [] });
    expect(servedSha("champion")).toBe(BUNDLED.champion);
  });

  it("outweighs a gate that only had too few episodes, and no other", async () => {
    const log = vi.spyOn(console, "warn").mockReturnValue();
    const worse = await named("exp worse", WORSE);
    const unjudged = await named("exp unjudged", null);
    for (const [sha256, reasons] of [
      [worse, "too_few_episodes, no_gain_over_zscore"],
      [unjudged, "no_gate"],
    ] as const) {
      await challenge(sha256, { auto: true });
      const { body } = await post("/admin/experiment/evaluate", {}, enough(sha256));
      expect([body.promoted, body.code, body.missing]).toEqual([
        false,
        "gate_refused",
        [`gate: refused for ${reasons}`],
      ]);
      const byHand = await post("/admin/experiment/promote", WHO, enough(sha256));
      expect([byHand.status, byHand.body.code]).toEqual([409, "gate_refused"]);
    }
    const few = await named("exp few", TOO_FEW);
    await challenge(few, { auto: true });
    expect((await post("/admin/experiment/evaluate", {}, enough(few))).body.promoted).toBe(true);
    log.mockRestore();
    expect((await historyNow())[2]!["reason"]).toContain("; its gate had only too_few_episodes against it");
    expect((await fetchJson("/admin/aliases")).body.forced).toEqual({});
  });

  it("changes nothing where the artifact cannot be read any more", async () => {
    const gone = await named("exp gone");
    await challenge(gone, { auto: true });
    await env.BUCKET.delete(`models/${gone}/model.onnx`);
    const { body } = await post("/admin/experiment/evaluate", {}, enough(gone));
    expect([body.promoted, body.not_promoted]).toEqual([false, expect.stringContaining("not_found")]);
    expect((await fetchJson("/admin/aliases")).body.aliases).toEqual({ ...BUNDLED, challenger: gone });
  });
});

describe("promotion by hand", () => {
  it("shows the paired interval and is refused while that holds 0, except by force", async () => {
    await challenge(passed);
    const worse = symbolsAnswering({ "EXP-A": answerOf(against(passed), 40, -0.01) });
    const { status, body } = await post("/admin/experiment/promote", WHO, worse);
    expect([status, body.code]).toEqual([409, "not_shown_better"]);
    expect(body.detail).toMatch(
      /^experiment: got mean gain: -0.0\d+ in \[-0.0\d+, -?0.0\d+\], needs an interval above 0; expected a challenger that /,
    );
    expect(body.reasons).toEqual(["not_shown_better"]);
    expect(body.mean_gain.value).toBeCloseTo(-0.01, 9);
    expect(servedSha("champion")).toBe(BUNDLED.champion);
    const log = vi.spyOn(console, "warn").mockReturnValue();
    const forced = await post("/admin/experiment/promote", { ...WHO, force: true }, worse);
    log.mockRestore();
    expect([forced.status, forced.body.forced, forced.body.serving]).toEqual([200, true, true]);
    const { forced: now, forced_history: before } = (await fetchJson("/admin/aliases")).body;
    expect(now.champion).toMatchObject({ sha256: passed, ...WHO, gate_reasons: ["not_shown_better"] });
    expect(before[0]).toMatchObject({ alias: "champion", sha256: passed });
    expect((await historyNow())[2]).toMatchObject({ alias: "champion", to: passed, by: "admin", who: "ada" });
  });

  it("needs neither the rule nor force where the interval is above 0 and the gate passed", async () => {
    await challenge(passed);
    const better = symbolsAnswering({ "EXP-A": answerOf(against(passed), 40, 0.01) });
    const { status, body } = await post("/admin/experiment/promote", WHO, better);
    expect([status, body.forced, body.comparison.pooled.verdict]).toEqual([200, false, "wait"]);
    expect(servedSha("champion")).toBe(passed);
  });

  it("needs 8 blocks and 10 episodes beside the interval", async () => {
    await challenge(passed);
    const cases: readonly (readonly [blocks: number, episodes: number, lacks: readonly string[]])[] = [
      [2, 0, ["blocks: 2, needs 8", "episodes: 0, needs 10"]],
      [7, 2, ["blocks: 7, needs 8"]],
      [9, 1, ["episodes: 9, needs 10"]],
    ];
    for (const [blocks, episodes, lacks] of cases) {
      const symbols = symbolsAnswering({ "EXP-A": answerOf(against(passed), blocks, 0.01, episodes) });
      const { status, body } = await post("/admin/experiment/promote", WHO, symbols);
      expect([status, body.code, body.lacks]).toEqual([409, "not_shown_better", lacks]);
    }
    const enough = symbolsAnswering({ "EXP-A": answerOf(against(passed), 8, 0.01, 2) });
    expect((await post("/admin/experiment/promote", WHO, enough)).body).toMatchObject({ forced: false, serving: true });
  });

  it("is recorded with the figures that it stood on, though nothing was evaluated before", async () => {
    await challenge(passed);
    const better = symbolsAnswering({ "EXP-A": answerOf(against(passed), 40, 0.01) });
    await post("/admin/experiment/promote", WHO, better);
    const [ended, left, became] = await historyNow();
    const figures = { blocks: 40, episodes: 40, rows: 33_600, mean_gain: { value: expect.closeTo(0.01, 9) as number } };
    for (const change of [became, left, ended]) expect(change!["figures"]).toMatchObject(figures);
  });

  it("has the same terms where the alias champion is given to the running challenger", async () => {
    await challenge(passed, { by: "eve", reason: "a try" });
    expect((await historyNow()).slice(0, 2)).toMatchObject([
      { alias: "experiment", who: "eve", reason: "a try" },
      { alias: "challenger", from: null, to: passed, who: "eve", reason: "a try" },
    ]);
    const worse = symbolsAnswering({ "EXP-A": answerOf(against(passed), 40, -0.01) });
    const refused = await put("/admin/aliases/champion", { sha256: passed, ...WHO }, worse);
    expect([refused.status, refused.body.code, refused.body.reasons]).toEqual([
      409,
      "not_shown_better",
      ["not_shown_better"],
    ]);
    expect((await fetchJson("/admin/aliases")).body.aliases).toEqual({ ...BUNDLED, challenger: passed });
    const log = vi.spyOn(console, "warn").mockReturnValue();
    const forced = await put("/admin/aliases/champion", { sha256: passed, force: WHO }, worse);
    expect(log.mock.calls.flat().join()).toContain("forced_promotion");
    log.mockRestore();
    expect([forced.status, forced.body]).toEqual([200, expect.objectContaining({ serving: true, forced: true })]);
    const { champion } = (await fetchJson("/admin/aliases")).body.forced;
    expect(champion).toMatchObject({ sha256: passed, ...WHO, gate_reasons: ["not_shown_better"] });
    expect((await historyNow())[2]).toMatchObject({ to: passed, by: "admin", who: "ada", figures: { blocks: 40 } });
    await clearAlias("champion");
    await challenge(passed);
    const better = symbolsAnswering({ "EXP-A": answerOf(against(passed), 40, 0.01) });
    const taken = await put("/admin/aliases/champion", { sha256: passed }, better);
    expect([taken.status, taken.body.forced, taken.body.version]).toEqual([200, false, "exp passed"]);
    expect((await historyNow())[2]).toMatchObject({ to: passed, who: null, reason: null });
  });

  it("needs who and why", async () => {
    await challenge(passed);
    const cases: readonly (readonly [unknown, string])[] = [
      [{ reason: "r" }, "by: got nothing, expected 1 to 200 characters"],
      [{ by: "ada" }, "reason: got nothing, expected 1 to 200 characters"],
      [{ ...WHO, force: "yes" }, 'force: got "yes", expected true or false'],
      [{ by: "ada", reason: "x".repeat(201) }, "reason: got 201 characters, expected 1 to 200 characters"],
    ];
    for (const [body, detail] of cases) {
      const answer = await post("/admin/experiment/promote", body);
      expect([answer.status, answer.body.detail]).toEqual([400, detail]);
    }
  });

  it("happens once of several at the same time", async () => {
    await challenge(passed);
    const better = symbolsAnswering({ "EXP-A": answerOf(against(passed), 40, 0.01) });
    const answers = await Promise.all([1, 2, 3].map(() => post("/admin/experiment/promote", WHO, better)));
    const ok = answers.filter(({ status }) => status === 200);
    const codes = answers.filter(({ status }) => status === 409).map(({ body }) => body.code as string);
    expect([ok.length, new Set(codes)]).toEqual([1, new Set(["no_experiment"])]);
    expect((await historyNow()).filter(({ to }) => to === passed && to !== null).length).toBeGreaterThan(0);
  });

  it("does not promote what another experiment's evidence was for", async () => {
    const id = (await challenge(passed)).body.experiment as string;
    await challenge(await named("exp next"));
    const cause = { atMs: 0, by: "admin", who: null, reason: null } as const;
    expect(await registryOf(env).promote(id, undefined, cause)).toEqual({ ok: false, code: "experiment_changed" });
    expect(await registryOf(env).keepEvidence(id, null, { throughBlock: 1 } as never)).toBe(false);
    expect(await registryOf(env).readEvidence(id)).toBeUndefined();
    expect(servedSha("champion")).toBe(BUNDLED.champion);
  });
});

describe("rolling back", () => {
  it("gives champion back at once, step by step, and is recorded itself", async () => {
    const [a, b] = [await named("roll a"), await named("roll b")];
    await setAlias("champion", a);
    await setAlias("champion", b);
    const first = await post("/admin/rollback", WHO);
    expect([first.status, first.body]).toEqual([
      200,
      expect.objectContaining({ alias: "champion", sha256: a, serving: true, version: "roll a" }),
    ]);
    expect(servedSha("champion")).toBe(a);
    expect((await historyNow())[0]).toMatchObject({ alias: "champion", from: b, to: a, by: "rollback", who: "ada" });
    expect((await post("/admin/rollback", WHO)).body).toMatchObject({ sha256: BUNDLED.champion, serving: true });
    expect((await fetchJson("/admin/aliases")).body.aliases).toEqual(BUNDLED);
  });

  it("of a promotion by force makes the force of before hold again", async () => {
    const log = vi.spyOn(console, "warn").mockReturnValue();
    const forced = await named("roll forced", WORSE);
    await setAlias("champion", forced, WHO);
    log.mockRestore();
    await setAlias("champion", await named("roll good"));
    expect((await fetchJson("/admin/aliases")).body.forced).toEqual({});
    await post("/admin/rollback", WHO);
    expect((await fetchJson("/admin/aliases")).body.forced).toMatchObject({ champion: { sha256: forced, by: "ada" } });
  });

  it("ends the experiment and begins one against the restored champion", async () => {
    await setAlias("champion", passed);
    await challenge(await named("roll challenger"));
    await post("/admin/rollback", WHO);
    expect(await experimentNow()).toMatchObject({ champion: BUNDLED.champion });
  });

  it("gives back the bundled model of then, not what a later deployment bundles", async () => {
    await setAlias("champion", passed);
    const [newest] = await historyNow();
    expect(newest).toMatchObject({ alias: "champion", from: BUNDLED.champion, to: passed });
    const bundledThen = async (from: string | null) =>
      await runInDurableObject(registryStub(), (object) => {
        const registry = object as unknown as { changes: { from: string | null }[] };
        registry.changes = [...registry.changes.slice(0, -1), { ...registry.changes.at(-1)!, from }];
      });
    await bundledThen("4".repeat(64));
    const { status, body } = await post("/admin/rollback", WHO);
    expect([status, body.code]).toEqual([409, "artifact_not_found"]);
    expect(body.detail).toContain("4".repeat(64));
    expect(servedSha("champion")).toBe(passed);
    // As versions wrote it that did not know which model was meant.
    await bundledThen(null);
    expect((await post("/admin/rollback", WHO)).body).toMatchObject({ sha256: BUNDLED.champion, serving: true });
    expect((await registryOf(env).read()).aliases).toEqual({});
  });

  it("changes nothing where the model of before does not load any more", async () => {
    const gone = await named("roll gone");
    await setAlias("champion", gone);
    await setAlias("champion", passed);
    await env.BUCKET.delete(`models/${gone}/manifest.json`);
    const { status, body } = await post("/admin/rollback", WHO);
    expect([status, body.code]).toEqual([409, "artifact_not_found"]);
    expect(servedSha("champion")).toBe(passed);
  });

  it("needs who and why, and something to undo", async () => {
    expect((await post("/admin/rollback", { by: "ada" })).body.detail).toContain("reason: got nothing");
    await runInDurableObject(registryStub(), (object) => void Object.assign(object, { changes: [] }));
    const { status, body } = await post("/admin/rollback", WHO);
    expect([status, body.code]).toEqual([409, "nothing_to_roll_back"]);
    const cause = { atMs: 0, by: "rollback", who: null, reason: null } as const;
    expect(await registryOf(env).rollBack(1, cause)).toEqual({ ok: false, code: "nothing_to_roll_back" });
    await setAlias("champion", passed);
    expect(await registryOf(env).rollBack(1, cause)).toEqual({ ok: false, code: "history_changed" });
    expect(servedSha("champion")).toBe(passed);
  });
});

describe("the history", () => {
  it("is newest first, numbered without gaps, and keeps the last 200 however long their texts are", async () => {
    const long = "长".repeat(200);
    const cause = JSON.stringify({ atMs: 1, by: "admin", who: long, reason: long });
    const [a, b] = [BUNDLED.persistence, BUNDLED.zscore];
    await runInDurableObject(registryStub(), async (object, { storage }) => {
      const registry = object as unknown as Record<"setAlias", (...args: unknown[]) => Promise<unknown>>;
      for (let i = 0; i < 205; i++) await registry.setAlias("champion", i % 2 === 0 ? a : b, null, cause, null);
      expect((await storage.get<{ changes: unknown[] }>("data"))?.changes).toHaveLength(200);
    });
    await evictDurableObject(registryStub());
    const history = await historyNow();
    expect(history).toHaveLength(200);
    const newest = history[0]!["seq"] as number;
    expect(history.map(({ seq }) => seq)).toEqual(Array.from({ length: 200 }, (_, i) => newest - i));
    expect(history[0]).toMatchObject({
      alias: "champion",
      to: a,
      who: long,
      reason: long,
      at: "1970-01-01T00:00:00.001Z",
    });
    expect((await registryOf(env).read()).experiment).toBeNull();
  });

  it("says who took an alias away and why, where that is said", async () => {
    await setAlias("champion", passed);
    await clearAlias("champion", WHO);
    const taken = {
      alias: "champion",
      from: passed,
      to: BUNDLED.champion,
      by: "admin",
      who: "ada",
      reason: WHO.reason,
    };
    expect((await historyNow())[0]).toMatchObject(taken);
    await challenge(passed);
    await clearAlias("challenger");
    expect((await historyNow())[1]).toMatchObject({ alias: "challenger", from: passed, to: null, who: null });
    const malformed = await clearAlias("champion", { by: "" });
    expect([malformed.status, malformed.body.code]).toEqual([400, "by_malformed"]);
  });

  it("has no entry for what changes nothing", async () => {
    const before = await historyNow();
    await setAlias("champion", BUNDLED.champion);
    await clearAlias("challenger");
    expect(await historyNow()).toEqual(before);
  });

  it("and the experiment are read without what is none", () => {
    const good = {
      seq: 1,
      atMs: 1,
      what: "champion",
      from: null,
      to: "x",
      by: "rule",
      who: null,
      reason: null,
      figures: null,
    };
    const events: unknown[] = [];
    recordLog((level, event, fields) =>
      events.push([level, event, fields["count"], (fields["faults"] as string[])[0]]),
    );
    const changes = [null, 7, { ...good, by: "me" }, { ...good, what: "emperor" }, good];
    expect(readStoredRegistry({ changes }).changes).toEqual([good]);
    expect(events).toEqual([["warn", "registry_state_unreadable", 4, "changes[0]: got null, expected an object"]]);
    expect(readStoredRegistry({ changes: {} }).changes).toEqual([]);
    const running = { id: "1", mode: "split", share: 0.5, auto: false, startedMs: 1, champion: "a", challenger: "b" };
    const read = (experiment: unknown) => readStoredRegistry({ experiment }).experiment;
    expect(read(running)).toEqual(running);
    for (const wrong of [{ share: 0.6 }, { share: NaN }, { mode: "x" }, { auto: 1 }, { id: 7 }, { startedMs: "1" }]) {
      expect(read({ ...running, ...wrong })).toBeNull();
    }
    expect([read(null), read("x"), read(undefined)]).toEqual([null, null, null]);
    expect(events).toHaveLength(9);
    recordLog();
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
    expect(await scrape()).toEqual([[expect.closeTo(1.005 ** 40, 6)], [40], [80]]);
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

describe("the administrator's token", () => {
  const ROUTES = [
    ["GET", "/admin/experiment"],
    ["PUT", "/admin/experiment"],
    ["POST", "/admin/experiment/evaluate"],
    ["POST", "/admin/experiment/promote"],
    ["POST", "/admin/rollback"],
    ["GET", "/admin/history"],
    ["PUT", "/admin/aliases/challenger"],
  ] as const;

  it("is needed on every route: 401 with a wrong one, 503 where none is configured", async () => {
    for (const [method, path] of ROUTES) {
      const init = { method, headers: { Authorization: "Bearer wrong" }, ...(method === "GET" ? {} : { body: "{}" }) };
      const wrong = await fetchWith({ ADMIN_TOKEN: "right" }, path, init);
      expect([path, wrong.status, wrong.body.code]).toEqual([path, 401, "not_authenticated"]);
      const closed = await fetchWith({ ENVIRONMENT: "production", ADMIN_TOKEN: "" }, path, init);
      expect([path, closed.status, closed.body.code]).toEqual([path, 503, "not_configured"]);
    }
    const right = { headers: { Authorization: "Bearer right" } };
    expect((await fetchWith({ ADMIN_TOKEN: "right" }, "/admin/experiment", right)).status).toBe(200);
  });
});
