// Artifacts for the tests of publishing: valid manifests around a few bytes.
import { DEFAULT_LABEL_SPEC } from "../../src/features/label-spec.ts";
import { MANIFEST_FORMAT } from "../../src/model/manifest.ts";
import type { Artifact } from "../../model-artifacts/artifact.ts";
import { sha256Hex } from "../../model-artifacts/sha256.ts";

/** `content` is the byte by which two artifacts differ. */
export function artifact(content: number, createdAt = "2025-01-01T00:00:00.000Z"): Artifact {
  const onnx = Uint8Array.of(1, 2, content);
  return {
    onnx,
    manifest: {
      format: MANIFEST_FORMAT,
      name: "persistence",
      version: "1",
      family: "persistence",
      row: "default-1",
      schemaHash: "0".repeat(64),
      features: ["ewma_60_over_tau"],
      dropped: [],
      label: DEFAULT_LABEL_SPEC,
      input: "features",
      output: "probability",
      calibration: { method: "platt", slope: 1, intercept: 0 },
      threshold: 0.5,
      goal: "none",
      training: { fromMs: 0, toMs: 1, rows: 1, source: "test" },
      drift: null,
      scoreEdges: null,
      evaluation: null,
      gate: null,
      dataFingerprint: "f",
      codeCommit: "unknown",
      createdAt,
      onnxSha256: sha256Hex(onnx),
    },
  };
}
