// Artifacts for comparisons: small hand-made graphs under a manifest that fits.
import { TensorProto_DataType } from "onnx-buf";
import type { EngineConfig } from "../../src/features/feature-engine.ts";
import { schemaText } from "../../src/features/schema.ts";
import { MANIFEST_FORMAT, parseManifest } from "../../src/model/manifest.ts";
import type { Artifact } from "../../model-artifacts/artifact.ts";
import { OnnxGraph } from "../../trainer/artifact/onnx/graph.ts";
import { sha256Hex } from "../../model-artifacts/sha256.ts";

/** Names of its own for inputs and outputs: nothing may rely on the trainer's. */
const NAMES = { input: "x", output: "p", sigmaOutput: "ratio" };

/**
 * probability = 1 / (1 + exp(−s)) and sigma ratio = exp(s), where s is the sum of two features, a missing one being 0.
 * Its gate refused it.
 * @param acrossRows makes the probability one half of the mean over the run's rows: a model that must not exist.
 */
export function handMadeModel({ grid, label }: EngineConfig, acrossRows = false): Artifact {
  const features = ["ewma_60_over_tau", "jump_share_60"];
  const graph = new OnnxGraph();
  const { DOUBLE, FLOAT } = TensorProto_DataType;
  const raw = graph.node("Cast", [graph.input(NAMES.input, features.length)], "raw", { to: DOUBLE });
  const present = graph.node(
    "Where",
    [graph.node("IsNaN", [raw], "missing"), graph.doubles("zero", [0]), raw],
    "present",
  );
  const sums = graph.node("CumSum", [present, graph.integer("columns_axis", 1)], "sums");
  const last = [graph.integers("last", [1]), graph.integers("end", [2]), graph.integers("axes", [1])];
  const score = graph.node("Slice", [sums, ...last], "score");
  let probability = graph.node("Sigmoid", [score], "sigmoid");
  if (acrossRows) {
    const mean = graph.node("ReduceMean", [probability], "mean", { axes: [0], keepdims: 1 });
    const zeros = graph.node("Sub", [probability, probability], "zeros");
    const ofAll = graph.node("Add", [zeros, mean], "mean_of_all");
    probability = graph.node("Mul", [ofAll, graph.doubles("half", [0.5])], "halved");
  }
  graph.node("Cast", [probability], NAMES.output, { to: FLOAT });
  graph.node("Cast", [graph.node("Exp", [score], "exp")], NAMES.sigmaOutput, { to: FLOAT });
  graph.output(NAMES.output, 1);
  graph.output(NAMES.sigmaOutput, 1);
  const onnx = graph.encode("volgate", {});
  const manifest = parseManifest({
    ...{ format: MANIFEST_FORMAT, name: acrossRows ? "across-rows" : "hand-made", version: "1", family: "hand-made" },
    ...{
      row: "default-1",
      schemaHash: sha256Hex(schemaText("default-1", grid, 60)),
      features,
      dropped: [],
      label,
      ...NAMES,
    },
    ...{ calibration: { method: "none" }, threshold: 0.5, goal: "none", evaluation: null },
    gate: { verdict: "refused", reasons: ["too_few_episodes"], episodes: 0, gains: {} },
    training: { fromMs: 0, toMs: 0, rows: 0, source: "none" },
    ...{ dataFingerprint: "none", codeCommit: "none", createdAt: "2026-01-01T00:00:00.000Z" },
    onnxSha256: sha256Hex(onnx),
  });
  return { manifest, onnx };
}
