// A promotion against the gate's verdict: who did it and why, for as long as the artifact holds its alias.

export interface ForcedPromotion {
  readonly sha256: string;
  readonly atMs: number;
  readonly by: string;
  readonly reason: string;
  /** What the gate had against it. */
  readonly gateReasons: readonly string[];
}

/** From storage; `undefined` for what is none. */
export function parseForcedPromotion(value: unknown): ForcedPromotion | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { sha256, atMs, by, reason, gateReasons } = value as Readonly<Record<string, unknown>>;
  if (typeof sha256 !== "string" || typeof atMs !== "number") return undefined;
  if (typeof by !== "string" || typeof reason !== "string" || !Array.isArray(gateReasons)) return undefined;
  return { sha256, atMs, by, reason, gateReasons: gateReasons.filter((text) => typeof text === "string") };
}
