// The command line of `npm run model -- import`.
import { basename } from "node:path";
import type { Command } from "../../command-line/command.ts";
import { nearestNames } from "../../command-line/nearest-names.ts";
import { featureRow } from "../../command-line/feature-row-type.ts";
import { option } from "../../command-line/option.ts";
import { parseCommandLine } from "../../command-line/parse-command-line.ts";
import { UserError } from "../../command-line/user-error.ts";
import { decimal, duration, oneOf, text, wholeNumber, wrongValue } from "../../command-line/value-types.ts";
import { ROW_NAMES, ROWS, type RowName } from "../../src/features/schema.ts";
import { BASELINE_FAMILIES, EVIDENCE, type Evidence } from "../../src/model/manifest.ts";

export const IMPORT = {
  name: "model import",
  call: "npm run model -- import",
  about: `
Makes an artifact of the gateway from a model trained elsewhere: a binary classifier, or a regressor trained on 0 and
1, as skl2onnx (scikit-learn), onnxmltools (LightGBM, XGBoost), CatBoost and PyTorch write them, opset 8 to 21. Its
input is one table of float32 or float64, or one [N, 1] input a column, named as in --features. Writes
DIR/<name>/model.onnx, whose input is features float32 [N, F] and whose output is probability float32 [N, 1], cut to
0 … 1, and manifest.json. ZipMap and labels are dropped; the column of class 1 (or true) is taken, or that of --output
and --column. The model is run in onnxruntime-web on rows of zeros, of missing values and of ordinary values, which
must give probabilities, each row its own. A golden table should have the missing values that live rows have: a warning
says what it lacks. docs/import.md has the line of export for each library, and what is refused.

Thresholds of trees that came as float64 become float32 numbers such that every float32 value takes the same branch:
"x <= t" and "x > t" take the largest float32 at most t; "x < t" and "x >= t" the smallest at least t; "x = t" and
"x != t" a value that equals nothing, when t is no float32. Thresholds that a converter has already rounded cannot be
repaired: the golden table shows what that does.`,
  operands: { type: text("MODEL.onnx"), least: 1, most: 1, help: "the model, in one file" },
  options: {
    features: option(text("LIST"), "columns of the row in the order in which the model takes them, comma-separated", {
      required: true,
    }),
    row: option(featureRow(ROW_NAMES), ROW_NAMES.join(", "), { default: "default-1" }),
    step: option(duration(1, 3_600_000), "the grid's step, as 1s, 60s, 1m or 500ms", { default: "1s" }),
    source: option(oneOf(["last", "mid"]), "the grid's price: last or mid", { otherwise: "last, or the label's" }),
    label: option(text("FILE"), 'label specification as JSON, what a manifest has under "label"', {
      otherwise: "the gateway's",
    }),
    golden: option(
      text("FILE"),
      "CSV: one column a feature, last column probability, the original library's own prediction; without it nothing " +
        "is checked, and the manifest says so",
    ),
    "max-differing": option(
      decimal(0, 1),
      "share of golden rows that may differ by more than 1e-6; of those with missing values none may",
      {
        default: "0.01",
      },
    ),
    output: option(text("NAME"), "the model's output that holds the probability of a spike", {
      otherwise: "its only one of floats",
    }),
    column: option(wholeNumber(0, 1000), "the column of that output, from 0", {
      otherwise: "that of class 1 or true",
    }),
    threshold: option(decimal(0, 1), "probability from which a prediction is an alert", { default: "0.5" }),
    evidence: option(oneOf(EVIDENCE), "what the model was trained on: a recorded or a simulated market", {
      otherwise: "unknown",
    }),
    name: option(text("NAME"), 'the model\'s name: letters, digits, ".", "_", "-"', { otherwise: "the file's name" }),
    out: option(text("DIR"), "where the artifact goes", { default: "artifacts" }),
  },
  notes: `
The gate is refused with not_evaluated: nothing here says how good the model is, and only a forced promotion serves
it.

Exit codes: 0 done, 1 a bug, 2 a mistake in the call, a model that cannot be served, or too many golden rows that
differ; nothing is written then.`,
} satisfies Command;

export interface ImportOptions {
  readonly file: string;
  readonly features: readonly string[];
  readonly row: RowName;
  readonly stepMs: number;
  readonly source: "last" | "mid" | undefined;
  readonly labelFile: string | undefined;
  readonly goldenFile: string | undefined;
  readonly maxDiffering: number;
  readonly threshold: number;
  readonly output: string | undefined;
  readonly column: number | undefined;
  readonly evidence: Evidence | undefined;
  readonly name: string;
  readonly out: string;
}

/** Throws `UserError` naming the option, what came and what was expected. */
export function parseImportOptions(args: readonly string[]): ImportOptions {
  const { values, operands } = parseCommandLine(IMPORT, args);
  const { features, row, step, source, label, golden, threshold, output, column, evidence, out } = values;
  const file = operands[0] ?? "";
  return {
    ...{
      file,
      row,
      source,
      threshold,
      output,
      column,
      evidence,
      out,
      stepMs: step,
      labelFile: label,
      goldenFile: golden,
    },
    features: parseFeatures(features, row),
    maxDiffering: values["max-differing"],
    name: parseName(values.name ?? basename(file).replace(/\.onnx$/i, "")),
  };
}

function parseFeatures(list: string, row: RowName): string[] {
  const known = ROWS[row].map(({ name }) => name);
  const names = list.split(",").map((name) => name.trim());
  for (const [i, name] of names.entries()) {
    if (!known.includes(name)) {
      const expected = `columns of ${row}; nearest: ${nearestNames(name, known).join(", ")}`;
      throw wrongValue("--features", name, expected);
    }
    if (names.indexOf(name) !== i) throw new UserError(`--features: got ${name} twice, expected each column once`);
  }
  return names;
}

/** Also a folder's name. */
function parseName(name: string): string {
  if (BASELINE_FAMILIES.includes(name)) throw wrongValue("--name", name, "another: that is a baseline's name");
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)) return name;
  throw wrongValue("--name", name, 'up to 64 letters, digits, ".", "_" and "-"');
}
