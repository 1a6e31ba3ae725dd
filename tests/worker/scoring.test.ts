// Scores of a batch, step by step, with scorers that fail on purpose.
import { describe, expect, it } from "vitest";
import { describePrediction, stepFacts } from "../../src/durable/prediction.ts";
import { type BatchScores, BatchScoring } from "../../src/durable/scoring.ts";
import { ClosedSteps } from "../../src/features/closed-steps.ts";
import { FeatureEngine } from "../../src/features/feature-engine.ts";
import { PackedTicks } from "../../src/features/packed-ticks.ts";
import { isRejection, parseTick } from "../../src/features/tick.ts";
import type { Scorer } from "../../src/model/artifact.ts";
import logistic from "../../src/model/bundled/logistic.json" with { type: "json" };
import { featureColumns, parseManifest } from "../../src/model/manifest.ts";
import type { ServedModels } from "../../src/model/model-host.ts";
import { market, WARM_TICKS } from "./market.ts";

const manifest = parseManifest(logistic);
const columns = featureColumns(manifest);
const HASHES = { "default-1": manifest.schemaHash, "peer-10": "other" };

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
  const warm = WARM_TICKS * 8;
  engine.process(rows.subarray(0, warm), closed, new Uint8Array(WARM_TICKS));
  closed.clear();
  engine.process(rows.subarray(warm), closed, new Uint8Array(20));
  return { engine, closed };
}

/** A champion whose answers are given by the row's place in its run. */
function champion(answer: (i: number, n: number) => number): ServedModels {
  const scorer: Scorer = {
    manifest,
    columns,
    score: (rows) => {
      const n = rows.length / columns.length;
      return Promise.resolve(Float32Array.from({ length: n }, (_, i) => answer(i, n)));
    },
    hold: () => () => Promise.resolve(),
    release: () => Promise.resolve(),
  };
  return { version: 1, byAlias: { champion: scorer }, runtimeError: undefined };
}

async function scoreSteps(
  closed: ClosedSteps,
  engine: FeatureEngine,
  models: ServedModels,
  hashes = HASHES,
): Promise<BatchScores> {
  const scoring = new BatchScoring(engine, models, hashes);
  scoring.collect(closed);
  return await scoring.run();
}

async function scored(
  answer: (i: number, n: number) => number,
): Promise<{ scores: BatchScores; probability: number | null }> {
  const { engine, closed } = readySteps();
  const models = champion(answer);
  const facts = stepFacts(engine, models);
  const scores = await scoreSteps(closed, engine, models);
  return { scores, probability: describePrediction("SCORED", facts, scores).probability };
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
    const { engine, closed } = readySteps();
    const models = champion((i, n) => (i === n - 1 ? 1.5 : 0.25));
    const facts = stepFacts(engine, models);
    const scores = await scoreSteps(closed, engine, models);
    const prediction = describePrediction("SCORED", facts, scores);
    expect(prediction).toMatchObject({ probability: null, alert: null, warmingUp: false, missing: ["scoring_error"] });
    expect(prediction.predictionId).toBeNull();
  });
});

describe("aliases that cannot score", () => {
  it("say why: no model, another schema", async () => {
    const { engine, closed } = readySteps();
    const models = champion(() => 0.5);
    const other = await scoreSteps(closed, engine, models, { ...HASHES, "default-1": "0".repeat(64) });
    expect(other.champion.noScore).toBe("schema_differs");
    expect(other.zscore.noScore).toBe("no_model");
    expect(other.champion.places).toEqual([]);
    expect(other.champion.last).toBeNaN();
  });
});
