// `npm run volgate -- feed tardis`: follows a venue through the library tardis-dev.
import type { Command } from "../../command-line/command.ts";
import { EXIT } from "../../command-line/exit-code.ts";
import { parseCommandLine } from "../../command-line/parse-command-line.ts";
import type { Program } from "../../command-line/program.ts";
import { untilSignal } from "../../command-line/sending-context.ts";
import { UserError } from "../../command-line/user-error.ts";
import { text } from "../../command-line/value-types.ts";
import { GatewayError } from "../../gateway-client/gateway-error.ts";
import { symbolKey } from "../../src/features/symbol-name.ts";
import { DEFAULT_TICK_RULES } from "../../src/features/tick.ts";
import { FEED_NOTES, GATEWAY_OPTIONS, type GatewayOptions } from "./feed-options.ts";
import { ENDING } from "./feed-program.ts";
import { runFeed } from "./feed-run.ts";
import { loadTardis, TARDIS_PACKAGE, type TardisLibrary } from "./tardis-library.ts";
import { TardisSource } from "./tardis-source.ts";

const TARDIS = {
  name: "feed tardis",
  call: "npm run volgate -- feed tardis",
  about: `Sends the trades and quotes of a venue to a gateway as they happen, through the library tardis-dev, which knows
venues that volgate does not. It must be installed first: npm install --no-save ${TARDIS_PACKAGE}`,
  operands: {
    type: text("NAME"),
    least: 2,
    most: Infinity,
    help: "the exchange as tardis-dev calls it, then symbols as the exchange writes them, e.g. deribit BTC-PERPETUAL.",
  },
  options: GATEWAY_OPTIONS,
  notes: FEED_NOTES,
} satisfies Command;

export const program: Program = {
  command: TARDIS,
  expectedErrors: [[GatewayError, EXIT.failed]],
  run: async (args) => {
    const { operands, ...options } = parseTardisOptions(args, process.env);
    const library = await loadTardis();
    const source = tardisSource(library, operands);
    return (await runFeed(source, options, untilSignal(ENDING))) ? EXIT.done : EXIT.failed;
  },
};

/** Throws `UserError`. */
function parseTardisOptions(args: readonly string[], env: NodeJS.ProcessEnv): GatewayOptions & { operands: string[] } {
  const { values, operands } = parseCommandLine(TARDIS, args, env);
  return { ...values, operands: [...operands] };
}

/** A source for an exchange and its symbols. Throws `UserError` for names that cannot be. */
export function tardisSource(library: TardisLibrary, [exchange = "", ...symbols]: readonly string[]): TardisSource {
  if (!library.EXCHANGES.includes(exchange)) {
    throw new UserError(`NAME: got ${exchange}, expected one of ${library.EXCHANGES.join(", ")}`);
  }
  for (const symbol of symbols) {
    if (symbolKey(symbol, exchange) !== undefined) continue;
    throw new UserError(`NAME: got ${symbol}, expected a symbol as ${exchange} writes it`);
  }
  return new TardisSource(library, { exchange, symbols, rules: DEFAULT_TICK_RULES });
}
