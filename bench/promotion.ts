// `npm run bench:promotion`: how often and how soon the sequential rule promotes.
import { EXIT } from "../command-line/exit-code.ts";
import { option } from "../command-line/option.ts";
import { wholeNumber } from "../command-line/value-types.ts";
import { parseCommandLine } from "../command-line/parse-command-line.ts";
import type { Program } from "../command-line/program.ts";
import { UnboundedTest } from "./unbounded-test.ts";
import { benchCommand } from "./bench-command.ts";
import { type GainProcess, formulaGains, type MarketGains, marketGains, resampledGains } from "./promotion-gains.ts";

/** Thirty days of 900 steps of a second. */
const BLOCKS = 2880;
const LOG_20 = Math.log(20);
/** Most blocks to wait for a better challenger's promotion: 208 days. */
const LONGEST = 20_000;
/** Gains of one run: the same for the same number. */
type Path = (run: number) => Float64Array;

const NULLS: readonly GainProcess[] = [
  { mean: 0, deviation: 0.03, correlation: 0 },
  { mean: 0, deviation: 0.1, correlation: 0 },
  { mean: 0, deviation: 0.01, correlation: 0.3 },
  { mean: 0, deviation: 0.03, correlation: 0.3 },
  { mean: 0, deviation: 0.05, correlation: 0.3 },
  { mean: 0, deviation: 0.1, correlation: 0.3 },
  { mean: -0.002, deviation: 0.03, correlation: 0.3 },
];

const PROMOTION = benchCommand(
  "promotion",
  `
How often the sequential rule promotes a challenger that is no better, looked at after each block for 30 days, beside a
repeated t test; and how long it needs for one that is better.`,
  {
    runs: option(wholeNumber(1), "simulated experiments", { default: "2000" }),
    seed: option(wholeNumber(1), "seed of all of them", { default: "1" }),
  },
);

export const program: Program = {
  command: PROMOTION,
  run: async (args) => {
    await Promise.resolve();
    const { runs, seed } = parseCommandLine(PROMOTION, args).values;
    const market = marketGains(4, seed);
    console.log(`seed ${seed}, ${runs} runs of ${BLOCKS} blocks (30 days of 900 s), looked at after each block`);
    console.log("the 30 episodes that the rule also asks for are taken as given\n");
    console.log(
      `simulated market, logistic against persistence: ${market.gains.length} blocks, gain ${market.mean.toFixed(4)}, ` +
        `deviation ${market.deviation.toFixed(4)}, correlation ${market.correlation.toFixed(2)}\n`,
    );
    console.log(
      "no better challenger                                       rule: e ≥ 20            stake always ½          repeated t test",
    );
    for (const stretch of [1, 16]) {
      const name = `market's gains less their mean, ${stretch === 1 ? "one by one" : "in stretches of 4 h"}`;
      falsePromotions(name, runs, (run) => {
        return resampledGains(market, { mean: 0, count: BLOCKS, stretch, seed: `${seed}:${run}` });
      });
    }
    for (const process of NULLS) {
      const note = process.correlation > 0 && process.mean === 0 ? " *" : "";
      falsePromotions(describe(process) + note, runs, (run) => formulaGains(process, BLOCKS, `${seed}:${run}`));
    }
    console.log("* autocorrelated: after a good block the next one's mean is above 0, which the guarantee excludes\n");
    console.log("blocks (days) until a better challenger is promoted: median, 90 %");
    waits(promotedAt, Math.min(runs, 400), seed, market);
    console.log("\nthe same with a stake of always ½");
    waits(promotedByConstantAt, Math.min(runs, 400), seed, market);
    return EXIT.done;
  },
};

function describe({ mean, deviation, correlation }: GainProcess): string {
  return `mean ${mean}, deviation ${deviation}, AR(1) ${correlation}`;
}

function falsePromotions(name: string, runs: number, path: Path): void {
  let byRule = 0;
  let byConstant = 0;
  let byTTest = 0;
  for (let s = 1; s <= runs; s++) {
    const gains = path(s);
    byRule += Number(promotedAt(gains) !== undefined);
    byConstant += Number(promotedByConstantAt(gains) !== undefined);
    byTTest += Number(shownBetterAt(gains) !== undefined);
  }
  console.log(`${name.padEnd(54)} ${[byRule, byConstant, byTTest].map((n) => rate(n, runs).padEnd(24)).join("")}`);
}

/** Blocks until e reaches 20. */
function promotedAt(gains: Float64Array): number | undefined {
  const test = new UnboundedTest();
  for (let b = 0; b < gains.length; b++) {
    test.update(gains[b]!);
    if (test.logE >= LOG_20) return b + 1;
  }
  return undefined;
}

/** Blocks until the product of 1 + d / 2 reaches 20: the rule without an estimate. */
function promotedByConstantAt(gains: Float64Array): number | undefined {
  let logE = 0;
  const at = gains.findIndex((gain) => (logE += Math.log(1 + gain / 2)) >= LOG_20);
  return at < 0 ? undefined : at + 1;
}

/** Blocks, at least 20, until a 95 % interval of the mean lies above 0, as if each look were the only one. */
function shownBetterAt(gains: Float64Array): number | undefined {
  let sum = 0;
  let squares = 0;
  for (let b = 0; b < gains.length; b++) {
    sum += gains[b]!;
    squares += gains[b]! * gains[b]!;
    const n = b + 1;
    const mean = sum / n;
    if (n >= 20 && mean > 1.96 * Math.sqrt((squares / n - mean * mean) / n)) return n;
  }
  return undefined;
}

/** A share with Wilson's 95 % interval. */
function rate(hits: number, runs: number): string {
  const z = 1.959963984540054;
  const p = hits / runs;
  const middle = (p + (z * z) / (2 * runs)) / (1 + (z * z) / runs);
  const reach = (z * Math.sqrt((p * (1 - p)) / runs + (z * z) / (4 * runs * runs))) / (1 + (z * z) / runs);
  const percent = (x: number): string => (100 * Math.max(x, 0)).toFixed(2);
  return `${percent(p)} % [${percent(middle - reach)}, ${percent(middle + reach)}]`;
}

type Rule = (gains: Float64Array) => number | undefined;

function waits(rule: Rule, runs: number, seed: number, market: MarketGains): void {
  const title = [...[0.01, 0.03, 0.1].map((d) => `deviation ${d}, AR 0.3`), "market's gains, moved"];
  console.log(`gain     ${title.map((text) => text.padEnd(30)).join("")}`);
  for (const mean of [0.001, 0.002, 0.005, 0.01, 0.02, 0.05]) {
    const paths = [0.01, 0.03, 0.1].map((deviation): Path => {
      return (run) => formulaGains({ mean, deviation, correlation: 0.3 }, blocksFor(mean), `${seed}:${run}`);
    });
    paths.push((run) => {
      return resampledGains(market, { mean, count: blocksFor(mean), stretch: 16, seed: `${seed}:${run}` });
    });
    console.log(String(mean).padEnd(9) + paths.map((path) => waitOf(rule, path, runs).padEnd(30)).join(""));
  }
}

/** Number of blocks to simulate, enough for nearly every run. */
function blocksFor(mean: number): number {
  return Math.min(LONGEST, Math.ceil(60 / mean));
}

function waitOf(rule: Rule, path: Path, runs: number): string {
  const times = Array.from({ length: runs }, (_, s) => rule(path(s + 1)) ?? Infinity).sort((a, b) => a - b);
  const at = (share: number): string => {
    const blocks = times[Math.ceil(share * runs) - 1]!;
    return blocks === Infinity ? `> ${path(1).length}` : `${blocks} (${(blocks / 96).toFixed(1)})`;
  };
  return `${at(0.5)}, ${at(0.9)}`;
}
