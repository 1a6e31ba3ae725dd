// A promotion against the gate's verdict: who did it and why. It stands for as long as the artifact holds its alias, and
// is remembered after that.
import { ALIASES, type Alias } from "../../model/model-host.ts";

export interface ForcedPromotion {
  readonly sha256: string;
  readonly atMs: number;
  readonly by: string;
  readonly reason: string;
  /** What the gate had against it. */
  readonly gateReasons: readonly string[];
}

/** One that the history holds. */
export interface RecordedPromotion extends ForcedPromotion {
  readonly alias: Alias;
}

/**
 * How many forced promotions are remembered. With texts of the greatest length that HTTP takes they fill about 1 MB,
 * half of what one value in the object's storage may be.
 */
export const MAX_FORCED_HISTORY = 100;

/** The history, newest last, with one more; the oldest gives way when it is full. */
export function recordPromotion(
  history: readonly RecordedPromotion[],
  alias: Alias,
  promotion: ForcedPromotion,
): RecordedPromotion[] {
  return [...history, { ...promotion, alias }].slice(-MAX_FORCED_HISTORY);
}

/** From storage, in its order and without what is none; empty for what is no list. */
export function parseForcedHistory(value: unknown): RecordedPromotion[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry: unknown) => {
    const promotion = parseForcedPromotion(entry);
    const alias = ALIASES.find((known) => known === (entry as { alias?: unknown } | null)?.alias);
    return promotion === undefined || alias === undefined ? [] : [{ ...promotion, alias }];
  });
}

/** From storage; `undefined` for what is none. */
export function parseForcedPromotion(value: unknown): ForcedPromotion | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { sha256, atMs, by, reason, gateReasons } = value as Readonly<Record<string, unknown>>;
  if (typeof sha256 !== "string" || typeof atMs !== "number") return undefined;
  if (typeof by !== "string" || typeof reason !== "string" || !Array.isArray(gateReasons)) return undefined;
  return { sha256, atMs, by, reason, gateReasons: gateReasons.filter((text) => typeof text === "string") };
}
