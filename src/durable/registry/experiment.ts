// A comparison of the champion with a challenger on live steps: which two, who answers, and whether the rule may promote.
import type { SplitExperiment } from "../../quality/promotion/experiment-split.ts";

/** What an operator chooses of an experiment. */
export interface ExperimentSettings {
  /** `shadow`: both score every step, the champion answers. `split`: the challenger answers its share. */
  readonly mode: "shadow" | "split";
  /** The challenger's share of the answers under `split`: above 0 and at most `MAX_SHARE`. */
  readonly share: number;
  /** Whether the sequential rule promotes by itself. */
  readonly auto: boolean;
}

export interface Experiment extends ExperimentSettings, SplitExperiment {
  /** `<number>-<8 of the champion's SHA-256>-<8 of the challenger's>`, never given twice. */
  readonly id: string;
  readonly startedMs: number;
  /** SHA-256 of the two artifacts. */
  readonly champion: string;
  readonly challenger: string;
}

/** More than half would be a promotion that nobody decided. */
export const MAX_SHARE = 0.5;

/** Where nothing is asked for: nobody sees the challenger, and nothing happens by itself. */
export const DEFAULT_SETTINGS: ExperimentSettings = { mode: "shadow", share: 0.1, auto: false };

export function isShare(value: unknown): value is number {
  return typeof value === "number" && value > 0 && value <= MAX_SHARE;
}

/** From storage; `null` for what is none. */
export function parseExperiment(value: unknown): Experiment | null {
  if (typeof value !== "object" || value === null) return null;
  const { id, mode, share, auto, startedMs, champion, challenger } = value as Readonly<Record<string, unknown>>;
  if (typeof id !== "string" || typeof champion !== "string" || typeof challenger !== "string") return null;
  if ((mode !== "shadow" && mode !== "split") || !isShare(share) || typeof auto !== "boolean") return null;
  return typeof startedMs === "number" ? { id, mode, share, auto, startedMs, champion, challenger } : null;
}

/** In words, for the history: `3-1a2b3c4d-5e6f7a8b split 0.1 auto`. `null` for no experiment. */
export function describeExperiment(experiment: Experiment | null): string | null {
  if (experiment === null) return null;
  const { id, mode, share, auto } = experiment;
  return `${id} ${mode}${mode === "split" ? ` ${share}` : ""}${auto ? " auto" : ""}`;
}
