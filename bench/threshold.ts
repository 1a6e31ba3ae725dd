// `npm run bench -- threshold`: what goals a fixed threshold reaches, and one that follows the live labels.
import { EXIT } from "../command-line/exit-code.ts";
import { option } from "../command-line/option.ts";
import { decimal, wholeNumber } from "../command-line/value-types.ts";
import { parseCommandLine } from "../command-line/parse-command-line.ts";
import type { Program } from "../command-line/program.ts";
import { goalText } from "../src/threshold/operating-goal.ts";
import { FOLLOWING, type Following } from "../src/threshold/threshold-follower.ts";
import { benchCommand } from "./bench-command.ts";
import { rollingPlatt } from "./rolling-platt.ts";
import { type ScoreSeries, scoreSeries, type SeriesName } from "./score-series.ts";
import { GOALS, manifestOf, type Period, type ScoredRows, type ThresholdRun, thresholdRun } from "./threshold-runs.ts";

const DAY_MS = 86_400_000;

const THRESHOLD = benchCommand(
  "threshold",
  `
What goals a threshold reaches, fixed and following, beside the best threshold of each period: on bars of 2019 by models
of 2018 (where ../shared is), and on the simulator's change of regime. The fixed threshold is chosen on the first month,
of the simulator on the first day, which is not counted.`,
  {
    memory: option(wholeNumber(1), "memory in horizons", { default: String(FOLLOWING.memoryHorizons) }),
    grid: option(wholeNumber(1), "horizons between two decisions", { default: String(FOLLOWING.gridHorizons) }),
    stretches: option(wholeNumber(0), "least stretches since a change", { default: String(FOLLOWING.leastStretches) }),
    change: option(decimal(0, 10), "least change in log-odds", { default: String(FOLLOWING.leastChange) }),
    gain: option(decimal(0, 1), "least gain in F1 or cost", { default: String(FOLLOWING.leastGain) }),
    bound: option(decimal(0, 20), "bound in log-odds", { default: String(FOLLOWING.bound) }),
    periods: option(wholeNumber(0, 1), "1 shows each period", { default: "1" }),
  },
);

/** A series, its models, and how its time is cut. */
interface Market {
  readonly name: SeriesName;
  readonly families: readonly string[];
  readonly firstRows: (series: ScoreSeries) => number;
  readonly periodOf: (tsMs: number, series: ScoreSeries) => string;
  readonly platt: { readonly memorySteps: number; readonly everySteps: number };
}

const MARKETS: readonly Market[] = [
  {
    name: "bars",
    families: ["gbdt", "har"],
    firstRows: ({ step, stepMs }) => step.findIndex((index) => index * stepMs >= Date.UTC(2019, 1, 1)),
    periodOf: (tsMs) => new Date(tsMs).toISOString().slice(0, 7),
    platt: { memorySteps: 14 * 1440, everySteps: 1440 },
  },
  {
    name: "regime",
    families: ["logistic", "har"],
    firstRows: ({ step, stepMs }) => step.findIndex((index) => index * stepMs >= step[0]! * stepMs + DAY_MS),
    periodOf: (tsMs, { changeMs }) => {
      const hours = Math.floor((tsMs - changeMs) / 3_600_000);
      if (hours < 0) return "before";
      return hours < 12
        ? `+${String(Math.floor(hours / 3) * 3).padStart(3)} h`
        : `+${String(Math.floor(hours / 24) * 24).padStart(3)} h`;
    },
    platt: { memorySteps: 2 * 86_400, everySteps: 3600 },
  },
];

export const program: Program = {
  command: THRESHOLD,
  run: async (args) => {
    const { memory, grid, stretches, change, gain, bound, periods } = parseCommandLine(THRESHOLD, args).values;
    const following = {
      ...{ memoryHorizons: memory, gridHorizons: grid },
      ...{ leastStretches: stretches, leastChange: change, leastGain: gain, bound },
    };
    console.log(JSON.stringify(following));
    for (const market of MARKETS) {
      const series = await scoreSeries(market.name);
      if (series === undefined) console.log(`\n${market.name}: skipped, ../shared is not there`);
      else runMarket(market, series, following, periods === 1);
    }
    return EXIT.done;
  },
};

function runMarket(market: Market, series: ScoreSeries, following: Following, showsPeriods: boolean): void {
  const { step, label, horizonSteps, stepMs } = series;
  for (const family of market.families) {
    const raw = series.probability[family]!;
    const recalibrated = rollingPlatt({ step, label, probability: raw, horizonSteps }, market.platt);
    for (const [kind, probability] of [
      ["raw", raw],
      ["recalibrated", recalibrated],
    ] as const) {
      const rows: ScoredRows = { step, label, horizonSteps, probability };
      const first = market.firstRows(series);
      // The manifest knows the model's own scores alone.
      const { thresholds, edges } = manifestOf({ ...rows, probability: raw }, first);
      console.log(`\n${market.name}, ${family}, ${kind} probability`);
      GOALS.forEach((goal, i) => {
        const periodOf = (k: number): string => (k < first ? "" : market.periodOf(step[k]! * stepMs, series));
        print(thresholdRun(rows, { goal, threshold: thresholds[i]!, edges }, following, periodOf), showsPeriods);
      });
    }
  }
}

function print({ goal, threshold, periods, whole, changes }: ThresholdRun, showsPeriods: boolean): void {
  const missOf = (name: "fixed" | "followed", { [name]: one, oracle }: Period): number => {
    if (goal.kind === "f1") return oracle.value - one.value;
    return goal.kind === "cost" ? one.value / oracle.value - 1 : Math.abs(one.value - goal.target);
  };
  // Without an alert there is no precision.
  const misses = (name: "fixed" | "followed"): number[] =>
    periods.map((period) => missOf(name, period)).filter((miss) => !Number.isNaN(miss));
  const mean = (name: "fixed" | "followed"): number =>
    misses(name).reduce((sum, miss) => sum + miss, 0) / misses(name).length;
  const worst = (name: "fixed" | "followed"): number => Math.max(...misses(name));
  console.log(
    `  ${goalText(goal).padEnd(56)} off: fixed ${mean("fixed").toFixed(3)} (worst ${worst("fixed").toFixed(3)}), ` +
      `followed ${mean("followed").toFixed(3)} (${worst("followed").toFixed(3)}), ${changes} changes from ${threshold.toFixed(4)}`,
  );
  if (!showsPeriods) return;
  for (const { name, fixed, followed, oracle, threshold: at } of [...periods, whole]) {
    const shown = [fixed, followed, oracle].map(
      (one) => `${one.value.toFixed(3).padStart(9)} (${(100 * one.alertRate).toFixed(1).padStart(4)} %)`,
    );
    console.log(`    ${name.padEnd(10)} ${shown.join("  ")}   ends at ${at.toFixed(4)}`);
  }
}
