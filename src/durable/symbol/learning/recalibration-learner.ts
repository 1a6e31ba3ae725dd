// Recalibrates the scores of a grid's models from its labels, and serves that once it is proven. The statistics are in
// src/recalibration.
import { type ClosedSteps, FLAG } from "../../../features/closed-steps.ts";
import type { FeatureEngine } from "../../../features/feature-engine.ts";
import type { Page } from "../../../features/page-buffer.ts";
import type { ServedModels } from "../../../model/model-host.ts";
import { SCORED, type ScoredAlias } from "../../../model/scored-alias.ts";
import type { ModelRecalibration } from "../../../recalibration/model-recalibration.ts";
import type { LearntLine, PriorsByModel } from "../../../recalibration/pooled-prior.ts";
import { type RecalibrationFacts, recalibrationFacts } from "../../../recalibration/recalibration-facts.ts";
import { Recalibrations } from "../../../recalibration/recalibrations.ts";
import type { ServingChange } from "../../../recalibration/serving-proof.ts";
import type { RecalibrationMode } from "../../../recalibration/recalibration-mode.ts";
import { followedModels } from "../evaluation/followed-models.ts";
import type { AliasScores, StepScores } from "../scoring.ts";
import type { LabelLearner } from "./label-learner.ts";

/** The scores of one model, which may hold several aliases, while they are recalibrated. */
interface Track {
  readonly one: ModelRecalibration;
  readonly places: readonly number[];
  readonly raw: Float32Array;
  readonly values: Float32Array;
  /** The next of `places`. */
  next: number;
}

/** A change of what is served of a model. */
interface ToldChange {
  readonly sha256: string;
  readonly change: ServingChange;
}

export class RecalibrationLearner implements LabelLearner {
  readonly mode: RecalibrationMode;
  private readonly stepMs: number;
  private readonly recalibrations: Recalibrations;
  /** The step of the last change of each model that was told or was known when it was adopted. */
  private readonly told = new Map<string, number>();

  constructor(stepMs: number, pages: ReadonlyMap<string, ArrayBuffer>, mode: RecalibrationMode) {
    this.stepMs = stepMs;
    this.mode = mode;
    this.recalibrations = Recalibrations.load(stepMs, pages);
  }

  get damagedPages(): number {
    return this.recalibrations.damagedPages;
  }

  /** The recalibration of a model in use; `undefined` for another. */
  of(sha256: string): ModelRecalibration | undefined {
    return this.recalibrations.of(sha256);
  }

  /** What is said of a model, in use or not. */
  factsOf(sha256: string | undefined): RecalibrationFacts {
    const one = sha256 === undefined ? undefined : this.recalibrations.of(sha256);
    return recalibrationFacts(one, { mode: this.mode, stepMs: this.stepMs });
  }

  /** What the models in use have learnt here. */
  get lines(): readonly LearntLine[] {
    return this.recalibrations.all.map(({ learnt }) => learnt);
  }

  adopt(features: FeatureEngine, models: ServedModels, priors: PriorsByModel): boolean {
    if (this.mode === "off") return false;
    const isTaken = this.recalibrations.use(followedModels(features, models).series, priors);
    for (const { model, proof } of this.recalibrations.all) this.told.set(model.sha256, lastChange(proof.journal));
    return isTaken;
  }

  /** The changes of models in use since the last call or since they were adopted, at most one a model. */
  takeChanges(): readonly ToldChange[] {
    return this.recalibrations.all.flatMap(({ model: { sha256 }, proof: { journal } }) => {
      const step = lastChange(journal);
      if (step === this.told.get(sha256)) return [];
      this.told.set(sha256, step);
      return [{ sha256, change: journal.at(-1)! }];
    });
  }

  learn(steps: ClosedSteps, scores: StepScores, onlyKnown?: ReadonlySet<string>): StepScores {
    if (this.mode === "off") return this.described(scores, new Map());
    const tracks = this.tracksOf(scores, onlyKnown);
    const { specCount } = steps;
    for (let k = 0; k < steps.count; k++) {
      const index = steps.index[k]!;
      const isTaken = this.recalibrations.advance({
        index,
        segmentStart: (steps.flags[k]! & FLAG.segmentStart) !== 0,
        labels: steps.label.subarray(k * specCount, (k + 1) * specCount),
      });
      const counts = isTaken && steps.isEligible(k);
      for (const track of tracks.values()) this.answerStep(track, k, counts ? index : undefined);
    }
    return this.described(scores, tracks);
  }

  answer(steps: ClosedSteps, scores: StepScores): StepScores {
    if (this.mode === "off") return this.described(scores, new Map());
    const tracks = this.tracksOf(scores, undefined);
    for (const track of tracks.values()) for (let k = 0; k < steps.count; k++) this.answerStep(track, k, undefined);
    return this.described(scores, tracks);
  }

  dirtyPages(): readonly Page[] {
    return this.recalibrations.dirtyPages();
  }

  /** One for each model in use that gave scores, by its SHA-256. */
  private tracksOf(scores: StepScores, onlyKnown: ReadonlySet<string> | undefined): Map<string, Track> {
    const tracks = new Map<string, Track>();
    for (const alias of SCORED) {
      const { scorer, places, raw } = scores[alias];
      const sha256 = scorer?.manifest.onnxSha256;
      if (sha256 === undefined || tracks.has(sha256) || onlyKnown?.has(sha256) === false) continue;
      const one = this.recalibrations.of(sha256);
      if (one !== undefined) tracks.set(sha256, { one, places, raw, values: raw.slice(), next: 0 });
    }
    return tracks;
  }

  /** @param index of a step whose label is to be learnt from; `undefined` for another. */
  private answerStep(track: Track, k: number, index: number | undefined): void {
    if (track.places[track.next] !== k) return;
    const raw = track.raw[track.next]!;
    const answer = track.one.answer(raw, this.mode === "on");
    track.values[track.next] = answer.served;
    track.next += 1;
    if (index !== undefined) track.one.park(index, raw, answer);
  }

  private described(scores: StepScores, tracks: ReadonlyMap<string, Track>): StepScores {
    const of = (alias: ScoredAlias): AliasScores => {
      const found = scores[alias];
      const sha256 = found.scorer?.manifest.onnxSha256;
      const recalibration = this.factsOf(sha256);
      const values = sha256 === undefined ? undefined : tracks.get(sha256)?.values;
      if (values === undefined) return { ...found, recalibration };
      const last = Number.isNaN(found.last) ? NaN : values.at(-1)!;
      return { ...found, values, last, recalibration };
    };
    return Object.fromEntries(SCORED.map((alias) => [alias, of(alias)])) as StepScores;
  }
}

function lastChange(journal: readonly ServingChange[]): number {
  return journal.at(-1)?.step ?? -1;
}
