// The second stage: one run of the trainer, and what it wrote read back and checked like anything on disk.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Artifact } from "../../model-artifacts/artifact.ts";
import type { CliOptions } from "../run/cli-options.ts";
import { readArtifact } from "../publish/model-publishing.ts";
import type { RunReport } from "../run/run-report.ts";
import { trainingRun } from "../run/training-run.ts";

export interface TrainedModels {
  readonly report: RunReport;
  /** Every model of the run, baselines too. */
  readonly artifacts: readonly Artifact[];
  /** The one that the training rows chose. */
  readonly chosen: Artifact;
}

/**
 * Trains as `npm run train` does, prints what it prints, and writes its report and artifacts to `training.config.out`.
 * Publishes nothing.
 * @throws UserError for data that cannot carry a model; UnreadableFileError for a recording that cannot be read.
 */
export async function trainModels(training: CliOptions, command: string): Promise<TrainedModels> {
  const { out } = training.config;
  await trainingRun(training, command);
  const report = JSON.parse(await readFile(join(out, "report.json"), "utf8")) as RunReport;
  // The folder may hold models of earlier runs; the report lists those of this one.
  const fitted = report.families.filter(({ sha256 }) => sha256 !== null);
  const artifacts = await Promise.all(fitted.map(({ family }) => readArtifact(join(out, family))));
  const chosen = artifacts.find(({ manifest }) => manifest.family === report.chosen.refitted);
  if (chosen === undefined) throw new Error(`${report.chosen.refitted}: chosen, but not among the artifacts in ${out}`);
  return { report, artifacts, chosen };
}

/** Names of the leak checks that failed: with one of them no figure of the run can be believed. */
export function failedLeakChecks({ leaks }: RunReport): string[] {
  return leaks.flatMap(({ name, outcome }) => (outcome === "failed" ? [name] : []));
}
