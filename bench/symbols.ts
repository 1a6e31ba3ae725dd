// `npm run bench -- symbols`: what pooled training over many symbols counts, fits and passes.
import type { Tick } from "../src/features/tick.ts";
import { EXIT } from "../command-line/exit-code.ts";
import { option } from "../command-line/option.ts";
import { parseCommandLine } from "../command-line/parse-command-line.ts";
import type { Program } from "../command-line/program.ts";
import { listOf, oneOf, wholeNumber } from "../command-line/value-types.ts";
import { simulateTicks } from "../simulator/simulator.ts";
import { episodeRule } from "../trainer/evaluate/metrics/episodes.ts";
import { RunFigures } from "../trainer/evaluate/evaluate-predictions.ts";
import { BLEND, CANDIDATES, FAMILIES } from "../trainer/candidates/families.ts";
import { fitFamilies } from "../trainer/fit/fit-families.ts";
import { allRows } from "../trainer/folds/split.ts";
import { walkForward } from "../trainer/folds/walk-forward.ts";
import { MIN_GATE_EPISODES } from "../trainer/gate/gate.ts";
import { type Dataset, DatasetBuilder } from "../trainer/rows/dataset.ts";
import { describeRows } from "../trainer/rows/row-figures.ts";
import { parseConfig } from "../trainer/run/config.ts";
import { Predictions } from "../trainer/score/predictions.ts";
import { benchCommand } from "./bench-command.ts";

const FROM_MS = Date.UTC(2025, 11, 1);
const BATCH_TICKS = 4096;

const OPTIONS = {
  symbols: option(listOf(wholeNumber(1, 1000), "LIST"), "numbers of symbols", { default: "1,5,10,20,40" }),
  hours: option(wholeNumber(2, 240), "simulated hours of each symbol", { default: "12" }),
  families: option(listOf(oneOf(FAMILIES), "LIST"), "learned families to fit beside the baselines", {
    default: "logistic",
  }),
  seed: option(wholeNumber(1, 1_000_000), "seed of the first symbol, the next one's is one higher", { default: "1" }),
};

const SYMBOLS = benchCommand(
  "symbols",
  `
Episodes, fitted families and the gate of pooled training over simulated symbols that move independently, and over as
many copies of one: one fold, the last two fifths of the time tested. "merged" are the runs of positive rows of all
symbols together, and "sum" those of every symbol by itself.`,
  OPTIONS,
);

export const program: Program = {
  command: SYMBOLS,
  run: async (args) => {
    const { symbols, hours, families, seed } = parseCommandLine(SYMBOLS, args).values;
    const learned = [...new Set(families)].join(",");
    console.log(`${hours} hours of each symbol; seed ${seed}; learned families: ${learned}`);
    console.log("symbols     rows    spikes  episodes: merged    sum  counted   in training: merged  counted");
    for (const count of symbols) {
      const data = market(count, hours, (s) => seed + s);
      printCounts(data, count);
      await printRun(data, learned);
    }
    console.log("\ncopies of one symbol");
    for (const count of symbols.filter((n) => n <= 10)) {
      printCounts(
        market(count, hours, () => seed),
        count,
      );
    }
    return EXIT.done;
  },
};

/** @param seedOf the seed of each symbol's market. */
function market(symbols: number, hours: number, seedOf: (symbol: number) => number): Dataset {
  const builder = new DatasetBuilder();
  for (let s = 0; s < symbols; s++) {
    const toMs = FROM_MS + hours * 3_600_000;
    let batch: Tick[] = [];
    for (const tick of simulateTicks({ seed: seedOf(s), symbol: "BTC-USD", fromMs: FROM_MS, toMs })) {
      batch.push({ ...tick, symbol: `S${s}-USD` });
      if (batch.length < BATCH_TICKS) continue;
      builder.add(batch);
      batch = [];
    }
    builder.add(batch);
  }
  return builder.finish();
}

function printCounts(data: Dataset, symbols: number): void {
  const rows = allRows(data);
  const { rows: count, positives, episodes } = describeRows(data, rows);
  const sum = data.symbols.reduce((n, _, s) => {
    const own = rows.filter((k) => data.rows.symbol[k] === s);
    return n + describeRows(data, own).episodes;
  }, 0);
  const { train } = walkForward(data, EVALUATION)[0]!;
  const cell = (x: number, width: number): string => String(x).padStart(width);
  console.log(
    `${cell(symbols, 7)} ${cell(count, 8)} ${cell(positives, 9)} ${cell(mergedEpisodes(data, rows), 17)} ${cell(sum, 6)} ` +
      `${cell(episodes, 8)} ${cell(mergedEpisodes(data, train), 21)} ${cell(describeRows(data, train).episodes, 8)}`,
  );
}

const EVALUATION = { testAt: { share: 0.4 }, folds: { count: 1 } } as const;

/** Fits the families on the training rows and prints which could be fitted, and the gate of the chosen one. */
async function printRun(data: Dataset, families: string): Promise<void> {
  const config = parseConfig({ families: `zscore,persistence,threshold-only,${families}`, folds: "1" });
  const { minEpisodes } = config.evaluation;
  const [split] = walkForward(data, EVALUATION);
  const context = { data, row: config.row, seed: config.seed, threads: config.threads, imbalance: config.imbalance };
  const fits = fitFamilies(
    context,
    {
      candidates: CANDIDATES.filter(({ family, baseline }) => baseline || config.families.includes(family)),
      blend: config.families.includes(BLEND),
      policy: { calibration: config.calibration, goal: config.goal },
      minEpisodes,
    },
    split!.train,
  );
  const predictions = new Predictions(data, [split!]);
  await predictions.addFold(split!, fits);
  const gate = new RunFigures(data, predictions, "bench").gate();
  const fitted = fits.flatMap(({ family, model }) => ("refused" in model ? [] : [family])).join(", ");
  console.log(`        fitted: ${fitted}; chosen: ${predictions.chosen.family}`);
  console.log(
    `        gate ${gate.verdict} on ${gate.episodes} test episodes${gate.reasons.map((r) => `; ${r}`).join("")}`,
  );
  const merged = { train: mergedEpisodes(data, split!.train), test: mergedEpisodes(data, split!.test) };
  const before = [
    merged.train < minEpisodes ? "no learned family" : "the same families",
    ...(merged.test < MIN_GATE_EPISODES ? [`gate refused on ${merged.test} test episodes; too_few_episodes`] : []),
  ];
  console.log(`        by the merged count: ${before.join(", ")}`);
}

/** Runs of positive rows less than an episode's gap apart, whatever their symbol: how many there were before. */
function mergedEpisodes({ rows, config }: Dataset, positions: Int32Array): number {
  const { gapMs } = episodeRule(config.label.horizonSteps, config.grid.stepMs);
  let last = -Infinity;
  let episodes = 0;
  for (const k of positions) {
    if (rows.label[k] !== 1) continue;
    if (!(rows.tsMs[k]! - last < gapMs)) episodes += 1;
    last = rows.tsMs[k]!;
  }
  return episodes;
}
