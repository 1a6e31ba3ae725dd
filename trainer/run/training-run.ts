// `npm run train`, from files to artifacts: the order of the steps and what is printed.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { EXIT } from "../../command-line/exit-code.ts";
import { startProgress } from "../../command-line/progress.ts";
import { labelSpecText } from "../../src/features/label-spec.ts";
import { refusedText, remarksOf, requireTicks, unitsText } from "../../recordings/summary-text.ts";
import type { TickStreamSummary } from "../../recordings/tick-stream.ts";
import type { Artifact } from "../../model-artifacts/artifact.ts";
import { publishTarget } from "../publish/publish-target.ts";
import { nothingEligibleText } from "../rows/nothing-eligible.ts";
import type { Dataset } from "../rows/dataset.ts";
import { type RecordingsPlan, readRecordings } from "../rows/read-recordings.ts";
import { renderReport } from "../report/render-report.ts";
import { sha256Hex } from "../../model-artifacts/sha256.ts";
import { UserError } from "../../command-line/user-error.ts";
import { writeArtifacts } from "../artifact/write-artifacts.ts";
import type { CliOptions } from "./cli-options.ts";
import { codeCommit } from "./code-commit.ts";
import { mlflowRun, mlflowText } from "./log-to-mlflow.ts";
import { makeReport } from "./make-report.ts";
import { logRun } from "./mlflow/mlflow-client.ts";
import { publishRun } from "./publish-run.ts";
import { reportText, tallyText } from "./report-text.ts";
import type { RunReport } from "./run-report.ts";
import { noteTest } from "./note-test.ts";
import { readEarlierTests } from "./test-log.ts";
import { train } from "./train.ts";

/** Runs all steps and prints their results; returns the exit code. */
export async function trainingRun(options: CliOptions, command: string): Promise<number> {
  const startedMs = Date.now();
  const { config } = options;
  const print = options.json ? console.error : console.log;
  // First, so that a missing credential or a folder that cannot be made fails before the run, not after it.
  const target = options.publish ? publishTarget(config.bucket) : undefined;
  await makeFolder(config.out);
  print(`seed    ${config.seed}`);
  const progress = startProgress({ label: "train", total: 1, unit: "", withoutTerminal: "nothing" });
  const onProgress = (done: number, total: number, unit: string): void => progress.update(done, { total, unit });
  const say = (line: string): void => progress.note(line, print);
  try {
    const plan = recordingsPlan(options, (done, total) => onProgress(done, total, "bytes read"));
    const { data: read, summary } = await readRecordings(plan);
    const data: Dataset = { ...read, symbolWeights: config.symbolWeights };
    requireTicks(summary.ticks, summary, config.symbol);
    say(filesText(summary));
    say(tallyText(data));
    if (data.tally.eligible === 0) throw new UserError(nothingEligibleText(data));
    const facts = {
      source: `${summary.files.length} files, ${data.symbols.join(", ")}`.slice(0, 2000),
      dataFingerprint: sha256Hex(summary.files.map(({ sha256 }) => sha256).join("\n")),
      codeCommit: codeCommit(),
    };
    const earlier = await readEarlierTests(config.out, target, facts.dataFingerprint);
    const result = await train(data, {
      config,
      provenance: { ...facts, evidence: config.evidence, createdAtMs: startedMs },
      publishFigures: true,
      earlierTests: earlier,
      rebuild: async (untilMs) => (await readRecordings(plan, untilMs)).data,
      onProgress,
    });
    progress.stop();
    const createdAt = new Date().toISOString();
    const seconds = (Date.now() - startedMs) / 1000;
    const { seed } = config;
    const report = makeReport(data, result, {
      ...facts,
      earlier,
      createdAt,
      seconds,
      command,
      seed,
      settings: effectiveSettings(options),
    });
    say(reportText(report));
    await noteTest(report, { out: config.out, startedMs }, say);
    const page = renderReport(report);
    await writeRun(config.out, report, page, result.artifacts, say);
    if (options.json) console.log(JSON.stringify(report, null, 2));
    await logToMlflow(report, page, result.artifacts, say);
    if (leaked(report)) return EXIT.failed;
    if (target !== undefined) return await publishRun(result, config, target, say);
    return result.gate.verdict === "refused" ? EXIT.refused : EXIT.done;
  } finally {
    progress.stop();
  }
}

function recordingsPlan(
  { files, config }: CliOptions,
  onProgress: (done: number, total: number) => void,
): RecordingsPlan {
  const { symbol, engine, quoteMarginPercent, reading, bucket } = config;
  return { files, symbol, engine, quoteMarginPercent, reading, persist: bucket.persist, onProgress };
}

/** Every setting with the value that it had; where none was given, what the run took. */
function effectiveSettings({ settings, config }: CliOptions): Record<string, string> {
  const { testAt, folds } = config.evaluation;
  return {
    ...settings,
    label: labelSpecText(config.engine.label),
    ...("share" in testAt ? { "test-share": String(testAt.share) } : {}),
    ...("count" in folds ? { folds: String(folds.count) } : {}),
    goal: config.goal.kind,
    threads: String(config.threads),
  };
}

/** A failed check means that the figures cannot be believed: nothing of the run is published. */
function leaked({ leaks }: RunReport): boolean {
  return leaks.some(({ outcome }) => outcome === "failed");
}

async function writeRun(
  dir: string,
  report: RunReport,
  page: string,
  artifacts: readonly Artifact[],
  say: (line: string) => void,
): Promise<void> {
  await writeFile(join(dir, "report.html"), page);
  await writeFile(join(dir, "report.json"), JSON.stringify(report, null, 2) + "\n");
  say(`wrote   ${join(dir, "report.html")} and report.json`);
  for (const folder of await writeArtifacts(dir, artifacts)) say(`wrote   ${folder}`);
}

/** Never fails the run: prints what could not be logged. */
async function logToMlflow(
  report: RunReport,
  page: string,
  artifacts: readonly Artifact[],
  say: (line: string) => void,
): Promise<void> {
  const uri = process.env["MLFLOW_TRACKING_URI"];
  if (uri === undefined || uri === "") return;
  const logged = await logRun(uri, mlflowRun(report, page, artifacts));
  say(mlflowText(uri, logged));
}

function filesText(summary: TickStreamSummary): string {
  const { files, ticks } = summary;
  const read = `files   ${files.length} read, ${ticks} ticks, ${unitsText(files)}; refused: ${refusedText(summary)}`;
  return [read, ...remarksOf(summary)].join("\n");
}

/** Throws `UserError` naming the option. */
async function makeFolder(dir: string): Promise<void> {
  try {
    await mkdir(dir, { recursive: true });
  } catch (error) {
    throw new UserError(`--out ${dir}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
