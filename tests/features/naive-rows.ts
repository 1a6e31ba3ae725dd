// Both feature rows recomputed from nothing but the list of closed steps: slow, written from the formulas in schema.ts,
// sharing no code with the rolling statistics. NaN is a value that does not exist.
import type { ClosedStep } from "../../src/features/closed-step.ts";

const EPSILON = 0.002e-4;

interface Series {
  readonly r: readonly number[];
  readonly range: readonly number[];
}

function seriesOf(steps: readonly ClosedStep[]): Series {
  const r = steps.map((s, i) => (i === 0 ? NaN : Math.log(s.price / steps[i - 1]!.price)));
  const range = steps.map((s) => {
    if (!s.observed) return NaN;
    return Number.isNaN(s.high) ? 0 : Math.log(s.high / s.low);
  });
  return { r, range };
}

const existing = (values: readonly number[], window: number): number[] =>
  values.slice(-window).filter((x) => !Number.isNaN(x));
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const need = (window: number): number => Math.max(3, Math.min(Math.ceil(window / 2), 60));

function mean(values: readonly number[], window: number, minCount = need(window)): number {
  const some = existing(values, window);
  return some.length >= minCount ? sum(some) / some.length : NaN;
}

/** ln(max(x, ε sqrt(W))), missing when x is. */
const logFloor = (x: number, window: number): number => Math.log(Math.max(x, EPSILON * Math.sqrt(window)));

/** Volatility of a label horizon that ends with the last step, from 95 % of its values on. */
export function naiveHorizonVolatility(
  steps: readonly ClosedStep[],
  measure: "rv" | "parkinson",
  horizon: number,
): number {
  const { r, range } = seriesOf(steps);
  const squares = measure === "rv" ? r.map((x) => x * x) : range.map((x) => (x * x) / (4 * Math.LN2));
  return Math.sqrt(horizon * mean(squares, horizon, Math.ceil(0.95 * horizon)));
}

/** The `default-1` columns after the last step, before ln τ is subtracted. */
export function naiveBase(steps: readonly ClosedStep[], stepMs: number, maxAgeMs: number): number[] {
  const { r, range } = seriesOf(steps);
  const last = steps.at(-1)!;
  const squares = r.map((x) => x * x);
  const products = r.map((x, i) => (i === 0 ? NaN : Math.abs(x * r[i - 1]!)));
  const rv = (w: number): number => Math.sqrt(w * mean(squares, w));
  const park = (w: number): number =>
    Math.sqrt(
      (w *
        mean(
          range.map((x) => x * x),
          w,
        )) /
        (4 * Math.LN2),
    );
  const ewma = (h: number): number => {
    const newestFirst = squares.filter((x) => !Number.isNaN(x)).reverse();
    if (newestFirst.length < need(h)) return NaN;
    const weights = newestFirst.map((_, j) => Math.pow(0.5, j / h));
    return Math.sqrt((h * sum(newestFirst.map((x, j) => x * weights[j]!))) / sum(weights));
  };
  const bipower = (w: number): number => (Math.PI / 2) * mean(products, w);
  const jump = (w: number): number => {
    const square = mean(squares, w);
    return square > EPSILON * EPSILON ? Math.max(0, 1 - bipower(w) / square) : NaN;
  };
  const extent = (w: number): number => {
    if (existing(r, w).length < need(w)) return NaN;
    const high = Math.max(
      ...existing(
        steps.map((s) => s.high),
        w,
      ),
    );
    const low = Math.min(
      ...existing(
        steps.map((s) => s.low),
        w,
      ),
    );
    return logFloor(Math.log(high / low) / Math.sqrt(4 * Math.LN2), w);
  };
  const net = (w: number): number => Math.abs(sum(existing(r, w))) / Math.max(rv(w), EPSILON * Math.sqrt(w));
  const [v10, v30, v60, v300, v900] = [10, 30, 60, 300, 900].map((w): number => logFloor(rv(w), w)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const [e15, e60, e300, e900] = [15, 60, 300, 900].map((h) => logFloor(ewma(h), h)) as [
    number,
    number,
    number,
    number,
  ];
  const spreads = steps.map((s) => s.spread / s.midPrice);
  const imbalances = steps.map((s) => s.imbalance);
  const counts = steps.map((s) => s.ticks);
  const rate = (short: number, long: number): number => {
    const slow = mean(counts, long);
    return slow > 0 ? mean(counts, short) / slow : NaN;
  };
  const slowSpread = logFloor(mean(spreads, 900), 1);
  return [
    ...[v10, v30, v60, v300, v900, e15, e60, e300, e900],
    ...[v10 - v60, v60 - v300, v300 - v900, e15 - e60, e60 - e300, e300 - e900],
    ...[logFloor(Math.sqrt(300 * bipower(300)), 300), jump(60), jump(300)],
    ...[10, 60, 300].map((w) => logFloor(park(w), w)),
    ...[extent(60), extent(300), net(60), net(300)],
    ...[logFloor(spreads.at(-1)!, 1) - slowSpread, logFloor(mean(spreads, 60), 1) - slowSpread],
    ...[last.imbalance, mean(imbalances, 60), Math.abs(mean(imbalances, 60) - 0.5)],
    ...[rate(10, 300), rate(60, 900)],
    Math.min(last.ageMs, maxAgeMs) / stepMs,
  ];
}

/** The `peer-10` columns after the last step; its windows are seconds. */
export function naivePeer(steps: readonly ClosedStep[], stepMs: number): number[] {
  const { r } = seriesOf(steps);
  const w = (seconds: number): number => Math.max(1, Math.round((seconds * 1000) / stepMs));
  const spreads = steps.map((s) => s.spread);
  const imbalances = steps.map((s) => s.imbalance);
  const moves = steps.map((s, i) => (i === 0 ? NaN : Math.abs(s.price - steps[i - 1]!.price)));
  const total = (values: readonly number[], window: number): number =>
    existing(values, window).length >= need(window) ? sum(existing(values, window)) : NaN;
  const deviation = (window: number): number => {
    const average = mean(r, window);
    return Math.sqrt(
      mean(
        r.map((x) => (x - average) * (x - average)),
        window,
      ),
    );
  };
  return [
    total(r, w(300)),
    mean(spreads, w(300)),
    total(
      steps.map((s) => s.ticks),
      w(300),
    ),
    mean(imbalances, w(300)),
    mean(spreads, w(60)),
    mean(imbalances, w(60)),
    mean(moves, w(300)),
    deviation(w(300)),
    mean(imbalances, w(30)),
    deviation(w(60)),
  ];
}
