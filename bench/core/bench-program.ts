// A benchmark as a program: it measures one checkout, judges the goals and leaves its result as JSON.
import { existsSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { EXIT } from "../../command-line/exit-code.ts";
import type { OptionTable } from "../../command-line/option.ts";
import { parseCommandLine } from "../../command-line/parse-command-line.ts";
import { CONSOLE, type Program } from "../../command-line/program.ts";
import { wrongValue } from "../../command-line/value-types.ts";
import type { Bench, BenchCase } from "./bench.ts";
import { conditionsText } from "./conditions.ts";
import { goalText } from "./result-text.ts";
import { runBench, THIS_CHECKOUT } from "./run-bench.ts";
import { writeResult } from "./write-result.ts";

export function benchProgram<O extends OptionTable, M extends string, C extends BenchCase, P>(
  bench: Bench<O, M, C, P>,
): Program {
  const { print } = CONSOLE;
  return {
    command: bench.command,
    run: async (args) => {
      const line = parseCommandLine(bench.command, args);
      const { checkout, json } = line.values as { readonly checkout?: string; readonly json?: string };
      const dir = checkout === undefined ? THIS_CHECKOUT : requireCheckout(checkout);
      const result = await runBench(bench, line, { checkouts: [{ name: "measured", dir }], args, print });
      for (const goal of result.goals) print(goalText(goal));
      print(conditionsText(result.conditions));
      const path = writeResult(result, json === undefined ? undefined : resolve(json));
      print(`written: ${relative(process.cwd(), path)}`);
      return EXIT.done;
    },
  };
}

function requireCheckout(dir: string): string {
  const path = resolve(dir);
  if (!existsSync(join(path, "wrangler.toml"))) {
    throw wrongValue("--checkout", dir, "a folder with the gateway's code and its wrangler.toml");
  }
  return path;
}
