// A run in MLflow's terms: parameters, metrics, the report and the chosen model.
import type { Figure } from "../../src/model/manifest-evaluation.ts";
import { type Artifact, manifestText } from "../../model-artifacts/artifact.ts";
import type { MlflowResult, MlflowRun } from "./mlflow/mlflow-client.ts";
import type { RunReport } from "./run-report.ts";

/** @param html the report as a page. */
export function mlflowRun(report: RunReport, html: string, artifacts: readonly Artifact[]): MlflowRun {
  const endMs = Date.parse(report.createdAt);
  const { refitted } = report.chosen;
  const passed = report.gate.verdict === "passed";
  const files = artifacts.flatMap(({ manifest, onnx }) => [
    { path: `models/${manifest.family}/model.onnx`, bytes: onnx },
    { path: `models/${manifest.family}/manifest.json`, bytes: encode(manifestText(manifest)) },
  ]);
  return {
    name: `${refitted} ${report.createdAt}`,
    startMs: endMs - Math.round(report.seconds * 1000),
    endMs,
    params: { ...report.settings, recordings: report.data.source },
    metrics: metrics(report),
    tags: {
      gate: report.gate.verdict,
      reasons: report.gate.reasons.join(","),
      chosen: refitted,
      reference: report.reference.family,
      code_commit: report.codeCommit,
      data_fingerprint: report.dataFingerprint,
    },
    artifacts: [
      { path: "report.html", bytes: encode(html) },
      { path: "report.json", bytes: encode(JSON.stringify(report)) },
      ...files,
    ],
    ...(artifacts.some(({ manifest }) => manifest.family === refitted)
      ? {
          model: {
            name: refitted,
            alias: passed ? "champion" : "candidate",
            artifactPath: `models/${refitted}`,
          } as const,
        }
      : {}),
  };
}

/**
 * `<family>.<figure>` with `.low` and `.high`, what the rows are, and as `gain.brier` and `gain.prAuc` what the chosen
 * family gains over the reference.
 */
function metrics(report: RunReport): Record<string, number> {
  const { test, families, chosen, reference, gate } = report;
  const found: Record<string, number> = {
    "test.rows": test.rows,
    "test.episodes": test.episodes,
    "test.base_rate": test.baseRate,
  };
  for (const { family, figures } of families) {
    if (figures === null) continue;
    const { prAuc, lift, rocAuc, brier, brierSkill, logLoss, ece } = figures;
    for (const [name, figure] of Object.entries({ prAuc, lift, rocAuc, brier, brierSkill, logLoss, ece })) {
      addFigure(found, `${family}.${name}`, figure);
    }
  }
  addFigure(found, "gain.brier", gate.gains[reference.family] ?? null);
  const model = families.find(({ family }) => family === chosen.refitted);
  addFigure(found, "gain.prAuc", model?.paired[reference.family]?.prAuc ?? null);
  return found;
}

function addFigure(into: Record<string, number>, name: string, figure: Figure | null): void {
  if (figure === null) return;
  into[name] = figure.value;
  into[`${name}.low`] = figure.low;
  into[`${name}.high`] = figure.high;
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** What became of the logging, in lines for a terminal. */
export function mlflowText(uri: string, { runId, modelVersion, failures, notes }: MlflowResult): string {
  const model = modelVersion === null ? "" : `, model version ${modelVersion}`;
  return [
    runId === null ? `mlflow  not logged at ${uri}` : `mlflow  run ${runId} at ${uri}${model}`,
    ...failures.map(({ step, message }) => `WARNING: mlflow, ${step}: ${message}`),
    ...notes.map((note) => `mlflow: ${note}`),
  ].join("\n");
}
