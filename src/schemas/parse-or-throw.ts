// A value from outside, or an error: for settings, manifests and arguments, where nothing can go on without it.
import type * as v from "valibot";
import { check, type Checked, faultText } from "./check.ts";

/** As `check`, but every field is named from `name` on, e.g. `manifest.training.rows`. */
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

/** How `parseOrThrow` speaks of a value. */
export interface Refusing {
  /** What the value is called; its fields are named from here on. */
  readonly name: string;
  /** Makes the error of a fault in words. */
  readonly refuse: (text: string) => Error;
}

/** The value as its schema lets it through. Throws what `refuse` makes of the first fault. */
export function parseOrThrow<S extends v.GenericSchema>(
  schema: S,
  value: unknown,
  { name, refuse }: Refusing,
): v.InferOutput<S> {
  const checked = checkFrom(schema, value, name);
  if (checked.ok) return checked.value;
  throw refuse(faultText(checked.fault));
}
