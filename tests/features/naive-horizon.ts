// The row `default-2` recomputed from nothing but the list of closed steps and labels: slow, written from the formulas
// in default-2.ts, sharing no code with the rolling statistics. NaN is a value that does not exist.
import type { ClosedStep } from "../../src/features/closed-step.ts";

const EPSILON = 0.002e-4;

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const known = (values: readonly number[]): number[] => values.filter((x) => !Number.isNaN(x));
/** Values that so many steps need. */
const need = (steps: number): number => Math.max(1, Math.min(Math.ceil(steps / 2), 60));
const floored = (x: number, least: number): number => (Number.isNaN(x) ? NaN : Math.log(Math.max(x, least)));

function mean(values: readonly number[], steps: number): number {
  const some = known(values.slice(-steps));
  return some.length >= need(steps) ? sum(some) / some.length : NaN;
}

function total(values: readonly number[], steps: number): number {
  const some = known(values.slice(-steps));
  return some.length >= need(steps) ? sum(some) : NaN;
}

function ewma(values: readonly number[], halfLife: number, least = need(halfLife)): number {
  const newestFirst = known(values).reverse();
  if (newestFirst.length < least) return NaN;
  const weights = newestFirst.map((_, j) => Math.pow(0.5, j / halfLife));
  return sum(newestFirst.map((x, j) => x * weights[j]!)) / sum(weights);
}

/** The columns that all label specs share, after the last step, before τ is applied. `h` is the horizon in steps. */
export function naiveHorizon(steps: readonly ClosedStep[], stepMs: number, maxAgeMs: number, h: number): number[] {
  const last = steps.at(-1)!;
  const r = steps.map((s, i) => (i === 0 ? NaN : Math.log(s.price / steps[i - 1]!.price)));
  const squares = r.map((x) => x * x);
  const parkinson = steps.map((s) => {
    if (!s.observed) return NaN;
    return Number.isNaN(s.high) ? 0 : Math.log(s.high / s.low) ** 2 / (4 * Math.LN2);
  });
  const products = r.map((x, i) => (i === 0 ? NaN : Math.abs(x * r[i - 1]!)));
  const epsilon = EPSILON * Math.sqrt(h);
  const windowed = (values: readonly number[]): number[] =>
    [1 / 6, 1 / 2, 1, 2, 3, 5, 15].map((w) =>
      w * h < 1 ? NaN : floored(Math.sqrt(h * mean(values, Math.round(w * h))), epsilon),
    );
  const decayed = (values: readonly number[]): number[] =>
    [1 / 4, 1, 2, 5, 10, 30, 60, 120].map((w) =>
      w * h < 1 ? NaN : floored(Math.sqrt(h * ewma(values, w * h)), epsilon),
    );
  const jump = (w: number): number => {
    const square = mean(squares, w * h);
    return square > EPSILON ** 2 ? Math.max(0, 1 - ((Math.PI / 2) * mean(products, w * h)) / square) : NaN;
  };
  const tops = steps.map((s) => (Number.isNaN(s.high) ? s.price : s.high));
  const bottoms = steps.map((s) => (Number.isNaN(s.low) ? s.price : s.low));
  const returns = known(r).length;
  /** Steps of the last `blocks` blocks. */
  const inBlocks = (values: readonly number[], blocks: number): number[] =>
    known(values.filter((_, i) => Math.floor(last.index / h) - Math.floor(steps[i]!.index / h) < blocks));
  const below = (w: number): number =>
    returns >= need(w * h) ? Math.log(Math.max(...inBlocks(tops, w)) / last.price) : NaN;
  const above = (w: number): number =>
    returns >= need(w * h) ? Math.log(last.price / Math.min(...inBlocks(bottoms, w))) : NaN;
  const range = (w: number): number => floored((below(w) + above(w)) / Math.sqrt(4 * Math.LN2), epsilon);
  const downside = (w: number): number => {
    const square = ewma(squares, w * h);
    const signed = r.map((x) => x * Math.abs(x));
    return square > EPSILON ** 2 ? -ewma(signed, w * h) / square : NaN;
  };
  const [high, low] = [Math.max(...known(tops.slice(-h))), Math.min(...known(bottoms.slice(-h)))];
  const place = high > low ? (last.price - low) / (high - low) : Number.isNaN(last.price) ? NaN : 0.5;
  return [
    ...[...windowed(squares), ...windowed(parkinson), ...decayed(squares), ...decayed(parkinson)],
    ...[jump(5), jump(15), range(5), range(15)],
    ...[1, 5, 15].map((w) => total(r, w * h) / Math.sqrt(w)),
    ...[30, 120, 720].map((w) => h * ewma(r, w * h) * Math.sqrt(w)),
    ...[downside(5), downside(30), downside(150), place],
    ...[below(5), below(15), below(60), above(5), above(15), above(60)],
    ...naiveFlow(steps, h),
    ...naiveBook(steps, stepMs, maxAgeMs, h),
  ];
}

function naiveFlow(steps: readonly ClosedStep[], h: number): number[] {
  const volumes = steps.map((s) => s.volume);
  const trades = steps.map((s) => s.trades);
  const signed = steps.map((s) => s.signedVolume);
  const ratio = (a: number, b: number): number => (b > 0 ? floored(a / b, 0.001) : NaN);
  const ratios = (values: readonly number[]): number[] =>
    [720, 30].flatMap((half) => [1, 5].map((w) => ratio(mean(values, w * h), ewma(values, half * h))));
  const count = mean(trades, 5 * h);
  const size = count > 0 ? mean(volumes, 5 * h) / count : NaN;
  const share = (w: number): number => {
    const [s, v] = [signed.slice(-w * h), volumes.slice(-w * h)];
    if (known(s).length !== known(v).length || known(v).length < need(w * h)) return NaN;
    return sum(known(v)) > 0 ? sum(known(s)) / sum(known(v)) : 0;
  };
  const sided = volumes.map((v, i) => (Number.isNaN(signed[i]!) ? NaN : v));
  const usual = ewma(sided, 60 * h);
  return [
    ...[...ratios(volumes), ...ratios(trades), ratio(size, ewma(volumes, 720 * h) / ewma(trades, 720 * h))],
    ...[share(1), share(5), share(15), usual > 0 ? ewma(signed, 60 * h) / usual : usual],
  ];
}

function naiveBook(steps: readonly ClosedStep[], stepMs: number, maxAgeMs: number, h: number): number[] {
  const last = steps.at(-1)!;
  const spreads = steps.map((s) => s.spread / s.midPrice);
  const imbalances = steps.map((s) => s.imbalance);
  const ticks = steps.map((s) => s.ticks);
  const slow = floored(mean(spreads, 15 * h), EPSILON);
  const rate = (short: number, long: number): number =>
    short < 1 || !(mean(ticks, long) > 0) ? NaN : mean(ticks, Math.round(short)) / mean(ticks, long);
  const time = new Date(last.tsMs);
  const minute = time.getUTCMinutes();
  const toFunding = 480 - ((time.getUTCHours() % 8) * 60 + minute);
  return [
    ...[floored(spreads.at(-1)!, EPSILON) - slow, floored(mean(spreads, h), EPSILON) - slow],
    ...[last.imbalance, mean(imbalances, h), Math.abs(mean(imbalances, h) - 0.5)],
    ...[rate(h / 6, 5 * h), rate(h, 15 * h), Math.min(last.ageMs, maxAgeMs) / stepMs],
    ...[minute, minute % 5, minute % 15, toFunding],
  ];
}

/** The columns of one label spec. @param labels 1 spike, 0 calm, anything else nothing, in the order of the steps. */
export function naiveHistory(labels: readonly number[], h: number): number[] {
  const decided = labels.map((label) => (label === 0 || label === 1 ? label : NaN));
  const since = labels.length - 1 - labels.lastIndexOf(1);
  return [
    ...[2, 5, 15, 60, 240, 1440].map((w) => ewma(decided, w * h)),
    labels.includes(1) ? Math.log(1 + Math.min(since / h, 1440)) : NaN,
  ];
}
