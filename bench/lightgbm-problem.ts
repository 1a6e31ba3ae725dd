// The synthetic problem of the comparison with LightGBM: what is learned from and what is tested on.
import { RandomDeviates } from "../simulator/random-deviates.ts";

export const WIDTH = 40;
const MISSING_SHARE = 0.03;

/** float32 rows and their 0/1 targets. */
export interface Problem {
  readonly x: Float32Array;
  readonly targets: Float64Array;
}

/**
 * Rows of 40 standard normal columns, each of which shares half of its variance with one of eight factors; every fifth
 * is lognormal, every seventh is rounded to tenths, and 3 % of all values are missing, three times as often in column 0
 * when the row is positive. The log-odds are a sum of thresholds, products and a parabola of twelve columns, chosen so
 * that about 10 % of the rows are positive and the best possible PR-AUC is far from 1.
 */
export function syntheticRows(seed: string, count: number): Problem {
  const random = new RandomDeviates(seed);
  const x = new Float32Array(count * WIDTH);
  const targets = new Float64Array(count);
  const factors = new Float64Array(8);
  const z = new Float64Array(WIDTH);
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < factors.length; k++) factors[k] = random.normal();
    for (let j = 0; j < WIDTH; j++) z[j] = Math.SQRT1_2 * (factors[j % 8]! + random.normal());
    const positive = random.uniform() < 1 / (1 + Math.exp(-logOdds(z)));
    targets[i] = positive ? 1 : 0;
    for (let j = 0; j < WIDTH; j++) {
      const share = j === 0 && positive ? 3 * MISSING_SHARE : MISSING_SHARE;
      x[i * WIDTH + j] = random.uniform() < share ? NaN : shaped(z[j]!, j);
    }
  }
  return { x, targets };
}

function logOdds(z: Float64Array): number {
  const [a, b, c, d, e, f, g, h, k, l, m, n] = z as unknown as readonly number[] as NumberList;
  const steps = (a > 1 ? 1.2 : 0) + (b < -0.5 ? 0.8 : 0) + (c > 0.3 && d > 0 ? 1 : 0);
  return -4.15 + 0.9 * e + 0.7 * f * g + 0.5 * h * h + steps + 0.6 * Math.max(k, l) - 0.4 * Math.abs(m - n);
}

type NumberList = readonly [
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
];

function shaped(value: number, column: number): number {
  if (column % 5 === 4) return Math.exp(value);
  return column % 7 === 6 ? Math.round(10 * value) / 10 : value;
}
