// The command line of `npm start`.
import { resolve } from "node:path";
import type { Command } from "../command-line/command.ts";
import { option } from "../command-line/option.ts";
import { parseCommandLine } from "../command-line/parse-command-line.ts";
import { decimal, listOf, oneOf, text, wholeNumber } from "../command-line/value-types.ts";
import { SYMBOL_TYPE } from "../command-line/symbol-type.ts";

export const START = {
  name: "start",
  call: "npm start --",
  about: `
Starts the gateway on this machine (wrangler dev), feeds it a simulated market and prints its predictions. The
last two hours are sent as fast as possible, then the market goes on in real time. The next start goes on where
this one ended.`,
  options: {
    feed: option(oneOf(["simulator", "none"]), "simulator, or none to start the gateway only", {
      default: "simulator",
    }),
    symbols: option(listOf(SYMBOL_TYPE, "A,B"), "symbols to feed", { default: "BTC-USD,ETH-USD" }),
    seed: option(wholeNumber(0), "seed of the simulated market", { default: "7" }),
    port: option(wholeNumber(1, 65_535), "port of the gateway", { otherwise: "8787, or the next free one" }),
    for: option(decimal(0, 1e6, "SECONDS"), "stop by itself so long after the gateway answers"),
    state: option(text("DIR"), "where the gateway keeps its state", { otherwise: ".wrangler/state" }),
  },
  notes: `
The simulated market is for trying things out; it says nothing about how good a model is.
The gateway started here asks for no token. If the environment variable VOLGATE_TOKEN is set, the feed sends it as
its bearer token; VOLGATE_READ_TOKEN, if it is set, where it reads.
To try a gateway that asks for a token: \`npm run dev -- --var INGEST_TOKEN:secret\`, and
\`npm run replay -- FILES --token secret\`. \`npm start\` reads no .dev.vars; \`npm run dev\` does.
It rings the cron triggers of wrangler.toml; \`npm run dev\` does not.
Ctrl-C stops everything. Exit code: 0 stopped, 1 the gateway failed, 2 a mistake in the command.`,
} satisfies Command;

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
  readonly readToken: string | undefined;
}

/** Throws `UserError`. */
export function parseStartOptions(args: readonly string[], env: NodeJS.ProcessEnv): StartOptions {
  const { feed, symbols, seed, port, for: forSeconds, state } = parseCommandLine(START, args, env).values;
  return {
    ...{ feed, seed, port, forSeconds },
    symbols: [...new Set(symbols)],
    state: state === undefined ? undefined : resolve(state),
    token: env["VOLGATE_TOKEN"],
    readToken: env["VOLGATE_READ_TOKEN"] ?? env["VOLGATE_TOKEN"],
  };
}
