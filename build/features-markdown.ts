// docs/features.md from the feature rows' own table.
import type { FeatureColumn } from "../src/features/feature-column.ts";
import { DEFAULT_1, PEER_10 } from "../src/features/schema.ts";

const INTRODUCTION = `# Features

What a model sees of each closed step. This page is written from \`src/features/schema.ts\` by \`npm run docs\`; do not edit
it. A window of 60 is 60 steps: a minute on the default grid of 1 s.

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

/** What a column says, by the beginning of its name. */
const MEANINGS: readonly (readonly [RegExp, string])[] = [
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
