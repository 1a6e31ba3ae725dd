// `npm run retrain` without the process around it: the stages in their order, and what each prints.
import type { CliOptions } from "../run/cli-options.ts";
import { type PublishTarget, publishTarget } from "../publish/publish-target.ts";
import { predictionsText } from "../../recordings/leave-out-predictions.ts";
import { EXIT } from "../../command-line/exit-code.ts";
import { TemporaryFolder } from "../../command-line/temporary-folder.ts";
import { GatewayAdmin } from "./gateway-admin.ts";
import { makeChallenger, refusalOf, worthKeeping } from "./make-challenger.ts";
import { type PullPlan, pullArchive } from "./pull-archive.ts";
import type { RetrainOptions } from "./retrain-options.ts";
import { TimeLine, timeText } from "./time-line.ts";
import { type TrainedModels, trainModels } from "./trained-models.ts";
import { evidenceText, watchExperiment } from "./watch-experiment.ts";

/**
 * Pulls, trains, publishes, makes the challenger, and watches where asked; returns the exit code. It first checks what
 * it can before the long part: the bucket's credentials, and that the gateway answers and accepts the token.
 *
 * @throws UserError, UnreadableFileError, BucketError, GatewayError and GatewayRefusal for what their stages cannot do;
 * the lines printed until then say what was done.
 */
export async function retrainRun(
  options: RetrainOptions,
  context: {
    readonly command: string;
    readonly adminToken: string | undefined;
    readonly print: (line: string) => void;
  },
): Promise<number> {
  const line = new TimeLine(context.print);
  const admin = new GatewayAdmin(options.gateway, context.adminToken, options.grid);
  const target = publishTarget(options.training.config.bucket);
  const champion = (await admin.aliases())["champion"];
  line.add(`gateway ${admin.baseUrl}${options.grid === undefined ? "" : `, grid ${options.grid}`}`, {
    figures: `champion ${shortSha(champion)}`,
  });
  const running = options.replace ? undefined : worthKeeping(await admin.experiment());
  if (running !== undefined) {
    line.add("nothing trained: a challenger is being compared", {
      figures: `${running}; --replace to retrain all the same`,
    });
    return EXIT.done;
  }
  const trained = await pullAndTrain(options, line, context.command);
  const refusal = refusalOf(trained.report, trained.chosen);
  if (refusal?.code === "leak_check_failed") {
    line.add("nothing published, no challenger", { figures: refusal.why });
    return EXIT.refused;
  }
  await publishModels(trained, target, line);
  const before = await admin.experiment();
  const challenge = await makeChallenger(admin, trained, options.auto);
  if (!challenge.ok) {
    line.add("no challenger", { figures: challenge.why });
    return EXIT.refused;
  }
  const { onnxSha256 } = trained.chosen.manifest;
  const replaced = before.experiment?.challenger;
  if (replaced !== undefined && replaced !== onnxSha256) {
    line.add(`the challenger before, ${shortSha(replaced)}, is replaced`, { figures: evidenceText(before) });
  }
  const how = `shadow, ${options.auto ? "promoted by the rule" : "not promoted by itself"}`;
  const serving = challenge.serving ? "scored from now on" : "not scored by the answering isolate yet";
  line.add(`challenger ${shortSha(onnxSha256)}`, { figures: `${how}; ${serving}` });
  if (challenge.warning !== undefined) line.add("warning", { figures: challenge.warning });
  if (options.watch === undefined) return EXIT.done;
  const { auto } = options;
  const outcome = await watchExperiment(admin, line, { sha256: onnxSha256, auto, ...options.watch });
  if (outcome.kind === "promoted") line.add(`champion ${shortSha(onnxSha256)}`, { figures: "promoted by the rule" });
  if (outcome.kind === "refused") line.add("not promoted", { figures: outcome.why });
  if (outcome.kind === "timeout") line.add("time is up", { figures: "the gateway goes on judging" });
  return outcome.kind === "refused" ? EXIT.refused : EXIT.done;
}

/**
 * The first two stages: pulls ticks into a temporary folder, which it removes afterwards, and runs the trainer on them.
 */
export async function pullAndTrain(
  { from, sinceMs, training }: Pick<RetrainOptions, "from" | "sinceMs" | "training">,
  line: TimeLine,
  command: string,
): Promise<TrainedModels> {
  const folder = new TemporaryFolder("volgate-retrain-");
  try {
    const { symbol, bucket } = training.config;
    const files = await pull({ from, sinceMs, symbol, persist: bucket.persist, into: folder.path }, line);
    return await trainOn({ ...training, files }, line, command);
  } finally {
    await folder.remove();
  }
}

async function pull(plan: PullPlan, line: TimeLine): Promise<readonly string[]> {
  const { files, objects, bytes, leftOut, predictions, fromMs, lastMs } = await pullArchive(plan);
  const span = fromMs === null ? "" : `, ${timeText(fromMs)} to ${timeText(lastMs)}`;
  const without = leftOut === 0 ? "" : `; ${leftOut} older or of other symbols left out`;
  const beside = predictions === 0 ? "" : `; ${predictionsText(predictions)}`;
  const megabytes = (bytes / 1e6).toFixed(1);
  line.add("ticks pulled", {
    eventMs: lastMs,
    figures: `${objects} recordings, ${megabytes} MB${span}${without}${beside}`,
  });
  return files;
}

async function trainOn(training: CliOptions, line: TimeLine, command: string): Promise<TrainedModels> {
  const trained = await trainModels(training, command);
  const { report, chosen } = trained;
  const { gate, test, data } = report;
  const figures = report.families.find(({ family }) => family === chosen.manifest.family)?.figures;
  const prAuc = figures?.prAuc ? `PR-AUC ${figures.prAuc.value.toFixed(3)}, ` : "";
  const verdict = gate.verdict === "passed" ? "gate passed" : `gate refused: ${gate.reasons.join(", ")}`;
  line.add(`trained, chose ${chosen.manifest.family}`, {
    eventMs: data.toMs,
    figures: `${prAuc}${test.rows} test rows, ${test.episodes} episodes, ${verdict}; ${report.seconds.toFixed(0)} s`,
  });
  return trained;
}

/** The third stage. Throws what the target throws. */
export async function publishModels(
  { artifacts, chosen }: TrainedModels,
  target: PublishTarget,
  line: TimeLine,
): Promise<void> {
  await target.publish(artifacts);
  line.add(`published ${artifacts.length} models in ${target.name}`, {
    figures: `chosen: models/${shortSha(chosen.manifest.onnxSha256)}…`,
  });
}

/** The first 12 digits, as prediction ids have them. */
export function shortSha(sha256: string | undefined): string {
  return sha256?.slice(0, 12) ?? "none";
}
