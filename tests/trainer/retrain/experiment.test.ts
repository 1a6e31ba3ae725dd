// The stages that talk to a gateway: what they ask, what they make of its answers, and what they do when it refuses.
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { GatewayError } from "../../../gateway-client/gateway-error.ts";
import type { Gate } from "../../../src/model/manifest-evaluation.ts";
import type { Artifact } from "../../../model-artifacts/artifact.ts";
import { GatewayAdmin, GatewayRefusal } from "../../../trainer/retrain/gateway-admin.ts";
import { makeChallenger, refusalOf, worthKeeping } from "../../../trainer/retrain/make-challenger.ts";
import { TimeLine } from "../../../trainer/retrain/time-line.ts";
import { evidenceText, watchExperiment } from "../../../trainer/retrain/watch-experiment.ts";
import type { RunReport } from "../../../trainer/run/run-report.ts";
import { CHAMPION, FakeAdmin, noExperiment, running } from "./fake-admin.ts";

const gateway = new FakeAdmin();
beforeAll(() => gateway.start());
afterAll(() => gateway.stop());
afterEach(() => gateway.reset());

const SHA = "a".repeat(64);
const PASSED: Gate = { verdict: "passed", reasons: [], episodes: 50, gains: {} };
const admin = (token?: string): GatewayAdmin => new GatewayAdmin(`${gateway.url}/`, token);

/** Of a manifest and a report only what the stages look at. */
function trained(family = "logistic", gate: Gate = PASSED, leak: "passed" | "failed" = "passed") {
  const manifest = { family, gate, onnxSha256: SHA, name: family, version: "v1" };
  const leaks = [{ name: "causality", outcome: leak, detail: "" }];
  return {
    chosen: { manifest, onnx: new Uint8Array() } as unknown as Artifact,
    report: { leaks, chosen: { why: "lowest log loss" } } as unknown as RunReport,
  };
}

describe("a challenger that is being compared", () => {
  const status = (blocks: number, eValue: number) => ({
    experiment: { id: "1", champion: CHAMPION, challenger: SHA },
    code: "wait" as const,
    missing: [],
    evidence: { verdict: "wait" as const, eValue, blocks, episodes: 1, meanGain: null },
  });

  it("is kept for a day, and for a month while its evidence favours it", () => {
    expect(worthKeeping(status(0, 1))).toMatch(/e 1\.00 after 0 blocks, too few to judge/);
    expect(worthKeeping(status(95, 0.2))).toMatch(/too few/);
    expect(worthKeeping(status(96, 0.99))).toBeUndefined();
    expect(worthKeeping(status(500, 1.4))).toBe("aaaaaaaaaaaa has e 1.40 after 500 blocks, which is in its favour");
    expect(worthKeeping(status(2880, 1.4))).toBeUndefined();
  });

  it("is nothing to keep where there is none, or nothing can be compared", () => {
    expect(worthKeeping({ ...status(0, 1), experiment: null })).toBeUndefined();
    expect(worthKeeping({ ...status(0, 1), evidence: null })).toBeUndefined();
  });
});

describe("making a challenger", () => {
  it("requests shadow and the rule, with name, reason and token", async () => {
    expect(await makeChallenger(admin("secret"), trained(), true)).toEqual({
      ok: true,
      serving: true,
      warning: undefined,
    });
    const { method, path, headers, body } = gateway.asked.at(-1)!;
    expect([method, path, headers.authorization]).toEqual(["PUT", "/admin/aliases/challenger", "Bearer secret"]);
    expect(body).toEqual({
      sha256: SHA,
      mode: "shadow",
      auto: true,
      by: "npm run retrain",
      reason: "retrained: logistic v1",
    });
    await makeChallenger(admin(), trained(), false);
    expect(gateway.asked.at(-1)!.headers.authorization).toBeUndefined();
    expect(gateway.asked.at(-1)!.body).toMatchObject({ auto: false });
  });

  it("asks for the aliases and the experiment of a grid, where one is named", async () => {
    const query = "?grid=1s-h300s";
    for (const [asked, answer] of [...gateway.answers]) gateway.answers.set(`${asked}${query}`, answer);
    const ofGrid = new GatewayAdmin(gateway.url, undefined, "1s-h300s");
    expect(await makeChallenger(ofGrid, trained(), true)).toMatchObject({ ok: true });
    expect((await ofGrid.experiment()).experiment).toBeNull();
    expect(gateway.asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
      `GET /admin/aliases${query}`,
      `PUT /admin/aliases/challenger${query}`,
      `GET /admin/experiment${query}`,
    ]);
  });

  it("sends nothing when a leak check failed, a baseline was chosen, or the champion is the same", async () => {
    const codes: string[] = [];
    gateway.answers.set("GET /admin/aliases", { status: 200, body: { aliases: { champion: SHA } } });
    for (const one of [trained("logistic", PASSED, "failed"), trained("persistence"), trained("har"), trained()]) {
      const challenge = await makeChallenger(admin(), one, true);
      codes.push(challenge.ok ? "ok" : challenge.code);
    }
    expect(codes).toEqual(["leak_check_failed", "baseline_chosen", "baseline_chosen", "same_model"]);
    expect(gateway.asked.every(({ method }) => method === "GET")).toBe(true);
    expect(refusalOf(trained().report, trained("threshold-only").chosen)?.why).toContain("lowest log loss");
    expect(refusalOf(trained().report, trained().chosen, CHAMPION)).toBeUndefined();
  });

  it("warns when the gate has other reasons than too few episodes", async () => {
    const refused = (...reasons: string[]): Gate => ({ ...PASSED, verdict: "refused", reasons });
    const warning = async (gate: Gate): Promise<string | undefined> => {
      const challenge = await makeChallenger(admin(), trained("logistic", gate), true);
      return challenge.ok ? challenge.warning : "refused";
    };
    expect(await warning(refused("too_few_episodes"))).toBeUndefined();
    expect(await warning(refused("too_few_episodes", "no_gain_over_baseline"))).toMatch(
      /no_gain_over_baseline: the rule/,
    );
  });

  it("throws the gateway's own refusal, and distinguishes a failing gateway from another server", async () => {
    const problem = { code: "artifact_not_found", detail: "models/… is not in the bucket" };
    gateway.answers.set("PUT /admin/aliases/challenger", { status: 409, body: problem });
    const refusal = await makeChallenger(admin(), trained(), true).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(GatewayRefusal);
    expect(refusal).toMatchObject({ code: "artifact_not_found", message: expect.stringContaining("409 models/") });
    gateway.answers.set("GET /admin/aliases", { status: 401, body: { code: "not_authenticated", detail: "no token" } });
    await expect(makeChallenger(admin(), trained(), true)).rejects.toMatchObject({ code: "not_authenticated" });
    gateway.answers.set("GET /admin/aliases", { status: 503, body: { detail: "not configured" } });
    await expect(makeChallenger(admin(), trained(), true)).rejects.toThrow(GatewayError);
    gateway.answers.set("GET /admin/aliases", { status: 200, body: "<html>" });
    await expect(makeChallenger(admin(), trained(), true)).rejects.toMatchObject({ code: "not_a_gateway" });
    const nobody = new GatewayAdmin("http://127.0.0.1:9", undefined);
    await expect(makeChallenger(nobody, trained(), true)).rejects.toThrow(
      /GET http:\/\/127\.0\.0\.1:9\/admin\/aliases: /,
    );
  });
});

describe("watching an experiment", () => {
  const plan = { sha256: SHA, pollMs: 5, timeoutMs: 60_000, auto: true };
  const watch = async (over: Partial<typeof plan> = {}) => {
    const line = new TimeLine(() => undefined);
    const outcome = await watchExperiment(admin(), line, { ...plan, ...over });
    return { outcome, figures: line.entries.map(({ figures }) => figures) };
  };
  const experiments = (...bodies: Record<string, unknown>[]): void => {
    gateway.answers.set(
      "GET /admin/experiment",
      bodies.map((body) => ({ status: 200, body })),
    );
  };

  it("prints each new block until the model is champion", async () => {
    const [one, two] = [running(SHA, 1.5, 8), running(SHA, 19.9, 190)];
    experiments(one, one, two, noExperiment());
    gateway.answers.set("GET /admin/aliases", { status: 200, body: { aliases: { champion: SHA } } });
    expect(await watch()).toEqual({
      outcome: { kind: "promoted" },
      figures: [
        "e 1.50, 8 blocks, 40 episodes, Brier gain 0.0300 [0.0200, 0.0400]",
        "e 19.90, 190 blocks, 40 episodes, Brier gain 0.0300 [0.0200, 0.0400]",
      ],
    });
  });

  it("ends as refused when the gate refuses a model that meets the rule, or another model is challenger", async () => {
    experiments(running(SHA, 21, 200, "gate_refused"));
    expect((await watch()).outcome).toEqual({ kind: "refused", why: "gate: no" });
    experiments(running("b".repeat(64), 1, 1));
    expect((await watch()).outcome).toMatchObject({ kind: "refused", why: expect.stringContaining("bbbb") });
    experiments(noExperiment());
    expect((await watch()).outcome).toMatchObject({ kind: "refused", why: expect.stringContaining("no experiment") });
  });

  it("goes on while the gate would refuse but the rule is not met, and ends when the time is up", async () => {
    experiments(running(SHA, 3, 80));
    const started = performance.now();
    expect((await watch({ timeoutMs: 60 })).outcome).toEqual({ kind: "timeout" });
    expect(performance.now() - started).toBeGreaterThanOrEqual(59);
  });

  it("says why where the two cannot be compared", () => {
    const missing = ["label: a is not b"];
    const status = { experiment: null, code: "label_specs_differ", missing, evidence: null } as const;
    expect(evidenceText(status)).toBe("label_specs_differ: label: a is not b");
    const evidence = { verdict: "wait" as const, eValue: 1, blocks: 1, episodes: 0, meanGain: null };
    expect(evidenceText({ ...status, evidence })).toBe("e 1.00, 1 blocks, 0 episodes, no interval yet");
  });
});

describe("the admin client of the demonstration", () => {
  it("evaluates, rolls back with name and reason, and lists the history", async () => {
    const evaluated = { ...running(SHA, 25, 196, "promote"), promoted: true, not_promoted: null };
    gateway.answers.set("POST /admin/experiment/evaluate", { status: 200, body: evaluated });
    gateway.answers.set("POST /admin/rollback", { status: 200, body: { sha256: CHAMPION } });
    const change = {
      at: "2026-11-23T12:00:00.000Z",
      alias: "champion",
      from: null,
      to: SHA,
      by: "rule",
      reason: "e 25",
    };
    gateway.answers.set("GET /admin/history", { status: 200, body: { history: [change] } });
    expect(await admin().evaluate()).toMatchObject({ promoted: true, notPromoted: null, evidence: { eValue: 25 } });
    expect(await admin().rollBack("ada", "drill")).toBe(CHAMPION);
    expect(gateway.asked.at(-1)!.body).toEqual({ by: "ada", reason: "drill" });
    expect(await admin().history()).toEqual([change]);
  });
});
