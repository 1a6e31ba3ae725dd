// `npm run volgate -- warm`: creates symbols of a gateway with a history from recordings.
import { EXIT } from "../command-line/exit-code.ts";
import type { Program } from "../command-line/program.ts";
import { parseWarmOptions, WARM } from "./warm-options.ts";
import { runWarm } from "./warm-run.ts";

export const program: Program = {
  command: WARM,
  run: async (args) => {
    const options = parseWarmOptions(args, process.env);
    const context = { print: (line: string) => console.log(line), note: (line: string) => console.error(line) };
    return (await runWarm(options, context)) ? EXIT.done : EXIT.failed;
  },
};
