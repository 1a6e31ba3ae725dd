// Every change of who serves: what, when, by whom and why, with the experiment's figures at that time.
import { ALIASES, type Alias } from "../../model/model-host.ts";
import type { Figure } from "../../model/manifest-evaluation.ts";

/** Which way a change came: an operator's request, the sequential rule, or a rollback. */
export const ORIGINS = ["admin", "rule", "rollback"] as const;
export type Origin = (typeof ORIGINS)[number];

/** What the experiment had shown when something changed. */
export interface ChangeFigures {
  readonly eValue: number;
  readonly blocks: number;
  readonly rows: number;
  readonly episodes: number;
  /** Mean Brier gain of the challenger with its 95 % t interval. */
  readonly meanGain: Figure | null;
}

export interface Change {
  /** 1, 2, 3, …, over the registry's whole life. */
  readonly seq: number;
  readonly atMs: number;
  readonly what: Alias | "experiment";
  /**
   * SHA-256 of who held the alias before and after, also of a bundled model: the next deployment may bring another one.
   * `null` for no challenger, and for the bundled model in entries that an earlier version wrote. For the experiment its
   * description, `null` for none.
   */
  readonly from: string | null;
  readonly to: string | null;
  readonly by: Origin;
  readonly who: string | null;
  readonly reason: string | null;
  /** `null` where no experiment ran. */
  readonly figures: ChangeFigures | null;
}

/** With texts of the greatest length that HTTP takes they fill about 0.3 MB of the 2 MB that one value may have. */
export const MAX_CHANGES = 200;

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

/** From storage, in its order and without what is none; empty for what is no list. */
export function parseChanges(value: unknown): Change[] {
  return Array.isArray(value) ? value.filter(isChange) : [];
}

function isChange(value: unknown): value is Change {
  if (typeof value !== "object" || value === null) return false;
  const { seq, atMs, what, from, to, by, who, reason } = value as Readonly<Record<string, unknown>>;
  return (
    typeof seq === "number" &&
    typeof atMs === "number" &&
    (what === "experiment" || ALIASES.some((alias) => alias === what)) &&
    ORIGINS.some((origin) => origin === by) &&
    [from, to, who, reason].every((text) => text === null || typeof text === "string")
  );
}
