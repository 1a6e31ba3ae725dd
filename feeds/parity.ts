// `npm run parity`: recordings through a running gateway and through the trainer, compared bit for bit.
import { parseArgs } from "node:util";
import { runParity } from "./parity/parity-run.ts";
import { readTickFiles } from "./tick-files.ts";
import { UsageError, isUsageError, symbolOption } from "./usage-error.ts";

const HELP = `npm run parity -- FILES…

Replays recordings through the Worker (wrangler dev on a free port, state in a temporary folder) and compares, step by
step, with the trainer's own pass over the same files: feature rows, flags, thresholds and labels bit for bit, and the
scores with the published ONNX run in Node.

FILES are recordings (NDJSON, .gz, CSV bars) or folders of them; several are merged by time. Both sides use the default
grid, steps of 1 s of the last price, and no other yet: bars are compared on it like any ticks, but are too sparse for a
feature row to be complete, so that no score of theirs is compared.
  --symbol S   only this symbol
  --help       this text

The last line counts what was compared. Ctrl-C stops the gateway and removes its state.
Exit code: 0 all equal, 1 a difference or a bug, 2 the user's mistake, 130 interrupted.
`;

const INTERRUPTED = 130;
const stop = new AbortController();

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { symbol: { type: "string" }, help: { type: "boolean", default: false } },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  if (positionals.length === 0) throw new UsageError("no files given; see --help");
  const options = values.symbol === undefined ? {} : { symbol: symbolOption(values.symbol) };
  const { ticks, rejected } = await readTickFiles(positionals, options);
  for (const [reason, count] of rejected) console.error(`${count} lines rejected: ${reason}`);
  if (ticks.length === 0) throw new UsageError("the files hold no tick");
  // Only from here on there is something to clean up.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stop.abort());
  const result = await runParity(ticks, (line) => console.error(line), stop.signal);
  if (result.difference !== undefined) console.error(`first difference: ${result.difference}`);
  const { ticks: n, duplicate, symbols, rows, thresholds, labels, scores } = result;
  console.log(
    `parity: ${n} ticks (${duplicate} duplicate) of ${symbols} symbols, ${rows} rows, ${thresholds} thresholds, ` +
      `${labels} labels, ${scores} scores compared, ${result.difference === undefined ? 0 : "at least 1"} differences`,
  );
  return result.difference === undefined ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  // An exit, because what was interrupted may still be computing.
  if (stop.signal.aborted) {
    console.error("parity: interrupted");
    process.exit(INTERRUPTED);
  }
  console.error(isUsageError(error) ? `parity: ${error.message}` : error);
  process.exitCode = isUsageError(error) ? 2 : 1;
}
