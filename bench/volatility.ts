// `npm run bench -- volatility`: coverage and width of the quantiles of the horizon's volatility, corrected as labels
// come and not, and QLIKE of the forecasts against EWMA and HAR; over a year of bars, and over a change of regime.
import { EXIT } from "../command-line/exit-code.ts";
import { option } from "../command-line/option.ts";
import { parseCommandLine } from "../command-line/parse-command-line.ts";
import type { Program } from "../command-line/program.ts";
import { decimal } from "../command-line/value-types.ts";
import { epsilonOf } from "../src/features/schema.ts";
import { figuresOf } from "../src/volatility/sigma-figures.ts";
import { LiveBaselines } from "../src/volatility/live-baselines.ts";
import { addForecast, addQuantiles, qlikeOfResidual, SUM, SUM_WIDTH } from "../src/volatility/outcome-sums.ts";
import { quantilesOf } from "../src/volatility/quantile-tracker.ts";
import { LEVELS, SIGMA_LEVELS } from "../src/volatility/sigma-levels.ts";
import { VolatilityLearning } from "../src/volatility/volatility-learning.ts";
import { benchCommand } from "./bench-command.ts";
import { type ScoreSeries, scoreSeries, type SeriesName } from "./score-series.ts";
import { ALTERNATIVES, correctedOffsets, firstOffsets } from "./volatility-alternatives.ts";
import { byStep, type SeriesSteps, seriesSteps } from "./volatility-series.ts";

const FORECASTS = ["gamma", "har", "ewma"] as const;
const DAY_MS = 86_400_000;
/** Share of the rows that the offsets without correction are taken from, as training takes its own. */
const FIRST_SHARE = 0.1;

const VOLATILITY = benchCommand(
  "volatility",
  `
Coverage and width of the quantiles of the horizon's volatility over 2019's bars and the simulator's change of regime,
with the correction of a gateway, without it, and with the offsets that would have been right; QLIKE against EWMA and
HAR.`,
  {
    within: option(decimal(0, 100), "most that a corrected quantile's coverage may differ from its level, in percent", {
      default: "1",
    }),
  },
);

export const program: Program = {
  command: VOLATILITY,
  run: async (args) => {
    const { within } = parseCommandLine(VOLATILITY, args).values;
    let isMet = true;
    for (const name of ["bars", "regime"] as const) {
      const series = await scoreSeries(name);
      if (series === undefined) {
        console.log(`${name}: ../shared/data/bitmex-1m is not there, left out`);
        continue;
      }
      isMet = benchSeries(name, series, within / 100) && isMet;
    }
    return isMet ? EXIT.done : EXIT.failed;
  },
};

function benchSeries(name: SeriesName, series: ScoreSeries, within: number): boolean {
  const { stepMs, horizonSteps, step } = series;
  console.log(`\n${name}: ${step.length} rows, steps of ${stepMs / 1000} s, horizon ${horizonSteps}`);
  const steps = seriesSteps(series);
  const parts = partsOf(series);
  compareBaselines(series, steps);
  let isMet = true;
  for (const forecast of FORECASTS) isMet = benchForecast(forecast, series, steps, parts, within) && isMet;
  return isMet;
}

/** QLIKE of the baselines that a gateway learns and of the trainer's forecasts, on the rows where all have one. */
function compareBaselines({ horizonSteps, forecast, tau, stepMs, changeMs }: ScoreSeries, series: SeriesSteps): void {
  const { steps, places } = series;
  const epsilon = epsilonOf(horizonSteps);
  const baselines = new LiveBaselines(horizonSteps);
  const names = Object.keys(forecast);
  const kinds = ["live EWMA", "live HAR", ...names];
  const rowOf = new Int32Array(steps.count).fill(-1);
  places.forEach((k, i) => (rowOf[k] = i));
  const sums = [new Float64Array(kinds.length + 1), new Float64Array(kinds.length + 1)];
  const startedMs = performance.now();
  for (let k = 0; k < steps.count; k++) {
    const realised = steps.horizonVolatility[k]!;
    const volatility = Number.isNaN(realised) ? NaN : Math.max(realised, epsilon);
    const [ewma, har, i] = [baselines.ewmaOf(k), baselines.harOf(k), rowOf[k - horizonSteps] ?? -1];
    if (i >= 0 && ewma > 0 && har > 0) {
      const forecasts = names.map((name) => Math.max(forecast[name]![i]! * tau[i]!, epsilon));
      const losses = [Math.sqrt(ewma), Math.sqrt(har), ...forecasts].map((sigma) =>
        qlikeOfResidual(Math.log(volatility / sigma)),
      );
      const isAfter = changeMs > 0 && (steps.index[k]! + 1) * stepMs > changeMs;
      const sum = sums[isAfter ? 1 : 0]!;
      [1, ...losses].forEach((x, j) => (sum[j]! += x));
    }
    baselines.update(k, volatility * volatility);
  }
  const ns = ((performance.now() - startedMs) * 1e6) / steps.count;
  sums.forEach((sum, part) => {
    if (sum[0] === 0) return;
    const when = changeMs === 0 ? "2019" : part === 0 ? "before the change" : "after it";
    const each = kinds.map((kind, j) => `${kind} ${shown(sum[j + 1]! / sum[0]!)}`).join(", ");
    console.log(`  QLIKE, ${when}, ${sum[0]} labels: ${each}`);
  });
  console.log(`  ${ns.toFixed(0)} ns a step for both live baselines and this comparison`);
}

/** Each row's part: its month, or its day after the change (0 is the first; the usual market is −1). */
function partsOf({ step, stepMs, changeMs }: ScoreSeries): Int32Array {
  return Int32Array.from(step, (index) => {
    const endMs = (index + 1) * stepMs;
    return changeMs === 0
      ? new Date(endMs - 1).getUTCMonth()
      : Math.max(-1, Math.floor((endMs - 1 - changeMs) / DAY_MS));
  });
}

function benchForecast(
  name: (typeof FORECASTS)[number],
  series: ScoreSeries,
  steps: SeriesSteps,
  parts: Int32Array,
  within: number,
): boolean {
  const { stepMs, horizonSteps, forecast } = series;
  const residuals = residualsOf(series, forecast[name]!);
  const first = firstOffsets(residuals, FIRST_SHARE);
  const fixed = quantilesOf(residuals);
  const learning = new VolatilityLearning(stepMs);
  const labelText = "bench";
  learning.adopt([{ labelText, horizonSteps }], [{ sha256: name, labelText, horizonSteps, offsets: [...first] }]);
  const ratios = byStep(steps, forecast[name]!);
  const startedMs = performance.now();
  const answered = learning.learn(steps.steps, new Map([[name, ratios]])).get(name)!;
  const ns = ((performance.now() - startedMs) * 1e6) / steps.steps.count;
  const offsets = new Float64Array(LEVELS);
  const live = (i: number): Float64Array => {
    const at = steps.places[i]! * LEVELS;
    for (let level = 0; level < LEVELS; level++)
      offsets[level] = Math.log(answered[at + level]! / ratios[at / LEVELS]!);
    return offsets;
  };
  const pages = learning.dirtyPages().reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
  console.log(`\n  ${name}: ${ns.toFixed(0)} ns a step, state ${learning.sizeBytes} bytes, pages ${pages} bytes`);
  const corrected = table("corrected", residuals, parts, live);
  table("training's offsets", residuals, parts, () => first);
  table("right over all", residuals, parts, () => fixed);
  // The forecast that is served is the best of them; the others would show the same.
  for (const alternative of name === "gamma" ? ALTERNATIVES : []) {
    const offsets = correctedOffsets(series, residuals, first, alternative);
    table(alternative.name, residuals, parts, (i) => offsets.subarray(i * LEVELS, (i + 1) * LEVELS));
  }
  return corrected <= within;
}

/** ln of the horizon's volatility over its forecast, as the gateway counts it. */
function residualsOf({ tau, ratio, horizonSteps }: ScoreSeries, forecast: Float64Array): Float64Array {
  const epsilon = epsilonOf(horizonSteps);
  return Float64Array.from(tau, (level, i) =>
    Math.log(Math.max(ratio[i]! * level, epsilon) / Math.max(Math.fround(forecast[i]!) * level, epsilon)),
  );
}

/** Prints coverage, pinball and width by part. Returns the largest difference of coverage from its level. */
function table(
  name: string,
  residuals: Float64Array,
  parts: Int32Array,
  offsetsOf: (i: number) => ArrayLike<number>,
): number {
  const rows = new Map<number, Float64Array>();
  const all = new Float64Array(SUM_WIDTH);
  residuals.forEach((residual, i) => {
    const part = rows.get(parts[i]!) ?? new Float64Array(SUM_WIDTH);
    rows.set(parts[i]!, part);
    for (const row of [all, part]) {
      addForecast(row, residual, 1, NaN, NaN);
      row[SUM.quantiles]! += 1;
      addQuantiles(row, SUM.corrected, residual, offsetsOf(i));
    }
  });
  const { qlike, corrected } = figuresOf(all);
  const { coverage, pinball, width } = corrected!;
  const differences = [...rows].map(([part, row]) => [part, differenceOf(row)] as const);
  console.log(
    `    ${name.padEnd(27)} coverage ${coverage.map((c) => (100 * c).toFixed(2)).join(" / ")} %, pinball ` +
      `${pinball.map((p) => p.toFixed(4)).join(" / ")}, width ${width.toFixed(3)}, QLIKE ${shown(qlike!)}`,
  );
  const ofParts = differences.map(([part, d]) => `${part}: ${(100 * d).toFixed(2)}`).join(", ");
  console.log(`${" ".repeat(32)}largest |coverage − level|, % by part: ${ofParts}`);
  return Math.max(differenceOf(all), ...differences.map(([, d]) => d));
}

function differenceOf(row: Float64Array): number {
  return Math.max(...SIGMA_LEVELS.map((level, l) => Math.abs(figuresOf(row).corrected!.coverage[l]! - level)));
}

function shown(x: number): string {
  return x < 100 ? x.toFixed(4) : x.toPrecision(3);
}
