import { describe, expect, it } from "vitest";
import { DECISION_KEY } from "../../src/model/decision.ts";
import { inspectOnnx } from "../../src/model/inspect-onnx.ts";
import { decisionSha256 } from "../../model-artifacts/decision-hash.ts";
import { UserError } from "../../command-line/user-error.ts";
import { makeArtifact } from "../../trainer/artifact/make-artifact.ts";
import { scoreArtifact } from "../../trainer/artifact/score-artifact.ts";
import { logistic } from "../../trainer/candidates/logistic.ts";
import { averagePrecision } from "../../trainer/evaluate/metrics/average-precision.ts";
import { evaluateArtifact } from "../../trainer/evaluate/evaluate-artifact.ts";
import { fitModel } from "../../trainer/fit/fit-model.ts";
import { allRows, horizonMs, PURGE_STEPS } from "../../trainer/folds/split.ts";
import { buildDataset } from "../../trainer/rows/dataset.ts";
import { parseConfig } from "../../trainer/run/config.ts";
import { FROM_MS, volatileTicks } from "./volatile-ticks.ts";

const quick = { folds: "1", "leak-shifts": "0", threads: "1" };
const provenance = {
  evidence: "recorded" as const,
  source: "test",
  dataFingerprint: "recordings",
  codeCommit: "unknown",
  createdAtMs: FROM_MS,
};

describe("a model that is evaluated on recordings", async () => {
  // Spikes in two groups of blocks after the training: an interval needs them.
  const ticks = volatileTicks(7600);
  const trainedUntilMs = ticks[2400]!.tsMs;
  const early = buildDataset(ticks.slice(0, 2400));
  const config = parseConfig(quick);
  const context = { data: early, row: config.row, seed: 1, threads: 1, imbalance: config.imbalance };
  const fitted = fitModel(logistic, context, config, allRows(early), []);
  if ("refused" in fitted) throw new Error(fitted.refused);
  const given = makeArtifact(fitted, early, allRows(early), { evaluation: null, gate: null }, provenance);
  const data = buildDataset(ticks);
  // More episodes than there are: baselines are fitted all the same.
  const plan = { config: parseConfig({ ...quick, "min-episodes": "1000" }), provenance, trainedUntilMs };
  const { artifact, baselines, gate, reference, evaluation, refused } = await evaluateArtifact(given, data, plan);

  it("gets the figures of the rows after its training, and nothing of those before", async () => {
    const fromMs = trainedUntilMs + horizonMs(data) + PURGE_STEPS * 1000;
    const rows = Int32Array.from({ length: data.rows.count }, (_, k) => k).filter((k) => data.rows.tsMs[k]! >= fromMs);
    const labels = Uint8Array.from(rows, (k) => data.rows.label[k]!);
    expect(evaluation).toMatchObject({ rows: rows.length, positives: labels.filter((y) => y === 1).length });
    const scores = await scoreArtifact(given, data, rows);
    expect(evaluation!.prAuc!.value).toBeCloseTo(averagePrecision(labels, Float64Array.from(scores)), 10);
    expect(evaluation!.method).toMatch(/^the model as it is; baselines: purged walk-forward, one fold/);
  });

  it("gets a gate, which names its gains, and the baselines of these recordings as its set", () => {
    expect(gate.reasons).not.toContain("not_evaluated");
    expect(Object.keys(gate.gains).sort()).toEqual([reference.family]);
    const { manifest, onnx } = artifact;
    expect(manifest).toMatchObject({ name: given.manifest.name, gate, dataFingerprint: "recordings" });
    expect(manifest.threshold).toBe(given.manifest.threshold);
    const zscore = baselines.find(({ manifest: { family } }) => family === "zscore")!.manifest.onnxSha256;
    const sha = (name: string) => baselines.find(({ manifest: { family } }) => family === name)!.manifest.onnxSha256;
    expect(manifest.set).toMatchObject({ zscore, rows: zscore, reference: sha(reference.family) });
    expect(manifest.reference).toEqual(reference);
    expect(inspectOnnx(onnx).metadata.get(DECISION_KEY)).toBe(decisionSha256(manifest));
    expect(manifest.onnxSha256).not.toBe(given.manifest.onnxSha256);
  });

  it("is judged against every baseline, har too, however few training episodes there are", () => {
    expect(baselines.map(({ manifest: { family } }) => family)).toContain("har");
    expect(refused).toEqual([]);
  });

  it("is refused for another grid, and where nothing is left to test on", async () => {
    const other = { ...given, manifest: { ...given.manifest, schemaHash: "0".repeat(64) } };
    await expect(evaluateArtifact(other, data, plan)).rejects.toThrow(/expected those of the model/);
    const late = evaluateArtifact(given, data, { ...plan, trainedUntilMs: ticks.at(-1)!.tsMs });
    await expect(late).rejects.toThrow(UserError);
  });

  it("is refused where it would be said to have ended its training before its manifest says", async () => {
    const toMs = given.manifest.training.toMs;
    const early = evaluateArtifact(given, data, { ...plan, trainedUntilMs: toMs - 1 });
    await expect(early).rejects.toThrow(
      `--trained-until: got ${new Date(toMs - 1).toISOString()}, expected ${new Date(toMs).toISOString()} or later: ` +
        "so far the model was trained by its manifest",
    );
    expect(artifact.manifest.training.toMs).toBe(trainedUntilMs);
    const again = evaluateArtifact(artifact, data, { ...plan, trainedUntilMs: trainedUntilMs - 1 });
    await expect(again).rejects.toThrow("--trained-until: got ");
  });
});
