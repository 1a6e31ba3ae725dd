// The command line of `npm run replay`.
import type { Command } from "../command-line/command.ts";
import { option } from "../command-line/option.ts";
import { parseCommandLine } from "../command-line/parse-command-line.ts";
import { decimal, text, webAddress, wholeNumber } from "../command-line/value-types.ts";
import { READING_OPTIONS, type ReadingValues, readingOf } from "../command-line/reading-options.ts";
import { recordingsOperand } from "../command-line/recordings-operand.ts";
import { SYMBOL_HELP, SYMBOL_TYPE } from "../command-line/symbol-type.ts";

export const REPLAY = {
  name: "replay",
  call: "npm run replay --",
  about: "Sends recorded ticks to a gateway, several files and symbols merged in time order.",
  operands: recordingsOperand("Bars without a symbol in column or name need --symbol"),
  options: {
    url: option(webAddress(), "the gateway", { env: "VOLGATE_URL", default: "http://127.0.0.1:8787" }),
    speed: option(decimal(0.001, 1e6, "N"), "N times the speed at which it happened, e.g. 1 or 60", {
      otherwise: "as fast as possible",
    }),
    batch: option(wholeNumber(1, 10_000), "ticks in a request at most", { default: "500" }),
    symbol: option(SYMBOL_TYPE, SYMBOL_HELP),
    ...READING_OPTIONS,
    token: option(text("T"), "bearer token of a gateway that asks for one", { env: "VOLGATE_TOKEN" }),
    "read-token": option(text("T"), "bearer token to read its steps", {
      env: "VOLGATE_READ_TOKEN",
      otherwise: "--token",
    }),
  },
  notes: `
Time stamps are sent as recorded. Ticks older than what the gateway already has of a symbol come back as late.
Ctrl-C finishes the current batch and prints the counts so far; a second one stops at once.
Exit code: 0 all sent, 1 failed, interrupted or every tick rejected, 2 a mistake in the command.`,
} satisfies Command;

export interface ReplayOptions {
  readonly files: readonly string[];
  readonly url: string;
  readonly speed: number;
  readonly batch: number;
  readonly symbol: string | undefined;
  readonly token: string | undefined;
  readonly readToken: string | undefined;
  readonly reading: ReadingValues;
}

/** Throws `UserError`. */
export function parseReplayOptions(args: readonly string[], env: NodeJS.ProcessEnv): ReplayOptions {
  const { values, operands } = parseCommandLine(REPLAY, args, env);
  const { url, batch, symbol, token, speed = Infinity, "read-token": readToken = token } = values;
  return { url, batch, symbol, token, readToken, files: operands, speed, reading: readingOf(values) };
}
