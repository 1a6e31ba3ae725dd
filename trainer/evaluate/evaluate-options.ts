// The command line of `npm run model -- evaluate`.
import type { Command } from "../../command-line/command.ts";
import { option } from "../../command-line/option.ts";
import { parseCommandLine } from "../../command-line/parse-command-line.ts";
import { READING_OPTIONS, readingOf } from "../../command-line/reading-options.ts";
import { recordingsOperand } from "../../command-line/recordings-operand.ts";
import { UserError } from "../../command-line/user-error.ts";
import { text, valueType, wholeNumber } from "../../command-line/value-types.ts";
import { BUCKET } from "../publish/publish-options.ts";
import { parseIsoTime } from "../run/iso-time.ts";
import { SETTINGS } from "../run/train-command.ts";

const TIME = valueType("ISO", "an ISO 8601 time", parseIsoTime);
const { symbol, step, evidence, seed } = SETTINGS;

export const EVALUATE = {
  name: "model evaluate",
  call: "npm run model -- evaluate",
  about: `
Judges a model, imported ones too, on recordings by the rules of a training run: purged test rows, baselines fitted
walk-forward on what came before, one gate. Writes the model with its figures, its verdict and these baselines as a new
artifact, to be published and promoted like any other. The model is not refitted: only rows after its training are a
test.`,
  operands: {
    ...recordingsOperand(""),
    least: 2,
    help: "a published model's SHA-256 or its beginning, or an artifact's folder; then recordings",
  },
  options: {
    "trained-until": option(TIME, "end of what the model was trained on", { otherwise: "what its manifest says" }),
    ...{ symbol, step, evidence, seed },
    ...READING_OPTIONS,
    ...BUCKET,
    folds: option(wholeNumber(1, 1000), "the test rows are cut into N stretches, for the baselines", {
      otherwise: "4",
    }),
    "test-from": option(TIME, "test rows begin here, if that is later", { otherwise: "after the training" }),
    out: option(text("DIR"), "where the artifacts go", { default: "artifacts" }),
  },
  notes: "Exit codes: 0 passed the gate, 1 a bug, 2 a mistake in the call or in the data, 3 the gate refused.",
} satisfies Command;

export type EvaluateOptions = ReturnType<typeof parseEvaluateOptions>;

/** Throws `UserError` naming the option, what came and what was expected. */
export function parseEvaluateOptions(args: readonly string[]) {
  const { values, operands } = parseCommandLine(EVALUATE, args);
  const [model, ...files] = operands;
  if (model === undefined) throw new UserError("no model given");
  return { model, files, ...values, reading: readingOf(values) };
}
