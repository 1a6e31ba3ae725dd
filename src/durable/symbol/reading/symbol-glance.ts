// What a list of all symbols shows of one: a plain value that costs its object next to nothing.
import { type Aged, agePrediction } from "../../../model/aged-prediction.ts";
import type { LiveGrid } from "../live-symbol.ts";
import type { Prediction } from "../prediction.ts";
import type { RecentPoint } from "../steps/step-log.ts";

export interface SymbolGlance {
  /** As of the time of the glance; `null` before the first closed step. */
  readonly prediction: Aged<Prediction> | null;
  /** Of the step of that prediction. */
  readonly price: number | null;
  readonly rv60Bps: number | null;
  /** Event time of the newest tick that is stored, ms; `null` before the first. */
  readonly watermarkMs: number | null;
  /** Alerts that fire. */
  readonly firing: number;
  /** Whether the feed is found silent: it was live, and its alert fires. */
  readonly isSilent: boolean;
  /** The last steps, at most 40: those after what the caller has. */
  readonly recent: readonly RecentPoint[];
}

/** What is known beside the grid. */
interface GlanceContext {
  readonly watermarkMs: number;
  readonly firing: number;
  readonly isSilent: boolean;
  /** End of the newest step that the caller has, ms; `-Infinity` without one. */
  readonly sinceMs: number;
  readonly nowMs: number;
}

export function symbolGlance({ engine, latest }: LiveGrid, context: GlanceContext): SymbolGlance {
  const { watermarkMs, firing, isSilent, sinceMs, nowMs } = context;
  const { stepMs } = engine.features.config.grid;
  return {
    prediction: latest === undefined ? null : agePrediction(latest.prediction, nowMs),
    price: latest?.price ?? null,
    rv60Bps: latest?.rv60Bps ?? null,
    watermarkMs: Number.isFinite(watermarkMs) ? watermarkMs : null,
    firing,
    isSilent,
    // Not those of a batch that is at work.
    recent: latest === undefined ? [] : engine.stepLog.recent(stepMs, sinceMs, latest.prediction.tsMs),
  };
}
