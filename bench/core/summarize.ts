// From samples to figures, ratios and goals. Pure.
import { wrongValue } from "../../command-line/value-types.ts";
import type { Goal, Measure, Ratio, Way } from "./bench.ts";
import type { Figure, FigureRatio, GoalResult } from "./result.ts";
import { spreadOf } from "./spread.ts";

/** All rounds of one way in one case. */
export interface Series {
  readonly case: string;
  readonly way: string;
  /** `null` for a floor. */
  readonly checkout: string | null;
  readonly samples: readonly Readonly<Partial<Record<string, number>>>[];
}

type Measures = Readonly<Record<string, Measure>>;

/** A figure for each measure that every round has. */
export function figuresOf({ samples, ...of }: Series, measures: Measures): Figure[] {
  return Object.entries(measures).flatMap(([measure, { unit, better }]) => {
    const values = samples.map((sample) => sample[measure]).filter((value) => value !== undefined);
    if (values.length === 0 || values.length < samples.length) return [];
    return [{ ...of, measure, unit, better, values, ...spreadOf(values) }];
  });
}

/**
 * One figure over another of the same case, round by round. There is none without one of the two, and none over a 0,
 * such as processor time below the clock's hundredth of a second.
 */
export function ratiosOf(figures: readonly Figure[], ratios: readonly Ratio<string>[]): FigureRatio[] {
  return ratios.flatMap(({ measure, of, to }) =>
    figures
      .filter((figure) => figure.measure === measure && figure.way === of)
      .flatMap((figure) => {
        const other = figures.find(
          ({ checkout, ...rest }) =>
            rest.case === figure.case &&
            rest.measure === measure &&
            rest.way === to &&
            (checkout === null || checkout === figure.checkout),
        );
        if (other === undefined) return [];
        const values = figure.values.map((value, round) => value / other.values[round]!);
        if (!values.every(Number.isFinite)) return [];
        return [{ case: figure.case, measure, checkout: figure.checkout, of, to, values, ...spreadOf(values) }];
      }),
  );
}

/** The goals whose case was measured. */
export function judgeGoals(
  goals: readonly Goal<string>[],
  figures: readonly Figure[],
  ratios: readonly FigureRatio[],
): GoalResult[] {
  return goals.flatMap(({ text, side, bound, ...of }) => {
    const found =
      of.to === undefined
        ? figures.find((one) => one.case === of.case && one.way === of.way && one.measure === of.measure)
        : ratios.find(
            (one) => one.case === of.case && one.of === of.way && one.to === of.to && one.measure === of.measure,
          );
    if (found === undefined) return [];
    const figure = found.median;
    return [{ text, bound, side, figure, isReached: side === "at least" ? figure >= bound : figure < bound }];
  });
}

/**
 * The ways that were asked for, in their usual order; all where none were.
 * @throws UserError for a name that none has.
 */
export function chosenWays(ways: readonly Way[], asked: readonly string[] | undefined): readonly Way[] {
  const names = ways.map(({ name }) => name);
  const unknown = asked?.find((name) => !names.includes(name));
  if (unknown !== undefined) throw wrongValue("--ways", unknown, names.join(", "));
  return asked === undefined ? ways : ways.filter(({ name }) => asked.includes(name));
}

/** The ways of all checkouts, in the order of their turns: each way of each checkout, then the floors. */
export function turnsOf(
  ways: readonly Way[],
  checkouts: readonly string[],
): { readonly way: string; readonly checkout: string | null }[] {
  const floors = ways.filter(({ isFloor }) => isFloor).map(({ name }) => ({ way: name, checkout: null }));
  const own = ways.filter(({ isFloor }) => !isFloor);
  return [...own.flatMap(({ name }) => checkouts.map((checkout) => ({ way: name, checkout }))), ...floors];
}
