// The recalibration that keeps learning from a model's labels: lines of several memories, pooled by how well each has
// predicted. It decides nothing about serving; gain-evidence.ts does.
import { exp, ln } from "../features/exact-math.ts";
import { fitLine } from "./fit-line.ts";
import { IDENTITY, type Line, probabilityOf } from "./line.ts";
import { LOGIT_BINS, LogitSums } from "./logit-sums.ts";

/**
 * Memories in horizons: of 60 s these are 4 hours, 40 hours and 17 days. Time is counted in labels, so that a closed
 * market forgets nothing. Beside them stands the prior, which remembers for ever.
 */
const MEMORIES = [240, 2400, 24_000] as const;
/** Lines among which weight is shared: those of the memories, then the prior. */
const LINES = MEMORIES.length + 1;
/** Share of its weight that a line gives to all others for each horizon of labels. */
const SHARE = 1 / 14_400;
/** Horizons between two fits. */
const REFIT_HORIZONS = 15;
const DEVIATIONS = { slope: 0.5, level: 1 } as const;

/** Steps between two fits: they happen at whole multiples on the grid, whenever a symbol began. */
export function refitSteps(horizonSteps: number): number {
  return REFIT_HORIZONS * horizonSteps;
}

/** Numbers of the state that change with every label, and those that change with a fit. */
const FRESH_NUMBERS = 3 * LOGIT_BINS;
export const LEARNT_NUMBERS = MEMORIES.length * 3 * LOGIT_BINS + 2 * MEMORIES.length + LINES;

/**
 * A Platt scaling in log-odds whose memory is not chosen: for each of three memories the line of the greatest
 * posterior around the prior line; their pool in log-odds, which is a line again. Weights follow each line's log loss
 * on the labels that came after it was fitted (fixed share: Herbster and Warmuth 1998), so that after a change of the
 * market the short memory takes over within hours, and in a calm one the long memory.
 *
 * Labels of overlapping horizons count 1/horizon each.
 *
 * Example: a young one gives the prior; after a year of labels of a model that says twice the odds of what happens, it
 * gives about `{ slope: 1, level: -0.69 }`.
 */
export class Recalibrator {
  readonly prior: Line;
  private readonly horizonSteps: number;
  private readonly fresh: LogitSums;
  private readonly memories: readonly LogitSums[];
  private lines: readonly Line[];
  private weights: readonly number[];
  private pool: Line;

  /** @param prior where the line begins and what it is held near. */
  constructor(horizonSteps: number, prior: Line = IDENTITY) {
    this.horizonSteps = horizonSteps;
    this.prior = prior;
    this.fresh = new LogitSums();
    this.memories = MEMORIES.map(() => new LogitSums());
    this.lines = MEMORIES.map(() => prior);
    this.weights = new Array<number>(LINES).fill(1 / LINES);
    this.pool = prior;
  }

  /** The line in force: that of the last fit. */
  get line(): Line {
    return this.pool;
  }

  /** Counts a label under the log-odds that the model gave; it works from the next fit on. */
  add(logit: number, label: 0 | 1): void {
    this.fresh.add(logit, label);
  }

  /** Weighs the lines by the labels since the last fit, then fits them with those. Nothing changes without labels. */
  refit(): void {
    const { fresh, horizonSteps, prior } = this;
    const horizons = fresh.total / horizonSteps;
    if (!(horizons > 0)) return;
    const losses = [...this.lines, prior].map((line) => logLoss(fresh, line) / horizonSteps);
    this.weights = sharedWeights(this.weights, losses, 1 - exp(-SHARE * horizons));
    this.lines = this.memories.map((memory, i) => {
      memory.decayAndAdd(exp(-horizons / MEMORIES[i]!), fresh, 1 / horizonSteps);
      return fitLine(memory, prior, DEVIATIONS, this.lines[i]!);
    });
    fresh.clear();
    this.pool = pooled([...this.lines, prior], this.weights);
  }

  /** `FRESH_NUMBERS` of the state. */
  saveFresh(): Float64Array {
    return this.fresh.numbers.slice();
  }

  /** `LEARNT_NUMBERS` of the state; with the prior and `saveFresh` they are all of it. */
  saveLearnt(): Float64Array {
    const lines = this.lines.flatMap(({ slope, level }) => [slope, level]);
    return Float64Array.from([...this.memories.flatMap(({ numbers }) => [...numbers]), ...lines, ...this.weights]);
  }

  /** Takes over what `saveFresh` gave. Throws `RangeError` for another number of numbers. */
  loadFresh(numbers: Float64Array): void {
    requireCount("fresh", numbers, FRESH_NUMBERS);
    this.fresh.numbers.set(numbers);
  }

  /** Takes over what `saveLearnt` gave. Throws `RangeError` for another count, or a number that is not finite. */
  loadLearnt(numbers: Float64Array): void {
    requireCount("learnt", numbers, LEARNT_NUMBERS);
    this.memories.forEach((memory, i) =>
      memory.numbers.set(numbers.subarray(i * FRESH_NUMBERS, (i + 1) * FRESH_NUMBERS)),
    );
    const at = MEMORIES.length * FRESH_NUMBERS;
    this.lines = MEMORIES.map((_, i) => ({ slope: numbers[at + 2 * i]!, level: numbers[at + 2 * i + 1]! }));
    this.weights = [...numbers.subarray(at + 2 * MEMORIES.length)];
    this.pool = pooled([...this.lines, this.prior], this.weights);
  }
}

function requireCount(name: string, numbers: Float64Array, count: number): void {
  if (numbers.length !== count) throw new RangeError(`${name}: got ${numbers.length} numbers, expected ${count}`);
  const wrong = numbers.find((number) => !Number.isFinite(number));
  if (wrong !== undefined) throw new RangeError(`${name}: got ${wrong}, expected finite numbers`);
}

/** Sum over the labels of −ln of the probability of what happened, with the mean log-odds of each bin. */
function logLoss({ weight, logits, spikes }: LogitSums, { slope, level }: Line): number {
  let loss = 0;
  for (let i = 0; i < LOGIT_BINS; i++) {
    if (!(weight[i]! > 0)) continue;
    const z = (slope * logits[i]!) / weight[i]! + level;
    loss -= spikes[i]! * ln(probabilityOf(z)) + (weight[i]! - spikes[i]!) * ln(probabilityOf(-z));
  }
  return loss;
}

function sharedWeights(weights: readonly number[], losses: readonly number[], share: number): number[] {
  const least = Math.min(...losses);
  const updated = weights.map((weight, i) => weight * exp(least - losses[i]!));
  const sum = updated.reduce((total, weight) => total + weight, 0);
  return updated.map((weight) => (weight / sum) * (1 - share) + share / weights.length);
}

function pooled(lines: readonly Line[], weights: readonly number[]): Line {
  let [slope, level] = [0, 0];
  lines.forEach((line, i) => {
    slope += weights[i]! * line.slope;
    level += weights[i]! * line.level;
  });
  return { slope, level };
}
