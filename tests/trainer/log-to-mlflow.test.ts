import { describe, expect, it } from "vitest";
import { mlflowRun, mlflowText } from "../../trainer/run/log-to-mlflow.ts";
import { artifact } from "./publish-artifact.ts";
import { manyFoldsReport } from "./report/sample-report.ts";

const report = manyFoldsReport();
const { refitted } = report.chosen;
const made = artifact(1);
const chosen = { ...made, manifest: { ...made.manifest, family: refitted } };

describe("a run for MLflow", () => {
  it("has every setting, the figures of every family with their intervals, and the files", () => {
    const run = mlflowRun(report, "<html>", [chosen]);
    expect(run.params).toMatchObject(report.settings);
    const { figures } = report.families.find(({ family }) => family === refitted)!;
    expect(run.metrics[`${refitted}.prAuc`]).toBe(figures!.prAuc!.value);
    expect(run.metrics[`${refitted}.prAuc.low`]).toBe(figures!.prAuc!.low);
    expect(run.metrics["test.episodes"]).toBe(report.test.episodes);
    expect(run.artifacts.map(({ path }) => path)).toEqual([
      "report.html",
      "report.json",
      `models/${refitted}/model.onnx`,
      `models/${refitted}/manifest.json`,
    ]);
    expect(run.endMs - run.startMs).toBe(Math.round(report.seconds * 1000));
  });

  it("registers the chosen model as champion only when the gate passed it", () => {
    const passed = { ...report, gate: { ...report.gate, verdict: "passed" as const, reasons: [] } };
    const refused = {
      ...report,
      gate: { ...report.gate, verdict: "refused" as const, reasons: ["leak_check_failed"] },
    };
    expect(mlflowRun(passed, "", [chosen]).model).toMatchObject({ name: refitted, alias: "champion" });
    expect(mlflowRun(refused, "", [chosen]).model).toMatchObject({ name: refitted, alias: "candidate" });
    expect(mlflowRun(refused, "", [chosen]).tags).toMatchObject({ gate: "refused", reasons: "leak_check_failed" });
    expect(mlflowRun(passed, "", []).model).toBeUndefined();
  });

  it("says what became of it, each failure in a line", () => {
    const failures = [{ step: "artifacts", message: "503" }];
    const text = mlflowText("http://x", { runId: "r1", modelVersion: null, failures, notes: ["no proxy"] });
    expect(text).toBe("mlflow  run r1 at http://x\nWARNING: mlflow, artifacts: 503\nmlflow: no proxy");
    const none = mlflowText("http://x", { runId: null, modelVersion: null, failures: [], notes: [] });
    expect(none).toBe("mlflow  not logged at http://x");
  });
});
