// The persistence baseline without a runtime: Platt's sigmoid of one column. It answers when WASM cannot start.
import type { Scorer } from "./artifact.ts";
import { bundledArtifact, BUNDLED } from "./bundled.ts";
import { type Manifest, featureColumns, parseManifest } from "./manifest.ts";

/**
 * 1 / (1 + exp(−(slope · x + intercept))) of the bundled persistence model, `x` its only column. A missing column gives
 * the probability at the intercept of 0 evidence: NaN inputs answer the training base rate of the graph's imputation
 * only approximately, so callers ask only for rows that are ready.
 */
export function persistenceFormula(): Scorer {
  const artifact = bundledArtifact(BUNDLED.persistence);
  if (artifact === undefined) throw new Error("bundled persistence artifact is missing");
  const manifest: Manifest = parseManifest(artifact.manifest);
  const { slope, intercept } = manifest.calibration;
  return {
    manifest,
    columns: featureColumns(manifest),
    score: (rows) => Promise.resolve(Float32Array.from(rows, (x) => 1 / (1 + Math.exp(-(slope * x + intercept))))),
    hold: () => () => Promise.resolve(),
    release: () => Promise.resolve(),
  };
}
