// A market of closed steps with everything that can happen to them: holes, stale rows, void labels, segments, models
// that come and go. Calibrated by construction: a step's label is drawn with the first model's probability.
import { LABEL } from "../../src/features/label-window.ts";
import type { QualityPair, QualitySeries, StepOutcome } from "../../src/quality/quality-series.ts";
import { SeededRandom } from "../../src/features/seeded-random.ts";

export interface SeriesChange {
  readonly series: readonly QualitySeries[];
  readonly pair?: QualityPair;
}
export type Event = { readonly change: SeriesChange } | { readonly step: StepOutcome };

/** A model with a made-up SHA-256. */
export function model(letter: string, label = "spec a", spec = 0, threshold = 0.3, horizonSteps = 60): QualitySeries {
  return { sha256: letter.repeat(64), threshold, labelText: label, spec, horizonSteps };
}

export interface Market {
  readonly seed: number;
  readonly steps: number;
  /** Before which step (counted from 0) which models are taken into use. */
  readonly changes: ReadonlyMap<number, SeriesChange>;
  readonly firstIndex?: number;
  /** Chance per step that a segment ends before it, and how long the hole then is at most. */
  readonly gapChance?: number;
  readonly gapSteps?: number;
  /** Chance that a row does not count, that a model gives nothing, that a horizon has holes. */
  readonly uncounted?: number;
  readonly missing?: number;
  readonly voids?: number;
}

/** The events of a market, in order. */
export function* market(options: Market): Generator<Event> {
  const { seed, steps, changes, gapChance = 0, gapSteps = 400 } = options;
  const { uncounted = 0.02, missing = 0, voids = 0.02 } = options;
  const random = new SeededRandom(seed);
  let index = options.firstIndex ?? 1_000_000;
  let series: readonly QualitySeries[] = [];
  let truth = new Map<number, number[]>();
  let state = -2;
  let segmentStart = true;
  for (let k = 0; k < steps; k++) {
    const change = changes.get(k);
    if (change !== undefined) {
      series = change.series;
      yield { change };
    }
    if (k > 0 && random.uniform() < gapChance) {
      index += 301 + Math.floor(random.uniform() * gapSteps);
      truth = new Map();
      segmentStart = true;
    }
    state = -2 + 0.98 * (state + 2) + 0.7 * (random.uniform() - 0.5);
    const specs = Math.max(...series.map(({ spec }) => spec), 0) + 1;
    const base = sigmoid(state);
    truth.set(
      index,
      Array.from({ length: specs }, () => {
        if (random.uniform() < voids) return LABEL.void;
        return random.uniform() < base ? LABEL.spike : LABEL.calm;
      }),
    );
    const probabilities = Float32Array.from(series, (_, i) => {
      const noise = i * (random.uniform() - 0.5);
      return random.uniform() < missing ? NaN : sigmoid(state + noise);
    });
    const labels = Array.from({ length: specs }, (_, s) => {
      const horizon = series.find(({ spec }) => spec === s)?.horizonSteps ?? 60;
      return truth.get(index - horizon)?.[s] ?? LABEL.none;
    });
    const counts = random.uniform() >= uncounted;
    const taus = Array.from({ length: specs }, (_, s) => (1 + s) * 1e-4 * (1 + 0.1 * random.uniform()));
    yield { step: { index, segmentStart, counts, labels, taus, probabilities } };
    segmentStart = false;
    index += 1;
  }
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** An observed step that two models give 0.4 and 0.6. */
export function step(index: number): StepOutcome {
  const probabilities = Float32Array.of(0.4, 0.6);
  return { index, segmentStart: false, counts: true, labels: [LABEL.none], taus: [1e-4], probabilities };
}
