// The command line of the trainer: its help, which is its specification, and its parser.
import { parseArgs } from "node:util";
import { parseSymbol, parseTsMs } from "../src/features/tick.ts";
import { UserError } from "./user-error.ts";

export const HELP = `Usage: npm run train -- FILES… [options]

Trains zscore, persistence, threshold-only and logistic on recorded ticks, judges them on the rows after a purged,
chronological split, refits them on all rows, and writes DIR/<family>/model.onnx and manifest.json, each file verified
row by row in onnxruntime-web. FILES are NDJSON recordings of ticks, plain or .gz, or directories of them; they are merged
and sorted by time. Symbols are pooled: one set of models for all of them.

Models are for the default grid, steps of 1 s of the last price; there is no other yet. CSV bars can be read, but not
trained on: one bar a minute leaves most steps of 1 s without a price, so that no row is complete.

Options:
  --out DIR         where artifacts go (default: artifacts)
  --symbol S        use only this symbol's ticks (default: all)
  --test-from ISO   test rows begin here; a time without a zone is UTC
  --test-share X    test rows are this last share of the rows, above 0 and below 1 (default: 0.4)
  --seed N          a whole number, printed with the run (default: 1); no candidate of today draws at random
  --publish         put the artifacts into the bucket BUCKET of wrangler.toml, as wrangler dev sees it
  --persist DIR     where wrangler dev keeps its state (default: .wrangler/state)
  --json            print the result as one JSON document on stdout; all else goes to stderr
  --help            print this

Exit codes: 0 done, 1 a bug or a check that failed, 2 a mistake in the call or data that cannot carry a model.
`;

export interface CliOptions {
  readonly files: readonly string[];
  readonly out: string;
  readonly symbol: string | undefined;
  readonly testAt: { readonly fromMs: number } | { readonly share: number };
  readonly seed: number;
  readonly publish: boolean;
  readonly persist: string;
  readonly json: boolean;
}

/** Throws `UserError` naming the option, what came and what was expected. `help` wins over everything else. */
export function parseCliOptions(args: readonly string[]): CliOptions | "help" {
  const { values, positionals } = parse(args);
  if (values.help === true) return "help";
  if (positionals.length === 0) throw new UserError("FILES: got none, expected at least one file or directory");
  const from = values["test-from"];
  const share = values["test-share"];
  if (from !== undefined && share !== undefined) {
    throw new UserError("--test-from and --test-share: got both, expected one of them");
  }
  return {
    files: positionals,
    out: values.out ?? "artifacts",
    symbol: values.symbol === undefined ? undefined : symbolName(values.symbol),
    testAt: from === undefined ? { share: parseShare(share ?? "0.4") } : { fromMs: parseTime(from) },
    seed: parseSeed(values.seed ?? "1"),
    publish: values.publish === true,
    persist: values.persist ?? ".wrangler/state",
    json: values.json === true,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        out: { type: "string" },
        symbol: { type: "string" },
        "test-from": { type: "string" },
        "test-share": { type: "string" },
        seed: { type: "string" },
        publish: { type: "boolean" },
        persist: { type: "string" },
        json: { type: "boolean" },
        help: { type: "boolean" },
      },
    });
  } catch (error) {
    throw new UserError(error instanceof Error ? error.message : String(error));
  }
}

function symbolName(text: string): string {
  const symbol = parseSymbol(text);
  if (symbol === undefined) throw new UserError(`--symbol: got ${text}, expected a name like BTC-USD`);
  return symbol;
}

function parseTime(text: string): number {
  const ms = parseTsMs(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00` : text);
  if (Number.isNaN(ms)) throw new UserError(`--test-from: got ${text}, expected an ISO 8601 time`);
  return ms;
}

function parseShare(text: string): number {
  const share = Number(text);
  if (!(share > 0 && share < 1)) throw new UserError(`--test-share: got ${text}, expected a number between 0 and 1`);
  return share;
}

function parseSeed(text: string): number {
  const seed = Number(text);
  if (text.trim() === "" || !Number.isSafeInteger(seed)) {
    throw new UserError(`--seed: got ${text}, expected a whole number`);
  }
  return seed;
}
