// A promotion against the gate's verdict: who did it and why. It stands for as long as the artifact holds its alias,
// and is remembered after that.
import * as v from "valibot";
import { ALIASES, type Alias } from "../../model/model-host.ts";
import { fields, finiteNumber, oneOf, type Parsed } from "../../schemas/schema-values.ts";

export const forcedPromotionSchema = fields({
  sha256: v.string("a text"),
  atMs: finiteNumber(),
  by: v.string("a text"),
  reason: v.string("a text"),
  /** What the gate had against it. */
  gateReasons: v.array(v.string("a text"), "a list"),
});
export type ForcedPromotion = Parsed<typeof forcedPromotionSchema>;

/** One that the history holds. */
export const recordedPromotionSchema = fields({ ...forcedPromotionSchema.entries, alias: oneOf(ALIASES) });
export type RecordedPromotion = Parsed<typeof recordedPromotionSchema>;

/**
 * How many forced promotions are remembered. With texts of the greatest length that HTTP takes they fill about 1 MB,
 * half of what one value in the object's storage may be.
 */
const MAX_FORCED_HISTORY = 100;

/** The history, newest last, with one more; the oldest gives way when it is full. */
export function recordPromotion(
  history: readonly RecordedPromotion[],
  alias: Alias,
  promotion: ForcedPromotion,
): RecordedPromotion[] {
  return [...history, { ...promotion, alias }].slice(-MAX_FORCED_HISTORY);
}
