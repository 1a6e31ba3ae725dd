// Scores of a batch, step by step, with scorers that fail on purpose.
import { describe, expect, it } from "vitest";
import { predictLastStep } from "../../src/durable/symbol/prediction.ts";
import { RetainedModels } from "../../src/durable/symbol/retained-models.ts";
import type { StepScores } from "../../src/durable/symbol/scoring.ts";
import { ClosedSteps } from "../../src/features/closed-steps.ts";
import { FeatureEngine } from "../../src/features/feature-engine.ts";
import { PackedTicks, TICK_FIELDS } from "../../src/features/packed-ticks.ts";
import { isRejection, parseTick } from "../../src/features/tick.ts";
import type { Scorer } from "../../src/model/artifact.ts";
import logistic from "../../src/model/bundled/logistic.json" with { type: "json" };
import { featureColumns, parseManifest } from "../../src/model/manifest.ts";
import type { ServedModels } from "../../src/model/model-host.ts";
import { market, WARM_TICKS } from "./market.ts";

const manifest = parseManifest({ ...logistic, sigmaOutput: undefined });
const columns = featureColumns(manifest);

/** 20 steps that are ready, and the engine that closed them. */
function readySteps(): { engine: FeatureEngine; closed: ClosedSteps } {
  const engine = new FeatureEngine();
  const closed = new ClosedSteps(1);
  const packed = new PackedTicks();
  for (const message of market("SCORED", WARM_TICKS + 20)) {
    const tick = parseTick(message, Infinity);
    if (isRejection(tick)) throw new Error(tick.reason);
    packed.add(tick);
  }
  const rows = packed.rows();
  const warm = WARM_TICKS * TICK_FIELDS;
  engine.process(rows.subarray(0, warm), closed, new Uint8Array(WARM_TICKS));
  closed.clear();
  engine.process(rows.subarray(warm), closed, new Uint8Array(20));
  return { engine, closed };
}

type Answer = (i: number, n: number) => number;

/** A champion whose answers are given by the row's place in its run; with `sigma`, it has that output too. */
function champion(answer: Answer, sigma?: Answer, known = manifest): ServedModels {
  const scorer: Scorer = {
    manifest: sigma === undefined ? known : { ...known, sigmaOutput: "sigma_ratio" },
    sealed: true,
    columns,
    score: (rows) => {
      const n = rows.length / columns.length;
      const values = (f: Answer) => Float32Array.from({ length: n }, (_, i) => f(i, n));
      const probabilities = values(answer);
      return Promise.resolve(sigma === undefined ? { probabilities } : { probabilities, sigmaRatios: values(sigma) });
    },
    retain: () => () => Promise.resolve(),
    release: () => Promise.resolve(),
  };
  return {
    version: 1,
    byAlias: { champion: scorer },
    runtimeError: undefined,
    provisional: false,
    standIns: new Set<never>(),
    championKnown: true,
  };
}

/** The scores of the steps and what is predicted of the last one. */
async function predicted({ engine, closed }: ReturnType<typeof readySteps>, models: ServedModels) {
  const scores = await new RetainedModels(models).score(closed, engine);
  return { scores, prediction: predictLastStep("SCORED", engine, scores, { models, experiment: null }) };
}

async function scored(
  answer: (i: number, n: number) => number,
): Promise<{ scores: StepScores; probability: number | null }> {
  const { scores, prediction } = await predicted(readySteps(), champion(answer));
  return { scores, probability: prediction.probability };
}

describe("a model that answers no probability for one row", () => {
  it("loses that row's score alone, and says so", async () => {
    const { scores, probability } = await scored((i) => (i === 3 ? NaN : 0.25));
    const values = [...scores.champion.values];
    expect(values.filter((p) => p === 0.25)).toHaveLength(values.length - 1);
    expect(values[3]).toBeNaN();
    expect(scores.champion.error).toMatch(/got NaN, expected a probability/);
    expect(scores.champion.noScore).toBeUndefined();
    expect(probability).toBe(0.25);
  });

  it("gives no live prediction when the row is the last, and does not call that warming up", async () => {
    const models = champion((i, n) => (i === n - 1 ? 1.5 : 0.25));
    const { prediction } = await predicted(readySteps(), models);
    expect(prediction).toMatchObject({
      probability: null,
      alert: null,
      warmingUp: false,
      missing: [expect.stringMatching(/^scoring_error: /)],
    });
    expect(prediction.predictionId).toBeNull();
  });
});

describe("a model that also expects a volatility", () => {
  async function expected(sigma?: Answer, answer: Answer = () => 0.25) {
    const { scores, prediction } = await predicted(readySteps(), champion(answer, sigma));
    return { scores: scores.champion, prediction };
  }

  it("gives its ratio times τ, of the last step", async () => {
    const { scores, prediction } = await expected((i) => 1 + i / 4);
    const n = scores.places.length;
    expect(scores.sigmaRatios).toEqual(Float32Array.from({ length: n }, (_, i) => 1 + i / 4));
    expect(prediction.sigmaBps).toBe((1 + (n - 1) / 4) * prediction.tauBps!);
    expect(scores.error).toBeUndefined();
    expect((await expected(() => 0)).prediction.sigmaBps).toBe(0);
  });

  it("gives none without the output", async () => {
    const { scores, prediction } = await expected();
    expect(scores.sigmaRatios).toBeUndefined();
    expect(prediction).toMatchObject({ probability: 0.25, sigmaBps: null });
  });

  it.each([NaN, Infinity, -0.5])("loses only the volatility where it answers %d, and says so", async (bad) => {
    const { scores, prediction } = await expected((i, n) => (i === n - 1 ? bad : 2));
    expect(scores.sigmaRatios!.slice(0, -1).every((ratio) => ratio === 2)).toBe(true);
    expect(scores.sigmaRatios!.at(-1)).toBeNaN();
    expect(scores.values.every((p) => p === 0.25)).toBe(true);
    expect(scores.error).toBe(`sigma output: got ${bad}, expected a finite number of at least 0`);
    expect(prediction).toMatchObject({ probability: 0.25, sigmaBps: null, warmingUp: false, missing: [] });
    expect(prediction.predictionId).not.toBeNull();
  });

  it("keeps the volatility where the probability is none", async () => {
    const { prediction } = await expected(
      () => 2,
      () => NaN,
    );
    expect(prediction.probability).toBeNull();
    expect(prediction.sigmaBps).toBe(2 * prediction.tauBps!);
  });
});

describe("aliases that cannot score", () => {
  it("say why: no model, another schema", async () => {
    const { engine, closed } = readySteps();
    const models = champion(() => 0.5, undefined, { ...manifest, schemaHash: "0".repeat(64) });
    const other = await new RetainedModels(models).score(closed, engine);
    expect(other.champion.noScore).toBe("schema_differs");
    expect(other.zscore.noScore).toBe("no_model");
    expect(other.champion.places).toEqual([]);
    expect(other.champion.last).toBeNaN();
  });
});
