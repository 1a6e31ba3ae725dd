// The command line of `npm start`.
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { parseSymbol } from "../src/features/tick.ts";
import { numberOption, UsageError } from "./usage-error.ts";

export const START_HELP = `Usage: npm start -- [options]

Starts the gateway on this machine (wrangler dev), feeds it a simulated market and prints its predictions: the last two
hours as fast as it goes, then in real time. The next start goes on where this one ended.

  --feed NAME     simulator, or none to start the gateway only (default simulator)
  --symbols A,B   symbols to feed (default BTC-USD,ETH-USD)
  --seed N        seed of the simulated market (default 7)
  --port N        port of the gateway (default 8787, or the next free one)
  --for SECONDS   stop by itself so long after the gateway answers
  --state DIR     where the gateway keeps its state (default .wrangler/state)
  --help          this text

The simulated market is for trying things out; it says nothing about how good a model is.
The gateway started here asks for no token. The environment variable VOLGATE_TOKEN, where it is set, goes with the feed as
its bearer token. To try a gateway that asks for one: \`npx wrangler dev --var INGEST_TOKEN:secret\`, and send to it with
\`npm run replay -- FILES --token secret\`. \`npm start\` reads no .dev.vars; \`npm run dev\` does.
Ctrl-C stops everything. Exit code: 0 stopped, 1 the gateway failed, 2 a mistake in the command.
`;

export interface StartOptions {
  readonly feed: "simulator" | "none";
  readonly symbols: readonly string[];
  readonly seed: number;
  /** `undefined`: 8787 or the next free one. */
  readonly port: number | undefined;
  readonly forSeconds: number | undefined;
  /** As `wrangler dev --persist-to` takes it; `undefined`: `.wrangler/state` of this repository. */
  readonly state: string | undefined;
  readonly token: string | undefined;
}

/** Parses the arguments; `"help"` when asked for it. Throws `UsageError`, or what `parseArgs` throws. */
export function parseStartOptions(args: readonly string[], env: NodeJS.ProcessEnv): StartOptions | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      feed: { type: "string", default: "simulator" },
      symbols: { type: "string", default: "BTC-USD,ETH-USD" },
      seed: { type: "string", default: "7" },
      port: { type: "string" },
      for: { type: "string" },
      state: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help === true) return "help";
  const { feed } = values;
  if (feed !== "simulator" && feed !== "none") {
    throw new UsageError(`--feed: got ${feed}, expected simulator or none`);
  }
  return {
    feed,
    symbols: symbolList(values.symbols),
    seed: numberOption("seed", values.seed, 0, Number.MAX_SAFE_INTEGER),
    port: values.port === undefined ? undefined : numberOption("port", values.port, 1, 65_535),
    forSeconds: values.for === undefined ? undefined : numberOption("for", values.for, 0, 1e6, false),
    state: values.state === undefined ? undefined : resolve(values.state),
    token: env["VOLGATE_TOKEN"],
  };
}

function symbolList(text: string): string[] {
  const symbols = text.split(",").map((part) => {
    const symbol = parseSymbol(part.trim());
    if (symbol === undefined) throw new UsageError(`--symbols: got ${text}, expected names like BTC-USD,ETH-USD`);
    return symbol;
  });
  return [...new Set(symbols)];
}
