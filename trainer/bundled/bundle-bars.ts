// The bundled set for bars of one minute: trained on recordings, with the evidence of its walk-forward.
import { join } from "node:path";
import { startProgress } from "../../command-line/progress.ts";
import { UserError } from "../../command-line/user-error.ts";
import { sha256Hex } from "../../model-artifacts/sha256.ts";
import { refusedText, requireTicks } from "../../recordings/summary-text.ts";
import { labelSpecText } from "../../src/features/label-spec.ts";
import { nothingEligibleText } from "../rows/nothing-eligible.ts";
import { type RecordingsPlan, readRecordings } from "../rows/read-recordings.ts";
import { codeCommit } from "../run/code-commit.ts";
import { makeReport } from "../run/make-report.ts";
import { reportText, tallyText } from "../run/report-text.ts";
import { noteTest } from "../run/note-test.ts";
import { readEarlierTests } from "../run/test-log.ts";
import { train, type TrainingResult } from "../run/train.ts";
import type { BarsBundle } from "./bundle-options.ts";
import { BUNDLED_FOLDER, writeBundled } from "./write-bundled.ts";

/** The champion's file; its family is what the training rows choose. */
const CHAMPION = "champion";

/**
 * Trains, judges and refits on all rows, prints the report, and writes the chosen model and the baselines. Throws
 * as `requirePassed` does, since a bundled champion serves unasked, and `UserError` for data that carry no model.
 */
export async function bundleBars({ files, config, settings, whence }: BarsBundle, command: string): Promise<void> {
  const startedMs = Date.now();
  const { symbol, engine, seed } = config;
  const progress = startProgress({ label: "bundle", total: 1, unit: "", withoutTerminal: "nothing" });
  try {
    const plan: RecordingsPlan = { files, symbol, engine, persist: config.bucket.persist };
    const { data, summary } = await readRecordings(plan);
    requireTicks(summary.ticks, summary, symbol);
    console.log(`files   ${files.length} read, ${summary.ticks} ticks; refused: ${refusedText(summary)}`);
    console.log(tallyText(data));
    if (data.tally.eligible === 0) throw new UserError(nothingEligibleText(data));
    const facts = {
      source: `${data.symbols.join(", ")}: ${whence}`,
      dataFingerprint: sha256Hex(summary.files.map(({ sha256 }) => sha256).join("\n")),
      codeCommit: codeCommit(),
    };
    // The manifests go where no log goes with them: without one here, nobody can say that these rows are unseen.
    const earlier = await readEarlierTests(config.out, undefined, facts.dataFingerprint, { needsLog: true });
    const result = await train(data, {
      config,
      provenance: { ...facts, evidence: "recorded", createdAtMs: startedMs },
      publishFigures: true,
      earlierTests: earlier,
      rebuild: async (untilMs) => (await readRecordings(plan, untilMs)).data,
      onProgress: (done, total, unit) => progress.update(done, { total, unit }),
    });
    progress.stop();
    const seconds = (Date.now() - startedMs) / 1000;
    const createdAt = new Date(startedMs).toISOString();
    const report = makeReport(data, result, {
      ...{ ...facts, earlier, createdAt, seconds, command, seed },
      settings: { ...settings, label: labelSpecText(engine.label) },
    });
    console.log(reportText(report));
    await noteTest(report, { out: config.out, startedMs }, console.log);
    requirePassed(result);
    const { choice, reference, artifacts } = result;
    await writeBundled(join(BUNDLED_FOLDER, "bars"), artifacts, {
      champion: { family: choice.family, name: CHAMPION },
      reference: reference.family,
    });
  } finally {
    progress.stop();
  }
}

/** Throws `Error` for a failed leak check, which is a fault of the run, and `UserError` for a refused model. */
export function requirePassed({ leaks, gate, choice }: Pick<TrainingResult, "leaks" | "gate" | "choice">): void {
  const leaked = leaks.flatMap(({ name, outcome }) => (outcome === "failed" ? [name] : []));
  if (leaked.length > 0) throw new Error(`leak check ${leaked.join(", ")}: failed; nothing was written`);
  if (gate.verdict === "refused") {
    throw new UserError(`${choice.family}: the gate refused it for ${gate.reasons.join(", ")}; nothing was written`);
  }
}
