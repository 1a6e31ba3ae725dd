import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { DEFAULT_ENGINE_CONFIG } from "../../src/features/feature-engine.ts";
import { type Scorer, type Scores, loadArtifact } from "../../src/model/artifact.ts";
import { BUNDLED, bundledArtifact } from "../../src/model/bundled.ts";
import { handMade } from "./artifacts.ts";
import type { MODELS } from "./bad-models.ts";
import { integers } from "./market.ts";

const original = WebAssembly.instantiate;

async function load(alias: keyof typeof BUNDLED): Promise<Scorer> {
  return await loadArtifact(bundledArtifact(BUNDLED[alias])!, BUNDLED[alias], DEFAULT_ENGINE_CONFIG.grid);
}

/** A model that only onnxruntime scores. */
async function loadByHand(name: keyof typeof MODELS): Promise<Scorer> {
  const { sha256, onnx, manifest } = await handMade(name);
  const scorer = await loadArtifact({ onnx, manifest }, sha256, DEFAULT_ENGINE_CONFIG.grid);
  expect(scorer.kind).toBe("onnxruntime");
  return scorer;
}

/** Rows of numbers between −3 and 3, every eleventh missing. */
function rowsOf(count: number, width: number, seed: number): Float32Array {
  const below = integers(seed);
  return Float32Array.from({ length: count * width }, () => (below(11) === 0 ? NaN : (below(600_001) - 300_000) / 1e5));
}

describe("the WASM runtime in workerd", () => {
  it("starts for two first loads at once, and leaves WebAssembly as it was", async () => {
    expect(env.ENVIRONMENT).toBe("test");
    const scorers = await Promise.all([loadByHand("sigma"), loadByHand("good")]);
    expect(WebAssembly.instantiate).toBe(original);
    for (const [i, scorer] of scorers.entries()) {
      const { probabilities, sigmaRatios } = await scorer.score(new Float32Array(scorer.columns.length));
      const [p] = probabilities;
      expect(sigmaRatios?.length).toBe(i === 0 ? 1 : undefined);
      expect(p! > 0 && p! < 1).toBe(true);
      await scorer.release();
    }
  });

  it("scores many rows in one run as it scores each of them, bit for bit", async () => {
    for (const alias of ["champion", "zscore", "persistence", "threshold-only"] as const) {
      const scorer = await load(alias);
      const width = scorer.columns.length;
      const rows = rowsOf(257, width, 3);
      const together = await scorer.score(rows);
      for (let i = 0; i < 257; i++) {
        const { probabilities, sigmaRatios } = await scorer.score(rows.slice(i * width, (i + 1) * width));
        expect(probabilities[0], `${alias} row ${i}`).toBe(together.probabilities[i]);
        expect(sigmaRatios?.[0], `${alias} row ${i}`).toBe(together.sigmaRatios?.[i]);
      }
      await scorer.release();
    }
  });

  it("keeps runs apart that are started together", async () => {
    const scorer = await load("champion");
    const inputs = Array.from({ length: 20 }, (_, k) => rowsOf(1 + (k % 5), scorer.columns.length, k));
    const alone: Scores[] = [];
    for (const rows of inputs) alone.push(await scorer.score(rows));
    expect(await Promise.all(inputs.map((rows) => scorer.score(rows)))).toEqual(alone);
    await scorer.release();
  });
});
