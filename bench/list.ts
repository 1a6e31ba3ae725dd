// `npm run bench -- list`: the benchmarks by what they measure.
import { EXIT } from "../command-line/exit-code.ts";
import { parseCommandLine } from "../command-line/parse-command-line.ts";
import type { Program } from "../command-line/program.ts";
import { benchCommand } from "./bench-command.ts";
import { type BenchEntry, BENCHES } from "./catalogue.ts";

const LIST = benchCommand("list", "Lists the benchmarks by what they measure, and which of them all runs.", {});

export const program: Program = {
  command: LIST,
  run: (args) => {
    parseCommandLine(LIST, args);
    console.log(listText());
    return Promise.resolve(EXIT.done);
  },
};

/** A heading for each kind, then a line for each benchmark. */
export function listText(benches: Readonly<Record<string, BenchEntry>> = BENCHES): string {
  const entries = Object.entries(benches);
  const width = Math.max(...entries.map(([name]) => name.length));
  const kinds = [...new Set(entries.map(([, { kind }]) => kind))];
  const blocks = kinds.map((kind) => {
    const lines = entries
      .filter(([, entry]) => entry.kind === kind)
      .map(([name, { summary, quick }]) => {
        const time = quick === undefined ? "" : ` (all: some ${quick.seconds} s)`;
        return `  ${name.padEnd(width)}  ${summary}${time}`;
      });
    return [`${kind}:`, ...lines].join("\n");
  });
  return blocks.join("\n\n");
}
