// The run as text for a terminal: counts, the table, and what the figures cannot carry.
import type { Dataset, Tally } from "./dataset.ts";
import type { RowFigures } from "./evaluate.ts";
import type { FamilyResult, TrainingResult } from "./train.ts";

/** Fewer training or test episodes than this carry no figure worth acting on. */
export const FEW_EPISODES = 10;

/** What became of ticks and steps. */
export function tallyText(data: Dataset): string {
  const t: Tally = data.tally;
  return [
    `ticks   ${t.ticks} (${data.symbols.join(", ")}); not applied: ${t.duplicate} duplicate, ${t.late} late, ${t.outlier} outlier`,
    `steps   ${t.steps} in ${t.segments} segments; ${t.eligible} eligible (observed, not stale, with a threshold)`,
    `labels  ${t.spike} spike, ${t.calm} calm; not used: ${t.void} void, ${t.undecided} undecided at a segment's end`,
  ].join("\n");
}

/** Training and test rows, a line per family, then warnings. */
export function resultText(result: TrainingResult): string {
  const lines = [
    `split   test from ${new Date(result.testFromMs).toISOString()}, ${result.purged} rows purged before it`,
    `train   ${rowsText(result.train)}`,
    `test    ${rowsText(result.test)}`,
    "",
    "family          PR-AUC   lift  ROC-AUC    Brier  Brier skill  log loss",
    ...result.families.map(familyLine),
    "",
    ...result.families.flatMap(({ family, figures, refused }) =>
      figures !== null && refused !== null ? [`${family}: no artifact, ${refused}`] : [],
    ),
    ...result.families.flatMap(({ family, notes }) => notes.map((note) => `${family}: ${note}`)),
    `largest difference between ONNX graph and trainer: ${Math.max(...result.families.map((f) => f.maxDifference)).toExponential(1)}`,
    ...warnings(result),
  ];
  return lines.join("\n");
}

/** Said whenever it is true, never left to the reader. */
export function warnings({ train, test }: TrainingResult): string[] {
  const lines: string[] = [];
  if (train.episodes < FEW_EPISODES) {
    lines.push(
      `WARNING: only ${train.episodes} training episodes (fewer than ${FEW_EPISODES}): whatever is fitted here, logistic above all, may be chance.`,
    );
  }
  if (test.episodes < FEW_EPISODES) {
    lines.push(
      `WARNING: only ${test.episodes} test episodes (fewer than ${FEW_EPISODES}): differences between the families prove nothing.`,
    );
  }
  return lines;
}

function rowsText({ rows, positives, baseRate, episodes }: RowFigures): string {
  return `${rows} rows, ${positives} positive (base rate ${baseRate.toFixed(4)}), ${episodes} episodes`;
}

function familyLine({ family, figures, refused }: FamilyResult): string {
  if (figures === null) return `${family.padEnd(14)}  not fitted: ${refused}`;
  return [
    family.padEnd(14),
    cell(figures.prAuc, 4, 8),
    cell(figures.lift, 2, 7),
    cell(figures.rocAuc, 4, 9),
    cell(figures.brier, 4, 9),
    cell(figures.brierSkill, 4, 13),
    cell(figures.logLoss, 4, 10),
  ].join("");
}

function cell(x: number | null, digits: number, width: number): string {
  return (x === null ? "–" : x.toFixed(digits)).padStart(width);
}
