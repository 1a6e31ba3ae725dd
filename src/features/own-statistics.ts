// The statistics of declared columns: per series one set of rolling sums and one bank of EWMAs, O(1) a step.
import type { ClosedStep } from "./closed-step.ts";
import { LEAST_FLOW_RATIO } from "./default-2.ts";
import { EwmaBank } from "./ewma-bank.ts";
import { ln } from "./exact-math.ts";
import { horizonMinCount, windowSteps } from "./horizon-window.ts";
import { ownHorizonFault } from "./own-column-fault.ts";
import { OWN_SERIES, type OwnColumn, type OwnSeries, type OwnStatistic, statisticsOf } from "./own-columns.ts";
import { RollingSums } from "./rolling-sums.ts";
import { epsilonOf } from "./schema.ts";
import type { StateReader, StateWriter } from "./state-buffer.ts";

const SERIES = Object.keys(OWN_SERIES) as readonly OwnSeries[];

/** What it takes of a step besides the step itself. */
export interface OwnStep {
  /** Logarithmic return. */
  readonly r: number;
  /** ln(H/L)² / (4 ln 2). */
  readonly parkinson: number;
  /** Spread over mid. */
  readonly spread: number;
}

/** The windows and half-lives of one series. */
class SeriesStatistics {
  readonly series: OwnSeries;
  private readonly sums: RollingSums | undefined;
  private readonly ewmas: EwmaBank;
  /** Steps since its value was not 0, before the first since the reset: what rounding left of none is not a mean. */
  private sinceNonZero = 0;

  constructor(series: OwnSeries, statistics: readonly OwnStatistic[], horizonSteps: number) {
    const ofKind = (kind: OwnStatistic["kind"]): number[] =>
      statistics.flatMap((s) => (s.series === series && s.kind === kind ? stepsOf(s, horizonSteps) : []));
    const windows = [...new Set(ofKind("mean"))];
    this.series = series;
    this.sums = windows.length === 0 ? undefined : new RollingSums(windows);
    this.ewmas = new EwmaBank([...new Set(ofKind("ewma"))]);
  }

  update(x: number): void {
    this.sinceNonZero = x === x && x !== 0 ? 0 : this.sinceNonZero + 1;
    this.sums?.push(x);
    this.ewmas.update(x);
  }

  /** Reads one of its statistics. */
  reader({ kind }: OwnStatistic, steps: number): () => number {
    const { sums, ewmas } = this;
    const minCount = horizonMinCount(steps);
    if (kind === "ewma" || sums === undefined) {
      const k = ewmas.halfLives.indexOf(steps);
      return () => ewmas.value(k, minCount);
    }
    const k = sums.indexOf(steps);
    return () => (this.sinceNonZero >= steps && sums.count(k) >= minCount ? 0 : sums.mean(k, minCount));
  }

  reset(): void {
    this.sinceNonZero = 0;
    this.sums?.reset();
    this.ewmas.reset();
  }

  save(to: StateWriter): void {
    to.number(this.sinceNonZero);
    this.sums?.save(to);
    this.ewmas.save(to);
  }

  load(from: StateReader): void {
    this.sinceNonZero = from.number();
    this.sums?.load(from);
    this.ewmas.load(from);
  }
}

/**
 * Declared columns after each closed step. A horizon that does not fit one of them is refused where a label is read; a
 * symbol of before that has such a horizon goes on without own columns: all of them are `NaN`.
 */
export class OwnStatistics {
  private readonly series: readonly SeriesStatistics[];
  private readonly columns: readonly (() => number)[];

  constructor(declared: readonly OwnColumn[], horizonSteps: number) {
    const isFit = ownHorizonFault(declared, horizonSteps) === undefined;
    const statistics = isFit ? declared.flatMap(statisticsOf) : [];
    const used = SERIES.filter((name) => statistics.some(({ series }) => series === name));
    this.series = used.map((name) => new SeriesStatistics(name, statistics, horizonSteps));
    const read = (statistic: OwnStatistic): (() => number) =>
      this.series
        .find(({ series }) => series === statistic.series)!
        .reader(statistic, stepsOf(statistic, horizonSteps)[0]!);
    this.columns = declared.map((column) => (isFit ? columnReader(column, read, horizonSteps) : () => NaN));
  }

  update(step: ClosedStep, own: OwnStep): void {
    for (const statistics of this.series) statistics.update(valueOf(statistics.series, step, own));
  }

  /** Writes every column, before τ is applied, into `out` from `at` on. */
  write(out: Float64Array, at: number): void {
    for (const column of this.columns) out[at++] = column();
  }

  reset(): void {
    for (const statistics of this.series) statistics.reset();
  }

  save(to: StateWriter): void {
    for (const statistics of this.series) statistics.save(to);
  }

  load(from: StateReader): void {
    for (const statistics of this.series) statistics.load(from);
  }
}

/** Steps of a window, rounded, or of a half-life; none below a step. */
function stepsOf({ kind, horizons }: OwnStatistic, horizonSteps: number): readonly number[] {
  if (kind === "ewma") return [horizons * horizonSteps];
  const steps = windowSteps(horizons, horizonSteps);
  return steps === undefined ? [] : [steps];
}

function columnReader(
  column: OwnColumn,
  read: (statistic: OwnStatistic) => () => number,
  horizonSteps: number,
): () => number {
  const of = read(column.of);
  if (column.kind === "overTau") {
    const least = epsilonOf(horizonSteps) * epsilonOf(horizonSteps);
    return () => 0.5 * ln(Math.max(horizonSteps * of(), least));
  }
  const to = read(column.to);
  return column.kind === "share" ? () => shareOf(of(), to()) : () => logRatioOf(of(), to());
}

function logRatioOf(of: number, to: number): number {
  return to > 0 ? ln(Math.max(of / to, LEAST_FLOW_RATIO)) : NaN;
}

function shareOf(of: number, to: number): number {
  if (to > 0) return of / to;
  return of === 0 && to === 0 ? 0 : NaN;
}

function valueOf(series: OwnSeries, step: ClosedStep, { r, parkinson, spread }: OwnStep): number {
  if (series === "squaredReturn") return r * r;
  if (series === "absoluteReturn") return Math.abs(r);
  if (series === "squaredRange") return parkinson;
  return series === "spread" ? spread : step[series];
}
