// Judges a model as it is on recordings, by the rules of a training run: the same purged test rows, the same baselines
// fitted walk-forward, the same gate.
import { schemaText } from "../../src/features/schema.ts";
import type { Evaluation, Gate } from "../../src/model/manifest-evaluation.ts";
import type { Artifact } from "../../model-artifacts/artifact.ts";
import { sha256Hex } from "../../model-artifacts/sha256.ts";
import { UserError } from "../../command-line/user-error.ts";
import { sealArtifact, type Provenance } from "../artifact/make-artifact.ts";
import { scoreArtifact } from "../artifact/score-artifact.ts";
import type { Choice } from "../fit/fit-families.ts";
import { PURGE_STEPS } from "../folds/split.ts";
import type { Dataset } from "../rows/dataset.ts";
import type { TrainingConfig } from "../run/config.ts";
import { baselineSet, train } from "../run/train.ts";

export interface EvaluatedArtifact {
  /** The model with its figures, its verdict and the set of baselines, under a SHA-256 of its own. */
  readonly artifact: Artifact;
  /** Fitted on all rows of the recordings. */
  readonly baselines: readonly Artifact[];
  readonly gate: Gate;
  /** Baselines without predictions for all test rows, each with its reason: the gate compared with the others. */
  readonly refused: readonly { readonly family: string; readonly why: string }[];
  /** The baseline that the gate compared with, and why it is the one. */
  readonly reference: Choice;
  /** `null` where spikes in fewer than two groups of blocks leave no interval. */
  readonly evaluation: Evaluation | null;
}

/**
 * @param trainedUntilMs end of what the model was trained on. Rows up to it, and those that the purge takes behind it,
 * are no test.
 * Not before the end that its manifest says.
 * @throws UserError for such an end, for a dataset of another grid than the model's, and
 * where nothing is left to test on.
 */
export async function evaluateArtifact(
  { manifest, onnx }: Artifact,
  data: Dataset,
  plan: { readonly config: TrainingConfig; readonly provenance: Provenance; readonly trainedUntilMs: number },
): Promise<EvaluatedArtifact> {
  const { config, provenance, trainedUntilMs } = plan;
  const { grid } = data.config;
  if (sha256Hex(schemaText(manifest.row, grid, manifest.label.horizonSteps)) !== manifest.schemaHash) {
    throw new UserError(`--step, --source: got ${grid.stepMs} ms and ${grid.source}, expected those of the model`);
  }
  // 0 for an imported model that was not evaluated yet.
  const { toMs } = manifest.training;
  if (trainedUntilMs < toMs) {
    const [got, least] = [trainedUntilMs, toMs].map((ms) => new Date(ms).toISOString());
    throw new UserError(
      `--trained-until: got ${got}, expected ${least} or later: so far the model was trained by its manifest`,
    );
  }
  const horizonSteps = manifest.label.horizonSteps + PURGE_STEPS;
  const fromMs = Math.max(trainedUntilMs + horizonSteps * grid.stepMs, testStartOf(config));
  const result = await train(data, {
    config: { ...config, families: [], evaluation: { ...config.evaluation, testAt: { fromMs } } },
    provenance,
    publishFigures: true,
    given: {
      family: GIVEN,
      threshold: manifest.threshold,
      score: (rows, test) => scoreArtifact({ manifest, onnx }, rows, test),
    },
  });
  const { gate, figures, artifacts, reference, predictions } = result;
  const refused = [...predictions.families.values()].flatMap(({ family, refused: why }) =>
    why === null ? [] : [{ family, why }],
  );
  const found = figures.evaluation(GIVEN);
  const evaluation = found === null ? null : { ...found, method: `the model as it is; baselines: ${found.method}` };
  const artifact = sealArtifact(
    onnx,
    {
      ...manifest,
      training: { ...manifest.training, toMs: trainedUntilMs },
      evaluation,
      gate,
      set: baselineSet(artifacts, reference.family),
      reference,
      dataFingerprint: provenance.dataFingerprint,
    },
    provenance,
  );
  return { artifact, baselines: artifacts, gate, refused, reference, evaluation };
}

/** Its name among the families of the run. */
const GIVEN = "given";

function testStartOf({ evaluation: { testAt } }: TrainingConfig): number {
  return "fromMs" in testAt ? testAt.fromMs : -Infinity;
}
