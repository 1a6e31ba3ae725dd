// Reads recordings into one stream of ticks in time order: the same reader for replay, training and parity, so that all
// of them see the same ticks in the same order.
import { isRejection, parseSymbol, parseTick, type Tick } from "../src/features/tick.ts";
import { readFileLines } from "./file-lines.ts";
import { RecordedBars } from "./recorded-bars.ts";
import { tickInputsOfLine } from "./recorded-messages.ts";
import { expandRecordingPaths } from "./recording-paths.ts";

/** What one file gave. */
export interface TickFileSummary {
  readonly path: string;
  /** Ticks taken, of the wanted symbol. */
  readonly ticks: number;
  /** Lines and ticks refused, of any symbol. */
  readonly rejected: number;
  /** Of the file's bytes on disk, in hex. */
  readonly sha256: string;
}

export interface TickFiles {
  /** Of all files, sorted by `tsMs`; equal times keep the order of the files given, then of their lines. */
  readonly ticks: Tick[];
  /** How many lines and ticks were refused for which reason: those of `parseTick`, `not_a_bar`, `unknown_form`. */
  readonly rejected: Map<string, number>;
  readonly files: readonly TickFileSummary[];
}

/**
 * Ticks of NDJSON recordings and CSV bars, plain or `.gz`; a directory stands for its recordings, sorted by name.
 * A cut last line is counted as `not_json` and never fatal.
 *
 * Example: `await readTickFiles(["/data/coinbase-2025"], { symbol: "BTC-USD" })`.
 *
 * @param options.symbol only ticks of this symbol; also the symbol of bars whose file name has none.
 * @throws UnreadableFileError naming the path, for a missing file, a broken gzip or a CSV without the bar columns.
 * @throws RangeError for a malformed `options.symbol`.
 */
export async function readTickFiles(
  paths: readonly string[],
  options: { readonly symbol?: string | undefined } = {},
): Promise<TickFiles> {
  const wanted = options.symbol === undefined ? undefined : parseSymbol(options.symbol);
  if (options.symbol !== undefined && wanted === undefined) {
    throw new RangeError(`symbol: got ${options.symbol}, expected [A-Z0-9][A-Z0-9._:-]{0,31}`);
  }
  const ticks: Tick[] = [];
  const rejected = new Map<string, number>();
  const files: TickFileSummary[] = [];
  for (const path of await expandRecordingPaths(paths)) {
    files.push(await readTickFile(path, wanted, ticks, rejected));
  }
  return { ticks: sortedByTime(ticks), rejected, files };
}

async function readTickFile(
  path: string,
  wanted: string | undefined,
  ticks: Tick[],
  rejected: Map<string, number>,
): Promise<TickFileSummary> {
  const bars = /\.csv(\.gz)?$/.test(path) ? new RecordedBars(path, wanted) : undefined;
  const before = ticks.length;
  let refused = 0;
  const refuse = (reason: string): void => {
    refused += 1;
    rejected.set(reason, (rejected.get(reason) ?? 0) + 1);
  };
  const sha256 = await readFileLines(path, (line) => {
    const inputs = bars === undefined ? tickInputsOfLine(line) : bars.inputsOfLine(line);
    if (typeof inputs === "string") return refuse(inputs);
    for (const input of inputs) {
      const tick = parseTick(input, Infinity);
      if (isRejection(tick)) refuse(tick.reason);
      else if (wanted === undefined || tick.symbol === wanted) ticks.push(tick);
    }
  });
  return { path, ticks: ticks.length - before, rejected: refused, sha256 };
}

/** In place; a stream that is sorted already, as one recording is, costs one pass. */
function sortedByTime(ticks: Tick[]): Tick[] {
  return ticks.sort((a, b) => a.tsMs - b.tsMs);
}
