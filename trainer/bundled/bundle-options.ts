// The command line of `npm run bundle`: without FILES the set of one-second steps, with them that of one-minute bars.
import type { Command } from "../../command-line/command.ts";
import { option } from "../../command-line/option.ts";
import { checkTexts, readArguments } from "../../command-line/parse-command-line.ts";
import { recordingsOperand } from "../../command-line/recordings-operand.ts";
import { UserError } from "../../command-line/user-error.ts";
import { words } from "../../command-line/value-types.ts";
import { type CliOptions, settingTexts } from "../run/cli-options.ts";
import { parseConfig, type RawSettings, type TrainingConfig } from "../run/config.ts";
import { type SettingName, TRAINING_SETTINGS } from "../run/train-command.ts";

/** Grid and label of the set for bars; a gateway with STEP_MS=60000 gives its new symbols this label. */
const BARS = {
  step: "60s",
  source: "last",
  label: '{"measure":"parkinson","horizonSteps":1,"windowSteps":1440}',
  row: "default-2",
  families: "logistic,gbdt,blend,forest",
} as const;

/** The trainer's options that a bundle of bars takes. */
const TAKEN = [
  ...(["symbol", "test-from", "test-share", "folds", "fold-length", "min-episodes", "leak-shifts"] as const),
  ...(["families", "row", "calibration", "threads", "seed"] as const),
] as const satisfies readonly SettingName[];

const taken = Object.fromEntries(TAKEN.map((name) => [name, TRAINING_SETTINGS[name]])) as Pick<
  typeof TRAINING_SETTINGS,
  (typeof TAKEN)[number]
>;

export const BUNDLE = {
  name: "bundle",
  call: "npm run bundle --",
  about: `
Makes the models that ship with the gateway, in src/model/bundled. Without FILES: the set for steps of 1 s, trained on a
simulated market. It makes a fresh deployment work and is no evidence of anything: its manifests carry no figures. With
FILES: the set for bars of one minute, trained on these recordings as npm run train does, with the label
${BARS.label}.
Its manifests carry the figures of the walk-forward and the gate's verdict; a refused model is not written.`,
  operands: recordingsOperand("The set of one-minute bars is trained on them", 0),
  options: {
    whence: option(words("TEXT", 1000), "whence the recordings are and under which licence, for the manifests"),
    ...taken,
  },
  notes: `
The bundled one-minute set is made by this, where BARS is a folder with XBTUSD_1m_2018.csv.gz and XBTUSD_1m_2019.csv.gz:
npm run bundle -- BARS/XBTUSD_1m_2018.csv.gz BARS/XBTUSD_1m_2019.csv.gz \\
  --test-from 2019-01-01 --folds 1 --whence TEXT

Exit codes: 0 written, 1 a bug or a failed leak check, 2 a mistake in the command or in the data, or a model that the
gate refused.`,
} satisfies Command;

export interface BarsBundle {
  readonly files: readonly string[];
  readonly config: TrainingConfig;
  /** As in `CliOptions`. */
  readonly settings: CliOptions["settings"];
  readonly whence: string;
}

/** `undefined` without FILES: the set of the simulator. Throws `UserError`. */
export function parseBundleOptions(args: readonly string[]): BarsBundle | undefined {
  const given = readArguments(BUNDLE, args);
  const { values, operands } = checkTexts(BUNDLE, given);
  const [first] = given.texts.keys();
  if (operands.length === 0) {
    if (first === undefined) return undefined;
    throw new UserError(`--${first}: got it without FILES, expected recordings of one-minute bars with it`);
  }
  const { whence } = values;
  if (whence === undefined) throw new UserError("--whence TEXT is missing: the manifests say whence the data are");
  const settings: RawSettings = Object.fromEntries(
    TAKEN.flatMap((name) => {
      const text = given.texts.get(name)?.at(-1);
      return text === undefined ? [] : [[name, text]];
    }),
  );
  const raw = { ...BARS, ...settings };
  const texts = new Map(Object.entries(raw).map(([name, text]) => [name, [text]]));
  return { files: operands, whence, config: parseConfig(raw), settings: settingTexts(texts) };
}
