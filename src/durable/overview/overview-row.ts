// A symbol's glance as a row of the overview.
import { splitKey } from "../../features/symbol-name.ts";
import type { OverviewRow, SymbolState } from "../../overview/overview-table.ts";
import type { SymbolGlance } from "../symbol/reading/symbol-glance.ts";

const UNKNOWN = {
  price: null,
  sigma_bps: null,
  rv_60_bps: null,
  tau_bps: null,
  probability: null,
  threshold: null,
  alert: null,
  ts: null,
  horizon_s: null,
  watermark_ms: null,
  firing: null,
} as const;

export function overviewRow(symbol: string, glance: SymbolGlance): OverviewRow {
  const { prediction, firing, watermarkMs, price, rv60Bps } = glance;
  const facts = { ...UNKNOWN, ...namesOf(symbol), state: stateOf(glance), watermark_ms: watermarkMs, firing };
  if (prediction === null) return { ...facts, missing: ["steps: none is closed yet"] };
  return {
    ...facts,
    missing: missingOf(prediction),
    price,
    sigma_bps: prediction.sigmaBps,
    rv_60_bps: rv60Bps,
    tau_bps: prediction.tauBps,
    probability: prediction.probability,
    threshold: prediction.threshold,
    alert: prediction.alert,
    ts: prediction.tsMs,
    horizon_s: prediction.horizonMs / 1000,
  };
}

/** A row without a figure. @param reason why its object does not answer. */
export function unreachableRow(symbol: string, reason: string): OverviewRow {
  return { ...UNKNOWN, ...namesOf(symbol), state: "unreachable", missing: [`object: ${reason}`] };
}

function namesOf(symbol: string): Pick<OverviewRow, "symbol" | "venue"> {
  return { symbol, venue: splitKey(symbol).venue ?? null };
}

/** What is said first: that nothing comes any more, then why there is no probability or no good one. */
function stateOf({ prediction, isSilent }: SymbolGlance): SymbolState {
  if (isSilent) return "silent";
  if (prediction === null) return "warming_up";
  if (prediction.stale) return "stale";
  if (prediction.tooSparse !== null) return "too_sparse";
  if (prediction.isFlat) return "flat";
  return prediction.probability === null ? "warming_up" : "live";
}

function missingOf({ missing, tooSparse }: NonNullable<SymbolGlance["prediction"]>): readonly string[] {
  if (tooSparse === null) return missing;
  const { observedShare, smallestStepMs } = tooSparse;
  const enough = smallestStepMs === 0 ? "no step would do" : `a step of ${smallestStepMs / 1000} s would do`;
  return [...missing, `observed_share: ${observedShare.toPrecision(2)} of at least 0.5; ${enough}`];
}
