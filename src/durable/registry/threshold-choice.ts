// The threshold that an operator chose for the holder of an alias, in place of its manifest's.
import * as v from "valibot";
import type { Alias } from "../../model/model-host.ts";
import { fields, finiteNumber, sha256Text, type Parsed } from "../../schemas/schema-values.ts";

export const thresholdChoiceSchema = fields({
  /** The artifact that it was chosen for. */
  sha256: sha256Text,
  threshold: finiteNumber(0, 1),
  goal: v.string("a text"),
  /** That of the manifest, which holds again without the choice. */
  manifestThreshold: finiteNumber(0, 1),
  atMs: finiteNumber(),
  by: v.nullable(v.string("a text")),
  reason: v.nullable(v.string("a text")),
});
export type ThresholdChoice = Parsed<typeof thresholdChoiceSchema>;

/** By alias. */
export type ThresholdChoices = Readonly<Partial<Record<Alias, ThresholdChoice>>>;

/** Text for the history: `champion 0.2416`. */
export function describeThreshold(alias: Alias, threshold: number): string {
  return `${alias} ${threshold}`;
}
