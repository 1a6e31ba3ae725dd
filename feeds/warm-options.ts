// The command line of `npm run volgate -- warm`.
import type { Command } from "../command-line/command.ts";
import { option } from "../command-line/option.ts";
import { parseCommandLine } from "../command-line/parse-command-line.ts";
import { READING_OPTIONS, type ReadingValues, readingOf } from "../command-line/reading-options.ts";
import { recordingsOperand } from "../command-line/recordings-operand.ts";
import { SYMBOL_HELP, SYMBOL_TYPE } from "../command-line/symbol-type.ts";
import { UserError } from "../command-line/user-error.ts";
import { text, webAddress } from "../command-line/value-types.ts";
import { MAX_WARM_TICKS } from "../src/markets/history/warm-limits.ts";

export const WARM = {
  name: "warm",
  call: "npm run volgate -- warm",
  about: "Creates symbols of a gateway with a history from recordings, so that they predict at their first live tick.",
  operands: recordingsOperand("Bars without a symbol in column or name need --symbol"),
  options: {
    url: option(webAddress(), "the gateway; ADMIN_TOKEN in the environment, if it asks for one", {
      env: "VOLGATE_URL",
      default: "http://127.0.0.1:8787",
    }),
    symbol: option(SYMBOL_TYPE, SYMBOL_HELP),
    as: option(SYMBOL_TYPE, "the gateway's name of the one symbol of --symbol, e.g. BTCUSDT@binance", {
      otherwise: "as in the recordings",
    }),
    ...READING_OPTIONS,
    "read-token": option(text("T"), "bearer token to read its steps", {
      env: "VOLGATE_READ_TOKEN",
      otherwise: "ADMIN_TOKEN",
    }),
  },
  notes: `
Of each symbol the newest ${MAX_WARM_TICKS.toLocaleString("en-US")} ticks are sent at most, in one request. They are not counted for live quality and not
archived. A symbol that has ticks already is refused, and nothing of it is changed.
Exit code: 0 every symbol was warmed, 1 some were not, 2 a mistake in the command.`,
} satisfies Command;

export interface WarmOptions {
  readonly files: readonly string[];
  readonly url: string;
  readonly symbol: string | undefined;
  readonly as: string | undefined;
  readonly token: string | undefined;
  readonly readToken: string | undefined;
  readonly reading: ReadingValues;
}

/** Throws `UserError`. */
export function parseWarmOptions(args: readonly string[], env: NodeJS.ProcessEnv): WarmOptions {
  const { values, operands } = parseCommandLine(WARM, args, env);
  const token = env["ADMIN_TOKEN"];
  const { url, symbol, as, "read-token": readToken = token } = values;
  if (as !== undefined && symbol === undefined) throw new UserError("--as needs --symbol: it names one symbol");
  return { url, symbol, as, token, readToken, files: operands, reading: readingOf(values) };
}
