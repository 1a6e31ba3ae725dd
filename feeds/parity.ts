// `npm run parity`: recordings through a running gateway and through the trainer, compared bit for bit.
import { EXIT } from "../command-line/exit-code.ts";
import { onSignal } from "../command-line/on-signal.ts";
import type { Program } from "../command-line/program.ts";
import { refusedText, remarksOf, requireTicks } from "../recordings/summary-text.ts";
import { readTickFiles } from "../recordings/tick-files.ts";
import { PARITY, type ParityOptions, readParityOptions } from "./parity/parity-options.ts";
import { type ParityResult, runParity } from "./parity/parity-run.ts";
import type { QualityRow } from "./parity/quality-comparison.ts";

const INTERRUPTED = 130;

export const program: Program = {
  command: PARITY,
  run: async (args) => {
    const options = await readParityOptions(args);
    const stop = new AbortController();
    try {
      return await compare(options, stop);
    } catch (error) {
      // After an interruption any error may occur.
      if (stop.signal.aborted) return INTERRUPTED;
      throw error;
    }
  },
};

async function compare(options: ParityOptions, stop: AbortController): Promise<number> {
  const { files, symbol, config, grids, models, quality, reading } = options;
  const read = await readTickFiles(files, { symbol, reading, stepMs: config.grid.stepMs });
  const { ticks } = read;
  requireTicks(ticks.length, read, symbol);
  if (read.rejected.size > 0) console.error(`lines refused: ${refusedText(read)}`);
  for (const line of remarksOf(read)) console.error(line);
  // Before this line there is nothing to clean up.
  onSignal(() => stop.abort());
  // At the exit, because publishing listens to signals too and may exit first.
  process.once("exit", () => {
    if (!stop.signal.aborted) return;
    console.error("parity: interrupted");
    process.exitCode = INTERRUPTED;
  });
  const result = await runParity({ ticks, config, grids, models, quality }, (line) => console.error(line), stop.signal);
  const { first, count } = result.differences;
  if (first !== undefined) console.error(`first difference: ${first}`);
  for (const row of result.quality) console.log(qualityLine(row));
  console.log(summary(result));
  if (quality && result.quality.every(({ resolved }) => resolved === 0)) {
    console.error("parity: no live quality was compared: no label of a served model was resolved in these recordings");
    return EXIT.failed;
  }
  return count === 0 ? EXIT.done : EXIT.failed;
}

function qualityLine({ what, resolved, spikes, exactPrAuc, livePrAuc }: QualityRow): string {
  const counts = `${what.padEnd(32)} ${String(resolved).padStart(7)} resolved ${String(spikes).padStart(6)} spikes`;
  if (exactPrAuc === null || livePrAuc === null) return `${counts}  PR-AUC: none`;
  const error = Math.abs(livePrAuc - exactPrAuc);
  return `${counts}  PR-AUC exact ${exactPrAuc.toFixed(4)}, live ${livePrAuc.toFixed(4)}, error ${error.toFixed(5)}`;
}

function summary(result: ParityResult): string {
  const { ticks, duplicate, symbols, rows, thresholds, labels, scores, sigmas, sigmaQuantiles } = result;
  const { served, recalibrated, followed, grids, differences } = result;
  const { count, largest } = differences;
  const further = [...grids].map(([name, n]) => `${n} on ${name}`);
  const rowsText = further.length === 0 ? `${rows} rows` : `${rows} rows (${further.join(", ")})`;
  return (
    `parity: ${ticks} ticks (${duplicate} duplicate) of ${symbols} symbols, ${rowsText}, ${thresholds} thresholds, ` +
    `${labels} labels, ${scores} scores, ${sigmas} expected volatilities and ${sigmaQuantiles} quantiles of them, ` +
    `${served} as served (${recalibrated} recalibrated), ${followed} following thresholds compared, ` +
    `${count} differences, largest ${largest}`
  );
}
