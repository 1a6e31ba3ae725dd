// Quantile tracking against an independent computation with NumPy.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { SeededRandom } from "../../src/features/seeded-random.ts";
import { QuantileTracker, stepSizeOf } from "../../src/volatility/quantile-tracker.ts";
import { missingPeers, peerPython } from "../peers/python.ts";

const SCRIPT = join(import.meta.dirname, "quantile-tracking.py");
const FIRST = [-0.6, -0.05, 0.5];

describe.skipIf(missingPeers(["numpy"]) !== undefined)("QuantileTracker beside NumPy", () => {
  it.each([1, 60, 300])("has the same offsets with a horizon of %d steps, through a change of regime", (horizon) => {
    const random = new SeededRandom(`tracking ${horizon}`);
    const residuals = Array.from({ length: 6000 }, (_, k) => 2 * random.uniform() - 1 + (k < 3000 ? 0 : 1.5));
    const tracker = new QuantileTracker(horizon, FIRST);
    const waiting: Float32Array[] = [];
    const answered = residuals.map((_, k) => {
      if (k >= horizon) tracker.update(residuals[k - horizon]!, waiting[k - horizon]!, 0);
      waiting.push(Float32Array.from(tracker.offsets));
      return [...waiting[k]!];
    });
    const input = JSON.stringify({ residuals, first: FIRST, step: stepSizeOf(horizon), horizon });
    const python = peerPython(["numpy"]) as { readonly path: string };
    const { stdout, status } = spawnSync(python.path, [SCRIPT], { input, maxBuffer: 1 << 28 });
    expect(status).toBe(0);
    const { offsets } = JSON.parse(String(stdout)) as { offsets: number[][] };
    answered.forEach((own, k) => own.forEach((offset, l) => expect(offset).toBeCloseTo(offsets[k]![l]!, 6)));
  });
});
