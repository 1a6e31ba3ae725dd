// When a probability rises above its threshold and falls again, for one subscription and one symbol: with hysteresis,
// confirmation and cool-down. The clock is that of the steps.
import type { SpikeWatch } from "./spike-watch.ts";

/** A closed step that was answered. */
export interface AnsweredStep {
  /** Grid index. */
  readonly step: number;
  /** Its end, ms. */
  readonly tsMs: number;
  /** `NaN` without one. */
  readonly probability: number;
  /** The one in force at this step; `NaN` without one. */
  readonly threshold: number;
}

/**
 * What a step brings. `suppressed`: a rise within the cool-down is over before it could be told. `fall` is told only
 * after a told rise.
 */
export type SpikeEvent = "rise" | "fall" | "suppressed";

/** All that is kept between steps; plain numbers, so that it can be stored. */
export interface DetectorState {
  readonly phase: "down" | "held" | "up";
  /** Adjacent steps on the other side of the limit. */
  readonly streak: number;
  /** The newest step seen; −1 before the first. */
  readonly lastStep: number;
  /** Of the last rise that was told. */
  readonly riseStep: number;
  /** No rise is told before, ms. */
  readonly coolUntilMs: number;
}

const NOTHING_SEEN: DetectorState = {
  phase: "down",
  streak: 0,
  lastStep: -1,
  riseStep: -1,
  coolUntilMs: Number.MIN_SAFE_INTEGER,
};

/**
 * Example, with threshold 0.5, `fallShare` 0.8, one step to confirm and a cool-down of 4 s at steps of 1 s:
 * probabilities 0.4 0.6 0.45 0.39 0.7 0.7 0.7 give a rise at index 1 and a fall at 3; the rise at 4 is held until 5.
 */
export class SpikeDetector {
  private now: DetectorState;

  constructor(state: DetectorState = NOTHING_SEEN) {
    this.now = state;
  }

  get state(): DetectorState {
    return this.now;
  }

  /** Takes the next step. One that is not newer is ignored; one without a probability only breaks a streak. */
  update(watch: SpikeWatch, { step, tsMs, probability, threshold }: AnsweredStep): SpikeEvent | undefined {
    const { phase, lastStep } = this.now;
    if (!(step > lastStep)) return undefined;
    const high = watch.threshold ?? threshold;
    const low = Math.min(watch.fallBelow ?? high * watch.fallShare, high);
    const isBeyond = phase === "down" ? probability >= high : probability < low;
    const streak = isBeyond ? (step === lastStep + 1 ? this.now.streak : 0) + 1 : 0;
    this.now = { ...this.now, lastStep: step, streak };
    const isCool = tsMs >= this.now.coolUntilMs;
    if (phase === "held" && isCool && probability >= high) return this.rise(watch, step, tsMs);
    if (streak < watch.confirmSteps) return undefined;
    if (phase === "down" && isCool) return this.rise(watch, step, tsMs);
    this.now = { ...this.now, streak: 0, phase: phase === "down" ? "held" : "down" };
    return phase === "up" ? "fall" : phase === "held" ? "suppressed" : undefined;
  }

  private rise({ coolDownMs }: SpikeWatch, step: number, tsMs: number): SpikeEvent {
    this.now = { phase: "up", streak: 0, lastStep: step, riseStep: step, coolUntilMs: tsMs + coolDownMs };
    return "rise";
  }
}
