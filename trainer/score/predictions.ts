// The predictions of every family for the test rows of all folds, in one order, and the chosen family.
import type { Dataset } from "../rows/dataset.ts";
import { encodeArtifact } from "../artifact/make-artifact.ts";
import { chooseFamily, type Choice, type FamilyFit } from "../fit/fit-families.ts";
import { chooseReference } from "../fit/choose-reference.ts";
import type { Split } from "../folds/split.ts";
import { verifyModel } from "../artifact/verify.ts";

/** One family over the pooled test rows. */
export interface FamilyPredictions {
  readonly family: string;
  /** One per test row, as the ONNX graph gave them; `NaN` in folds where the family was refused. */
  readonly probabilities: Float32Array;
  /** The operating threshold of the fold that the row belongs to. */
  readonly thresholds: Float64Array;
  /** Why it has no figures: the first fold that refused it. */
  refused: string | null;
  /** Of the fits in all folds. */
  seconds: number;
}

/** Pooled test rows of all folds, with every family's predictions for them. */
export class Predictions {
  /** Positions in the dataset, in order of time. */
  readonly rows: Int32Array;
  readonly families = new Map<string, FamilyPredictions>();
  readonly choices: Choice[] = [];
  /** Each fold's strongest baseline by its training rows. */
  private readonly references: Choice[] = [];
  /** Rows that were scored both in ONNX and in the trainer, over all families, and the largest difference. */
  readonly verified = { rows: 0, largestDifference: 0 };
  private readonly data: Dataset;
  private at = 0;
  private given: Choice | undefined;

  constructor(data: Dataset, splits: readonly Split[]) {
    this.data = data;
    this.rows = joined(splits.map(({ test }) => test));
  }

  /**
   * Adds the next fold's fitted families: each scores the fold's test rows through its ONNX file. The first fold's
   * training rows, from before all test rows, choose the family that the gate tests and the baseline that it is tested
   * against; what later folds would have chosen is only noted.
   */
  async addFold(split: Split, fits: readonly FamilyFit[]): Promise<void> {
    const reference = chooseReference(this.data, fits, split.train);
    this.references.push(reference);
    this.choices.push(chooseFamily(fits, reference));
    for (const { family, model, seconds } of fits) {
      const predictions = this.predictionsOf(family);
      predictions.seconds += seconds;
      if ("refused" in model) {
        predictions.refused ??= `fold ${this.choices.length}: ${model.refused}`;
        continue;
      }
      const verified = await verifyModel(model, encodeArtifact(model, this.data), this.data, split.test);
      this.countVerified(split.test.length, verified.maxDifference);
      predictions.probabilities.set(verified.probabilities, this.at);
      predictions.thresholds.fill(model.operating.threshold, this.at, this.at + split.test.length);
    }
    this.at += split.test.length;
  }

  /**
   * Adds a model that was fitted elsewhere, and makes it what the gate tests. Call it after the last fold.
   * @param probabilities one per test row.
   */
  addGiven(family: string, probabilities: Float32Array, threshold: number): void {
    const predictions = this.predictionsOf(family);
    predictions.probabilities.set(probabilities);
    predictions.thresholds.fill(threshold);
    this.given = { family, why: "it was given" };
  }

  /** What the gate tests. Throws before the first fold. */
  get chosen(): Choice {
    const first = this.given ?? this.choices[0];
    if (first === undefined) throw new Error("chosen: no fold has been added");
    return first;
  }

  /** The baseline that the gate compares with. Throws before the first fold. */
  get reference(): Choice {
    const [first] = this.references;
    if (first === undefined) throw new Error("reference: no fold has been added");
    return first;
  }

  countVerified(rows: number, difference: number): void {
    this.verified.rows += rows;
    this.verified.largestDifference = Math.max(this.verified.largestDifference, difference);
  }

  private predictionsOf(family: string): FamilyPredictions {
    let found = this.families.get(family);
    if (found === undefined) {
      const probabilities = new Float32Array(this.rows.length).fill(NaN);
      found = {
        family,
        probabilities,
        thresholds: new Float64Array(this.rows.length).fill(1),
        refused: null,
        seconds: 0,
      };
      this.families.set(family, found);
    }
    return found;
  }
}

function joined(parts: readonly Int32Array[]): Int32Array {
  const rows = new Int32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    rows.set(part, at);
    at += part.length;
  }
  return rows;
}
