// docs/features.md from the feature rows' own table.
import type { FeatureColumn } from "../src/features/feature-column.ts";
import { DEFAULT_2, DEFAULT_2_TERMS } from "../src/features/default-2.ts";
import { MAX_OWN_COLUMNS, MAX_OWN_WINDOW_STEPS, MOST_HORIZONS } from "../src/features/own-column-fault.ts";
import { OWN_SERIES, OWN_TERMS } from "../src/features/own-columns.ts";
import { DEFAULT_1, OWN_COLUMNS, PEER_10 } from "../src/features/schema.ts";

const INTRODUCTION = `# Features

What a model sees of each closed step. This page is written from \`src/features/schema.ts\` and \`default-2.ts\` by
\`npm run docs\`; do not edit it. In \`default-1\` a window of 60 is 60 steps: a minute on the default grid of 1 s.

| symbol   | is                                                                                             |
| -------- | ---------------------------------------------------------------------------------------------- |
| r        | logarithm of a step's last price over that of the step before                                  |
| RV_W     | realized volatility of the last W steps: square root of W times the mean of r²                 |
| EWMA_h   | exponentially weighted mean of r² with a half-life of h steps                                  |
| tau      | the threshold: by default the 0.9 quantile of the last 3,600 values of RV_60, see training.md  |
| H, L     | highest and lowest price                                                                       |
| A        | age from which a price no longer counts: 10 s on the default grid                              |
| epsilon  | 0.002 bp times the square root of W, so that a logarithm of a standing price exists            |

A value from too few observations is \`NaN\`, and so is one whose input the feed does not have, such as sizes.
`;

const OF_DEFAULT_2 = `Windows and half-lives are horizons of the label, so one definition fits seconds and bars: with the default label
of 60 steps of 1 s, \`rv_h5\` is five minutes; with bars of a minute and a horizon of one bar it is five bars. The horizon is
part of the schema, so a model is served only by a gateway whose label has the same horizon.

${DEFAULT_2_TERMS.map((line) => `    ${line}`).join("\n")}

H alone is the number of steps of a horizon, beside L it is a high. Labels are those of the model's own label spec; a void
one is skipped. Not of the label are the clock's columns: the trainer drops them, and says so, where its rows are of fewer
than 14 days.

**What was traded.** A step that has bars takes the bars alone: \`barVolume\`, or \`barQuoteVolume\` over the price, and
\`barTrades\`. Any other step takes its trades: the sum of their sizes, and their number. What one bar of the step lacks is
\`NaN\` for the step, and a trade without a size makes all of it \`NaN\`; a quote is no trade. In a step without bar and trade
the quantity is 0 if the last step with some had it, else \`NaN\`. So a feed that stops to give volumes is missing from its
next trade on, never 0, and one that begins to give them counts from then on; windows hold the steps that are known and
need half of them. After a gap nothing is known until the next trade. Signed volume follows the same rule with the side of
trades or the takers' volume; bars without the latter take the sign of their move. A window's share of signed volume is
missing while it holds a step whose volume is known and whose sign is not.
`;

const OF_CUSTOM = `Declared in \`src/features/custom.ts\` and compiled into gateway and trainer, behind those of
\`default-2\`. Without a declaration the row does not exist. [training.md](training.md#columns-of-your-own) says how to train and
deploy it.

A statistic is \`mean(series, horizons)\` or \`ewma(series, halfLifeHorizons)\`, a column one of these:

| declared                | column                                                                                   |
| ----------------------- | ---------------------------------------------------------------------------------------- |
| \`overTau(name, a)\`     | \`ln(sqrt(H * a)) - ln(tau)\`, of \`squaredReturn\` or \`squaredRange\`                      |
| \`logRatio(name, a, b)\` | \`ln(max(a / b, 0.001))\`; nothing where b is 0; not of \`signedVolume\`                    |
| \`share(name, a, b)\`    | \`a / b\`, 0 where both are 0, nothing where only b is; of one kind and length              |

${ownSeriesTable()}
Names are small letters, digits and underscores, and those of \`overTau\` alone end in \`_over_tau\`. There are at most
${MAX_OWN_COLUMNS} columns. A window has at least a step and at most ${MOST_HORIZONS.mean} horizons and
${MAX_OWN_WINDOW_STEPS.toLocaleString("en-US")} steps, which take ${(8 * MAX_OWN_WINDOW_STEPS) / 1000} kB per series and symbol; a half-life has at most
${MOST_HORIZONS.ewma.toLocaleString("en-US")} horizons and takes 16 bytes. What cannot be is refused when the code starts, with the column's name, and
a label whose horizon does not fit a column where the label is read. A column whose name is like one of the trees'
monotone columns, such as \`parkinson_h4_over_tau\`, is one of them.

${OWN_TERMS.map((line) => `    ${line}`).join("\n")}
`;

function ownSeriesTable(): string {
  return table(
    ["series", "of each step"],
    Object.entries(OWN_SERIES).map(([series, formula]) => [`\`${series}\``, `\`${formula}\``]),
  );
}

/** What a column says, by the beginning of its name. */
const MEANINGS: readonly (readonly [RegExp, string])[] = [
  [/^(rv|parkinson)_h\d.*_over_tau/, "how volatile the last horizons were, against the level that counts as a spike"],
  [/^ewma_(rv|parkinson)_h/, "the same, with more weight on the last steps"],
  [/^return_h|^ewma_return_h/, "where the price went, in units of the threshold"],
  [/^downside_share/, "whether falls or rises make the volatility"],
  [/^place_in_range/, "whether the price stands at the top or the bottom of the last horizon"],
  [/^below_high|^above_low/, "how far the price is from its last highs and lows"],
  [/^volume_/, "whether more is traded than usual"],
  [/^trades_/, "whether more trades come than usual"],
  [/^trade_size/, "whether trades are larger than usual"],
  [/signed_volume_share/, "whether buyers or sellers take the trades"],
  [/^spike_share/, "how often the last horizons were spikes"],
  [/^since_last_spike/, "how many horizons ago the last spike was"],
  [/^minute_/, "where in the hour the step ends: robots trade by the clock"],
  [/^minutes_to_funding/, "how long until perpetual swaps pay funding"],
  [/^rv_\d+_over_tau/, "how volatile the market is now, against the level that counts as a spike"],
  [/^ewma_\d+_over_tau/, "the same, with more weight on the last steps"],
  [/^(rv|ewma)_\d+_over_(rv|ewma)/, "whether volatility rises or falls"],
  [/^bipower/, "volatility without jumps"],
  [/^jump_share/, "how much of the movement came in jumps"],
  [/^parkinson/, "volatility from the steps' highs and lows"],
  [/^range/, "how far the price went"],
  [/^net_return/, "whether the price went one way or to and fro"],
  [/^spread_/, "whether the spread is wider than usual"],
  [/^imbalance/, "which side of the book is heavier, and by how much"],
  [/^tick_rate/, "whether more ticks come than usual"],
  [/^age_of_last_tick/, "how long ago the last tick came, in steps"],
];

/** The page's text; formatting is left to the caller. */
export function featuresMarkdown(): string {
  return [
    INTRODUCTION,
    `## \`default-1\`: ${DEFAULT_1.length} columns, free of scale\n`,
    table(
      ["column", "formula", "what it says"],
      DEFAULT_1.map((column) => [...cells(column), meaningOf(column)]),
    ),
    `## \`default-2\`: ${DEFAULT_2.length} columns, free of scale, in horizons\n`,
    OF_DEFAULT_2,
    table(
      ["column", "formula", "what it says"],
      DEFAULT_2.map((column) => [...cells(column), meaningOf(column)]),
    ),
    `## \`custom\`: ${OWN_COLUMNS.length === 0 ? "" : `${OWN_COLUMNS.length} `}columns of your own\n`,
    OF_CUSTOM,
    ...(OWN_COLUMNS.length === 0 ? [] : [table(["column", "formula"], OWN_COLUMNS.map(cells))]),
    `## \`peer-10\`: ${PEER_10.length} columns, for clients of the system that volgate replaces\n`,
    "In prices and counts, so a model on them drifts with the price.\n",
    table(["column", "formula"], PEER_10.map(cells)),
  ].join("\n");
}

function cells({ name, formula }: FeatureColumn): string[] {
  return [`\`${name}\``, `\`${formula}\``];
}

/** Throws `Error` for a column that has none: write one. */
function meaningOf({ name }: FeatureColumn): string {
  const meaning = MEANINGS.find(([beginning]) => beginning.test(name))?.[1];
  if (meaning === undefined) throw new Error(`${name}: has no meaning in build/features-markdown.ts`);
  return meaning;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (texts: readonly string[]): string =>
    `| ${texts.map((text) => text.replaceAll("|", "\\|")).join(" | ")} |`;
  return [row(head), row(head.map(() => "-")), ...rows.map(row), ""].join("\n");
}
