// Parses a value from outside or throws: for settings, manifests and arguments, which are required to continue.
import type * as v from "valibot";
import { check, type Checked, faultText } from "./check.ts";

/** Like `check`, but field paths start with `name`, e.g. `manifest.training.rows`. */
export function checkFrom<S extends v.GenericSchema>(
  schema: S,
  value: unknown,
  name: string,
): Checked<v.InferOutput<S>> {
  const checked = check(schema, value, name);
  if (checked.ok || checked.fault.path.length === 0) return checked;
  const { field } = checked.fault;
  return { ok: false, fault: { ...checked.fault, field: field.startsWith("[") ? name + field : `${name}.${field}` } };
}

/** How `parseOrThrow` names a value and makes its error. */
export interface Refusing {
  /** Name of the value; the start of its field paths. */
  readonly name: string;
  /** Makes the error from the fault's text. */
  readonly refuse: (text: string) => Error;
}

/** The parsed value. Throws the error that `refuse` makes from the first fault. */
export function parseOrThrow<S extends v.GenericSchema>(
  schema: S,
  value: unknown,
  { name, refuse }: Refusing,
): v.InferOutput<S> {
  const checked = checkFrom(schema, value, name);
  if (checked.ok) return checked.value;
  throw refuse(faultText(checked.fault));
}
