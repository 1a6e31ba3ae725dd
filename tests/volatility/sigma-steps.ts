// Closed steps of a made-up market with forecasts of it, for tests of what learns from their labels.
import { ClosedSteps, FLAG } from "../../src/features/closed-steps.ts";
import { LABEL } from "../../src/features/label-window.ts";
import { SeededRandom } from "../../src/features/seeded-random.ts";

export interface MadeSteps {
  readonly steps: ClosedSteps;
  /** Forecast over τ of each step, `NaN` for some. */
  readonly ratios: Float32Array;
}

/** What happens at a step beside the usual. */
export interface Happening {
  readonly at: number;
  readonly what: "gap" | "void" | "stale" | "flat" | "no forecast";
}

const TAU = 0.001;

/** `count` steps from `first` on; the volatility of a horizon is e^(half a normal number) of τ, the forecast is τ. */
export function madeSteps(
  count: number,
  { horizonSteps, seed, first = 1000, happenings = [] }: MadeOptions,
): MadeSteps {
  const random = new SeededRandom(String(seed));
  const steps = new ClosedSteps(1, count, []);
  steps.count = count;
  const ratios = new Float32Array(count).fill(1);
  const of = new Map(happenings.map(({ at, what }) => [at, what]));
  let index = first;
  let since = 0;
  for (let k = 0; k < count; k++) {
    const what = of.get(k);
    if (what === "gap") {
      index += 500;
      since = 0;
    }
    steps.index[k] = index++;
    steps.flags[k] =
      FLAG.observed | FLAG.ready | (what === "gap" ? FLAG.segmentStart : 0) | (what === "stale" ? FLAG.stale : 0);
    steps.tau[k] = TAU;
    const volatility = what === "flat" ? 0 : TAU * Math.exp(0.5 * normal(random));
    const isDue = since++ >= horizonSteps;
    steps.horizonVolatility[k] = what === "void" || !isDue ? NaN : volatility;
    steps.label[k] = !isDue ? LABEL.none : what === "void" ? LABEL.void : volatility > TAU ? LABEL.spike : LABEL.calm;
    if (what === "no forecast") ratios[k] = NaN;
  }
  return { steps, ratios };
}

interface MadeOptions {
  readonly horizonSteps: number;
  readonly seed: number;
  readonly first?: number;
  readonly happenings?: readonly Happening[];
}

/** Steps from `from` to before `to`, as a batch of their own. */
export function sliceOf({ steps, ratios }: MadeSteps, from: number, to: number): MadeSteps {
  const part = new ClosedSteps(1, Math.max(1, to), []);
  part.addAll(steps);
  part.count = to;
  part.dropFirst(from);
  return { steps: part, ratios: ratios.slice(from, to) };
}

function normal(random: SeededRandom): number {
  let sum = -6;
  for (let i = 0; i < 12; i++) sum += random.uniform();
  return sum;
}
