// One symbol's part of the week.
import type { SymbolAnswer } from "../../clients/symbols.ts";
import type { SymbolDrift } from "../../durable/symbol/evaluation/symbol-drift.ts";
import type { SymbolQuality } from "../../durable/symbol/evaluation/symbol-quality.ts";
import type { SymbolThreshold } from "../../durable/symbol/evaluation/symbol-threshold.ts";
import { type DriftShare, driftShares } from "./drift-shares.ts";

export interface SymbolWeek {
  readonly symbol: string;
  /** Over 24 h and 30 d; `null` where `missing` says why. */
  readonly quality: SymbolQuality | null;
  readonly drift: (SymbolDrift & { readonly shares: readonly DriftShare[] }) | null;
  /** From which probability its models alert; `null` where it is not known. */
  readonly threshold: SymbolThreshold | null;
  readonly missing: readonly string[];
}

interface Answers {
  readonly quality?: SymbolQuality | undefined;
  readonly drift?: SymbolDrift | undefined;
  readonly threshold?: SymbolThreshold | undefined;
}

/** One symbol's part. @param fromMs begin of the week. */
export function symbolWeek({ symbol, answer, failed }: SymbolAnswer<Answers>, fromMs: number): SymbolWeek {
  const missing: string[] = [];
  const { quality = null, drift = null, threshold = null } = answer ?? {};
  if (failed) missing.push("its object did not answer");
  else if (quality === null) missing.push("it has received no tick");
  else if (quality.windows.every(({ labels }) => labels.every(({ resolved }) => resolved === 0))) {
    missing.push("no prediction has a label in these windows");
  }
  const shares = drift === null ? [] : driftShares(drift, fromMs);
  return { symbol, quality, drift: drift === null ? null : { ...drift, shares }, threshold, missing };
}
