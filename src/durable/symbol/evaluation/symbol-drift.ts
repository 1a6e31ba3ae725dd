// A symbol's drift, as its object answers: whether its rows, or the models' errors on them, have changed.
import type { ConceptEvent } from "../../../drift/concept-monitor.ts";
import type { DriftSummary, DriftVerdict } from "../../../drift/drift-verdict.ts";
import type { DriftWindowName } from "../../../drift/drift-reference.ts";
import type { SymbolMonitor } from "./symbol-monitor.ts";

export interface SymbolDrift {
  /** Of the last closed window of each length; `null` before the first. */
  readonly latest: Readonly<Record<DriftWindowName, DriftVerdict | null>>;
  /** Earlier verdicts of both lengths, oldest first, as many as are kept. */
  readonly history: readonly DriftSummary[];
  /** What the detectors on the champion's errors and scores fired, oldest first. */
  readonly concept: readonly ConceptEvent[];
}

/** Cheap: verdicts are made when a window closes. */
export function symbolDrift({ drift, concept }: SymbolMonitor): SymbolDrift {
  return {
    latest: { "1h": drift.latest("1h"), "24h": drift.latest("24h") },
    history: drift.history,
    concept: concept.events,
  };
}
