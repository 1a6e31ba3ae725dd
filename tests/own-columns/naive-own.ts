// Own columns recomputed from nothing but the list of closed steps: slow, sharing no code with the rolling statistics.
import type { ClosedStep } from "../../src/features/closed-step.ts";
import type { OwnColumn, OwnStatistic } from "../../src/features/own-columns.ts";

/** The columns after the last of the steps of one segment, before τ is applied. */
export function naiveOwn(columns: readonly OwnColumn[], steps: readonly ClosedStep[], h: number): number[] {
  const r = steps.map((s, i) => (i === 0 ? NaN : Math.log(s.price / steps[i - 1]!.price)));
  const series = {
    squaredReturn: r.map((x) => x * x),
    absoluteReturn: r.map(Math.abs),
    squaredRange: steps.map((s) => {
      if (!s.observed) return NaN;
      return Number.isNaN(s.high) ? 0 : Math.log(s.high / s.low) ** 2 / (4 * Math.LN2);
    }),
    volume: steps.map((s) => s.volume),
    trades: steps.map((s) => s.trades),
    signedVolume: steps.map((s) => s.signedVolume),
    spread: steps.map((s) => s.spread / s.midPrice),
    imbalance: steps.map((s) => s.imbalance),
    ticks: steps.map((s) => s.ticks),
  };
  const value = ({ kind, series: name, horizons }: OwnStatistic): number => {
    const need = Math.max(1, Math.min(Math.ceil((kind === "mean" ? Math.round(horizons * h) : horizons * h) / 2), 60));
    const window = kind === "mean" ? series[name].slice(-Math.round(horizons * h)) : series[name];
    const known = window.filter((x) => !Number.isNaN(x)).reverse();
    if (known.length < need) return NaN;
    const weights = known.map((_, age) => (kind === "mean" ? 1 : Math.pow(0.5, age / (horizons * h))));
    const sum = known.reduce((total, x, j) => total + x * weights[j]!, 0);
    return sum / weights.reduce((a, b) => a + b, 0);
  };
  return columns.map((column) => {
    const of = value(column.of);
    if (column.kind === "overTau") {
      return Number.isNaN(of) ? NaN : Math.log(Math.max(Math.sqrt(h * of), 0.002e-4 * Math.sqrt(h)));
    }
    const to = value(column.to);
    if (Number.isNaN(of) || Number.isNaN(to)) return NaN;
    if (column.kind === "share") return to === 0 ? (of === 0 ? 0 : NaN) : of / to;
    return to === 0 ? NaN : Math.log(Math.max(of / to, 0.001));
  });
}
