import * as ort from "onnxruntime-web";
import { fromBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema, TensorProto_DataType } from "onnx-buf";
import { describe, expect, it } from "vitest";
import { RandomDeviates } from "../../simulator/random-deviates.ts";
import { OnnxGraph } from "../../trainer/artifact/onnx/graph.ts";
import { addTreeEnsemble } from "../../trainer/artifact/onnx/tree-nodes.ts";
import { TreeScore } from "../../trainer/score/tree-score.ts";
import { fitBoosting } from "../../trainer/trees/boosting.ts";
import { fitForest } from "../../trainer/trees/forest.ts";
import { ensembleScore, LEAF, type TreeEnsemble, truncated } from "../../trainer/trees/tree.ts";
import { PLAIN, randomProblem } from "./trees/tree-problems.ts";

ort.env.wasm.numThreads = 1;
const WIDTH = 7;
const ROWS = 1003;
const PARTS = ["high", "middle", "low"];
const problem = randomProblem(900, WIDTH);
const settings = { ...PLAIN, trees: 150, leaves: 31, minChildRows: 2, rowShare: 0.7, featureShare: 0.6 };
const boosted = fitBoosting(problem, settings).ensemble;
const forest = fitForest(problem, { ...settings, trees: 40, rowShare: "bootstrap" });

/** The float64 score of a graph as three float32 outputs, each what the ones before have left: 72 bits hold its 53. */
async function onnxScores(score: Pick<TreeScore, "addTo">, width: number): Promise<ort.InferenceSession> {
  const graph = new OnnxGraph();
  const name = score.addTo(graph, graph.input("features", width), "t_");
  let rest = name;
  for (const part of PARTS) {
    const rounded = graph.node("Cast", [rest], part, { to: TensorProto_DataType.FLOAT });
    const exact = graph.node("Cast", [rounded], `${part}_double`, { to: TensorProto_DataType.DOUBLE });
    rest = graph.node("Sub", [rest, exact], `${part}_rest`);
    graph.output(part, 1);
  }
  return ort.InferenceSession.create(graph.encode("test", {}));
}

/** Rows of the problem's kind with missing values, both zeros, denormals, infinities and values at thresholds. */
function hardRows({ trees }: TreeEnsemble): Float32Array {
  const random = new RandomDeviates("hard rows");
  const special = [NaN, 0, -0, 1e-45, -1e-45, 1e-40, Infinity, -Infinity, 3.4028234663852886e38];
  const x = Float32Array.from({ length: ROWS * WIDTH }, () => {
    const kind = random.uniform();
    return kind < 0.2 ? special[Math.floor(random.uniform() * special.length)]! : random.normal();
  });
  const thresholds = trees.flatMap(({ feature, threshold }) =>
    Array.from(feature, (column, node) => ({ column, value: threshold[node]! })).filter(
      ({ column }) => column !== LEAF,
    ),
  );
  for (let i = 0; thresholds.length > 0 && i < ROWS; i++) {
    const { column, value } = thresholds[Math.floor(random.uniform() * thresholds.length)]!;
    x[i * WIDTH + column] = value;
  }
  return x;
}

describe.each([
  ["150 boosted trees", boosted],
  ["a forest", forest],
  ["one tree", truncated(boosted, 1)],
  ["one leaf", fitBoosting(problem, { ...PLAIN, trees: 1, leaves: 1, loss: "squared" }).ensemble],
  ["no tree", truncated(boosted, 0)],
  ["splits at infinity", fitBoosting(onlyMissing(), { ...PLAIN, trees: 3 }).ensemble],
])("the ONNX nodes of %s", (_, ensemble) => {
  it.each([1, 2, 3, 64, ROWS])("have the trainer's bits in batches of %d", async (batch) => {
    const session = await onnxScores(
      { addTo: (graph, input, prefix) => addTreeEnsemble(graph, ensemble, input, prefix) },
      WIDTH,
    );
    const x = hardRows(ensemble);
    let different = 0;
    for (let from = 0; from + batch <= ROWS; from += batch) {
      const rows = new ort.Tensor("float32", x.slice(from * WIDTH, (from + batch) * WIDTH), [batch, WIDTH]);
      const parts = await session.run({ features: rows });
      for (let i = 0; i < batch; i++) {
        const own = ensembleScore(ensemble, x, (from + i) * WIDTH);
        const score = PARTS.reduceRight((sum, part) => (parts[part]!.data[i] as number) + sum, 0);
        const same = Object.is(score, own);
        if (!same) different++;
      }
    }
    await session.release();
    expect(different).toBe(0);
  });
});

/** Column 1 is 5 or missing, and that is all that matters. */
function onlyMissing(): typeof problem {
  const x = problem.x.map((_, i) => (i % WIDTH !== 1 ? NaN : Math.floor(i / WIDTH) % 3 === 0 ? 5 : NaN));
  return { x, width: WIDTH, targets: problem.targets.map((_, i) => (i % 3 === 0 ? 1 : 0)) };
}

describe("a tree score", () => {
  const parts = {
    row: "default-1",
    features: ["c", "a"],
    columns: [2, 0],
    dropped: [],
    ensemble: pairEnsemble(),
  } as const;

  it("takes its columns from full rows at an offset", () => {
    const score = new TreeScore(parts);
    const row = Float32Array.of(9, 9, 9, 0.5, 9, -1, 0.5, 9, 1);
    expect(score.scoreRow(row, 3)).toBe(ensembleScore(parts.ensemble, Float32Array.of(-1, 0.5), 0));
    expect(score.scoreRow(row, 6)).toBe(ensembleScore(parts.ensemble, Float32Array.of(1, 0.5), 0));
    expect(score.scoreRow(row, 3)).not.toBe(score.scoreRow(row, 6));
  });

  it("refuses a list of columns that is not one per feature", () => {
    expect(() => new TreeScore({ ...parts, columns: [1] })).toThrow("columns: got 1, expected one per feature, 2");
  });

  it("writes names with its prefix, a node of ai.onnx.ml and float32 thresholds", () => {
    const graph = new OnnxGraph();
    expect(new TreeScore(parts).addTo(graph, graph.input("features", 2), "second_")).toBe("second_score");
    const [trees] = fromBinary(ModelProtoSchema, graph.encode("test", {})).graph!.node;
    expect([trees!.domain, trees!.opType]).toEqual(["ai.onnx.ml", "TreeEnsembleRegressor"]);
    const values = trees!.attribute.find(({ name }) => name === "nodes_values")!.floats;
    expect(values.slice(0, 3)).toEqual([...parts.ensemble.trees[0]!.threshold.slice(0, 3)]);
  });
});

function pairEnsemble(): TreeEnsemble {
  const targets = Float64Array.of(0, 0, 1, 1);
  return fitBoosting({ x: Float32Array.of(-1, 0, -2, 1, 1, 0, 2, 1), width: 2, targets }, { ...PLAIN, minChildRows: 1 })
    .ensemble;
}
