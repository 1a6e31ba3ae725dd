// The thresholds of champion and challenger that follow their live labels, on one grid of a symbol. Where they are not
// served, by the setting or because an operator chose a threshold, they are counted beside the stated ones.
import { type ClosedSteps, FLAG } from "../../../features/closed-steps.ts";
import type { FeatureEngine } from "../../../features/feature-engine.ts";
import type { Page } from "../../../features/page-buffer.ts";
import type { Scorer } from "../../../model/artifact.ts";
import type { ServedModels } from "../../../model/model-host.ts";
import { loadedScorer } from "../../../model/scorer-at-threshold.ts";
import { canFollow, ModelThreshold, type StatedThreshold } from "../../../threshold/model-threshold.ts";
import type { AliasScores, StepScores } from "../scoring.ts";
import type { LabelLearner } from "./label-learner.ts";
import type { ThresholdMode } from "../../../settings/learning-settings.ts";

/** Models whose thresholds are kept: those in use, and those that were used last. */
const MAX_MODELS = 4;
/** The aliases that answer. */
const ANSWERING = ["champion", "challenger"] as const;

/** A model's threshold in one of the places of the pages. */
interface Place {
  readonly model: ModelThreshold;
  /** The later adopted the higher. */
  serial: number;
}

export class ThresholdLearner implements LabelLearner {
  readonly mode: ThresholdMode;
  damagedPages = 0;
  private readonly stepMs: number;
  private readonly places: (Place | undefined)[] = new Array<undefined>(MAX_MODELS).fill(undefined);
  private readonly dirty = new Set<number>();
  /** Columns of the labels of the adopted models, by SHA-256. */
  private readonly columns = new Map<string, number>();

  constructor(stepMs: number, pages: ReadonlyMap<string, ArrayBuffer>, mode: ThresholdMode) {
    this.stepMs = stepMs;
    this.mode = mode;
    for (let place = 0; place < MAX_MODELS; place++) {
      const bytes = pages.get(String(place));
      if (bytes !== undefined) this.load(place, bytes);
    }
  }

  adopt(features: FeatureEngine, { byAlias }: ServedModels): boolean {
    this.columns.clear();
    if (this.mode === "off") return false;
    for (const alias of ANSWERING) {
      const scorer = byAlias[alias];
      const stated = scorer && statedOf(scorer);
      const column = scorer === undefined ? -1 : features.indexOfLabelSpec(scorer.manifest.label);
      if (stated === undefined || column < 0 || !canFollow(stated)) continue;
      this.columns.set(stated.sha256, column);
      this.use(stated);
    }
    return false;
  }

  learn(steps: ClosedSteps, scores: StepScores, onlyKnown?: ReadonlySet<string>): StepScores {
    const followed = new Map<string, Float64Array>();
    for (const alias of ANSWERING) {
      const { scorer } = scores[alias];
      const model = scorer && this.of(scorer);
      const sha256 = scorer?.manifest.onnxSha256;
      if (model === undefined || sha256 === undefined || followed.has(sha256)) continue;
      if (onlyKnown === undefined || onlyKnown.has(sha256)) {
        followed.set(sha256, this.learnModel(model, this.columns.get(sha256)!, steps, scores[alias]));
      }
    }
    return this.answered(scores, (sha256) => followed.get(sha256));
  }

  answer(_steps: ClosedSteps, scores: StepScores): StepScores {
    return this.answered(scores, () => undefined);
  }

  /** The threshold of a model; `undefined` for one that cannot follow or is not in use. */
  of(scorer: Scorer): ModelThreshold | undefined {
    const { onnxSha256 } = scorer.manifest;
    if (!this.columns.has(onnxSha256)) return undefined;
    return this.places.find((place) => place?.model.stated.sha256 === onnxSha256)?.model;
  }

  dirtyPages(): readonly Page[] {
    const pages = [...this.dirty].map((place) => {
      const { model, serial } = this.places[place]!;
      return { id: String(place), bytes: model.encode(serial) };
    });
    this.dirty.clear();
    return pages;
  }

  /** Each step's threshold, [steps]. */
  private learnModel(model: ModelThreshold, column: number, steps: ClosedSteps, scores: AliasScores): Float64Array {
    const { scorer, places, values } = scores;
    const thresholds = new Float64Array(steps.count);
    const stated = scorer!.manifest.threshold;
    const isFollowed = this.isServed(scorer!);
    let next = 0;
    for (let k = 0; k < steps.count; k++) {
      const isScored = places[next] === k;
      thresholds[k] = model.update({
        index: steps.index[k]!,
        segmentStart: (steps.flags[k]! & FLAG.segmentStart) !== 0,
        counts: steps.isEligible(k),
        label: steps.label[k * steps.specCount + column]!,
        probability: isScored ? values[next]! : NaN,
        stated,
        isFollowed,
      });
      if (isScored) next += 1;
    }
    this.dirty.add(this.places.findIndex((place) => place?.model === model));
    return thresholds;
  }

  /** The scores with the thresholds that follow. */
  private answered(scores: StepScores, ofSteps: (sha256: string) => Float64Array | undefined): StepScores {
    const answered = { ...scores };
    for (const alias of ANSWERING) {
      const { scorer, places } = scores[alias];
      const model = scorer && this.of(scorer);
      if (model === undefined) continue;
      const thresholds = ofSteps(model.stated.sha256);
      const now = model.follower.threshold;
      const following = {
        thresholds: Float64Array.from(places, (k) => thresholds?.[k] ?? now),
        now,
        isServed: this.isServed(scorer!),
      };
      answered[alias] = { ...scores[alias], following };
    }
    return answered;
  }

  /** Whether the threshold that follows is served: an operator's choice holds until it ends. */
  isServed(scorer: Scorer): boolean {
    return this.mode === "on" && loadedScorer(scorer) === scorer;
  }

  /** Keeps a model's threshold from now on, in place of the one that is not in use for the longest time. */
  private use(stated: StatedThreshold): void {
    const serial = 1 + Math.max(0, ...this.places.map((place) => place?.serial ?? 0));
    const known = this.places.find((place) => place?.model.stated.sha256 === stated.sha256);
    if (known !== undefined) {
      known.serial = serial;
      return;
    }
    const serials = this.places.map((place) => place?.serial ?? 0);
    const place = serials.indexOf(Math.min(...serials));
    this.places[place] = { model: new ModelThreshold(stated, this.stepMs), serial };
    this.dirty.add(place);
  }

  /** A damaged page loses its own model's part. */
  private load(place: number, bytes: ArrayBuffer): void {
    try {
      this.places[place] = ModelThreshold.decode(bytes, this.stepMs);
    } catch {
      this.damagedPages += 1;
    }
  }
}

/** What the model's own manifest states, whatever an operator chose. */
function statedOf(scorer: Scorer): StatedThreshold {
  const { onnxSha256: sha256, threshold, goal, scoreEdges, label } = loadedScorer(scorer).manifest;
  return { sha256, threshold, goal, edges: scoreEdges ?? [], horizonSteps: label.horizonSteps };
}
