// The command line of `npm run model -- import`: its help, which is its specification, and its parser.
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { ROWS, type RowName } from "../../src/features/schema.ts";
import { BASELINES } from "../../src/model/manifest.ts";
import { parseDurationMs } from "../run/duration.ts";
import { UserError } from "../run/user-error.ts";
import { nearestNames } from "./nearest-names.ts";

export const HELP = `Usage: npm run model -- import MODEL.onnx --features a,b,c [options]

Makes an artifact of the gateway from a model trained elsewhere: a binary classifier, or a regressor trained on 0 and
1, as skl2onnx (scikit-learn) and onnxmltools (LightGBM) write them. Writes DIR/<name>/model.onnx, whose input is
features float32 [N, F] and whose output is probability float32 [N, 1], cut to 0 … 1, and manifest.json. ZipMap and
labels are dropped; the column of class 1 (or true) is taken. The model is run in onnxruntime-web on rows of zeros and
of missing values, which must give probabilities.

Thresholds of trees that came as float64 become float32 numbers such that every float32 value takes the same branch:
"x <= t" and "x > t" take the largest float32 at most t; "x < t" and "x >= t" the smallest at least t; "x = t" and
"x != t" a value that equals nothing, when t is no float32. Thresholds that a converter has already rounded cannot be
repaired: the golden table shows what that does.

Options:
  --features LIST       columns of the row in the order in which the model takes them, comma-separated (required)
  --row NAME            default-1 or peer-10 (default: default-1)
  --step DURATION       the grid's step, as 1s, 60s, 1m or 500ms (default: 1s)
  --source NAME         the grid's price: last or mid (default: last, or the label's)
  --label FILE          label specification as JSON, what a manifest has under "label" (default: the gateway's)
  --golden FILE         CSV: one column a feature, last column probability, the original library's own prediction;
                        without it nothing is checked, and the manifest says so
  --max-differing X     share of golden rows that may differ by more than 1e-6, 0 to 1 (default: 0.01)
  --threshold X         probability from which a prediction is an alert, 0 to 1 (default: 0.5)
  --name N              the model's name: letters, digits, ".", "_", "-" (default: the file's name)
  --out DIR             where the artifact goes (default: artifacts)
  --help                print this

The gate is refused with not_evaluated: nothing here says how good the model is, and only a forced promotion serves it.

Exit codes: 0 done, 1 a bug, 2 a mistake in the call, a model that cannot be served, or too many golden rows that
differ; nothing is written then.
`;

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
  readonly name: string;
  readonly out: string;
}

/** Throws `UserError` naming the option, what came and what was expected. `help` wins over everything else. */
export function parseImportOptions(args: readonly string[]): ImportOptions | "help" {
  const { values, positionals } = parse(args);
  if (values.help === true) return "help";
  const [command, file] = positionals;
  if (command !== "import" || file === undefined || positionals.length !== 2) {
    throw new UserError(`got ${positionals.join(" ") || "nothing"}, expected import MODEL.onnx`);
  }
  const row = oneOf("--row", values.row ?? "default-1", Object.keys(ROWS) as RowName[]);
  return {
    file,
    features: parseFeatures(values.features, row),
    row,
    stepMs: parseDuration(values.step ?? "1s"),
    source: values.source === undefined ? undefined : oneOf("--source", values.source, ["last", "mid"] as const),
    labelFile: values.label,
    goldenFile: values.golden,
    maxDiffering: parseShare("--max-differing", values["max-differing"] ?? "0.01"),
    threshold: parseShare("--threshold", values.threshold ?? "0.5"),
    name: parseName(values.name ?? basename(file).replace(/\.onnx$/i, "")),
    out: values.out ?? "artifacts",
  };
}

function parse(args: readonly string[]) {
  try {
    const text = { type: "string" } as const;
    const flag = { type: "boolean" } as const;
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        features: text,
        row: text,
        step: text,
        source: text,
        label: text,
        golden: text,
        "max-differing": text,
        threshold: text,
        name: text,
        out: text,
        help: flag,
      },
    });
  } catch (error) {
    throw new UserError(error instanceof Error ? error.message : String(error));
  }
}

function parseFeatures(list: string | undefined, row: RowName): string[] {
  const known = ROWS[row].map(({ name }) => name);
  const names = (list ?? "").split(",").map((name) => name.trim());
  if (list === undefined || names.join("") === "") {
    throw new UserError(`--features: got nothing, expected columns of ${row}, as ${known.slice(0, 3).join(",")}`);
  }
  for (const [i, name] of names.entries()) {
    if (!known.includes(name)) {
      const nearest = nearestNames(name, known).join(", ");
      throw new UserError(
        `--features: got ${name || "an empty name"}, expected columns of ${row}; nearest: ${nearest}`,
      );
    }
    if (names.indexOf(name) !== i) throw new UserError(`--features: got ${name} twice, expected each column once`);
  }
  return names;
}

function parseDuration(text: string): number {
  const ms = parseDurationMs(text);
  if (!(ms >= 1 && ms <= 3_600_000))
    throw new UserError(`--step: got ${text}, expected a duration from 1ms to 60m, as 1s`);
  return ms;
}

function parseShare(option: string, text: string): number {
  const share = text.trim() === "" ? NaN : Number(text);
  if (!(share >= 0 && share <= 1)) throw new UserError(`${option}: got ${text}, expected a number from 0 to 1`);
  return share;
}

/** Also a folder's name. */
function parseName(name: string): string {
  const reserved: readonly string[] = BASELINES;
  if (reserved.includes(name)) throw new UserError(`--name: got ${name}, expected another: that is a baseline's name`);
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)) return name;
  throw new UserError(`--name: got ${name}, expected up to 64 letters, digits, ".", "_" and "-"`);
}

function oneOf<T extends string>(option: string, text: string, allowed: readonly T[]): T {
  const found = allowed.find((value) => value === text);
  if (found === undefined) throw new UserError(`${option}: got ${text}, expected ${allowed.join(" or ")}`);
  return found;
}
