// Scores by both: the project's own scorer and onnxruntime.
import { INPUT, OnnxSession } from "../../onnx/onnx-session.ts";
import { type OwnModel, readOwnModel } from "../../src/scorer/own-model.ts";
import { SeededRandom } from "../../src/features/seeded-random.ts";

/** The own model of a file. Throws `Error` with the reason where it is not one. */
export function ownModel(onnx: Uint8Array): OwnModel {
  const result = readOwnModel(onnx);
  if (result.model === undefined) throw new Error(`not an own model: ${result.reason}`);
  return result.model;
}

const SPECIAL = [NaN, Infinity, -Infinity, 0, -0, 1e-45, -1e-40, 3.4028234663852886e38, -3.4028234663852886e38];

/** Rows of ordinary values, a tenth missing; every `wild`th cell is of any size or special. */
export function randomRows(count: number, width: number, seed: string, wild = 25): Float32Array {
  const random = new SeededRandom(seed);
  return Float32Array.from({ length: count * width }, () => {
    if (random.uniform() < 1 / wild) {
      if (random.uniform() < 0.5) return SPECIAL[Math.floor(random.uniform() * SPECIAL.length)]!;
      return (random.uniform() - 0.5) * 10 ** (76 * random.uniform() - 38);
    }
    return random.uniform() < 0.1 ? NaN : 8 * random.uniform() - 4;
  });
}

/** Runs of one batch size at most: onnxruntime takes a tenth of a millisecond for each. */
const MOST_RUNS = 40;

/** How many values of which output differ in a bit, in batches of each size; and how many were compared. */
export async function differences(
  own: OwnModel,
  session: OnnxSession,
  rows: Float32Array,
  batches: readonly number[],
): Promise<{ readonly compared: number; readonly different: readonly string[] }> {
  const { width, outputs } = own.shape;
  const different: string[] = [];
  let compared = 0;
  for (const batch of batches) {
    const runs = Math.min(MOST_RUNS, Math.floor(rows.length / (batch * width)));
    for (let from = 0; from < runs * batch * width; from += batch * width) {
      const some = rows.subarray(from, from + batch * width);
      const expected = await session.runOutputs(some, width, { input: INPUT, outputs });
      own.score(some).forEach((values, output) =>
        values.forEach((value, i) => {
          compared += 1;
          if (Object.is(value, expected[output]![i])) return;
          different.push(`${outputs[output]} of row ${from / width + i}: ${value}, not ${expected[output]![i]}`);
        }),
      );
    }
  }
  return { compared, different };
}

/** As `differences` of a file against itself. */
export async function compareScores(
  onnx: Uint8Array,
  rowsOf: (width: number) => Float32Array,
  batches: readonly number[],
): Promise<{ readonly compared: number; readonly different: readonly string[] }> {
  const own = ownModel(onnx);
  const session = await OnnxSession.load(onnx);
  try {
    return await differences(own, session, rowsOf(own.shape.width), batches);
  } finally {
    await session.release();
  }
}
