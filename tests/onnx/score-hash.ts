// Scores 20,000 seeded rows with each bundled model and prints the SHA-256 of the outputs' bytes, and what memory the
// runtime ran on. `shared` runs onnxruntime-web as it comes, `plain` as the project runs it.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as ort from "onnxruntime-web";
import { SeededRandom } from "../../src/features/seeded-random.ts";
import { OnnxSession } from "../../onnx/onnx-session.ts";

const BUNDLED = join(import.meta.dirname, "../../src/model/bundled");
const ROWS = 20_000;
const mode = process.argv[2];
if (mode === "absent") Reflect.deleteProperty(globalThis, "SharedArrayBuffer");

interface Wasm {
  instantiate(source: unknown, imports: Record<string, Record<string, unknown>>): Promise<unknown>;
  readonly Memory: new (...args: never[]) => { readonly buffer: unknown };
}
const { WebAssembly: wasm } = globalThis as unknown as { WebAssembly: Wasm };
const { instantiate, Memory } = wasm;
const memories: string[] = [];
wasm.instantiate = async (source, imports) => {
  for (const value of Object.values(imports).flatMap((group) => Object.values(group))) {
    if (value instanceof Memory) memories.push(Object.prototype.toString.call(value.buffer));
  }
  return await instantiate(source, imports);
};

const random = new SeededRandom("7");
const digest = createHash("sha256");
for (const name of ["logistic", "zscore", "persistence", "threshold-only"]) {
  const onnx = readFileSync(join(BUNDLED, `${name}.onnx`));
  const { features } = JSON.parse(readFileSync(join(BUNDLED, `${name}.json`), "utf8")) as { features: string[] };
  const rows = Float32Array.from({ length: ROWS * features.length }, () =>
    random.uniform() < 0.1 ? NaN : 6 * random.uniform() - 3,
  );
  digest.update(new Uint8Array((await score(onnx, rows, features.length)).buffer));
}
console.log(JSON.stringify({ sha256: digest.digest("hex"), memories }));

async function score(onnx: Uint8Array, rows: Float32Array, width: number): Promise<Float32Array> {
  if (mode !== "shared") return await (await OnnxSession.load(onnx)).run(rows, width);
  const session = await ort.InferenceSession.create(onnx);
  const results = await session.run({ features: new ort.Tensor("float32", rows, [rows.length / width, width]) });
  return Float32Array.from(results["probability"]!.data as Float32Array);
}
