// Checks values from outside against their schema. The schema gives the type, the check and the description in the
// OpenAPI document; this file gives the error: field, received value, expectation.
import * as v from "valibot";
import { shown } from "./shown.ts";

/** What is wrong with one field. */
export interface Fault {
  /**
   * Path from the outermost value, e.g. `rows[3].ret_mean`; for the value itself the caller's name of it, e.g. `body`.
   */
  readonly field: string;
  /** The same path as keys and indices; empty for the value itself. */
  readonly path: readonly (string | number)[];
  readonly got: string;
  readonly expected: string;
  /** Whether the schema has no such field. */
  readonly unknownField: boolean;
}

export type Checked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: Fault };

/** Most characters of an unknown field's name in an error. */
const MAX_SHOWN_NAME = 40;

/**
 * Checks a value. Messages in the schema state the expectation: `v.minValue(1, "a whole number from 1 to 9")`.
 * @param name of the value itself, used when the fault is not in a field.
 */
export function check<S extends v.GenericSchema>(schema: S, value: unknown, name: string): Checked<v.InferOutput<S>> {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return { ok: true, value: result.output };
  return { ok: false, fault: unknownField(schema, value, name) ?? faultOf(schema, result.issues[0], name) };
}

/** A fault as text: `share: got 2, expected a number above 0 and at most 0.5`. */
export function faultText({ field, got, expected }: Pick<Fault, "field" | "got" | "expected">): string {
  return `${field}: got ${got}, expected ${expected}`;
}

type Issue = v.BaseIssue<unknown>;

/** A field that a strict object does not have: it says more than the field that is missing because it was misspelt. */
function unknownField(schema: SchemaParts, value: unknown, name: string): Fault | undefined {
  if (schema.type !== "strict_object" || typeof value !== "object" || value === null) return undefined;
  const known = Object.keys(schema.entries ?? {});
  const found = Object.entries(value).find(([key]) => !known.includes(key));
  if (found === undefined || Array.isArray(value)) return undefined;
  return unknownFieldFault([shortName(found[0])], name, found[1], known);
}

function unknownFieldFault(path: readonly (string | number)[], name: string, got: unknown, known: readonly string[]) {
  return { ...faultAt(path, name, shown(got), `no field but ${known.join(", ")}`), unknownField: true };
}

function faultOf(schema: v.GenericSchema, issue: Issue, name: string): Fault {
  const items = issue.path ?? [];
  const last = items.at(-1);
  const path = items.map(({ key }) => (typeof key === "number" ? key : String(key)));
  if (issue.type === "raw_check") return faultAt(path, name, issue.received, expectationOf(issue));
  // An object schema also looks for its fields in a list and reports them missing; the actual fault is the list.
  const list = items.findIndex(({ type, input }) => type === "object" && Array.isArray(input));
  if (list >= 0) return faultAt(path.slice(0, list), name, "a list", expectationAt(schema, path.slice(0, list), []));
  if (last?.origin === "key" && issue.expected === "never") {
    const known = Object.keys(schemaAt(schema, path.slice(0, -1))?.entries ?? {});
    return unknownFieldFault(path.with(-1, shortName(String(last.key))), name, last.value, known);
  }
  if (last?.origin === "key") return faultAt(path, name, "nothing", expectationAt(schema, path, undefined));
  // The value as received: a transformation may have changed it before the check.
  const value = last === undefined ? issue.input : last.value;
  return faultAt(path, name, gotOf(issue.type, value), expectationOf(issue));
}

function faultAt(path: readonly (string | number)[], name: string, got: string, expected: string): Fault {
  const text = path.map((key) => (typeof key === "number" ? `[${key}]` : `.${key}`)).join("");
  return { field: text === "" ? name : text.replace(/^\./, ""), path, got, expected, unknownField: false };
}

function expectationOf(issue: Issue): string {
  return issue.message.startsWith("Invalid ") ? (issue.expected ?? "another value") : issue.message;
}

/** The expectation of the schema at a path; needed for an absent field, because its issue has only the field's name. */
function expectationAt(schema: v.GenericSchema, path: readonly (string | number)[], value: unknown): string {
  const found = schemaAt(schema, path);
  const result = found && v.safeParse(found, value, { abortEarly: true });
  if (result === undefined || result.success) return "another value";
  const [issue] = result.issues;
  return issue.path === undefined ? expectationOf(issue) : (messageOf(found) ?? "an object");
}

function messageOf(schema: SchemaParts | undefined): string | undefined {
  return typeof schema?.message === "string" ? schema.message : undefined;
}

/** Extra members of schemas of objects, lists and wrapped values. */
interface SchemaParts extends v.GenericSchema {
  readonly entries?: Readonly<Record<string, v.GenericSchema>>;
  /** Of a union: the first option that has a field describes it. */
  readonly options?: readonly SchemaParts[];
  /** Of a record: its values. */
  readonly value?: v.GenericSchema;
  readonly item?: v.GenericSchema;
  /** Of a pipe: its parts, of which a later schema describes the items more closely. */
  readonly pipe?: readonly unknown[];
  readonly wrapped?: v.GenericSchema;
  readonly message?: unknown;
}

function schemaAt(schema: v.GenericSchema, path: readonly (string | number)[]): SchemaParts | undefined {
  let found: SchemaParts | undefined = schema;
  for (const key of path) {
    const parts = unwrapped(found);
    found = typeof key === "number" ? itemOf(parts) : fieldOf(parts, key);
  }
  return unwrapped(found);
}

/** The schema without its optional and nullable wrappers. */
function unwrapped(schema: SchemaParts | undefined): SchemaParts | undefined {
  let found = schema;
  while (found?.wrapped !== undefined) found = found.wrapped;
  return found;
}

function itemOf(schema: SchemaParts | undefined): v.GenericSchema | undefined {
  const parts = (schema?.pipe ?? []) as readonly Pick<SchemaParts, "item">[];
  return parts.findLast(({ item }) => item !== undefined)?.item ?? schema?.item;
}

function fieldOf(schema: SchemaParts | undefined, name: string): v.GenericSchema | undefined {
  const { entries, options, value } = schema ?? {};
  return entries?.[name] ?? options?.find((option) => option.entries?.[name] !== undefined)?.entries?.[name] ?? value;
}

function shortName(name: string): string {
  return name.length > MAX_SHOWN_NAME ? `${name.slice(0, MAX_SHOWN_NAME)}…` : name;
}

/** For a text or list that is too long, only its length. */
function gotOf(issueType: string, value: unknown): string {
  if (issueType !== "max_length") return shown(value);
  return Array.isArray(value) ? `${value.length} entries` : `${String(value).length} characters`;
}
