// How often a week's windows were judged to have drifted, beside how often they should have by chance alone.
import type { DriftJudgement } from "../../drift/drift-verdict.ts";
import type { DriftWindowName } from "../../drift/drift-reference.ts";
import type { SymbolDrift } from "../../durable/symbol/evaluation/symbol-drift.ts";

/** How often windows of one length were judged to have drifted. */
export interface DriftShare {
  readonly window: DriftWindowName;
  /** The stated false-alarm rate of the newest calibrated verdict; `null` without one. */
  readonly alpha: number | null;
  /** Windows of the week with a verdict of yes or no, and with yes. */
  readonly judged: number;
  readonly alarms: number;
  /** Alarms with no more drifted features than usual: by how far the farthest one lay beyond its threshold. */
  readonly byFarthest: number;
  /** Windows without one, by the reason's name. */
  readonly unjudged: Readonly<Partial<Record<DriftJudgement, number>>>;
  /** End of the earliest verdict of the week that was still kept; `null` without one. */
  readonly sinceMs: number | null;
}

/**
 * Stated and realised alarms of the week, for each length of window. Only what the history still holds is counted:
 * `sinceMs` says from when on.
 */
export function driftShares({ history, latest }: SymbolDrift, fromMs: number): DriftShare[] {
  return (["1h", "24h"] as const).map((window) => {
    const ofWeek = history.filter((one) => one.window === window && one.toMs >= fromMs);
    const alarms = ofWeek.filter(({ verdict }) => verdict === "drift");
    const unjudged: Partial<Record<DriftJudgement, number>> = {};
    for (const { verdict } of ofWeek) {
      if (verdict !== "ok" && verdict !== "drift") unjudged[verdict] = (unjudged[verdict] ?? 0) + 1;
    }
    return {
      window,
      alpha: latest[window]?.alpha ?? null,
      judged: ofWeek.filter(({ verdict }) => verdict === "ok" || verdict === "drift").length,
      alarms: alarms.length,
      byFarthest: alarms.filter(({ driftedShare, threshold }) => driftedShare! <= threshold!).length,
      unjudged,
      sinceMs: ofWeek[0]?.toMs ?? null,
    };
  });
}
