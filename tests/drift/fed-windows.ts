// Drift windows on bars of a minute, a reference of two features, and rows to feed them.
import { DriftWindows } from "../../src/drift/drift-windows.ts";
import { driftFeature, type DriftReference } from "../../src/drift/drift-reference.ts";
import { driftWindowPlan } from "../../src/drift/drift-window-plan.ts";
import { sample, uniform } from "./samples.ts";

export const MINUTE = 60_000;

export const HOUR = 60;

export const COLUMNS = ["a", "unused", "b", "probability"];

/** Of minute bars: an hour that begins one. */
export const START = 24 * HOUR * 20_000;

export function bell(seed: number): () => number {
  const next = uniform(seed);
  return () => next() + next() + next() + next() - 2;
}

/** A reference of two features and the score, trained on a bell of deviation 0.577. */
export function reference(change: Partial<DriftReference["windows"][number]> = {}, stepMs = MINUTE): DriftReference {
  const next = bell(1);
  return {
    features: ["a", "b", "probability"].map((name) => driftFeature(name, sample(5000, next))),
    windows: driftWindowPlan(stepMs).map(({ name, steps, every, minRows }) => ({
      ...{ name, steps, every, minRows, nullWindows: 200, alpha: 0.05 },
      ...{ thresholds: [0.4, 0.4, 0.4], datasetShare: 1 / 3, datasetRatio: null },
      ...change,
    })),
  };
}

export interface Feed {
  readonly from?: number;
  readonly steps: number;
  readonly shift?: { readonly a?: number; readonly b?: number; readonly probability?: number };
  readonly seed?: number;
  readonly counts?: boolean;
}

export function feed(windows: DriftWindows, { from = START, steps, shift = {}, seed = 2, counts = true }: Feed) {
  const next = bell(seed);
  return Array.from({ length: steps }, (_, i) => {
    const row = Float32Array.of(
      next() + (shift.a ?? 0),
      NaN,
      next() + (shift.b ?? 0),
      next() + (shift.probability ?? 0),
    );
    return windows.update(from + i, row, counts);
  }).flat();
}

export function calibrated(change?: Partial<DriftReference["windows"][number]>): DriftWindows {
  const windows = new DriftWindows(MINUTE, COLUMNS);
  windows.setReference(reference(change), "sha-1");
  return windows;
}
