// Objections to promoting a challenger by hand.
import type { Manifest } from "../../model/manifest.ts";
import { lacksToBeShownBetter } from "../../quality/promotion/sequential-evidence.ts";
import type { ExperimentReport } from "./experiment-report.ts";
import { gateReasons } from "./promotion-gate.ts";

/** Objections as codes and as texts. Without any the challenger may be promoted. */
export interface PromotionObjections {
  /** The gate's reasons, unless the rule outweighs them, and `not_shown_better`. */
  readonly codes: readonly string[];
  /** What it lacks to be shown better, each with its figure; where there is no comparison, why there is none. */
  readonly lacks: readonly string[];
}

/** @param manifest the challenger's. */
export function promotionObjections(report: ExperimentReport, manifest: Manifest): PromotionObjections {
  const { comparison, missing, code } = report;
  const lacks = comparison === null ? missing : lacksToBeShownBetter(comparison.pooled);
  const reasons = code === "promote" ? [] : gateReasons(manifest);
  return { codes: [...reasons, ...(lacks.length > 0 ? ["not_shown_better"] : [])], lacks };
}
