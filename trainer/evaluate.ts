// `npm run model -- evaluate`: judges a model on recordings by the rules of a training run.
import type { Program } from "../command-line/program.ts";
import { evaluateCommand } from "./evaluate/evaluate-command.ts";
import { EVALUATE, parseEvaluateOptions } from "./evaluate/evaluate-options.ts";

export const program: Program = {
  command: EVALUATE,
  run: async (args) => await evaluateCommand(parseEvaluateOptions(args)),
};
