// Runs a benchmark: its ways in turn, round by round, case by case. Prints each case as it is done.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { temporaryFolder } from "../../command-line/at-exit.ts";
import type { OptionTable, OptionValues } from "../../command-line/option.ts";
import type { CommandLine } from "../../command-line/parse-command-line.ts";
import type { Bench, BenchCase, CORE_OPTIONS, Sample } from "./bench.ts";
import { commitOf, endConditions, startConditions } from "./conditions.ts";
import { type BenchResult, type Figure, type FigureRatio, RESULT_FORMAT } from "./result.ts";
import { caseText } from "./result-text.ts";
import { chosenWays, figuresOf, judgeGoals, ratiosOf, turnsOf } from "./summarize.ts";

/** A checkout under the name that tables and results give it. */
export interface NamedCheckout {
  readonly name: string;
  readonly dir: string;
}

export const THIS_CHECKOUT = resolve(import.meta.dirname, "..", "..");

/**
 * @param checkouts whose code is measured, in turn.
 * @param args as they were given, for the result.
 * @param print where the tables go.
 */
export async function runBench<O extends OptionTable, M extends string, C extends BenchCase, P>(
  bench: Bench<O, M, C, P>,
  line: CommandLine<O & typeof CORE_OPTIONS>,
  { checkouts, args, print }: { checkouts: readonly NamedCheckout[]; args: readonly string[]; print: Print },
): Promise<BenchResult> {
  const { rounds, "warm-up": warmUp, ways } = line.values as CoreValues;
  const turns = turnsOf(
    chosenWays(bench.ways, ways),
    checkouts.map(({ name }) => name),
  );
  const conditions = startConditions();
  const dir = temporaryFolder("volgate-bench-");
  const prepared = new Map<string, P>();
  for (const [at, { name, dir: checkout }] of checkouts.entries()) {
    const folder = join(dir, `checkout-${at}`);
    mkdirSync(folder);
    prepared.set(name, await bench.prepare({ checkout, folder }, line));
  }
  const first = prepared.get(checkouts[0]!.name)!;
  const [figures, ratios]: [Figure[], FigureRatio[]] = [[], []];
  for (const one of bench.cases(line)) {
    const series = turns.map((turn) => ({ case: one.label, ...turn, samples: [] as Sample<M>[] }));
    for (let round = -warmUp; round < rounds; round++) {
      for (const { way, checkout, samples } of series) {
        const folder = mkdtempSync(join(dir, "turn-"));
        const of = checkout === null ? first : prepared.get(checkout)!;
        const sample = await bench.measure({ case: one, way, prepared: of, folder }, line);
        rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
        if (round >= 0) samples.push(sample);
      }
    }
    const found = series.flatMap((of) => figuresOf(of, bench.measures));
    const shares = ratiosOf(found, bench.ratios);
    print(caseText(one.label, found, shares, bench.measures));
    figures.push(...found);
    ratios.push(...shares);
  }
  return {
    format: RESULT_FORMAT,
    bench: bench.command.name.replace(/^bench /, ""),
    arguments: [...args],
    warmUpRounds: warmUp,
    rounds,
    conditions: endConditions(conditions),
    checkouts: checkouts.map(({ name, dir: checkout }) => {
      const known = commitOf(checkout);
      return { name, commit: known?.commit ?? null, isDirty: known?.isDirty ?? true };
    }),
    figures,
    ratios,
    goals: checkouts.length > 1 ? [] : judgeGoals(bench.goals, figures, ratios),
  };
}

type Print = (text: string) => void;

/** The compiler does not know the values of an option table that is not known. */
type CoreValues = Pick<OptionValues<typeof CORE_OPTIONS>, "rounds" | "warm-up" | "ways">;
