// Parses a gateway's answer with the schema of its route.
import type * as v from "valibot";
import { check, type Checked } from "../src/schemas/check.ts";

/** Parses an answer's body as JSON. A body that is no JSON gives a fault that says so. */
export function readAnswer<S extends v.GenericSchema>(schema: S, body: string): Checked<v.InferOutput<S>> {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    const fault = { field: "body", path: [], got: `${body.length} characters that are no JSON`, expected: "JSON" };
    return { ok: false, fault: { ...fault, unknownField: false } };
  }
  return check(schema, value, "body");
}
