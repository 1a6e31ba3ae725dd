// A gateway's answer by the schema that the gateway's own route is described with.
import type * as v from "valibot";
import { check, type Checked } from "../src/schemas/check.ts";

/** The JSON of an answer's body. Of a body that is no JSON the fault says so. */
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
