// `npm run volgate -- rows`: writes what the trainer learns from as a dataset.
import type { Program } from "../command-line/program.ts";
import { parseRowsOptions, ROWS_COMMAND } from "./rows-out/rows-options.ts";
import { rowsRun } from "./rows-out/rows-run.ts";

export const program: Program = {
  command: ROWS_COMMAND,
  run: async (args) => await rowsRun(parseRowsOptions(args)),
};
