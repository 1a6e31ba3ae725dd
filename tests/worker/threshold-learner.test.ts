// Thresholds that follow: the same answers however the steps were grouped, restarted or swapped.
import { describe, expect, it } from "vitest";
import { ClosedSteps, FLAG } from "../../src/features/closed-steps.ts";
import { followedThresholds } from "../../feeds/parity/followed-thresholds.ts";
import type { FeatureEngine } from "../../src/features/feature-engine.ts";
import { THRESHOLD_MODES, type ThresholdMode } from "../../src/settings/learning-settings.ts";
import { ThresholdLearner } from "../../src/durable/symbol/learning/threshold-learner.ts";
import type { AliasScores, StepScores } from "../../src/durable/symbol/scoring.ts";
import type { Scorer } from "../../src/model/artifact.ts";
import type { ServedModels } from "../../src/model/model-host.ts";
import { atThreshold } from "../../src/model/scorer-at-threshold.ts";
import type { AnsweredStep } from "../../src/threshold/model-threshold.ts";
import { answeredSteps, EDGES } from "../threshold/answered-steps.ts";
import { integers } from "./market.ts";

const STEP_MS = 60_000;
const FEATURES = { indexOfLabelSpec: () => 0 } as unknown as FeatureEngine;
const STEPS = answeredSteps(16_000);

function scorer(letter: string, goal = "recall at least 0.8: recall 0.81"): Scorer {
  const operatingPoints = [{ goal: "max F1", threshold: 0.5, precision: 0.5, recall: 0.5, alertRate: 0.1 }];
  const label = { horizonSteps: 2 };
  const manifest = { onnxSha256: letter.repeat(64), threshold: 0.3, goal, scoreEdges: EDGES, label, operatingPoints };
  return { manifest } as unknown as Scorer;
}

const [A, B] = [scorer("a"), scorer("b")];
const served = (champion: Scorer, challenger?: Scorer): ServedModels =>
  ({ byAlias: { champion, ...(challenger === undefined ? {} : { challenger }) } }) as unknown as ServedModels;

function closed(steps: readonly AnsweredStep[]): ClosedSteps {
  const all = new ClosedSteps(1);
  for (const { index, segmentStart, counts, label, probability } of steps) {
    const k = all.append();
    all.index[k] = index;
    const isReady = Number.isNaN(probability) ? 0 : FLAG.ready;
    all.flags[k] = (segmentStart ? FLAG.segmentStart : 0) | (counts ? FLAG.observed : 0) | isReady;
    all.tau[k] = 1;
    all.label[k] = label;
  }
  return all;
}

function scoresOf(steps: readonly AnsweredStep[], champion: Scorer, challenger?: Scorer): StepScores {
  const places = steps.flatMap(({ probability }, k) => (Number.isNaN(probability) ? [] : [k]));
  const values = Float32Array.from(places, (k) => steps[k]!.probability);
  const one = (by: Scorer | undefined): AliasScores => ({
    ...{ scorer: by, places: by === undefined ? [] : places, values, raw: values, sigmaRatios: undefined },
    ...{ last: NaN, lastSigmaRatio: NaN, noScore: undefined, error: undefined },
  });
  return { champion: one(champion), challenger: one(challenger) } as unknown as StepScores;
}

class Learning {
  learner: ThresholdLearner;
  private readonly mode: ThresholdMode;
  private readonly pages = new Map<string, ArrayBuffer>();
  private models: ServedModels | undefined;

  constructor(mode: ThresholdMode = "on") {
    this.mode = mode;
    this.learner = new ThresholdLearner(STEP_MS, this.pages, mode);
  }

  adopt(models: ServedModels): this {
    this.models = models;
    this.learner.adopt(FEATURES, models);
    return this;
  }

  save(): void {
    for (const { id, bytes } of this.learner.dirtyPages()) this.pages.set(id, bytes);
  }

  restart(): void {
    this.save();
    this.learner = new ThresholdLearner(STEP_MS, this.pages, this.mode);
    if (this.models !== undefined) this.adopt(this.models);
  }

  damage(): void {
    this.save();
    for (const bytes of this.pages.values()) new Uint8Array(bytes)[100]! ^= 255;
  }

  /** Thresholds of the champion at its ready steps. */
  run(steps: readonly AnsweredStep[], known?: ReadonlySet<string>): number[] {
    const { champion, challenger } = this.models!.byAlias;
    const answered = this.learner.learn(closed(steps), scoresOf(steps, champion!, challenger), known);
    return Array.from(answered.champion.following?.thresholds ?? []);
  }
}

describe("ThresholdLearner", () => {
  const whole = new Learning().adopt(served(A)).run(STEPS);

  it("answers the same in batches of any size, with restarts among them", () => {
    expect(new Set(whole).size).toBeGreaterThan(2);
    for (const seed of [1, 2, 3]) {
      const below = integers(seed);
      const learning = new Learning().adopt(served(A));
      const answers: number[] = [];
      for (let at = 0; at < STEPS.length;) {
        const to = Math.min(STEPS.length, at + 1 + below(900));
        answers.push(...learning.run(STEPS.slice(at, to)));
        at = to;
        if (below(5) === 0) learning.restart();
      }
      expect(answers).toEqual(whole);
    }
  });

  it("answers what the trainer's own pass over the same steps gives", () => {
    const probabilities = Float32Array.from(STEPS, ({ probability }) => probability);
    const own = followedThresholds(closed(STEPS), A.manifest, probabilities)!;
    expect(Array.from(own).filter((threshold) => !Number.isNaN(threshold))).toEqual(whole);
  });

  it("goes back to the last snapshot, and from there gives the same answers to the same steps", () => {
    const learning = new Learning().adopt(served(A));
    const first = learning.run(STEPS.slice(0, 12_000));
    learning.save();
    learning.run(STEPS.slice(12_000, 15_000));
    // Without the snapshot of the last steps.
    const again = new Learning().adopt(served(A));
    again.run(STEPS.slice(0, 12_000));
    again.restart();
    const known = new Set([A.manifest.onnxSha256]);
    expect([...first, ...again.run(STEPS.slice(12_000), known)]).toEqual(whole);
  });

  it("learns nothing for a model that was not followed when the state was stored", () => {
    const learning = new Learning().adopt(served(A));
    const answers = learning.run(STEPS, new Set([B.manifest.onnxSha256]));
    expect(new Set(answers)).toEqual(new Set([0.3]));
  });

  it("keeps each model's own threshold through swaps, and begins anew with a fifth model", () => {
    const half = STEPS.length / 2;
    const learning = new Learning().adopt(served(A));
    learning.run(STEPS.slice(0, half));
    const before = learning.learner.of(A)!.follower.threshold;
    learning.adopt(served(B, A));
    expect(learning.learner.of(B)!.follower.threshold).toBe(0.3);
    learning.run(STEPS.slice(half));
    // The challenger went on with the same steps, as if it had been champion.
    expect(learning.learner.of(A)!.follower.threshold).toBe(whole.at(-1));
    expect(before).not.toBe(whole.at(-1));
    expect(learning.learner.of(B)!.journal.count).toBeGreaterThan(0);
    // The third of these takes the place of B, which was adopted before A.
    for (const letter of ["c", "d", "e"]) learning.adopt(served(scorer(letter)));
    learning.restart();
    learning.adopt(served(A));
    expect(learning.learner.of(A)!.follower.threshold).toBe(whole.at(-1));
    learning.adopt(served(B));
    expect(learning.learner.of(B)!.journal.count).toBe(0);
  });

  it("is served only where it is switched on and no operator chose a threshold, and counted in shadow too", () => {
    const chosen = atThreshold(A, { sha256: A.manifest.onnxSha256, threshold: 0.5 });
    for (const mode of THRESHOLD_MODES) {
      for (const champion of [A, chosen]) {
        const learning = new Learning(mode).adopt(served(champion));
        const { following } = learning.learner.learn(closed(STEPS), scoresOf(STEPS, champion)).champion;
        expect(following?.isServed).toBe(mode === "off" ? undefined : mode === "on" && champion === A);
        if (following === undefined) continue;
        expect(following.now).toBe(whole.at(-1));
        const { served: counts, lastIndex } = learning.learner.of(champion)!;
        expect(counts.window(720, lastIndex).confusion.served).toEqual(
          counts.window(720, lastIndex).confusion[following.isServed ? "followed" : "stated"],
        );
      }
    }
  });

  it("leaves the given scores as they are, and answers a step again by the threshold of now", () => {
    const learning = new Learning().adopt(served(A));
    const scores = scoresOf(STEPS, A);
    const before = structuredClone(Array.from(scores.champion.values));
    const { champion } = learning.learner.learn(closed(STEPS), scores);
    expect(scores.champion).not.toHaveProperty("following");
    expect(Array.from(champion.values)).toEqual(before);
    const last = STEPS.slice(-1);
    const again = learning.learner.answer(closed(last), scoresOf(last, A)).champion.following!;
    expect([...again.thresholds, again.now]).toEqual([whole.at(-1), whole.at(-1)]);
  });

  it("follows no goal that nobody worded so, and says so by having nothing", () => {
    const imported = scorer("f", "as imported");
    const learning = new Learning().adopt(served(imported));
    expect(learning.run(STEPS.slice(0, 10))).toEqual([]);
    expect(learning.learner.of(imported)).toBeUndefined();
  });

  it("counts a damaged page and begins anew with that model alone", () => {
    const learning = new Learning().adopt(served(A));
    learning.run(STEPS);
    learning.damage();
    learning.restart();
    expect(learning.learner.damagedPages).toBe(1);
    expect(learning.learner.of(A)!.follower.threshold).toBe(0.3);
  });
});
