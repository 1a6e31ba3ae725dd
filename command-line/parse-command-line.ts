// Parses a program's arguments into checked values by its table. Every error names the option and says what to do.
import { parseArgs } from "node:util";
import type { Command } from "./command.ts";
import { mistypedName } from "./nearest-names.ts";
import { type Option, type OptionTable, optionText, type OptionValues } from "./option.ts";
import { UserError } from "./user-error.ts";

/** What was given, as text: for each option in order, and the operands. */
export interface GivenTexts {
  readonly texts: ReadonlyMap<string, readonly string[]>;
  readonly operands: readonly string[];
}

export interface CommandLine<O extends OptionTable> {
  readonly values: OptionValues<O>;
  readonly operands: readonly string[];
  /** Names of the options that were given. */
  readonly given: ReadonlySet<string>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws UserError */
export function parseCommandLine<O extends OptionTable>(
  command: Command<O>,
  args: readonly string[],
  env: Environment = process.env,
): CommandLine<O> {
  return checkTexts(command, readArguments(command, args), env);
}

/** Whether `--help` or `-h` is among the arguments, whatever else is wrong with them. */
export function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return args.slice(0, end < 0 ? undefined : end).some((arg) => arg === "--help" || arg === "-h");
}

/**
 * Splits arguments into the options' texts and the operands. Values are not checked yet, so that a settings file can
 * supply others before `checkTexts`. A flag's text is empty.
 * @throws UserError for an unknown option, a missing value, and a value for a flag.
 */
export function readArguments(command: Command, args: readonly string[]): GivenTexts {
  const known = Object.entries(command.options).map(([name, { placeholder }]) => {
    return [name, { type: placeholder === undefined ? "boolean" : "string" }] as const;
  });
  const { tokens } = parseArgs({
    ...{ args: [...args], allowPositionals: true, strict: false, tokens: true },
    options: Object.fromEntries(known),
  });
  const texts = new Map<string, string[]>();
  const operands: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") operands.push(token.value);
    if (token.kind !== "option") continue;
    const option = Object.hasOwn(command.options, token.name) ? command.options[token.name] : undefined;
    if (option === undefined || !token.rawName.startsWith("--")) throw unknownOption(command, token.rawName);
    texts.set(token.name, [...(texts.get(token.name) ?? []), textOf(token, option)]);
  }
  return { texts, operands };
}

/**
 * Checks all texts and the rules between options.
 * @throws UserError
 */
export function checkTexts<O extends OptionTable>(
  command: Command<O>,
  { texts, operands }: GivenTexts,
  env: Environment = process.env,
): CommandLine<O> {
  checkOperands(command, operands);
  return { ...checkOptions(command.options, texts, env), operands };
}

/** As `checkTexts`, without operands. */
export function checkOptions<O extends OptionTable>(
  options: O,
  texts: GivenTexts["texts"],
  env: Environment = process.env,
): Pick<CommandLine<O>, "values" | "given"> {
  const table: OptionTable = options;
  const rows = Object.entries(table);
  const values = rows.map(([name, row]) => [name, readOption(name, row, texts.get(name) ?? [], env)]);
  const given = new Set(texts.keys());
  for (const [name, row] of rows) {
    // An option that is given its default changes nothing, so its rules do not apply.
    if (!given.has(name) || texts.get(name)?.at(-1) === row.default) continue;
    const { needs = [], excludes = [] } = row;
    const missing = needs.find((needed) => !given.has(needed));
    if (missing !== undefined) throw new UserError(`--${name} needs ${optionText(missing, table[missing])}`);
    const other = excludes.find((excluded) => given.has(excluded));
    if (other !== undefined) throw new UserError(`--${name} and --${other} exclude each other: give one of them`);
  }
  return { values: Object.fromEntries(values) as OptionValues<O>, given };
}

function readOption(name: string, row: Option<unknown>, texts: readonly string[], env: Environment): unknown {
  if (texts.length > 0) return row.read(texts, `--${name}`);
  if (row.required) throw new UserError(`${optionText(name, row)} is missing: ${row.help}`);
  const variable = row.env === undefined ? undefined : env[row.env];
  return variable ? row.read([variable], String(row.env)) : row.read([], `--${name}`);
}

function checkOperands({ operands: allowed, call }: Command, operands: readonly string[]): void {
  const { type, least = 0, most = 0 } = allowed ?? {};
  if (operands.length > most) {
    const expected = most === 0 ? "options only" : `at most ${most} ${type?.placeholder}`;
    throw new UserError(`got ${operands.slice(most).join(" ")}, expected ${expected}`);
  }
  if (type === undefined) return;
  if (operands.length < least) {
    throw new UserError(`no ${type.placeholder} given: ${call} ${type.placeholder}${most > 1 ? "…" : ""}`);
  }
  for (const operand of operands) type.parse(operand, type.placeholder);
}

interface OptionToken {
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function textOf({ rawName, value, inlineValue }: OptionToken, option: Option<unknown>): string {
  if (option.placeholder === undefined) {
    if (value === undefined) return "";
    throw new UserError(`${rawName} takes no value: got ${value}`);
  }
  const needed = `${rawName} needs a value: ${rawName} ${option.placeholder}`;
  if (value === undefined) throw new UserError(needed);
  // `-5` is a number; `-x` is taken for the next option and not for this one's value.
  if (inlineValue !== true && /^-[^\d.]/.test(value)) {
    throw new UserError(`${needed}, or ${rawName}=${value} if that is the value`);
  }
  return value;
}

function unknownOption({ options }: Command, rawName: string): UserError {
  const names = [...Object.keys(options), "help"];
  const nearest = mistypedName(rawName.replace(/^-+/, ""), names);
  const advice = nearest === undefined ? `expected one of --${names.join(", --")}` : `did you mean --${nearest}?`;
  return new UserError(`unknown option ${rawName}: ${advice}`);
}
