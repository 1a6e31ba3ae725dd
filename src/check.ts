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

/**
 * Checks a value. A message in the schema says what is expected: `v.minValue(1, "a whole number from 1 to 9")`.
 * @param name of the value itself, where the fault is in no field of it.
 */
export function check<S extends v.GenericSchema>(schema: S, value: unknown, name: string): Checked<v.InferOutput<S>> {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return { ok: true, value: result.output };
  return { ok: false, fault: faultOf(result.issues[0], name) };
}

/** In words: `share: got 2, expected a number above 0 and at most 0.5`. */
export function faultText({ field, got, expected }: Fault): string {
  return `${field}: got ${got}, expected ${expected}`;
}

function faultOf(issue: v.BaseIssue<unknown>, name: string): Fault {
  const path = (issue.path ?? []).map(({ key }) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("");
  const field = path === "" ? name : path.replace(/^\./, "");
  const isDefault = issue.message.startsWith("Invalid ");
  return { field, got: shown(issue.input), expected: isDefault ? (issue.expected ?? "another value") : issue.message };
}
