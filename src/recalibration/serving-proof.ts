// Whether a recalibration may serve: it must prove a gain first, and is undone when harm is proven.
import { GainEvidence, type GainRow } from "./gain-evidence.ts";

/** Evidence at which it begins or ceases to serve. */
const E_VALUE = 20;
/** Steps of a block, and the fewest horizons in it. */
const BLOCK_STEPS = 900;
const BLOCK_HORIZONS = 15;
/** Changes that are kept. */
const MOST_CHANGES = 20;

export type ProofState = "learning" | "serving" | "undone";

/** A change of what is served. */
export interface ServingChange {
  /** The first step that it holds for. */
  readonly step: number;
  readonly to: Exclude<ProofState, "learning">;
  /** The evidence that decided it. */
  readonly eValue: number;
  /** Mean Brier gain per row over the raw scores, since the change before. */
  readonly meanGain: number;
  readonly rows: number;
}

/** Steps of a block: 900, more where a horizon is longer than 60 steps. */
export function proofBlockSteps(horizonSteps: number): number {
  return Math.max(BLOCK_STEPS, BLOCK_HORIZONS * horizonSteps);
}

/**
 * Decides at the ends of blocks. While it does not serve, the evidence is for a gain over the raw scores; while it
 * serves, for harm. At 20 the state changes from the next step on, and the opposite must be proven from the beginning.
 */
export class ServingProof {
  private readonly blockSteps: number;
  private readonly evidence: GainEvidence;
  private block = -1;
  private current: ProofState = "learning";
  private gain = 0;
  private rows = 0;
  private changes: readonly ServingChange[] = [];

  constructor(horizonSteps: number) {
    this.blockSteps = proofBlockSteps(horizonSteps);
    this.evidence = new GainEvidence(horizonSteps, this.blockSteps);
  }

  get state(): ProofState {
    return this.current;
  }

  /** The evidence for the next change: for a gain, or while it serves for harm. */
  get eValue(): number {
    return this.evidence.value;
  }

  /** The changes, oldest first; the last 20. */
  get journal(): readonly ServingChange[] {
    return this.changes;
  }

  /** Call it for each step before the label that arrives with it. */
  advance(step: number): void {
    const block = Math.floor(step / this.blockSteps);
    if (block === this.block) return;
    this.block = block;
    this.evidence.endBlock();
    const { eValue } = this;
    if (eValue < E_VALUE) return;
    this.current = this.current === "serving" ? "undone" : "serving";
    const change = { step, to: this.current, eValue, meanGain: this.gain / this.rows, rows: this.rows };
    this.changes = [...this.changes, change].slice(-MOST_CHANGES);
    this.evidence.restart();
    this.gain = 0;
    this.rows = 0;
  }

  /** Adds a resolved row, whose gain is that over the raw scores. */
  add(row: GainRow): void {
    this.gain += row.gain;
    this.rows += 1;
    this.evidence.add(this.current === "serving" ? { ...row, gain: -row.gain } : row);
  }

  save(): { readonly text: string; readonly numbers: Float64Array } {
    const { block, current, gain, rows, changes } = this;
    return { text: JSON.stringify({ block, current, gain, rows, changes }), numbers: this.evidence.save() };
  }

  /** Takes over what `save` gave. Throws `RangeError` or `SyntaxError` for anything else. */
  load(text: string, numbers: Float64Array): void {
    const stored = JSON.parse(text) as {
      readonly block: number;
      readonly current: ProofState;
      readonly gain: number;
      readonly rows: number;
      readonly changes: readonly ServingChange[];
    };
    this.evidence.load(numbers);
    Object.assign(this, stored);
  }
}
