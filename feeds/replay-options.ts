// The command line of `npm run replay`.
import { parseArgs } from "node:util";
import { numberOption, symbolOption, UsageError } from "./usage-error.ts";

export const REPLAY_HELP = `Usage: npm run replay -- FILES… [options]

Sends recorded ticks to a gateway, several files and symbols merged in time order.
FILES are recordings of ticks or bars: NDJSON or CSV, plain or .gz, Parquet, folders of them, r2://BUCKET/PREFIX or
local://PREFIX (the bucket of wrangler dev). Bars without a symbol in column or name need --symbol.

  --url URL       the gateway (default http://127.0.0.1:8787, or VOLGATE_URL)
  --speed N       N times the speed at which it happened, e.g. 1 or 60 (default: as fast as possible)
  --batch N       ticks in a request at most, 1 to 10000 (default 500)
  --symbol S      only ticks of this symbol; also the symbol of recordings that name none
  --token T       bearer token of a gateway that asks for one (default: VOLGATE_TOKEN)
  --help          this text

Time stamps are sent as recorded. Ticks older than what the gateway already has of a symbol come back as late.
Ctrl-C finishes the batch on its way and prints the counts so far.
Exit code: 0 all sent, 1 failed, interrupted or every tick rejected, 2 a mistake in the command.
`;

export interface ReplayOptions {
  readonly files: readonly string[];
  readonly url: string;
  readonly speed: number;
  readonly batch: number;
  readonly symbol: string | undefined;
  readonly token: string | undefined;
}

/** Parses the arguments; `"help"` when asked for it. Throws `UsageError`, or what `parseArgs` throws. */
export function parseReplayOptions(args: readonly string[], env: NodeJS.ProcessEnv): ReplayOptions | "help" {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      url: { type: "string" },
      speed: { type: "string" },
      batch: { type: "string" },
      symbol: { type: "string" },
      token: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help === true) return "help";
  if (positionals.length === 0) throw new UsageError("no FILES given: npm run replay -- recording.ndjson.gz");
  const url = values.url ?? env["VOLGATE_URL"] ?? "http://127.0.0.1:8787";
  if (!/^https?:\/\/./.test(url) || !URL.canParse(url)) {
    throw new UsageError(`--url: got ${url}, expected http://… or https://…`);
  }
  return {
    files: positionals,
    url,
    speed: values.speed === undefined ? Infinity : numberOption("speed", values.speed, 0.001, 1e6, false),
    batch: values.batch === undefined ? 500 : numberOption("batch", values.batch, 1, 10_000),
    symbol: values.symbol === undefined ? undefined : symbolOption(values.symbol),
    token: values.token ?? env["VOLGATE_TOKEN"],
  };
}
