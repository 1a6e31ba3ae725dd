// The artifacts that ship with the Worker (made by `npm run bundle`), so that a gateway with an empty bucket can
// predict at once.
import type { ArtifactFiles } from "./artifact.ts";
import logistic from "./bundled/logistic.json" with { type: "json" };
import logisticOnnx from "./bundled/logistic.onnx";
import persistence from "./bundled/persistence.json" with { type: "json" };
import persistenceOnnx from "./bundled/persistence.onnx";
import thresholdOnly from "./bundled/threshold-only.json" with { type: "json" };
import thresholdOnlyOnnx from "./bundled/threshold-only.onnx";
import zscore from "./bundled/zscore.json" with { type: "json" };
import zscoreOnnx from "./bundled/zscore.onnx";

/**
 * SHA-256 of the bundled artifact for each alias, used until another artifact is given the alias. No challenger is
 * bundled.
 */
export const BUNDLED = {
  champion: logistic.onnxSha256,
  rows: zscore.onnxSha256,
  zscore: zscore.onnxSha256,
  persistence: persistence.onnxSha256,
  "threshold-only": thresholdOnly.onnxSha256,
  reference: persistence.onnxSha256,
} as const;

const FILES: ReadonlyMap<string, { readonly onnx: ArrayBuffer; readonly manifest: unknown }> = new Map([
  [logistic.onnxSha256, { onnx: logisticOnnx, manifest: logistic }],
  [zscore.onnxSha256, { onnx: zscoreOnnx, manifest: zscore }],
  [persistence.onnxSha256, { onnx: persistenceOnnx, manifest: persistence }],
  [thresholdOnly.onnxSha256, { onnx: thresholdOnlyOnnx, manifest: thresholdOnly }],
]);

/** The bundled artifact of that SHA-256, `undefined` when there is none. */
export function bundledArtifact(sha256: string): ArtifactFiles | undefined {
  const files = FILES.get(sha256);
  return files && { onnx: new Uint8Array(files.onnx), manifest: files.manifest };
}
