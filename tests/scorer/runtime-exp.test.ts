import { TensorProto_DataType } from "onnx-buf";
import { describe, expect, it } from "vitest";
import { INPUT, OnnxSession } from "../../onnx/onnx-session.ts";
import { SeededRandom } from "../../src/features/seeded-random.ts";
import { runtimeExp, runtimeSigmoid } from "../../src/scorer/runtime-exp.ts";
import { OnnxGraph } from "../../trainer/artifact/onnx/graph.ts";

const PARTS = ["high", "middle", "low"];
const VALUES = 100_000;

/** The float64 result of an operator as three float32 outputs, each what the ones before have left. */
async function valuesOf(operator: string, x: Float32Array): Promise<Float64Array> {
  const graph = new OnnxGraph();
  const exact = graph.node("Cast", [graph.input(INPUT, 1)], "exact", { to: TensorProto_DataType.DOUBLE });
  let rest = graph.node(operator, [exact], "result");
  for (const part of PARTS) {
    const rounded = graph.node("Cast", [rest], part, { to: TensorProto_DataType.FLOAT });
    const kept = graph.node("Cast", [rounded], `${part}_double`, { to: TensorProto_DataType.DOUBLE });
    rest = graph.node("Sub", [rest, kept], `${part}_rest`);
    graph.output(part, 1);
  }
  const session = await OnnxSession.load(graph.encode("test", {}));
  const parts = await session.runOutputs(x, 1, { input: INPUT, outputs: PARTS });
  await session.release();
  return Float64Array.from(x, (_, i) => parts.reduceRight((sum, part) => part[i]! + sum, 0));
}

describe.each([
  ["Exp", runtimeExp, 80],
  ["Sigmoid", runtimeSigmoid, 40],
])("the %s of onnxruntime", (operator, own, limit) => {
  it("has the own function's bits in float64", async () => {
    const random = new SeededRandom(operator);
    // Further out the float32 parts lose bits of a small float64.
    const x = Float32Array.from(
      { length: VALUES },
      () => limit * (random.uniform() - 0.5) * 10 ** -(6 * random.uniform()),
    );
    const different = Array.from(await valuesOf(operator, x)).filter((value, i) => !Object.is(value, own(x[i]!)));
    expect(different).toEqual([]);
  });

  it("is not Math.exp's everywhere", async () => {
    const x = Float32Array.from({ length: 10_000 }, (_, i) => -i / 1000);
    const byMath = (value: number): number => (operator === "Exp" ? Math.exp(value) : 1 - 1 / (1 + Math.exp(value)));
    const different = Array.from(await valuesOf(operator, x)).filter((value, i) => value !== byMath(x[i]!));
    expect(different.length).toBeGreaterThan(10);
  });
});

describe("the own exponential", () => {
  it("has its ends, and NaN for NaN", () => {
    expect([0, -0, Infinity, -Infinity, NaN].map(runtimeExp)).toEqual([1, 1, Infinity, 0, NaN]);
    expect([512, -512, 1e-300].map(runtimeExp)).toEqual([Infinity, 0, 1]);
    expect(runtimeExp(-1.8109002542907682)).toBe(0.16350687276133397);
    expect([0, Infinity, -Infinity, NaN].map(runtimeSigmoid)).toEqual([0.5, 1, 0, NaN]);
  });
});
