// Values from outside against their schema. One schema gives the type, the check and the description in the OpenAPI
// document; this file gives the error: the field, what came and what was expected.
import * as v from "valibot";
import { shown } from "./shown.ts";

/** What is wrong with one field. */
export interface Fault {
  /** Path from the outermost value, e.g. `rows[3].ret_mean`; `body` or whatever the caller calls it for the value itself. */
  readonly field: string;
  readonly got: string;
  readonly expected: string;
}

export type Checked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: Fault };

/** The type of what a schema lets through, readonly all the way down. */
export type Parsed<S extends v.GenericSchema> = DeepReadonly<v.InferOutput<S>>;

type DeepReadonly<T> = T extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T;

/**
 * Checks a value. A message in the schema says what is expected: `v.minValue(1, "a whole number from 1 to 9")`.
 * @param name of the value itself, where the fault is in no field of it.
 */
export function check<S extends v.GenericSchema>(schema: S, value: unknown, name: string): Checked<v.InferOutput<S>> {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return { ok: true, value: result.output };
  const issue = result.issues[0];
  return { ok: false, fault: faultOf(issue, pathOf(issue).replace(/^\./, "") || name, shown) };
}

/** The same, but every field is named from `name` on, e.g. `manifest.training.rows`. @param show how a wrong value is shown. */
export function checkFrom<S extends v.GenericSchema>(
  schema: S,
  value: unknown,
  name: string,
  show: Show = shown,
): Checked<v.InferOutput<S>> {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return { ok: true, value: result.output };
  const issue = result.issues[0];
  return { ok: false, fault: faultOf(issue, name + pathOf(issue), show) };
}

/** How `parseOrThrow` speaks of a value. */
export interface Refusing {
  /** What the value is called; its fields are named from here on. */
  readonly name: string;
  /** Makes the error of a fault in words. */
  readonly refuse: (text: string) => Error;
  /** How a wrong value is shown; `shown` unless it may be a secret. */
  readonly show?: Show;
}

type Show = (value: unknown, field: string) => string;

/** The value as its schema lets it through. Throws what `refuse` makes of the first fault. */
export function parseOrThrow<S extends v.GenericSchema>(
  schema: S,
  value: unknown,
  { name, refuse, show }: Refusing,
): v.InferOutput<S> {
  const checked = checkFrom(schema, value, name, show);
  if (checked.ok) return checked.value;
  throw refuse(faultText(checked.fault));
}

/** In words: `share: got 2, expected a number above 0 and at most 0.5`. */
export function faultText({ field, got, expected }: Fault): string {
  return `${field}: got ${got}, expected ${expected}`;
}

/** What a `crossCheck` found wrong. */
export interface Finding {
  /** Where, from the checked value on: `["windows", 0, "name"]`. */
  readonly path: readonly [string | number, ...(string | number)[]];
  /** In words; a value as `shown` gives it. */
  readonly got: string;
  readonly expected: string;
}

/** A check of fields against one another, for `v.pipe`: the fault names the field that `find` names. */
export function crossCheck<T>(find: (value: T) => Finding | undefined): v.RawCheckAction<T> {
  return v.rawCheck(({ dataset, addIssue }) => {
    const found = dataset.typed ? find(dataset.value) : undefined;
    if (found === undefined) return;
    const [first, ...rest] = found.path.map(pathItem) as [v.UnknownPathItem, ...v.UnknownPathItem[]];
    addIssue({ received: found.got, message: found.expected, path: [first, ...rest] });
  });
}

function pathItem(key: string | number): v.UnknownPathItem {
  return { type: "unknown", origin: "value", input: undefined, key, value: undefined };
}

/** Each field with its dot in front: `.training.rows`. */
function pathOf({ path }: v.BaseIssue<unknown>): string {
  return (path ?? []).map(({ key }) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("");
}

function faultOf(issue: v.BaseIssue<unknown>, field: string, show: Show): Fault {
  const isDefault = issue.message.startsWith("Invalid ");
  return {
    field,
    got: gotOf(issue, field, show),
    expected: isDefault ? (issue.expected ?? "another value") : issue.message,
  };
}

function gotOf(issue: v.BaseIssue<unknown>, field: string, show: Show): string {
  if (issue.type === "raw_check") return issue.received;
  // A strict object gives a field's name for what it got.
  if (issue.expected === "never") return "an unknown field";
  return show(issue.input, field);
}
