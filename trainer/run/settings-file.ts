// The file of `--config`: settings that stand under those of the command line.
import type { OptionTable } from "../../command-line/option.ts";
import { UserError } from "../../command-line/user-error.ts";
import { readText } from "./train-command.ts";

type Texts = ReadonlyMap<string, readonly string[]>;

/**
 * The texts of the command line over those of the file that its `config` names. One on the command line also takes the
 * place of those in the file that it excludes.
 * @param names what may stand in the file.
 * @throws UserError naming the file and the setting.
 */
export function withSettingsFile(options: OptionTable, names: readonly string[], given: Texts): Texts {
  const path = given.get("config")?.at(-1);
  if (path === undefined) return given;
  const excluded = (name: string, other: string): boolean => options[name]?.excludes?.includes(other) ?? false;
  const kept = settingsOfFile(path, names).filter(
    ([name]) => ![...given.keys()].some((other) => excluded(name, other) || excluded(other, name)),
  );
  return new Map<string, readonly string[]>([...kept.map(([name, text]) => [name, [text]] as const), ...given]);
}

function settingsOfFile(path: string, names: readonly string[]): [string, string][] {
  const text = readText("--config", path);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new UserError(`--config ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw new UserError(`--config ${path}: expected a JSON object of options`);
  }
  return Object.entries(parsed).map(([name, value]: [string, unknown]) => {
    if (!names.includes(name)) throw new UserError(`--config ${path}: unknown option ${name}`);
    return [name, settingText(path, name, value)];
  });
}

/** Texts and numbers as they are, lists joined by commas, objects as JSON. */
function settingText(path: string, name: string, value: unknown): string {
  if (typeof value === "string" || typeof value === "number") return String(value);
  if (Array.isArray(value) && value.every((x) => typeof x === "string")) return value.join(",");
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return JSON.stringify(value);
  throw new UserError(
    `--config ${path}: ${name}: got ${JSON.stringify(value)}, expected a text, a number or an object`,
  );
}
