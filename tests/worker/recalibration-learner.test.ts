// The learner between scores and answers: what it changes of them, and what it leaves alone.
import { describe, expect, it } from "vitest";
import { servedScores } from "../../feeds/parity/served-scores.ts";
import type { Artifact } from "../../model-artifacts/artifact.ts";
import { ClosedSteps, FLAG } from "../../src/features/closed-steps.ts";
import { FeatureEngine } from "../../src/features/feature-engine.ts";
import { LABEL } from "../../src/features/label-window.ts";
import { SeededRandom } from "../../src/features/seeded-random.ts";
import type { Scorer } from "../../src/model/artifact.ts";
import type { ServedModels } from "../../src/model/model-host.ts";
import { SCORED } from "../../src/model/scored-alias.ts";
import { probabilityOf } from "../../src/recalibration/line.ts";
import { pooledPrior, type PriorsByModel } from "../../src/recalibration/pooled-prior.ts";
import type { RecalibrationMode } from "../../src/recalibration/recalibration-mode.ts";
import { RecalibrationLearner } from "../../src/durable/symbol/learning/recalibration-learner.ts";
import type { AliasScores, StepScores } from "../../src/durable/symbol/scoring.ts";

const features = new FeatureEngine();
const HORIZON = features.config.label.horizonSteps;
const PRIOR = { slope: 0.8, level: -0.9, symbols: 3, horizons: 9000, atMs: 5 } as const;

function scorer(sha256: string): Scorer {
  const manifest = { onnxSha256: sha256, label: features.config.label, threshold: 0.3, scoreEdges: [] };
  return { manifest } as unknown as Scorer;
}

const CHAMPION = scorer("a".repeat(64));
/** The same model as the champion under another threshold, as after a change of it. */
const SAME = { ...CHAMPION };
const BASELINE = scorer("b".repeat(64));

function modelsOf(byAlias: ServedModels["byAlias"]): ServedModels {
  return { byAlias } as unknown as ServedModels;
}

const MODELS = modelsOf({ champion: CHAMPION, challenger: SAME, zscore: BASELINE });

/** A market in which the champion gives twice the odds and the baseline is right. */
class Market {
  private readonly random: SeededRandom;
  private readonly truth = new Map<number, number>();
  private index = 10_000;

  constructor(seed: number) {
    this.random = new SeededRandom(seed);
  }

  next(count: number): { readonly steps: ClosedSteps; readonly scores: StepScores } {
    const steps = new ClosedSteps(1, count, []);
    const [raw, right] = [new Float32Array(count), new Float32Array(count)];
    for (let k = 0; k < count; k++) {
      steps.append();
      const index = this.index++;
      const z = -2 + 3 * (this.random.uniform() - 0.5);
      this.truth.set(index, this.random.uniform() < probabilityOf(z) ? LABEL.spike : LABEL.calm);
      raw[k] = probabilityOf(z + 1);
      right[k] = probabilityOf(z);
      steps.index[k] = index;
      steps.flags[k] = FLAG.observed | FLAG.ready;
      steps.label[k] = this.truth.get(index - HORIZON) ?? LABEL.none;
    }
    const places = Array.from({ length: count }, (_, k) => k);
    const of = (one: Scorer | undefined, values: Float32Array): AliasScores => ({
      ...{ scorer: one, places, values, raw: values, sigmaRatios: undefined },
      ...{ last: values.at(-1)!, lastSigmaRatio: NaN, noScore: undefined, error: undefined },
    });
    const none = of(undefined, new Float32Array(0));
    const all = Object.fromEntries(SCORED.map((alias) => [alias, none])) as StepScores;
    const scores = { ...all, champion: of(CHAMPION, raw), challenger: of(SAME, raw), zscore: of(BASELINE, right) };
    return { steps, scores };
  }
}

const pagesOf = (learner: RecalibrationLearner) => new Map(learner.dirtyPages().map(({ id, bytes }) => [id, bytes]));

function learnerOf(mode: RecalibrationMode, pages: ReadonlyMap<string, ArrayBuffer> = new Map()): RecalibrationLearner {
  const learner = new RecalibrationLearner(1000, pages, mode);
  learner.adopt(features, MODELS, {});
  return learner;
}

/** Learns until the champion's recalibration is proven. */
function proven(mode: RecalibrationMode): { readonly learner: RecalibrationLearner; readonly market: Market } {
  const [learner, market] = [learnerOf(mode), new Market(1)];
  for (let n = 0; n < 60; n++) {
    const { steps, scores } = market.next(900);
    learner.learn(steps, scores);
  }
  return { learner, market };
}

describe("RecalibrationLearner", () => {
  it("answers what a model says until a recalibration is proven, then the recalibrated probability", () => {
    const [learner, market] = [learnerOf("on"), new Market(1)];
    const first = market.next(100);
    const before = learner.learn(first.steps, first.scores);
    expect(before.champion.values).toEqual(before.champion.raw);
    expect(before.champion.recalibration).toMatchObject({ state: "learning", slope: 1, level: 0, labels: 40 });
    const later = proven("on");
    const { steps, scores } = later.market.next(10);
    const { champion, challenger, zscore } = later.learner.learn(steps, scores);
    expect(champion.recalibration!.state).toBe("serving");
    // The time of the first prediction that was answered so, which is the end of its step.
    const [change] = later.learner.of(CHAMPION.manifest.onnxSha256)!.proof.journal;
    expect(champion.recalibration!.sinceMs).toBe((change!.step + 1) * 1000);
    expect(champion.recalibration!.level + champion.recalibration!.slope * -1 + 1).toBeCloseTo(-1, 0);
    expect(champion.values.every((p, i) => p < champion.raw[i]!)).toBe(true);
    expect(champion.last).toBe(champion.values.at(-1));
    expect(champion.raw).toEqual(scores.champion.raw);
    // One model under two aliases has one recalibration; the baseline is right, and its own is not proven.
    expect(challenger.values).toEqual(champion.values);
    expect(zscore.values).toEqual(zscore.raw);
    expect(zscore.recalibration!.state).toBe("learning");
  });

  it("never changes the arrays that it is given, which aliases share", () => {
    const { learner, market } = proven("on");
    const { steps, scores } = market.next(50);
    const copy = scores.champion.raw.slice();
    learner.learn(steps, scores);
    expect(scores.champion.raw).toEqual(copy);
    expect(scores.champion.values).toBe(scores.champion.raw);
  });

  it("answers a step again as it answered it, and learns nothing from that", () => {
    const { learner, market } = proven("on");
    const { steps, scores } = market.next(50);
    const learnt = learner.learn(steps, scores);
    const { labels } = learnt.champion.recalibration!;
    const again = learner.answer(steps, scores);
    expect(again.champion.values).toEqual(learnt.champion.values);
    expect(learner.factsOf(CHAMPION.manifest.onnxSha256).labels).toBe(labels);
  });

  it("judges in the shadow without answering, and neither where it is off", () => {
    const shadow = proven("shadow");
    const next = shadow.market.next(10);
    const { champion } = shadow.learner.learn(next.steps, next.scores);
    expect(champion.recalibration!.state).toBe("shadow");
    expect(champion.values).toEqual(champion.raw);
    const off = proven("off");
    const { steps, scores } = off.market.next(10);
    const answered = off.learner.learn(steps, scores).champion;
    expect(answered.values).toBe(scores.champion.values);
    expect(answered.recalibration).toMatchObject({ state: "off", slope: 1, level: 0, labels: 0 });
    expect(off.learner.dirtyPages()).toEqual([]);
  });

  it("gives the same bits in whatever batches the steps come, and across a restart between any two", () => {
    const run = (batch: number, restart: boolean): number[] => {
      let learner = learnerOf("on");
      const market = new Market(7);
      const all = market.next(40_000);
      const pages = new Map<string, ArrayBuffer>();
      const served: number[] = [];
      for (let from = 0; from < 40_000; from += batch) {
        const { steps, scores } = part(all, from, Math.min(batch, 40_000 - from));
        served.push(...learner.learn(steps, scores).champion.values);
        for (const [id, bytes] of pagesOf(learner)) pages.set(id, bytes);
        if (restart) learner = learnerOf("on", pages);
      }
      return served;
    };
    const whole = run(40_000, false);
    expect(whole.at(-1)).not.toBe(part(new Market(7).next(40_000), 0, 40_000).scores.champion.raw.at(-1));
    expect(run(333, false)).toEqual(whole);
    expect(run(1009, true)).toEqual(whole);
  });

  it("begins with a prior once, keeps it across restarts, and serves the trainer's bits with it", () => {
    const priors = { [CHAMPION.manifest.onnxSha256]: PRIOR };
    const begun = (pages: ReadonlyMap<string, ArrayBuffer>, given: PriorsByModel) => {
      const learner = new RecalibrationLearner(1000, pages, "on");
      return { learner, isTaken: learner.adopt(features, MODELS, given) };
    };
    const first = begun(new Map(), priors);
    expect(first.isTaken).toBe(true);
    const line = { slope: 0.8, level: -0.9, labels: 0, state: "learning" };
    expect(first.learner.factsOf(CHAMPION.manifest.onnxSha256)).toMatchObject(line);
    expect(first.learner.factsOf(BASELINE.manifest.onnxSha256)).toMatchObject({ slope: 1, level: 0 });
    const others = { [CHAMPION.manifest.onnxSha256]: { ...PRIOR, level: 1 }, [BASELINE.manifest.onnxSha256]: PRIOR };
    const { learner, isTaken } = begun(pagesOf(first.learner), others);
    expect(isTaken).toBe(false);
    expect(learner.of(CHAMPION.manifest.onnxSha256)!.pooledPrior).toEqual(PRIOR);
    expect(learner.of(BASELINE.manifest.onnxSha256)!.pooledPrior).toBeUndefined();
    const all = new Market(7).next(40_000);
    const { champion } = learner.learn(all.steps, all.scores);
    const artifact = { manifest: CHAMPION.manifest } as unknown as Artifact;
    const scored = [{ artifact, probabilities: all.scores.champion.raw }];
    const offline = (given: PriorsByModel) =>
      servedScores(all.steps, 1000, scored, given).get(CHAMPION.manifest.onnxSha256)!;
    expect(learner.factsOf(CHAMPION.manifest.onnxSha256).state).toBe("serving");
    expect(champion.values).toEqual(offline(priors));
    expect(champion.values).not.toEqual(offline({}));
  });

  it("takes no prior for a model with a history, nor where nothing is learnt", () => {
    const priors = { [CHAMPION.manifest.onnxSha256]: PRIOR };
    const learner = learnerOf("on");
    learner.adopt(features, modelsOf({ champion: BASELINE }), priors);
    expect(learner.adopt(features, MODELS, priors)).toBe(false);
    expect(learner.factsOf(CHAMPION.manifest.onnxSha256)).toMatchObject({ slope: 1, level: 0 });
    expect(new RecalibrationLearner(1000, new Map(), "off").adopt(features, MODELS, priors)).toBe(false);
  });

  it("says what it has learnt in horizons of labels, which a third symbol begins with", () => {
    const lines = [1, 2].flatMap((seed) => {
      const [learner, market] = [learnerOf("on"), new Market(seed)];
      for (let n = 0; n < 60; n++) {
        const { steps, scores } = market.next(900);
        learner.learn(steps, scores);
      }
      return learner.lines.filter(({ sha256 }) => sha256 === CHAMPION.manifest.onnxSha256);
    });
    const prior = pooledPrior(lines, { symbols: 2, horizons: 1000 }, 7)!;
    expect(prior).toMatchObject({ symbols: 2, horizons: (2 * (54_000 - HORIZON)) / HORIZON, atMs: 7 });
    const third = new RecalibrationLearner(1000, new Map(), "on");
    third.adopt(features, MODELS, { [CHAMPION.manifest.onnxSha256]: prior });
    const { slope, level } = third.factsOf(CHAMPION.manifest.onnxSha256);
    // The champion gives e times the odds where the log-odds are −1 on the mean.
    expect(level + slope * -1).toBeLessThan(-1.6);
    expect(level + slope * -1).toBeGreaterThan(-2.4);
    // Nothing is proven of the third yet, so what the model says is served.
    const { steps, scores } = new Market(3).next(10);
    expect(third.learn(steps, scores).champion.values).toEqual(scores.champion.raw);
  });

  it("credits no model with replayed steps that it was not followed at", () => {
    const [learner, market] = [learnerOf("on"), new Market(3)];
    const { steps, scores } = market.next(500);
    learner.learn(steps, scores, new Set([BASELINE.manifest.onnxSha256]));
    expect(learner.factsOf(CHAMPION.manifest.onnxSha256).labels).toBe(0);
    expect(learner.factsOf(BASELINE.manifest.onnxSha256).labels).toBe(500 - HORIZON);
  });

  it("tells each change once, and none of before it was loaded", () => {
    const { learner, market } = proven("on");
    const [told, ...others] = learner.takeChanges();
    expect(told).toMatchObject({ sha256: CHAMPION.manifest.onnxSha256, change: { to: "serving" } });
    expect([others, learner.takeChanges()]).toEqual([[], []]);
    const again = learnerOf("on", pagesOf(learner));
    const { steps, scores } = market.next(10);
    again.learn(steps, scores);
    expect(again.takeChanges()).toEqual([]);
  });

  it("goes on where it was when a model returns after a swap", () => {
    const { learner } = proven("on");
    const before = learner.factsOf(CHAMPION.manifest.onnxSha256);
    learner.adopt(features, modelsOf({ champion: BASELINE }), {});
    expect(learner.factsOf(CHAMPION.manifest.onnxSha256).labels).toBe(0);
    learner.adopt(features, MODELS, {});
    expect(learner.factsOf(CHAMPION.manifest.onnxSha256)).toEqual(before);
  });
});

/** Some steps of many. */
function part(
  { steps, scores }: { readonly steps: ClosedSteps; readonly scores: StepScores },
  from: number,
  count: number,
): { readonly steps: ClosedSteps; readonly scores: StepScores } {
  const own = new ClosedSteps(1, count, []);
  for (let k = 0; k < count; k++) {
    own.append();
    own.index[k] = steps.index[from + k]!;
    own.flags[k] = steps.flags[from + k]!;
    own.label[k] = steps.label[from + k]!;
  }
  const places = Array.from({ length: count }, (_, k) => k);
  const of = (one: AliasScores): AliasScores => {
    if (one.scorer === undefined) return one;
    const values = one.values.slice(from, from + count);
    return { ...one, places, values, raw: values, last: values.at(-1)! };
  };
  return { steps: own, scores: Object.fromEntries(SCORED.map((alias) => [alias, of(scores[alias])])) as StepScores };
}
