// `npm run bench -- compare A B`: the code of two commits, measured in turn on the same machine by the same benchmark.
import { relative, join } from "node:path";
import { temporaryFolder } from "../command-line/at-exit.ts";
import { EXIT } from "../command-line/exit-code.ts";
import { option, type OptionTable } from "../command-line/option.ts";
import { parseCommandLine } from "../command-line/parse-command-line.ts";
import type { Program } from "../command-line/program.ts";
import { oneOf, text, wholeNumber } from "../command-line/value-types.ts";
import { UserError } from "../command-line/user-error.ts";
import { benchCommand } from "./bench-command.ts";
import type { Bench, BenchCase } from "./core/bench.ts";
import { conditionsText } from "./core/conditions.ts";
import { compareCheckouts, type Comparison, LEAST_ROUNDS } from "./core/compare-results.ts";
import type { BenchResult } from "./core/result.ts";
import { tableText } from "./core/result-text.ts";
import { type NamedCheckout, runBench, THIS_CHECKOUT } from "./core/run-bench.ts";
import { writeResult } from "./core/write-result.ts";
import { openWorktree, WORKING_TREE } from "./worktree.ts";

const NAMES = ["features", "ingest", "sockets", "predict", "fanout", "memory"] as const;
type Name = (typeof NAMES)[number];

const COMPARE = benchCommand(
  "compare",
  `
Measures the code of two commits with one benchmark of this checkout, in turn (A B A B …) on the same machine, and
prints what B gives as a share of A, round by round. ${WORKING_TREE} stands for the files here, with what is not committed.`,
  {
    bench: option(oneOf(NAMES), "the benchmark", { default: "ingest" }),
    rounds: option(wholeNumber(1, 1000), "rounds of each that count", { default: String(LEAST_ROUNDS) }),
    "warm-up": option(wholeNumber(0, 100), "rounds before them that do not count", { default: "1" }),
    options: option(text("TEXT"), "further options of the benchmark, such as '--symbols 4 --seconds 2'", {
      otherwise: "its defaults",
    }),
  },
  { operands: { type: text("COMMIT"), least: 2, most: 2, help: "A and B" } },
);

export const program: Program = {
  command: COMPARE,
  run: async (args) => {
    const { values, operands } = parseCommandLine(COMPARE, args);
    const [a, b] = operands as [string, string];
    if (a === b) throw new UserError(`got ${a} twice, expected two commits`);
    const dir = temporaryFolder("volgate-compare-");
    const checkouts = [
      { name: `A ${a}`, dir: openWorktree(THIS_CHECKOUT, a, join(dir, "a")) },
      { name: `B ${b}`, dir: openWorktree(THIS_CHECKOUT, b, join(dir, "b")) },
    ];
    const counts = ["--rounds", String(values.rounds), "--warm-up", String(values["warm-up"])];
    const options = [...(values.options?.split(/\s+/).filter((part) => part !== "") ?? []), ...counts];
    const result = await measure(values.bench, options, checkouts);
    console.log(`\n${comparisonText(compareCheckouts(result), checkouts)}`);
    console.log(conditionsText(result.conditions));
    console.log(`written: ${relative(process.cwd(), writeResult({ ...result, bench: `compare-${result.bench}` }))}`);
    return EXIT.done;
  },
};

async function measure(name: Name, args: readonly string[], checkouts: readonly NamedCheckout[]): Promise<BenchResult> {
  switch (name) {
    case "features":
      return await inTurn((await import("./features.ts")).bench, args, checkouts);
    case "memory":
      return await inTurn((await import("./memory.ts")).bench, args, checkouts);
    case "fanout":
      return await inTurn((await import("./fanout.ts")).bench, args, checkouts);
    case "ingest":
      return await inTurn((await import("./ingest.ts")).bench, args, checkouts);
    case "sockets":
      return await inTurn((await import("./sockets.ts")).bench, args, checkouts);
    case "predict":
      return await inTurn((await import("./predict.ts")).bench, args, checkouts);
  }
}

/** Without the floors: they are of neither. */
async function inTurn<O extends OptionTable, M extends string, C extends BenchCase, P>(
  bench: Bench<O, M, C, P>,
  args: readonly string[],
  checkouts: readonly NamedCheckout[],
): Promise<BenchResult> {
  const own = { ...bench, ways: bench.ways.filter(({ isFloor }) => isFloor !== true) };
  const line = parseCommandLine(bench.command, args);
  return await runBench(own, line, { checkouts, args, print: (table) => console.log(table) });
}

/** A line for each quantity: B over A. */
export function comparisonText(comparisons: readonly Comparison[], checkouts: readonly { name: string }[]): string {
  const number = (value: number): string => value.toFixed(3);
  const rows = comparisons.map(({ case: label, way, measure, better, median, q1, q3, least, most, verdict }) => [
    label,
    `${way}, ${measure} (${better} is better)`,
    number(median),
    `${number(q1)} to ${number(q3)}`,
    `${number(least)} to ${number(most)}`,
    verdict,
  ]);
  const heads = ["", "", "median", "quartiles", "least to most", ""];
  const [a, b] = checkouts;
  return `${b?.name} over ${a?.name}, ratios of the same round\n${tableText([heads, ...rows])}`;
}
