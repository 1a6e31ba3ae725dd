import { env } from "cloudflare:workers";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { evaluateExperiment } from "../../src/jobs/experiment/evaluate-experiment.ts";
import { registryOf } from "../../src/clients/registry.ts";
import { BUNDLED } from "../../src/model/bundled.ts";
import { servedSha } from "./artifacts.ts";
import { fetchJson, ingest } from "./gateway.ts";
import { tick } from "./market.ts";
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
import { TOO_FEW, WHO, WORSE, against, experimentNow, named, noExperiment } from "./experiment-gateway.ts";

let passed = "";
beforeAll(async () => {
  await ingest([tick("EXP-A", 0), tick("EXP-B", 0), tick("EXP-C", 0)]);
  passed = await named("exp passed");
});
beforeEach(noExperiment);

describe("promotion by the rule", () => {
  const enough = (challenger: string) => symbolsAnswering({ "EXP-A": answerOf(against(challenger), 150, 0.05) });

  it("makes a challenger champion that was shown better, and records the figures", async () => {
    const { body } = await challenge(passed, { auto: true });
    const log = vi.spyOn(console, "warn").mockReturnValue();
    const evaluation = await evaluateExperiment({ ...env, ...enough(passed) }, Date.now());
    log.mockRestore();
    expect(evaluation).toMatchObject({ promoted: true, notPromoted: null, code: "promote" });
    expect((await fetchJson("/admin/aliases")).body.aliases).toEqual({
      ...BUNDLED,
      champion: passed,
      predecessor: BUNDLED.champion,
    });
    expect([servedSha("champion"), servedSha("challenger"), await experimentNow()]).toEqual([passed, undefined, null]);
    const [ended, left, became] = await historyNow();
    expect(became).toMatchObject({ alias: "champion", from: BUNDLED.champion, to: passed, by: "rule", who: null });
    expect(became!["reason"]).toMatch(/^e value \d+\.\d of 20 after 150 blocks with 150 episodes$/);
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
      experimentBlocks: async (...args: [grid?: string, experimentId?: string]) => {
        if (switchedOff === 0) switchedOff = (await putExperiment({ auto: false })).status;
        return await SYMBOLS.get(name).experimentBlocks(...args);
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

  it("needs a name and a reason", async () => {
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

  it("is of the challenger that is meant, not of one that took its place", async () => {
    const next = await named("exp replaced");
    await challenge(passed);
    const better = (sha256: string) => symbolsAnswering({ "EXP-A": answerOf(against(sha256), 40, 0.01) });
    await challenge(next);
    const { status, body } = await post("/admin/experiment/promote", { ...WHO, sha256: passed }, better(next));
    expect([status, body.code]).toEqual([409, "experiment_changed"]);
    expect(body.detail).toBe(`sha256: got ${passed}, but the challenger is ${next}`);
    expect([servedSha("champion"), servedSha("challenger")]).toEqual([BUNDLED.champion, next]);
    const { body: made } = await post("/admin/experiment/promote", { ...WHO, sha256: next }, better(next));
    expect(made.sha256).toBe(next);
    const rollBack = async (sha256: string) => {
      const answer = await post("/admin/rollback", { ...WHO, sha256 });
      return [answer.status, answer.body.code ?? answer.body.sha256];
    };
    expect(await rollBack(passed)).toEqual([409, "history_changed"]);
    expect(await rollBack("a1")).toEqual([400, "sha256_malformed"]);
    expect(servedSha("champion")).toBe(next);
    expect(await rollBack(next)).toEqual([200, BUNDLED.champion]);
    expect(servedSha("champion")).toBe(BUNDLED.champion);
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
    expect(await registryOf(env).promote(id, cause, {})).toEqual({ ok: false, code: "experiment_changed" });
    expect(await registryOf(env).keepEvidence(id, null, { throughBlock: 1 } as never, 0)).toBe(false);
    expect(await registryOf(env).readEvidence(id)).toBeUndefined();
    expect(servedSha("champion")).toBe(BUNDLED.champion);
  });
});
