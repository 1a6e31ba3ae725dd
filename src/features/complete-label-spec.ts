// A label spec as people write it, in a variable or a file: only what differs from the default.
import type { PriceSource } from "./event-grid.ts";
import { DEFAULT_LABEL_SPEC, type LabelSpec, parseLabelSpec } from "./label-spec.ts";

const FIELDS: ReadonlySet<string> = new Set([...Object.keys(DEFAULT_LABEL_SPEC), "ratio", "levelBps"]);

/**
 * `DEFAULT_LABEL_SPEC` on the given price source, with the fields of `value` put over it.
 *
 * Example: `{ measure: "parkinson", horizonSteps: 1, windowSteps: 1440 }` keeps `minCount` 900 and `quantile` 0.9; `{}` is
 * the default.
 *
 * @throws TypeError for what is no object, for a field that no label spec has (a misspelt one would change nothing in
 * silence), and for a `source` that is not the grid's; what `parseLabelSpec` throws. Messages begin with `label`.
 */
export function completeLabelSpec(value: unknown, source: PriceSource): LabelSpec {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const got = value === null ? "null" : Array.isArray(value) ? "a list" : typeof value;
    throw new TypeError(`label: got ${got}, expected an object`);
  }
  const unknown = Object.keys(value).find((field) => !FIELDS.has(field));
  if (unknown !== undefined) {
    throw new TypeError(`label.${unknown}: no such field, expected some of ${[...FIELDS].join(", ")}`);
  }
  const spec = parseLabelSpec({ ...DEFAULT_LABEL_SPEC, source, ...value });
  if (spec.source === source) return spec;
  throw new TypeError(`label.source: got ${spec.source}, expected ${source}, the price source of the grid`);
}
