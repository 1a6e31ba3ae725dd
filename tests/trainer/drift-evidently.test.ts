// Drift figures of src/drift beside those of a real Evidently on the same samples.
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { CUSTOMARY_SHARE, driftedShare } from "../../src/drift/drifted-share.ts";
import { jensenShannonDistance } from "../../src/drift/jensen-shannon-distance.ts";
import { kolmogorovSmirnov } from "../../src/drift/kolmogorov-smirnov.ts";
import { populationStabilityIndex } from "../../src/drift/population-stability-index.ts";
import { normedWasserstein } from "../../src/drift/normed-wasserstein.ts";
import { linearUniform } from "../features/linear-congruential.ts";
import { missingPeers, peerPython } from "../peers/python.ts";
import { runSuccessfully } from "../processes/child-program.ts";

const MODULES = ["evidently", "pandas"];
const python = peerPython(MODULES);

type Columns = Record<string, Float64Array>;
interface Group {
  readonly reference: Columns;
  readonly current: Columns;
}
interface Figures {
  readonly columns: Record<string, { readonly value: number; readonly method: string }>;
  readonly share: number;
}

/** Columns of many kinds; `shift` moves each of them a little. */
function columns(rows: number, shift: number, seed: number): Columns {
  const next = linearUniform(seed);
  const bell = () => next() + next() + next() + next() - 2;
  const make = (value: (i: number) => number) => Float64Array.from({ length: rows }, (_, i) => value(i));
  return {
    bell: make(() => bell() + shift),
    narrow: make(() => 1e-5 * (bell() + shift)),
    skewed: make(() => 1 / (0.02 + next()) + 5 * shift),
    tail: make((i) => bell() + (i % 97 === 0 ? 40 * (1 + shift) : 0)),
    tied: make(() => Math.round(20 * (bell() + shift)) / 20),
    zeros: make(() => Math.max(0, bell() + shift)),
    "ten values": make(() => Math.floor(10 * Math.min(0.999, next() * (1 + shift)))),
    "two values": make(() => (next() < 0.3 + shift ? 1 : 0)),
    constant: make(() => 3),
    "moved constant": make(() => 3 + shift),
    gaps: make((i) => (i % 5 === 0 ? NaN : i % 91 === 0 ? Infinity : bell() + shift)),
  };
}

/** The second group has 2,048 values in each full column: at a power of two the number of bins is on an edge. */
const groups: readonly Group[] = [
  { reference: columns(900, 0, 1), current: columns(350, 0.1, 2) },
  { reference: columns(1600, 0, 3), current: columns(448, 0, 4) },
  { reference: columns(1100, 0, 5), current: columns(1200, 0.6, 6) },
];
const ours: Record<string, (reference: Float64Array, current: Float64Array) => number> = {
  wasserstein: normedWasserstein,
  psi: populationStabilityIndex,
  jensenshannon: jensenShannonDistance,
  ks: kolmogorovSmirnov,
};

describe.skipIf(missingPeers(MODULES))("beside Evidently", () => {
  let answers: readonly Record<string, Figures>[];

  beforeAll(async () => {
    if (!("path" in python)) throw new Error(python.missing);
    const finite = (_: string, x: unknown) => (ArrayBuffer.isView(x) ? Array.from(x as Float64Array) : x);
    const script = join(import.meta.dirname, "drift-evidently.py");
    const { stdout } = await runSuccessfully(python.path, [script], { input: JSON.stringify({ groups }, finite) });
    answers = JSON.parse(stdout) as Record<string, Figures>[];
  }, 180_000);

  it.each(Object.keys(ours))("%s has its value on every kind of column", (method) => {
    let largest = 0;
    for (const [k, { reference, current }] of groups.entries()) {
      for (const [name, { value }] of Object.entries(answers[k]![method]!.columns)) {
        const difference = Math.abs(ours[method]!(reference[name]!, current[name]!) - value);
        expect(difference, `${name}, group ${k}`).toBeLessThan(1e-9 * Math.max(1, value));
        largest = Math.max(largest, difference);
      }
      expect(Object.keys(answers[k]![method]!.columns)).toEqual(Object.keys(reference));
    }
    console.log(`largest difference from Evidently, ${method}: ${largest}`);
  });

  it("takes Wasserstein for a reference of more than 1,000 rows", () => {
    expect(answers.map((group) => group["default"]!.columns["bell"]!.method)).toEqual([
      "K-S p_value",
      "Wasserstein distance (normed)",
      "Wasserstein distance (normed)",
    ]);
    for (const [k, { reference, current }] of groups.entries()) {
      if (k === 0) continue;
      const { value } = answers[k]!["default"]!.columns["bell"]!;
      expect(normedWasserstein(reference["bell"]!, current["bell"]!)).toBeCloseTo(value, 9);
    }
  });

  it("has its share of drifted columns", () => {
    for (const [k, { reference, current }] of groups.entries()) {
      const drifted = Object.keys(reference).map(
        (name) => populationStabilityIndex(reference[name]!, current[name]!) >= 0.1,
      );
      const { share } = answers[k]!["psi"]!;
      expect(driftedShare(drifted)!).toBeCloseTo(share, 12);
      expect(driftedShare(drifted)! >= CUSTOMARY_SHARE).toBe(share >= 0.5);
    }
  });
});
