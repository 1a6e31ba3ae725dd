// The report as text for a terminal: counts, the table, the gate, and the warnings.
import type { Figure } from "../../src/model/manifest-evaluation.ts";
import type { Dataset } from "../rows/dataset.ts";
import type { RowFigures } from "../rows/row-figures.ts";
import { choseBaseline } from "./data-advice.ts";
import type { FamilyReport, FoldReport, RunReport } from "./run-report.ts";

/** What became of ticks and steps. */
export function tallyText(data: Dataset): string {
  const t = data.tally;
  return [
    `ticks   ${t.ticks} (${data.symbols.join(", ")}); not applied: ${t.duplicate} duplicate, ${t.late} late, ${t.outlier} outlier in time, ${t.priceOutlier} in price`,
    `steps   ${t.steps} in ${t.segments} segments; ${t.eligible} eligible (observed, not stale, with a threshold)` +
      (t.flat === 0 ? "" : `; ${t.flat} without one because τ would be at most ε`),
    `labels  ${t.spike} spike, ${t.calm} calm; not used: ${t.void} void${shareText(t.void, t.eligible)}, ${t.undecided} undecided at a segment's end`,
  ].join("\n");
}

function shareText(part: number, whole: number): string {
  return part === 0 || whole === 0 ? "" : ` (${((100 * part) / whole).toFixed(1)} % of the eligible)`;
}

/** Everything of a report that fits a terminal. */
export function reportText(report: RunReport): string {
  const { families, gate, chosen, reference, volatility, leaks, verification } = report;
  return [
    ...report.folds.map(foldLine),
    `test    ${rowsText(report.test)}; tested before: ${timesText(report.earlierTests)}`,
    "",
    `family          PR-AUC [95 %]         lift  ROC-AUC  Brier skill [95 %]       ECE    PR-AUC − ${reference.family} [95 %]`,
    ...families.map((family) => familyLine(family, reference.family)),
    "",
    ...symbolLines(report),
    ...families.flatMap(({ family, refused, sha256 }) =>
      refused === null ? [] : [`${family}: no figures${sha256 === null ? ", no artifact" : ""}: ${refused}`],
    ),
    ...families.flatMap(({ family, notes }) => notes.map((note) => `${family}: ${note}`)),
    ...volatility.map(
      ({ name, qlike, againstEwma }) =>
        `volatility by ${name}: QLIKE ${interval(qlike, 4)}${againstEwma ? `, against ewma ${interval(againstEwma, 4)}` : ""}`,
    ),
    ...leaks.map(({ name, outcome, detail }) => `leak check ${name}: ${outcome}: ${detail}`),
    `ONNX against trainer: ${verification.rows} rows, largest difference ${verification.largestDifference.toExponential(1)}`,
    `chosen  ${chosen.refitted}: ${chosen.why}; the folds' own choices: ${chosen.perFold.join(", ")}`,
    `against ${reference.family}: ${reference.why}`,
    gateText(report),
    ...(choseBaseline(report) ? [] : Object.entries(gate.gains)).map(
      ([name, gain]) => `        Brier gain over ${name}: ${interval(gain, 5)}`,
    ),
    ...report.warnings.map((warning) => `WARNING: ${warning}.`),
    ...report.advice.map((advice) => `next    ${advice}`),
  ].join("\n");
}

function gateText(report: RunReport): string {
  const { gate, chosen } = report;
  if (choseBaseline(report))
    return `gate    not asked: ${chosen.refitted} is a baseline, and the gate compares with baselines`;
  const on = `on ${gate.episodes} test episodes`;
  if (gate.verdict === "passed") return `gate    passed ${on}`;
  return `gate    refused ${on}: ${gate.reasons.join(", ")}; the model is a candidate`;
}

function foldLine({ train, test, testFromMs, purged, chosen }: FoldReport, f: number): string {
  const from = new Date(testFromMs).toISOString();
  const rows = `train ${train.rows} rows, ${train.episodes} episodes; test ${test.rows} rows, ${test.episodes} episodes`;
  return `fold ${f + 1}  from ${from}: ${rows}; ${purged} purged; chose ${chosen}`;
}

function timesText(count: number | null): string {
  if (count === null) return "not known";
  return count === 1 ? "once" : count === 0 ? "never" : `${count} times`;
}

function rowsText({ rows, positives, baseRate, episodes }: RowFigures): string {
  return `${rows} rows, ${positives} positive (base rate ${baseRate.toFixed(4)}), ${episodes} episodes`;
}

/** The tested family on each symbol, and means over them; nothing where there is only one. */
function symbolLines({ perSymbol: { family, symbols, means }, reference }: RunReport): string[] {
  if (symbols.length === 0) return [];
  const orDash = (x: number | null, digits: number, width: number): string =>
    (x === null ? "–" : x.toFixed(digits)).padStart(width);
  return [
    `${family} by symbol      rows  episodes    base  PR-AUC [95 %]         Brier skill [95 %]       ECE    Brier gain over ${reference.family} [95 %]`,
    ...symbols.map(({ symbol, rows, episodes, baseRate, prAuc, brierSkill, ece, gain }) =>
      [
        symbol.padEnd(16),
        String(rows).padStart(10),
        String(episodes).padStart(10),
        baseRate.toFixed(4).padStart(8),
        cell(prAuc, 3, 22),
        cell(brierSkill, 3, 25),
        (ece?.value.toFixed(4) ?? "–").padStart(8),
        cell(gain, 5, 30),
      ].join(""),
    ),
    `mean of the symbols: PR-AUC${orDash(means.prAuc, 3, 6)}, Brier skill${orDash(means.brierSkill, 3, 7)}, ECE${orDash(means.ece, 4, 7)}; every other figure counts rows`,
    "",
  ];
}

function familyLine({ family, figures, paired }: FamilyReport, reference: string): string {
  if (figures === null) return `${family.padEnd(14)}  –`;
  return [
    family.padEnd(14),
    cell(figures.prAuc, 3, 22),
    (figures.lift?.value.toFixed(2) ?? "–").padStart(6),
    (figures.rocAuc?.value.toFixed(3) ?? "–").padStart(9),
    cell(figures.brierSkill, 3, 26),
    figures.ece.value.toFixed(4).padStart(8),
    cell(paired[reference]?.prAuc ?? null, 3, 26),
  ].join("");
}

function cell(figure: Figure | null, digits: number, width: number): string {
  return (figure === null ? "–" : interval(figure, digits)).padStart(width);
}

function interval({ value, low, high }: Figure, digits: number): string {
  return `${value.toFixed(digits)} [${low.toFixed(digits)}, ${high.toFixed(digits)}]`;
}
