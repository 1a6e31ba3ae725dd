// `npm run bench -- coverage`: how often the 95 % intervals cover the truth.
import { EXIT } from "../command-line/exit-code.ts";
import { option } from "../command-line/option.ts";
import { parseCommandLine } from "../command-line/parse-command-line.ts";
import type { Program } from "../command-line/program.ts";
import { wholeNumber } from "../command-line/value-types.ts";
import { benchCommand } from "./bench-command.ts";
import { coverageAt, falseGains, FIGURES, trueFigures } from "./coverage-study.ts";

const EPISODES = [5, 10, 15, 30, 200];
const GAIN_BLOCKS = [40, 96, 584];
const CORRELATIONS = [0, 0.3, 0.5];
/** Longer markets, whose figures vary less, are simulated a quarter as often. */
const MANY_EPISODES = 100;
/** Runs of the gate for each simulated market: they are short. */
const GAIN_RUNS = 5;

const COVERAGE = benchCommand(
  "coverage",
  `
How often the 95 % intervals of trainer and gateway cover the true figure, by the expected number of episodes, with the
median width in brackets; and how often the gate's interval of a gain lies above 0 where the mean gain is 0, by the
autocorrelation of the gains of neighbouring blocks. Simulated rows; the truth is that of one long simulation.`,
  {
    markets: option(wholeNumber(10), "simulated markets per number of episodes", { default: "400" }),
    seed: option(wholeNumber(1), "seed of all of them", { default: "1" }),
  },
);

export const program: Program = {
  command: COVERAGE,
  run: async (args) => {
    await Promise.resolve();
    const { markets, seed } = parseCommandLine(COVERAGE, args).values;
    const truth = trueFigures(seed);
    console.log(`seed ${seed}, ${markets} markets each, a quarter of that from ${MANY_EPISODES} episodes on`);
    console.log(`${truth.episodesPerBlock.toFixed(3)} episodes per block of 900 steps\n`);
    const columns = EPISODES.map((episodes) =>
      coverageAt(episodes, { truth, seed, markets: episodes < MANY_EPISODES ? markets : Math.ceil(markets / 4) }),
    );
    console.log(
      `${"episodes".padEnd(18)}${"truth".padStart(9)}${EPISODES.map((n) => String(n).padStart(19)).join("")}`,
    );
    for (const name of FIGURES) {
      const cells = columns.map((column) => {
        const { covered, width } = column[name]!;
        return `${(100 * covered).toFixed(1)} % [${width.toPrecision(2)}]`.padStart(19);
      });
      console.log(`${name.padEnd(18)}${truth.values[name]!.toPrecision(3).padStart(9)}${cells.join("")}`);
    }
    const counts = columns.map((column) => String(column["PR-AUC"]!.count).padStart(19));
    console.log(`${"with an interval".padEnd(27)}${counts.join("")}\n`);
    console.log("gains of mean 0 taken for better, nominal 2.5 %");
    console.log(`${"autocorrelation".padEnd(18)}${CORRELATIONS.map((rho) => String(rho).padStart(10)).join("")}`);
    for (const blocks of GAIN_BLOCKS) {
      const shares = CORRELATIONS.map((rho) => falseGains(blocks, rho, { runs: GAIN_RUNS * markets, seed }));
      const cells = shares.map((share) => `${(100 * share).toFixed(1)} %`.padStart(10));
      console.log(`${`${blocks} blocks`.padEnd(18)}${cells.join("")}`);
    }
    return EXIT.done;
  },
};
