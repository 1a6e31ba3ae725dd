// Every change of who serves: what, when, by whom and why, with the experiment's figures at that time.
import * as v from "valibot";
import { figureSchema } from "../../model/manifest-evaluation.ts";
import { ALIASES } from "../../model/model-host.ts";
import { fields, finiteNumber, oneOf, type Parsed } from "../../schemas/schema-values.ts";

/** Which way a change came: an operator's request, the sequential rule, or a rollback. */
const ORIGINS = ["admin", "rule", "rollback"] as const;
export type Origin = (typeof ORIGINS)[number];

const textOrNull = v.nullable(v.string("a text"));

/** What the experiment had shown when something changed. */
const changeFiguresSchema = fields({
  /** JSON has no infinity: an e value beyond the largest number is `null` there. */
  eValue: v.pipe(
    v.nullable(v.number("a number")),
    v.transform((value) => value ?? Infinity),
  ),
  blocks: finiteNumber(0),
  rows: finiteNumber(0),
  episodes: finiteNumber(0),
  /** Mean Brier gain of the challenger with its 95 % t interval. */
  meanGain: v.nullable(figureSchema),
});
export type ChangeFigures = Parsed<typeof changeFiguresSchema>;

export const changeSchema = fields({
  /** 1, 2, 3, …, over the registry's whole life. */
  seq: finiteNumber(),
  atMs: finiteNumber(),
  what: oneOf([...ALIASES, "experiment"]),
  /**
   * SHA-256 of who held the alias before and after, also of a bundled model: the next deployment may bring another one.
   * `null` for no challenger, and for the bundled model in entries that an earlier version wrote. For the experiment
   * its description, `null` for none.
   */
  from: textOrNull,
  to: textOrNull,
  by: oneOf(ORIGINS),
  who: textOrNull,
  reason: textOrNull,
  /** `null` where no experiment ran. */
  figures: v.nullish(changeFiguresSchema, null),
});
export type Change = Parsed<typeof changeSchema>;

/** Who changes something, when and why. */
export const changeCauseSchema = fields({
  atMs: finiteNumber(),
  by: oneOf(ORIGINS),
  who: textOrNull,
  reason: textOrNull,
  /**
   * What the decision stood on, for the history; where it is absent, what is kept of the running experiment's evidence.
   */
  figures: v.optional(changeFiguresSchema),
});
export type ChangeCause = Parsed<typeof changeCauseSchema>;

/** With texts of the greatest length that HTTP takes they fill about 0.3 MB of the 2 MB that one value may have. */
const MAX_CHANGES = 200;

/** The history, oldest first, with more; the oldest give way. */
export function recordChanges(history: readonly Change[], more: readonly Change[]): Change[] {
  return [...history, ...more].slice(-MAX_CHANGES);
}

/**
 * The change of champion that a rollback undoes: the newest one that no rollback has undone. `undefined` when there is
 * none in the history.
 *
 * Example: after a → b, b → c and a rollback (c → b), the next one undoes a → b.
 */
export function changeToUndo(history: readonly Change[]): Change | undefined {
  const standing: Change[] = [];
  for (const change of history) {
    if (change.what !== "champion") continue;
    if (change.by === "rollback") standing.pop();
    else standing.push(change);
  }
  return standing.at(-1);
}
