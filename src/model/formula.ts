// The persistence baseline without a runtime: Platt's sigmoid of one column. Used when WASM cannot start.
import type { Scorer } from "./artifact.ts";
import { bundledArtifact, type BundledSet } from "./bundled.ts";
import { type Manifest, featureColumns, parseManifest } from "./manifest.ts";

/** Placeholder for the SHA-256: the formula is not an artifact. */
export const FORMULA_SHA256 = "0".repeat(64);

/**
 * 1 / (1 + exp(−(slope · x + intercept))) of the bundled persistence model, `x` its only column; `NaN` gives `NaN`. It
 * equals the model only within 1e-6, so it has a separate name.
 */
export function persistenceFormula(bundled: BundledSet): Scorer {
  const artifact = bundledArtifact(bundled.persistence);
  if (artifact === undefined) throw new Error("bundled persistence artifact is missing");
  const model = parseManifest(artifact.manifest);
  const manifest: Manifest = { ...model, name: "persistence-formula", onnxSha256: FORMULA_SHA256 };
  const { calibration } = manifest;
  if (calibration.method !== "platt") throw new Error(`bundled persistence: calibration ${calibration.method}`);
  const { slope, intercept } = calibration;
  return {
    manifest,
    sealed: true,
    columns: featureColumns(manifest),
    score: (rows) =>
      Promise.resolve({ probabilities: Float32Array.from(rows, (x) => 1 / (1 + Math.exp(-(slope * x + intercept)))) }),
    retain: () => () => Promise.resolve(),
    release: () => Promise.resolve(),
  };
}
