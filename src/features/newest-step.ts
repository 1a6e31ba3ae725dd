// The newest closed step of an engine, with all rows, though a caller keeps only some of them.
import { ClosedSteps } from "./closed-steps.ts";
import { ROW_NAMES } from "./schema.ts";
import type { StateReader, StateWriter } from "./state-buffer.ts";

/** What is always known of a closed step. */
export type StepFacts = Pick<ClosedSteps, "count" | "index" | "flags" | "tau" | "price" | "rv60" | "spread">;

/**
 * Rows that the caller did not keep are written when they are asked for: statistics and label specs stay those of the
 * newest step until the next one, so call `complete` before they change otherwise.
 */
export class NewestStep {
  private step: ClosedSteps;
  private isWhole = true;
  /** Entries of the caller's steps that came before the next one to take. */
  private taken = 0;
  private readonly writeRows: (into: ClosedSteps, k: number) => void;

  /** @param writeRows writes every row of the newest step as entry k. */
  constructor(specCount: number, writeRows: (into: ClosedSteps, k: number) => void) {
    this.step = new ClosedSteps(specCount, 1);
    this.writeRows = writeRows;
  }

  /** Nothing of the caller's steps so far is new. */
  begin({ count }: ClosedSteps): void {
    this.taken = count;
  }

  /** Takes the last of the caller's steps, unless it was taken. */
  take(steps: ClosedSteps): void {
    if (steps.count === this.taken) return;
    this.taken = steps.count;
    this.step.keepOnly(steps, steps.count - 1);
    this.isWhole = ROW_NAMES.every((row) => steps.keeps(row));
  }

  complete(): void {
    if (this.isWhole) return;
    this.writeRows(this.step, 0);
    this.isWhole = true;
  }

  /** With all rows, as entry 0; no entry before the first step. */
  get whole(): ClosedSteps {
    this.complete();
    return this.step;
  }

  get facts(): StepFacts {
    return this.step;
  }

  /**
   * Fits it to another number of label specs.
   * @param writeSpecs writes what depends on them, from the volatility of the horizon that ends with the step.
   */
  fit(specCount: number, writeSpecs: (horizonVolatility: number, into: ClosedSteps) => void): void {
    const before = this.whole;
    this.step = new ClosedSteps(specCount, 1);
    if (before.count === 0) return;
    this.step.append();
    for (const field of OF_NO_SPEC) this.step[field].set(before[field]);
    writeSpecs(before.horizonVolatility[0]!, this.step);
  }

  save(to: StateWriter): void {
    this.whole.save(to);
  }

  load(from: StateReader): void {
    this.step.load(from);
  }
}

const OF_NO_SPEC = ["index", "flags", "base", "peer", "horizonBase", "own", "price", "rv60", "spread"] as const;
