// A promotion against the gate's verdict: who forced it and why. It applies while the artifact holds its alias and
// stays in the history afterwards.
import * as v from "valibot";
import { ALIASES, type Alias } from "../../model/model-host.ts";
import { fields, finiteNumber, oneOf, type Parsed } from "../../schemas/schema-values.ts";

export const forcedPromotionSchema = fields({
  sha256: v.string("a text"),
  atMs: finiteNumber(),
  by: v.string("a text"),
  reason: v.string("a text"),
  /** The gate's objections. */
  gateReasons: v.array(v.string("a text"), "a list"),
});
export type ForcedPromotion = Parsed<typeof forcedPromotionSchema>;

/** A forced promotion in the history. */
export const recordedPromotionSchema = fields({ ...forcedPromotionSchema.entries, alias: oneOf(ALIASES) });
export type RecordedPromotion = Parsed<typeof recordedPromotionSchema>;

/**
 * Most forced promotions in the history. With texts of the maximum length they take about 1 MB, half of the limit for
 * one value in the object's storage.
 */
const MAX_FORCED_HISTORY = 100;

/** The history with one promotion appended, newest last; the oldest is dropped when it is full. */
export function recordPromotion(
  history: readonly RecordedPromotion[],
  alias: Alias,
  promotion: ForcedPromotion,
): RecordedPromotion[] {
  return [...history, { ...promotion, alias }].slice(-MAX_FORCED_HISTORY);
}
