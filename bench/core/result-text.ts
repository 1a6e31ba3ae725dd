// Figures, ratios and goals as lines for a terminal.
import type { Measure } from "./bench.ts";
import type { Figure, FigureRatio, GoalResult } from "./result.ts";

type Measures = Readonly<Record<string, Measure>>;

/** The table of one case: a line for each figure and each ratio. */
export function caseText(
  label: string,
  figures: readonly Figure[],
  ratios: readonly FigureRatio[],
  measures: Measures,
): string {
  const isCompared = new Set(figures.map(({ checkout }) => checkout).filter((name) => name !== null)).size > 1;
  const rows = figures.map((figure) => {
    const number = (value: number): string => numberText(value, measures[figure.measure]?.digits ?? 2);
    const who = isCompared && figure.checkout !== null ? `${figure.way}, ${figure.checkout}` : figure.way;
    return [who, `${figure.measure}, ${figure.unit}`, ...spreadTexts(figure, number)];
  });
  const shares = ratios.map((ratio) => {
    const of = isCompared && ratio.checkout !== null ? `${ratio.of}, ${ratio.checkout}` : ratio.of;
    return [`${of} / ${ratio.to}`, `${ratio.measure}, ratio`, ...spreadTexts(ratio, (value) => value.toFixed(2))];
  });
  const rounds = figures[0]?.count ?? 0;
  const heads = ["", "", "median", "quartiles", "least to most"];
  return `${label}, ${rounds} rounds\n${tableText([heads, ...rows, ...shares])}`;
}

/** `goal: … at least 100,000: got 35,357, not reached`. */
export function goalText({ text, side, bound, figure, isReached }: GoalResult): string {
  const digits = bound < 10 ? 2 : 0;
  const number = (value: number): string => numberText(value, digits);
  return `goal: ${text} ${side} ${number(bound)}: got ${number(figure)}, ${isReached ? "reached" : "NOT reached"}`;
}

/** Columns by their widest text, two blanks between them; numbers stand at the right. */
export function tableText(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((text, column) => (column < 2 ? text.padEnd(widths[column]!) : text.padStart(widths[column]!)))
        .join("  ")
        .trimEnd(),
    )
    .map((line) => `  ${line}`)
    .join("\n");
}

function spreadTexts(
  { median, q1, q3, least, most }: Pick<Figure, "median" | "q1" | "q3" | "least" | "most">,
  number: (value: number) => string,
): string[] {
  return [number(median), `${number(q1)} to ${number(q3)}`, `${number(least)} to ${number(most)}`];
}

function numberText(value: number, digits: number): string {
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
