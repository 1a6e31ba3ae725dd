// Completes a label spec from a variable or a file, which states only the differences from the default.
import { faultText } from "../schemas/check.ts";
import { parseOrThrow, type Refusing } from "../schemas/parse-or-throw.ts";
import { anyObject } from "../schemas/schema-values.ts";
import type { GridConfig } from "./event-grid.ts";
import { defaultLabelOn, labelGridFault } from "./label-on-grid.ts";
import { LABEL_SPEC_FIELDS, type LabelSpec, labelSpecSchema } from "./label-spec.ts";

const AS_LABEL: Refusing = { name: "label", refuse: (text) => new TypeError(text) };

/**
 * The default label of a grid, `defaultLabelOn`, with the fields of `value` put over it.
 *
 * Example: `{ measure: "parkinson", horizonSteps: 1, windowSteps: 1440 }` keeps `minCount` 900 and `quantile` 0.9 on
 * steps of a minute; `{}` is the default.
 *
 * @param refusing the value's name in messages and the error to throw; default `label` and `TypeError`.
 * @throws for a value that is not an object, an unknown field (a misspelt field would otherwise be ignored silently), a
 * wrong value, and what can never have a threshold on the grid.
 */
export function completeLabelSpec(value: unknown, grid: GridConfig, refusing: Refusing = AS_LABEL): LabelSpec {
  const { name, refuse } = refusing;
  const given = parseOrThrow(anyObject, value, refusing);
  const unknown = Object.keys(given).find((field) => !LABEL_SPEC_FIELDS.has(field));
  if (unknown !== undefined) {
    const expected = `some of ${[...LABEL_SPEC_FIELDS].join(", ")}`;
    throw refuse(faultText({ field: `${name}.${unknown}`, got: "an unknown field", expected }));
  }
  const spec = parseOrThrow(labelSpecSchema, { ...defaultLabelOn(grid, given), ...given }, refusing);
  const fault = labelGridFault(spec, grid, name);
  if (fault !== undefined) throw refuse(fault);
  return spec;
}
