// The outcome of a change requested from the registry.
import * as v from "valibot";
import { fields, oneOf, type Parsed } from "../../schemas/schema-values.ts";

/** Why a change was refused; a refused change changes nothing. */
const CHANGE_REFUSALS = [
  "no_experiment",
  "experiment_changed",
  "not_auto",
  "nothing_to_roll_back",
  "history_changed",
  "alias_changed",
] as const;
export type ChangeRefusal = (typeof CHANGE_REFUSALS)[number];

export const outcomeSchema = v.variant("ok", [
  fields({ ok: v.literal(true) }),
  fields({ ok: v.literal(false), code: oneOf(CHANGE_REFUSALS) }),
]);
export type Outcome = Parsed<typeof outcomeSchema>;
