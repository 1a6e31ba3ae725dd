import { env } from "cloudflare:workers";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { registryOf } from "../../src/clients/registry.ts";
import { BUNDLED } from "../../src/model/bundled.ts";
import { DEFAULT_LABEL_SPEC } from "../../src/features/label-spec.ts";
import { PASSED, publish, servedSha, variantOf } from "./artifacts.ts";
import { fetchJson, ingest } from "./gateway.ts";
import { market, tick } from "./market.ts";
import { challenge, clearAlias, historyNow, post, putExperiment } from "./experiment-symbols.ts";
import { TOO_FEW, WHO, WORSE, against, experimentNow, named, noExperiment } from "./experiment-gateway.ts";

let passed = "";
beforeAll(async () => {
  await ingest([tick("EXP-A", 0), tick("EXP-B", 0), tick("EXP-C", 0)]);
  passed = await named("exp passed");
});
beforeEach(noExperiment);

describe("a challenger", () => {
  it("is absent until one is set, and requests about an experiment then say so", async () => {
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
      tries: 1,
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
  it("answers no client under split without force, however it is asked for; in shadow it may be compared", async () => {
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
    // Of blocks 0 to 11 the newest is open, the four before it wait an hour, and in 0 and some of 1 there is no
    // threshold.
    expect(pooled.blocks).toBe(6);
    expect(pooled.rows).toBeGreaterThan(5 * 840);
    expect(pooled.rows).toBeLessThan(6 * 840);
    expect(pooled.mean_gain.value).toBeLessThan(0);
    expect(pooled.e_value).toBeLessThan(1);
    expect(body.effective_share).toBeGreaterThan(0);
    expect(body.effective_share).toBeLessThan(1);
  });
});
