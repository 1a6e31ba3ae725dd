// `npm run bench -- promotion`: how often and how soon the sequential rule promotes and demotes, on gains of real
// models and of a formula.
import { EXIT } from "../command-line/exit-code.ts";
import { option } from "../command-line/option.ts";
import { wholeNumber } from "../command-line/value-types.ts";
import { parseCommandLine } from "../command-line/parse-command-line.ts";
import type { Program } from "../command-line/program.ts";
import { benchCommand } from "./bench-command.ts";
import {
  type BoundedGains,
  boundedGains,
  centredPath,
  momentsOf,
  noisyScores,
  staleScores,
  steeperScores,
} from "./bounded-gains.ts";
import { BOUNDED, reachedAt, UNBOUNDED } from "./evidence-rules.ts";
import { formulaGains } from "./promotion-gains.ts";
import { type ScoreSeries, scoreSeries } from "./score-series.ts";

/** Thirty days of 900 steps of a second. */
const MONTH = 2880;
/** A year of 900 steps of a minute. */
const YEAR = 584;
const SHIPS = "ships: plug-in, groups";
const PAIRS = [
  ["persistence", "logistic"],
  ["persistence", "gbdt"],
  ["recent", "har"],
  ["har", "gbdt"],
  ["logistic", "gbdt"],
] as const;
/** Gains of one run: the same for the same number. */
type Path = (run: number) => Float64Array;

const PROMOTION = benchCommand(
  "promotion",
  `
How many blocks of 900 steps the sequential rule needs to promote a better model and to demote a worse one, and how
often it does so wrongly, looked at after each block: on the gains of models fitted on 2018 and scored on each minute of
2019, where ../shared has them, and on gains of a formula.`,
  {
    runs: option(wholeNumber(1), "simulated experiments", { default: "1000" }),
    seed: option(wholeNumber(1), "seed of all of them", { default: "1" }),
  },
);

export const program: Program = {
  command: PROMOTION,
  run: async (args) => {
    const { runs, seed } = parseCommandLine(PROMOTION, args).values;
    console.log(`seed ${seed}, ${runs} runs; promoted or demoted at e ≥ 20; the 30 episodes are taken as given`);
    const bars = await scoreSeries("bars");
    if (bars === undefined) console.log("\nreal gains: left out, ../shared has no bars");
    else realGains(bars, runs, seed);
    formulaNulls(runs, seed);
    return EXIT.done;
  },
};

function realGains(bars: ScoreSeries, runs: number, seed: number): void {
  const score = (name: string): Float64Array => bars.probability[name]!;
  const pairs = PAIRS.map(([a, b]) => ({ name: `${a} → ${b}`, gains: boundedGains(bars, score(a), score(b)) }));
  describePairs(pairs);
  console.log(`\nblocks until promotion, of ${pairs[0]!.gains.bet.length} of 2019`);
  row(
    "",
    pairs.map(({ name }) => name),
  );
  for (const [name, make] of Object.entries(UNBOUNDED)) {
    row(
      name,
      pairs.map(({ gains }) => blocksText(reachedAt(make(), gains.gain))),
    );
  }
  for (const [name, make] of Object.entries(BOUNDED)) {
    row(
      name,
      pairs.map(({ gains }) => blocksText(reachedAt(make(), gains.bet))),
    );
  }
  const ships = BOUNDED[SHIPS]!;
  row(
    "ships, bound of the block itself *",
    pairs.map(({ gains }) => blocksText(reachedAt(ships(), gains.naive))),
  );
  row(
    "ships, the worse model as rival",
    pairs.map(({ gains }) =>
      blocksText(
        reachedAt(
          ships(),
          gains.bet.map((x) => -x),
        ),
      ),
    ),
  );
  console.log("* not known before the block: not valid, shown for what the budget costs");
  console.log(`\nfalse promotions within a year of ${YEAR} blocks: real gains less their mean, in stretches`);
  row(
    "stretch",
    pairs.map(({ name }) => name),
  );
  for (const stretch of [1, 16, 48, 96]) {
    row(
      `${stretch} blocks (${((stretch * 900) / 1440).toFixed(1)} days)`,
      pairs.map(({ gains }) =>
        falseRate(SHIPS, runs, (run) => centredPath(gains.bet, { count: YEAR, stretch, seed: `${seed}:${run}` })),
      ),
    );
  }
  nullPairs(bars, Math.min(runs, 40), seed);
  demotions(bars, seed);
}

function describePairs(pairs: readonly { readonly name: string; readonly gains: BoundedGains }[]): void {
  console.log("\nreal gains of blocks of 900 minutes of 2019, models fitted on 2018");
  row(
    "",
    pairs.map(({ name }) => name),
  );
  const of = (text: (gains: BoundedGains) => string): string[] => pairs.map(({ gains }) => text(gains));
  const moments = (values: Float64Array): string => {
    const { mean, deviation } = momentsOf(values);
    return `${mean.toFixed(4)} ± ${deviation.toFixed(4)}`;
  };
  row(
    "Brier gain of a row",
    of(({ gain }) => moments(gain)),
  );
  row(
    "gain over its bound",
    of(({ bet }) => moments(bet)),
  );
  row(
    "correlation of neighbours",
    of(({ bet }) => momentsOf(bet).correlation.toFixed(2)),
  );
  row(
    "rows that fit the budget",
    of(({ taken }) => `${(100 * taken).toFixed(1)} %`),
  );
}

/** A model against itself with noise on its logits: neither knows more. The noisier is worse, and is the rival once. */
function nullPairs(bars: ScoreSeries, runs: number, seed: number): void {
  const { gbdt, har } = bars.probability as Record<string, Float64Array>;
  console.log(`\npromoted within 2019, ${runs} pairs of real scores of which neither is better`);
  for (const [name, scores] of Object.entries({ har: har!, gbdt: gbdt! })) {
    for (const deviation of [0.1, 0.3]) {
      const both = (run: number): Float64Array => {
        const [a, b] = [0, 1].map((k) => noisyScores(scores, deviation, `${seed}:${run}:${k}`));
        return boundedGains(bars, a!, b!).bet;
      };
      const text = falseRate(SHIPS, runs, both);
      row(`${name}, two noises of ${deviation} logits`, [text]);
    }
  }
}

/** The champion is what was made worse, and gbdt is its predecessor; and the other way round. */
function demotions(bars: ScoreSeries, seed: number): void {
  const gbdt = bars.probability["gbdt"]!;
  const worse: Readonly<Record<string, Float64Array>> = {
    "logits times 1.5": steeperScores(gbdt, 1.5),
    "logits times 2": steeperScores(gbdt, 2),
    "a tenth of the hours six hours old": staleScores(gbdt, 0.1, `${seed}`),
    "half of the hours six hours old": staleScores(gbdt, 0.5, `${seed}`),
    "noise of half a logit": noisyScores(gbdt, 0.5, `${seed}`),
  };
  console.log("\ngbdt made worse from the first block on: blocks until");
  row("", ["gain of a row", "it is demoted", "the sound one is kept", "the sound one is demoted"]);
  for (const [name, scores] of Object.entries(worse)) {
    const { gain, bet } = boundedGains(bars, scores, gbdt);
    const turned = boundedGains(bars, gbdt, scores).bet;
    const [demoted, kept, wrongly] = [bet, turned.map((x) => -x), turned].map((path) =>
      blocksText(reachedAt(BOUNDED[SHIPS]!(), path)),
    );
    row(name, [momentsOf(gain).mean.toFixed(4), demoted!, kept!, wrongly!]);
  }
}

function formulaNulls(runs: number, seed: number): void {
  console.log(
    `\nfalse promotions within ${MONTH} blocks (30 days of seconds), gains over their bounds of a formula, AR(1)`,
  );
  row("", ["correlation 0", "0.3", "0.5"]);
  for (const name of [SHIPS, "plug-in alone"]) {
    for (const deviation of [0.03, 0.1, 0.2, 0.3]) {
      row(
        `${name}, deviation ${deviation}`,
        [0, 0.3, 0.5].map((correlation) =>
          falseRate(name, runs, (run) => formulaGains({ mean: 0, deviation, correlation }, MONTH, `${seed}:${run}`)),
        ),
      );
    }
  }
}

function falseRate(name: string, runs: number, path: Path): string {
  let hits = 0;
  for (let run = 1; run <= runs; run++) hits += Number(reachedAt(BOUNDED[name]!(), path(run)) < Infinity);
  return rate(hits, runs);
}

function blocksText(blocks: number): string {
  return blocks === Infinity ? "never" : String(blocks);
}

function row(name: string, cells: readonly string[]): void {
  console.log(name.padEnd(38) + cells.map((cell) => cell.padEnd(26)).join(""));
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
