// What `npm run volgate -- rows` does, and the lines that it prints.
import { EXIT } from "../../command-line/exit-code.ts";
import { startProgress } from "../../command-line/progress.ts";
import { refusedText, remarksOf, requireTicks, unitsText } from "../../recordings/summary-text.ts";
import type { EngineConfig } from "../../src/features/feature-engine.ts";
import { LONGEST_FEATURE_STEPS } from "../../src/features/schema.ts";
import { nothingEligibleText } from "../rows/nothing-eligible.ts";
import { newTally } from "../rows/tally.ts";
import type { RowCounts } from "./row-counts.ts";
import type { RowsOptions } from "./rows-options.ts";
import { writeRows, type WrittenRows } from "./write-rows.ts";

/** Writes the dataset and prints what it holds; returns the exit code. Throws `UserError`. */
export async function rowsRun(options: RowsOptions): Promise<number> {
  const progress = startProgress({ label: "rows", total: 1, unit: "bytes read", withoutTerminal: "nothing" });
  try {
    const startedMs = performance.now();
    const onProgress = (done: number, total: number): void => progress.update(done, { total, unit: "bytes read" });
    const written = await writeRows({ ...options, onProgress });
    const seconds = (performance.now() - startedMs) / 1000;
    progress.stop();
    if (written.summary !== undefined) requireTicks(written.ticks, written.summary, options.symbol);
    for (const line of reportLines(options, written, seconds)) console.log(line);
    return EXIT.done;
  } finally {
    progress.stop();
  }
}

/**
 * Steps that fill every window before the first row: those of the features, and those of the threshold with the horizon
 * of its first value.
 */
function warmUpNeed({ label }: EngineConfig): number {
  const threshold = label.kind === "absolute" ? 0 : label.windowSteps;
  return LONGEST_FEATURE_STEPS + threshold + label.horizonSteps;
}

function reportLines(options: RowsOptions, written: WrittenRows, seconds: number): string[] {
  const { files, ticks, symbols, summary } = written;
  const rows = [...symbols.values()].reduce((sum, counts) => sum + counts.rows, 0);
  return [
    summary === undefined
      ? `files   read as far as the rows before --to need them: ${ticks} ticks; refused ones are counted where all is read`
      : `files   ${summary.files.length} read, ${ticks} ticks, ${unitsText(summary.files)}; refused: ${refusedText(summary)}`,
    ...(summary === undefined ? [] : remarksOf(summary)),
    ...[...symbols].flatMap(([symbol, counts]) => symbolLines(options, symbol, counts)),
    ...stateLines(options, written),
    `wrote   ${rows} rows in ${files} files below ${options.out}, ${Math.round(rows / seconds)} rows/s`,
  ];
}

function stateLines({ state }: RowsOptions, { states }: WrittenRows): string[] {
  if (state === undefined) return [];
  if (states > 0) return [`states  ${states} left in ${state}`];
  return ["WARNING: FILES hold no tick of --to or later, so no state is left"];
}

function symbolLines({ engine, fromMs }: RowsOptions, symbol: string, counts: RowCounts): string[] {
  const { rows, eligible, spikes, episodes, unlabelled, warmUpSteps } = counts;
  const need = warmUpNeed(engine);
  const lines = [
    `${symbol}  ${rows} rows, ${eligible} to learn from, ${spikes} of them spikes in ${episodes} episodes; ` +
      `${counts.void} void, ${unlabelled} without a label`,
  ];
  if (counts.goesOn) lines.push(`${symbol}  goes on from its state at --from`);
  else if (fromMs > -Infinity) {
    lines.push(`${symbol}  ${warmUpSteps} steps before --from, ${need} fill every window`);
    if (warmUpSteps < need) {
      lines.push(
        `WARNING: the first rows of ${symbol} differ from those of a run that begins earlier, if there is more`,
      );
    }
  }
  if (counts.endsEarly) {
    lines.push(
      `WARNING: FILES end before the last rows of ${symbol} are decided: they differ from those of a run over more, if ` +
        "there is more",
    );
  }
  if (rows > 0 && eligible === 0) {
    const tally = { ...newTally(), steps: rows + warmUpSteps };
    lines.push(`WARNING: ${nothingEligibleText({ tally, config: engine, symbols: [symbol] })}`);
  }
  return lines;
}
