// A symbol's drift as a plain value: whether its rows, or the models' errors on them, have changed.
import type { ConceptEvent } from "../../../drift/concept-monitor.ts";
import type { RatiosByFeature } from "../../../drift/drift-ratios.ts";
import type { DriftSummary, DriftVerdict } from "../../../drift/drift-verdict.ts";
import type { DriftWindowName } from "../../../drift/drift-reference.ts";
import type { SymbolMonitor } from "./symbol-monitor.ts";

export interface SymbolDrift {
  /** Verdict on the last closed window of each length; `null` before the first. */
  readonly latest: Readonly<Record<DriftWindowName, DriftVerdict | null>>;
  /** The kept earlier verdicts of both lengths, oldest first. */
  readonly history: readonly (DriftSummary & { readonly ratios?: RatiosByFeature | null })[];
  /** Events of the detectors on the champion's errors and scores, oldest first. */
  readonly concept: readonly ConceptEvent[];
}

/**
 * Cheap: verdicts are computed when a window closes.
 * @param ratios whether the history has each feature's ratio to its threshold.
 */
export function symbolDrift({ drift, concept }: SymbolMonitor, ratios: boolean): SymbolDrift {
  return {
    latest: { "1h": drift.latest("1h"), "24h": drift.latest("24h") },
    history: ratios ? drift.history.map((line) => ({ ...line, ratios: drift.ratiosOf(line) })) : drift.history,
    concept: concept.events,
  };
}
