// `npm run volgate -- cost`: what a gateway costs on Cloudflare a month.
import type { Command } from "../command-line/command.ts";
import { EXIT } from "../command-line/exit-code.ts";
import { option } from "../command-line/option.ts";
import { parseCommandLine } from "../command-line/parse-command-line.ts";
import type { Program } from "../command-line/program.ts";
import { oneOf, positiveUpTo, wholeNumber } from "../command-line/value-types.ts";
import { costOf, type Way, WAYS } from "./cost-model.ts";
import { costLines } from "./cost-text.ts";
import { READ_ON } from "./prices.ts";

const COST = {
  name: "cost",
  call: "npm run volgate -- cost",
  about: `
Calculates what a gateway costs on Cloudflare a month, for one account with Workers Paid and nothing else in it.`,
  options: {
    symbols: option(wholeNumber(1, 1_000_000), "how many symbols", { required: true }),
    "ticks-per-second": option(positiveUpTo(100_000, "X"), "ticks a second of each", { required: true }),
    via: option(oneOf(Object.keys(WAYS) as Way[]), "how they come in: see below", { default: "feed" }),
  },
  notes: `
${Object.entries(WAYS)
  .map(([name, what]) => `  ${name.padEnd(9)} ${what}`)
  .join("\n")}

A calculation, not a bill: prices as read on ${READ_ON}, quantities as measured by \`npm run bench:costs\`; docs/costs.md
has the formulae and what they leave out, such as readers. Exit code: 0 done, 1 a bug, 2 a mistake in the command.`,
} satisfies Command;

export const program: Program = {
  command: COST,
  run: (args) => {
    const { symbols, via, "ticks-per-second": ticksPerSecond } = parseCommandLine(COST, args).values;
    console.log(`${symbols} symbols, ${ticksPerSecond} ticks a second each, by ${WAYS[via]}`);
    for (const line of costLines(costOf({ symbols, ticksPerSecond, via }))) console.log(line);
    return Promise.resolve(EXIT.done);
  },
};
