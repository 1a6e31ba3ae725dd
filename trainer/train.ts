// `npm run train`: trains models on recordings, and writes artifacts and a report.
import type { Program } from "../command-line/program.ts";
import { parseCliOptions } from "./run/cli-options.ts";
import { TRAIN } from "./run/train-command.ts";
import { trainingRun } from "./run/training-run.ts";

export const program: Program = {
  command: TRAIN,
  run: async (args) => await trainingRun(parseCliOptions(args), [TRAIN.call, ...args].join(" ")),
};
