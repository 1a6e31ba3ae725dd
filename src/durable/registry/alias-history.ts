// The history of alias and experiment changes: what, when, by whom and why, with the experiment's figures at that time.
import * as v from "valibot";
import type { BundledSet } from "../../model/bundled.ts";
import { figureSchema } from "../../model/manifest-evaluation.ts";
import { SET_ALIASES, type SetAlias } from "../../model/manifest.ts";
import { ALIASES } from "../../model/model-host.ts";
import { type SetChanges, storedHolder } from "../../model/model-set.ts";
import { fields, finiteNumber, oneOf, type Parsed } from "../../schemas/schema-values.ts";

/** The origin of a change: an operator's request, the sequential rule, or a rollback. */
const ORIGINS = ["admin", "rule", "rollback"] as const;
export type Origin = (typeof ORIGINS)[number];

const textOrNull = v.nullable(v.string("a text"));

/** The experiment's figures at the time of a change. */
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
  /** 1, 2, 3, … over the registry's lifetime. */
  seq: finiteNumber(),
  atMs: finiteNumber(),
  what: oneOf([...ALIASES, "experiment", "symbol", "threshold", "feed"]),
  /**
   * SHA-256 of the artifact that held the alias before and after. Bundled models are recorded by SHA-256 too, because
   * the next deployment may bundle another one. `null` means no challenger, or in entries of an earlier version the
   * bundled model. For the experiment: its description, `null` for none. For a symbol: its name and label, `null` after
   * it was removed. For a threshold: alias and value. For a feed: venue, place and products, `null` for none.
   */
  from: textOrNull,
  to: textOrNull,
  by: oneOf(ORIGINS),
  who: textOrNull,
  reason: textOrNull,
  /** `null` where no experiment ran. */
  figures: v.nullish(changeFiguresSchema, null),
  /**
   * `seq` of the champion's change that this one came with: the model of this alias was trained with the champion.
   * `null` for a change of its own, and in entries of an earlier version.
   */
  with: v.nullish(finiteNumber(), null),
});
export type Change = Parsed<typeof changeSchema>;

/** Who makes a change, when and why. */
export const changeCauseSchema = fields({
  atMs: finiteNumber(),
  by: oneOf(ORIGINS),
  who: textOrNull,
  reason: textOrNull,
  /**
   * The figures behind the decision, for the history. Absent: the stored evidence of the running experiment is used.
   */
  figures: v.optional(changeFiguresSchema),
});
export type ChangeCause = Parsed<typeof changeCauseSchema>;

/** Even with texts of the maximum length they take about 0.3 MB; the limit for one value is 2 MB. */
const MAX_CHANGES = 200;

/** The history with `more` appended, oldest first; the oldest entries beyond `MAX_CHANGES` are dropped. */
export function recordChanges(history: readonly Change[], more: readonly Change[]): Change[] {
  return [...history, ...more].slice(-MAX_CHANGES);
}

/**
 * What a rollback of the champion's change `seq` gives back beside the champion: the models that came with it, where
 * they still hold their alias.
 * @param holder who holds an alias now.
 */
export function setToUndo(
  history: readonly Change[],
  seq: number,
  holder: (alias: SetAlias) => string | undefined,
  bundled: BundledSet,
): SetChanges {
  const before: Partial<Record<SetAlias, string | null>> = {};
  for (const { what, from, to, with: champion } of history) {
    const alias = SET_ALIASES.find((name) => name === what);
    if (champion !== seq || alias === undefined || from === null || holder(alias) !== to) continue;
    before[alias] = storedHolder(alias, from, bundled);
  }
  return before;
}

/**
 * The champion change that a rollback undoes: the newest one that is not rolled back yet. `undefined` when the history
 * has none.
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
