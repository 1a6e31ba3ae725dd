// The own scorer in workerd, against onnxruntime in the same isolate.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { DEFAULT_ENGINE_CONFIG } from "../../src/features/feature-engine.ts";
import { LoadedScorer, loadArtifact } from "../../src/model/artifact.ts";
import { BUNDLED, BUNDLED_BARS, bundledArtifact } from "../../src/model/bundled.ts";
import { featureColumns, type Manifest, parseManifest } from "../../src/model/manifest.ts";
import { ModelHost } from "../../src/model/model-host.ts";
import { type ModelNames, ownRunner, sessionRunner } from "../../src/model/model-runner.ts";
import { r2ArtifactStore } from "../../src/model/artifact-store.ts";
import { checkRows, giveSameBits } from "../../src/model/scorer-check.ts";
import { checkScorer, noteScorerCheck } from "../../src/model-refresh.ts";
import { handMade } from "./artifacts.ts";
import { fetchJson, metric } from "./gateway.ts";
import { integers } from "./market.ts";

const SHAS = [...new Set([...Object.values(BUNDLED), ...Object.values(BUNDLED_BARS)])];

interface Known {
  readonly onnx: Uint8Array;
  readonly manifest: Manifest;
  readonly names: ModelNames;
}

function bundled(sha256: string): Known {
  const { onnx, manifest: value } = bundledArtifact(sha256)!;
  const manifest = parseManifest(value);
  const { input, output, sigmaOutput, features } = manifest;
  const outputs = sigmaOutput === undefined ? [output] : [output, sigmaOutput];
  return { onnx, manifest, names: { input, outputs, width: features.length } };
}

/** Rows of numbers between −5 and 5, every ninth missing, some of any size. */
function rowsOf(count: number, width: number): Float32Array {
  const below = integers(11);
  return Float32Array.from({ length: count * width }, () => {
    const kind = below(90);
    if (kind < 10) return NaN;
    const x = (below(1_000_001) - 500_000) / 1e5;
    return kind < 13 ? x * 10 ** (below(70) - 35) : x;
  });
}

/** The bundled persistence model with a slope that is another by a share of 2^-20. */
function sabotaged(): { readonly changed: Uint8Array; readonly known: Known } {
  const known = bundled(BUNDLED.persistence);
  const { slope } = known.manifest.calibration as { slope: number };
  const changed = Uint8Array.from(known.onnx);
  const view = new DataView(changed.buffer);
  for (let at = 0; at + 8 <= changed.length; at++) {
    if (view.getFloat64(at, true) !== slope) continue;
    view.setFloat64(at, slope * (1 + 2 ** -20), true);
    return { changed, known };
  }
  throw new Error(`no slope ${slope} in the file`);
}

describe("the own scorer in workerd", () => {
  it.each(SHAS)("has onnxruntime's bits of the bundled model %s", async (sha256) => {
    const { onnx, manifest, names } = bundled(sha256);
    const own = ownRunner(onnx, names)!;
    const session = await sessionRunner(onnx, names);
    const { width } = names;
    expect(await giveSameBits(own, session, rowsOf(2000, width), width)).toBe(true);
    expect(await giveSameBits(own, session, checkRows(manifest.row, featureColumns(manifest)), width)).toBe(true);
    await session.release();
  });

  it("is not taken for a graph with other names, or of other makers", async () => {
    const { onnx, names } = bundled(BUNDLED.persistence);
    expect(ownRunner(onnx, { ...names, input: "x" })).toBeUndefined();
    expect(ownRunner(onnx, { ...names, width: 2 })).toBeUndefined();
    expect(ownRunner(onnx, { ...names, outputs: ["probability", "sigma_ratio"] })).toBeUndefined();
    expect(ownRunner((await handMade("good")).onnx, names)).toBeUndefined();
  });
});

describe("the check of an own scorer", () => {
  it("happens once, and leaves the own scorer at work where all bits are equal", async () => {
    const scorer = await loadArtifact(bundledArtifact(BUNDLED.champion)!, BUNDLED.champion, DEFAULT_ENGINE_CONFIG.grid);
    expect([scorer.kind, scorer.awaitsCheck]).toEqual(["own", true]);
    expect(await scorer.check()).toEqual({ result: "equal" });
    expect([scorer.kind, scorer.awaitsCheck]).toEqual(["own", false]);
    expect(await scorer.check()).toBeUndefined();
    await scorer.release();
    await expect(scorer.score(new Float32Array(scorer.columns.length))).rejects.toThrow("it was released");
  });

  it("gives a model with another bit to onnxruntime, which answers from then on; it is counted and logged", async () => {
    const { changed, known } = sabotaged();
    const scorer = new LoadedScorer(known.manifest, true, ownRunner(changed, known.names)!, known.onnx);
    const rows = rowsOf(50, known.names.width);
    const session = await sessionRunner(known.onnx, known.names);
    const [expected] = await session.run(rows);
    expect((await scorer.score(rows)).probabilities).not.toEqual(expected);
    expect(await scorer.check()).toEqual({ result: "different" });
    expect(scorer.kind).toBe("onnxruntime");
    expect((await scorer.score(rows)).probabilities).toEqual(expected);
    await Promise.all([session.release(), scorer.release()]);
    const before = await metric("volgate_scorer_checks_total", { result: "different" });
    noteScorerCheck({ name: "persistence", sha256: "0", result: "different" });
    expect(await metric("volgate_scorer_checks_total", { result: "different" })).toBe(before + 1);
  });

  it("finds every bundled model equal, one a look", async () => {
    const host = new ModelHost();
    const store = r2ArtifactStore(env.BUCKET);
    const { grid } = DEFAULT_ENGINE_CONFIG;
    await host.update({}, { store, grid, nowMs: Date.now(), aliasesKnown: true, bundled: BUNDLED });
    const results: unknown[] = [];
    for (let check = await host.checkNext(); check !== undefined; check = await host.checkNext()) {
      results.push(check.result);
    }
    expect(results).toEqual([...new Set(Object.values(BUNDLED))].map(() => "equal"));
  });

  it("is made by a serving isolate", async () => {
    await fetchJson("/health");
    const before = await metric("volgate_scorer_checks_total", { result: "equal" });
    await checkScorer();
    expect(await metric("volgate_scorer_checks_total", { result: "equal" })).toBe(before + 1);
  });
});
