import { describe, expect, it } from "vitest";
import { schemaText } from "../../src/features/schema.ts";
import { BASELINE_FAMILIES, BASELINES, parseManifest } from "../../src/model/manifest.ts";
import { manifestText } from "../../model-artifacts/artifact.ts";
import { FAMILIES } from "../../trainer/candidates/families.ts";
import { parseConfig, type RawSettings } from "../../trainer/run/config.ts";
import { buildDataset, type Dataset } from "../../trainer/rows/dataset.ts";
import { makeReport } from "../../trainer/run/make-report.ts";
import { reportText } from "../../trainer/run/report-text.ts";
import { sha256Hex } from "../../model-artifacts/sha256.ts";
import { train, type TrainingPlan } from "../../trainer/run/train.ts";
import { FROM_MS, volatileTicks } from "./volatile-ticks.ts";

const ticks = volatileTicks(11_000);
const makeData = (): Dataset => buildDataset(ticks);
const plan = (raw: RawSettings): TrainingPlan => ({
  config: parseConfig({ folds: "2", "min-episodes": "1", "leak-shifts": "0", ...raw }),
  provenance: {
    source: "test",
    evidence: "recorded",
    dataFingerprint: "f",
    codeCommit: "unknown",
    createdAtMs: FROM_MS,
  },
  publishFigures: true,
  rebuild: (untilMs) => Promise.resolve(buildDataset(ticks.filter(({ tsMs }) => tsMs < untilMs))),
});
const facts = {
  createdAt: "2025-01-02T00:00:00.000Z",
  command: "test",
  seed: 1,
  codeCommit: "unknown",
  dataFingerprint: "f",
  seconds: 1,
  settings: {},
  source: "made-up ticks",
  earlier: { tests: [], unread: [] },
};

describe("a training run", async () => {
  const data = makeData();
  const result = await train(data, plan({}));
  const report = makeReport(data, result, facts);

  it("judges every family on the same purged rows, with intervals and episodes", () => {
    expect(report.families.map(({ family }) => family)).toEqual(FAMILIES);
    for (const { family, figures } of report.families) {
      expect([family, figures?.rows, figures?.episodes]).toEqual([family, report.test.rows, report.test.episodes]);
      const { value, low, high } = figures!.prAuc!;
      expect(value).toBeGreaterThan(0);
      expect(high).toBeGreaterThan(low);
    }
    const tested = report.folds.reduce((sum, { test }) => sum + test.rows, 0);
    expect(tested).toBe(report.test.rows);
  });

  it("pairs every model with the reference, the strongest baseline, and with zscore", () => {
    expect(BASELINE_FAMILIES).toContain(report.reference.family);
    for (const { family, paired } of report.families) {
      const references = [report.reference.family, "zscore"].filter((name) => name !== family);
      expect([family, Object.keys(paired)]).toEqual([family, references]);
    }
    const [gbdt, reference] = ["gbdt", report.reference.family].map((name) =>
      report.families.find((f) => f.family === name)!,
    );
    const difference = gbdt!.figures!.prAuc!.value - reference!.figures!.prAuc!.value;
    expect(gbdt!.paired[report.reference.family]!.prAuc!.value).toBeCloseTo(difference, 12);
  });

  it("writes manifests that the gateway's parser accepts and that name file, schema and verdict", () => {
    expect(result.artifacts.map(({ manifest }) => manifest.family)).toEqual(FAMILIES);
    for (const { manifest, onnx } of result.artifacts) {
      expect(parseManifest(JSON.parse(manifestText(manifest)))).toEqual(manifest);
      expect(manifest.onnxSha256).toBe(sha256Hex(onnx));
      expect(manifest.schemaHash).toBe(sha256Hex(schemaText(manifest.row, data.config.grid, 60)));
      expect(manifest.training.rows).toBe(data.rows.count);
      expect(manifest.evaluation?.episodes).toBe(report.test.episodes);
      const baseline = BASELINE_FAMILIES.includes(manifest.family);
      const chosen = manifest.family === report.chosen.refitted;
      const untested = baseline ? null : { ...report.gate, reasons: ["not_chosen"], gains: {} };
      expect(manifest.gate).toEqual(chosen ? report.gate : untested);
    }
  });

  it("names the run's own baselines, and the scorer of rows, as the set of each learned model", () => {
    const sha = (family: string) =>
      result.artifacts.find(({ manifest }) => manifest.family === family)!.manifest.onnxSha256;
    const set = Object.fromEntries(BASELINES.map((family) => [family, sha(family)]));
    for (const { manifest } of result.artifacts) {
      const isBaseline = BASELINE_FAMILIES.includes(manifest.family);
      expect([manifest.family, manifest.set]).toEqual([
        manifest.family,
        isBaseline ? undefined : { ...set, reference: sha(report.reference.family), rows: sha("zscore") },
      ]);
      expect([manifest.family, manifest.reference]).toEqual([
        manifest.family,
        isBaseline ? undefined : report.reference,
      ]);
    }
  });

  it("refuses the gate with too few episodes, and says so", () => {
    expect(report.test.episodes).toBeLessThan(30);
    expect(report.gate.verdict).toBe("refused");
    expect(report.gate.reasons).toContain("too_few_episodes");
    expect(report.warnings.join("\n")).toMatch(/the intervals stand on \d+ groups of blocks with a spike/);
    const said = BASELINE_FAMILIES.includes(report.chosen.refitted)
      ? `gate    not asked: ${report.chosen.refitted} is a baseline`
      : `gate    refused on ${report.test.episodes} test episodes: too_few_episodes`;
    expect(reportText(report)).toContain(said);
  });

  it("runs the leak checks and names the one that was left out", () => {
    expect(report.leaks.map(({ name, outcome }) => [name, outcome])).toEqual([
      ["structure", "passed"],
      ["causality", "passed"],
      ["time-neighbours", "passed"],
      ["label-shift", "left_out"],
    ]);
    expect(reportText(report)).toMatch(/WARNING: leak check label-shift: was left out, --leak-shifts 0/);
  });

  it("scores every test row and every row of the refits in ONNX as in the trainer", () => {
    const families = FAMILIES.length;
    expect(report.verification.rows).toBe(families * (report.test.rows + data.rows.count));
    expect(report.verification.largestDifference).toBeLessThan(1e-6);
  });

  it("warns of what the forecasters noted", () => {
    expect(result.forecastNotes).toEqual([]);
    const note = "volatility by har: on 9 rows not at the minimum after 100 of at most 100 iterations";
    expect(makeReport(data, { ...result, forecastNotes: [note] }, facts).warnings).toEqual([...report.warnings, note]);
  });

  it("forecasts volatility, and puts the forecast into the learned artifacts' files", () => {
    expect(report.volatility.map(({ name }) => name)).toEqual(["ewma", "har", "regression", "gamma"]);
    for (const { manifest } of result.artifacts) {
      const learned = !BASELINE_FAMILIES.includes(manifest.family);
      if (!learned) expect(manifest.sigmaOutput).toBeUndefined();
      if (learned) expect(manifest.sigmaOutput).toBe("sigma_ratio");
    }
  });
});

describe("data that carry little", () => {
  it("leave learned families out, with the reason, below the least number of training episodes", async () => {
    const data = makeData();
    const report = makeReport(
      data,
      await train(data, plan({ "min-episodes": "1000", families: "logistic,gbdt,blend" })),
      facts,
    );
    for (const { family, figures, refused } of report.families) {
      const learned = ["har", "logistic", "gbdt", "blend"].includes(family);
      expect([family, figures === null]).toEqual([family, learned]);
      if (learned) expect(refused).toMatch(/^fold 1: \d+ training episodes, expected at least 1000$/);
    }
    expect(report.chosen.perFold.every((family) => BASELINE_FAMILIES.includes(family))).toBe(true);
    expect(reportText(report)).toMatch(/logistic: no figures, no artifact: fold 1: \d+ training episodes/);
  });

  it("do without a baseline that cannot be fitted, and say so", async () => {
    const data = makeData();
    data.rows.values["peer-10"].fill(NaN);
    const result = await train(data, plan({ families: "har" }));
    // The rows no longer are what the ticks give, which the causality check says too.
    expect(result.gate.reasons[0]).toBe("leak_check_failed");
    expect(makeReport(data, result, facts).families[0]).toMatchObject({ family: "zscore", figures: null });
  });

  it("are refused when the training rows have one outcome only", async () => {
    const calm = makeData();
    calm.rows.label.fill(0);
    await expect(train(calm, plan({}))).rejects.toThrow(/both outcomes are needed/);
  });

  it("get no figure where there is no interval: fewer than two groups of blocks to test on", async () => {
    const data = makeData();
    const report = makeReport(
      data,
      await train(data, plan({ "test-share": "0.05", folds: "1", families: "har" })),
      facts,
    );
    for (const { figures, refused } of report.families) {
      expect(figures).toBeNull();
      expect(refused).toMatch(/of 1 groups of blocks have a spike, an interval needs 2: no figure without it/);
    }
    expect(report.gate.reasons).toContain("no_gain_over_baseline");
  });
});

describe("claims", () => {
  it("are left out of the manifests of simulated data", async () => {
    const { artifacts } = await train(makeData(), { ...plan({ families: "har" }), publishFigures: false });
    for (const { manifest } of artifacts) expect([manifest.evaluation, manifest.gate]).toEqual([null, null]);
  });
});
