// The options of a training run, from a command line and the file that it may name.
import { checkTexts, readArguments } from "../../command-line/parse-command-line.ts";
import { trainingConfig, type TrainingConfig } from "./config.ts";
import { withSettingsFile } from "./settings-file.ts";
import { SETTING_NAMES, type SettingName, SETTINGS, TRAIN } from "./train-command.ts";

export interface CliOptions {
  readonly files: readonly string[];
  readonly config: TrainingConfig;
  /** Every setting as it was given, or its default; empty where there is none. For the report. */
  readonly settings: Readonly<Record<SettingName, string>>;
  readonly publish: boolean;
  readonly json: boolean;
}

/** Throws `UserError` naming the option, what came and what was expected. */
export function parseCliOptions(args: readonly string[]): CliOptions {
  const given = readArguments(TRAIN, args);
  const texts = withSettingsFile(TRAIN.options, SETTING_NAMES, given.texts);
  const { values, operands } = checkTexts(TRAIN, { texts, operands: given.operands });
  const { publish, json } = values;
  return { files: operands, config: trainingConfig(values), settings: settingTexts(texts), publish, json };
}

/** See `CliOptions.settings`. */
export function settingTexts(texts: ReadonlyMap<string, readonly string[]>): CliOptions["settings"] {
  const settings = SETTING_NAMES.map((name) => [name, texts.get(name)?.at(-1) ?? SETTINGS[name].default ?? ""]);
  return Object.fromEntries(settings) as CliOptions["settings"];
}
