// Watches for a change for the worse, and after it for its end: one detector for each.
import { type EvidenceRow, FallDetector, type GroupSize } from "./fall-detector.ts";
import type { EvidenceFact, EvidencePhase } from "./evidence-fact.ts";

const PHASES = ["new", "told", "well"] as const satisfies readonly EvidencePhase[];

/** Limits of the evidence, as a deployment has them. */
export interface WatchLimits {
  /** Groups of a month. */
  readonly monthGroups: number;
  /** Most false alarms a quiet month. */
  readonly ratePerMonth: number;
}

/**
 * It begins as `new`, is `told` when the evidence of a fall reaches month / rate groups, and `well` when the evidence
 * of its end reaches the groups of a month: while the fault lasts, that comes once a month at most. A watch that
 * lost its state does not know whether it had told a fall, so while it is `new` the end is looked for too.
 */
export class ChangeWatch {
  private readonly fall: FallDetector;
  private readonly end: FallDetector;
  private readonly phase = Uint8Array.of(0);

  constructor(size: GroupSize) {
    this.fall = new FallDetector(size);
    this.end = new FallDetector(size);
  }

  /** Everything that must survive a restart. */
  get arrays(): readonly (Float64Array | Uint8Array)[] {
    return [this.phase, ...this.fall.arrays, ...this.end.arrays];
  }

  /** Adds a labelled step. @param ofEnd its gain for the alternative that the fall is over. */
  update(index: number, ofFall: EvidenceRow, ofEnd: EvidenceRow, { monthGroups, ratePerMonth }: WatchLimits): void {
    const closes = this.fall.update(index, ofFall);
    this.end.update(index, ofEnd);
    if (!closes) return;
    const is = PHASES[this.phase[0]!]!;
    if (is !== "told" && this.fall.value >= monthGroups / ratePerMonth) this.enter("told");
    else if (is !== "well" && this.end.value >= monthGroups) this.enter("well");
  }

  /** Where it stands. */
  fact({ monthGroups, ratePerMonth }: WatchLimits): EvidenceFact {
    return {
      phase: PHASES[this.phase[0]!]!,
      value: this.fall.value,
      limit: monthGroups / ratePerMonth,
      ending: { value: this.end.value, limit: monthGroups },
      groups: this.fall.groups,
      ratePerMonth,
    };
  }

  /** Loads what `arrays` gave. Throws `RangeError` for others. */
  load(arrays: readonly ArrayLike<number>[]): void {
    const phase = arrays[0]?.[0] ?? -1;
    if (PHASES[phase] === undefined) throw new RangeError(`watch: got phase ${phase}, expected 0, 1 or 2`);
    this.phase[0] = phase;
    const { length } = this.fall.arrays;
    this.fall.load(arrays.slice(1, 1 + length));
    this.end.load(arrays.slice(1 + length));
  }

  private enter(phase: "told" | "well"): void {
    const wasNew = this.phase[0] === 0;
    this.phase[0] = PHASES.indexOf(phase);
    this.end.restart();
    // What speaks for a fall while it is not known to be over stays.
    if (phase === "told" || !wasNew) this.fall.restart();
  }
}
