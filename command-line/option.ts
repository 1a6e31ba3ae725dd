// One option of a program: a row of its table, from which help, default, checks and errors come.
import type { ValueType } from "./value-types.ts";

/** Optional settings of an option, besides its type and its help. */
export interface OptionRules {
  /** Its value when it is not given, in words for the help, e.g. the default of another option. */
  readonly otherwise?: string;
  /** A variable of the environment that is read when it is not given; an empty variable counts as not set. */
  readonly env?: string;
  /** Options that must be given with it. */
  readonly needs?: readonly string[];
  /** Options that must not be given with it. */
  readonly excludes?: readonly string[];
}

export interface Option<T> extends OptionRules {
  readonly help: string;
  /** What the help shows in the value's place; `undefined` for a flag, which takes no value. */
  readonly placeholder: string | undefined;
  /** Its default, as the user would write it. */
  readonly default: string | undefined;
  readonly required: boolean;
  /** The heading above it in the help. */
  readonly group: string;
  /** Its value from the texts given, in order; the list is empty when it was not given. Throws `UserError`. */
  readonly read: (texts: readonly string[], name: string) => T;
}

export type OptionTable = Readonly<Record<string, Option<unknown>>>;

/** The checked values of a table's options. */
export type OptionValues<O extends OptionTable> = { readonly [K in keyof O]: O[K] extends Option<infer T> ? T : never };

/** An option with a value; the last one given wins. Without a default it is `undefined` when it is not given. */
export function option<T>(type: ValueType<T>, help: string, rules: OptionRules & { default: string }): Option<T>;
export function option<T>(type: ValueType<T>, help: string, rules: OptionRules & { required: true }): Option<T>;
export function option<T>(type: ValueType<T>, help: string, rules?: OptionRules): Option<T | undefined>;
export function option<T>(
  type: ValueType<T>,
  help: string,
  rules: OptionRules & { readonly default?: string; readonly required?: boolean } = {},
): Option<T | undefined> {
  const { default: standard, required = false, ...others } = rules;
  return {
    ...others,
    ...{ help, placeholder: type.placeholder, default: standard, required, group: "Options" },
    read: (texts, name) => {
      const text = texts.at(-1) ?? standard;
      return text === undefined ? undefined : type.parse(text, name);
    },
  };
}

/** An option that may be given more than once. */
export function repeated<T>(type: ValueType<T>, help: string, rules: OptionRules = {}): Option<readonly T[]> {
  return {
    ...rules,
    ...{ help, placeholder: type.placeholder, default: undefined, required: false, group: "Options" },
    read: (texts, name) => texts.map((text) => type.parse(text, name)),
  };
}

/** An option without a value: given or not. */
export function flag(help: string, rules: OptionRules = {}): Option<boolean> {
  return {
    ...rules,
    ...{ help, placeholder: undefined, default: undefined, required: false, group: "Options" },
    read: (texts) => texts.length > 0,
  };
}

/** The same options under a heading of their own in the help. */
export function inGroup<O extends OptionTable>(group: string, options: O): O {
  return Object.fromEntries(Object.entries(options).map(([name, row]) => [name, { ...row, group }])) as O;
}

/** `--speed N`, or `--quality` for a flag. */
export function optionText(name: string, row: Option<unknown> | undefined): string {
  return row?.placeholder === undefined ? `--${name}` : `--${name} ${row.placeholder}`;
}
