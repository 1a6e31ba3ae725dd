// What a benchmark is: cases, ways that are measured in turn, and what one turn gives.
import type { Command } from "../../command-line/command.ts";
import { option, type OptionTable } from "../../command-line/option.ts";
import type { CommandLine } from "../../command-line/parse-command-line.ts";
import { listOf, text, wholeNumber } from "../../command-line/value-types.ts";

export interface Measure {
  readonly unit: string;
  readonly better: "more" | "less";
  /** Digits behind the point when it is printed. */
  readonly digits: number;
}

export interface Way {
  readonly name: string;
  /** Whether it is the least that the platform could do: then it has no code of a checkout. */
  readonly isFloor?: true;
}

/** Which figures are divided by which, round by round. */
export interface Ratio<M extends string> {
  readonly measure: M;
  readonly of: string;
  readonly to: string;
}

/** What a median is to reach: of a way's measure, or of the ratio of two ways. */
export interface Goal<M extends string> {
  readonly text: string;
  /** The label of a case. It is not judged when that case was not run. */
  readonly case: string;
  readonly measure: M;
  readonly way: string;
  /** The way that `way` is divided by. */
  readonly to?: string;
  readonly side: "at least" | "below";
  readonly bound: number;
}

/** What one round of one way gave; a measure that a way does not have is left out. */
export type Sample<M extends string> = Readonly<Partial<Record<M, number>>>;

export interface BenchCase {
  /** Names it in tables and results, e.g. `4 symbols`. */
  readonly label: string;
}

interface Turn<C extends BenchCase, P> {
  readonly case: C;
  readonly way: string;
  /** What `prepare` gave for the checkout. */
  readonly prepared: P;
  /** An empty folder that is removed afterwards. */
  readonly folder: string;
}

/** Where a checkout is, and a folder that stays until the end. */
export interface Subject {
  readonly checkout: string;
  readonly folder: string;
}

export interface Bench<O extends OptionTable, M extends string, C extends BenchCase, P> {
  readonly command: Command<O & typeof CORE_OPTIONS>;
  readonly measures: Readonly<Record<M, Measure>>;
  /** In the order in which they take turns. */
  readonly ways: readonly Way[];
  readonly ratios: readonly Ratio<M>[];
  readonly goals: readonly Goal<M>[];
  cases(line: CommandLine<O & typeof CORE_OPTIONS>): readonly C[];
  /** Once for each checkout, before the first turn; the floors use what was prepared for the first one. */
  prepare(subject: Subject, line: CommandLine<O & typeof CORE_OPTIONS>): Promise<P>;
  measure(turn: Turn<C, P>, line: CommandLine<O & typeof CORE_OPTIONS>): Promise<Sample<M>>;
}

/** How many rounds count, with another default than that of `CORE_OPTIONS`. */
export function roundsOption(standard: string) {
  return option(wholeNumber(1, 1000), "rounds that count, all ways in turn in each", { default: standard });
}

/** As `roundsOption`. */
export function warmUpOption(standard: string) {
  return option(wholeNumber(0, 100), "rounds before them that do not count", { default: standard });
}

/** The options of every measured benchmark. */
export const CORE_OPTIONS = {
  rounds: roundsOption("3"),
  "warm-up": warmUpOption("1"),
  ways: option(listOf(text("NAME")), "which of the ways are measured", { otherwise: "all of them" }),
  checkout: option(text("DIR"), "another checkout whose code is measured, its packages installed", {
    otherwise: "this one",
  }),
  json: option(text("FILE"), "where the result is written", { otherwise: "a new file in bench/results" }),
};
