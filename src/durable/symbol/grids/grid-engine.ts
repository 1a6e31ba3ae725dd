// The feature engine of a further grid. It is fed with what the default grid applied, and restored with the symbol's
// snapshot. Every method is synchronous.
import { ClosedSteps } from "../../../features/closed-steps.ts";
import { type EngineConfig, FeatureEngine } from "../../../features/feature-engine.ts";
import { TICK_FIELDS } from "../../../features/packed-ticks.ts";
import { ROW_NAMES, type RowName } from "../../../features/schema.ts";
import { archiveTicks } from "../archive/archive-ticks.ts";
import type { PredictionLog } from "../archive/prediction-log.ts";
import { ReplayedSteps } from "../replayed-steps.ts";
import type { Recovery } from "../storage/restored-engine.ts";
import type { Warmth } from "../storage/warm-pages.ts";
import type { SlotStore } from "../storage/slot-store.ts";
import type { StepLog } from "../steps/step-log.ts";

/** Steps of a round, plus at most 300 closed by its last tick. Bounds the memory for a batch. */
const ROUND_STEPS = 4096;
const FIRST_STEPS = 16;
/** Capacity for steps kept between batches. */
const KEPT_STEPS = 256;
/** Batches whose ticks are read from their slots at a time. */
const CATCH_UP_BATCHES = 64;

/** What a `GridEngine` begins with. */
export interface GridBeginning {
  readonly name: string;
  readonly features: FeatureEngine;
  /** The last batch that it includes. */
  readonly seq: number;
  readonly how: Recovery["how"];
  readonly reason?: string | undefined;
  /** Whether its stored state could not be read. */
  readonly wasDamaged?: boolean;
  readonly lacksHistory: boolean;
  /** The history that it began with, with its own steps. */
  readonly warm?: Warmth | undefined;
  /** The newest steps of that history, for charts. */
  readonly steps?: ClosedSteps | undefined;
}

export class GridEngine {
  /** `gridName` of its grid. */
  readonly name: string;
  /** Whether batches are missing from a window that the archive may have. Kept in snapshots. */
  lacksHistory: boolean;
  /** Whether its stored state could not be read. */
  readonly wasDamaged: boolean;
  /** `undefined` where predictions are not archived. */
  readonly predictions: PredictionLog | undefined;
  /** Its closed steps, for charts. */
  readonly stepLog: StepLog;
  /** The symbol's ticks are archived once, by the symbol's own engine. */
  readonly archive = undefined;
  private current: FeatureEngine;
  private begunWith: Warmth | undefined;
  private lastSeq: number;
  private replayedBatches = 0;
  private damagedBatches = 0;
  private readonly how: Recovery["how"];
  private readonly reason: string | undefined;
  private readonly replayed: ReplayedSteps;
  /** The steps that a round closed. Reused: valid until the next round. */
  private steps: ClosedSteps;
  private verdicts = new Uint8Array(1024);

  /** @param predictions restored as of batch `seq`. */
  constructor(beginning: GridBeginning, stepLog: StepLog, predictions?: PredictionLog) {
    const { name, features, seq, how, reason, lacksHistory, warm, steps, wasDamaged = false } = beginning;
    this.wasDamaged = wasDamaged;
    this.name = name;
    this.stepLog = stepLog;
    this.predictions = predictions;
    this.current = features;
    this.lastSeq = seq;
    this.how = how;
    this.reason = reason;
    this.lacksHistory = lacksHistory;
    this.begunWith = warm;
    features.followsOther = true;
    if (steps !== undefined) stepLog.add(steps, undefined);
    this.steps = new ClosedSteps(features.labelSpecs.length, FIRST_STEPS);
    this.replayed = new ReplayedSteps(features.labelSpecs.length);
  }

  get features(): FeatureEngine {
    return this.current;
  }

  /** The history that it began with; `undefined` without one. */
  get warm(): Warmth | undefined {
    return this.begunWith;
  }

  /** The last batch applied. */
  get seq(): number {
    return this.lastSeq;
  }

  get batches(): number {
    return this.lastSeq;
  }

  get recovery(): Recovery {
    const { how, reason, replayedBatches, damagedBatches } = this;
    return { how, reason, replayedBatches, damagedBatches };
  }

  /**
   * Applies ticks of a batch in memory only, and yields the steps that they close, round by round. A round's steps are
   * valid until the next round. Call `finishBatch` when the batch is stored.
   * @param applied `appliedTicks` of the batch. @param kept the feature rows that the steps must have.
   */
  *rounds(applied: Float64Array, kept: readonly RowName[]): Generator<ClosedSteps, void, void> {
    const ticks = applied.length / TICK_FIELDS;
    if (this.verdicts.length < ticks) this.verdicts = new Uint8Array(ticks * 2);
    const specs = this.features.labelSpecs.length;
    const isOther = this.steps.specCount !== specs || this.steps.rows.join() !== kept.join();
    if (isOther) this.steps = new ClosedSteps(specs, FIRST_STEPS, kept);
    const { features, steps, verdicts } = this;
    for (let from = 0; from < ticks;) {
      steps.clear();
      ({ next: from } = features.process(applied, steps, verdicts, from, ROUND_STEPS));
      if (steps.count > 0) yield steps;
    }
  }

  /** Call it after the batch whose ticks were applied. */
  finishBatch(seq: number): void {
    this.lastSeq = seq;
    const { specCount, rows, index } = this.steps;
    if (index.length > KEPT_STEPS) this.steps = new ClosedSteps(specCount, FIRST_STEPS, rows);
  }

  /** Applies a batch that was stored before, and keeps its steps for scoring; not one that it includes already. */
  replay(seq: number, applied: Float64Array | undefined): void {
    if (seq <= this.lastSeq) return;
    if (applied === undefined) {
      this.damagedBatches += 1;
    } else {
      // Which models will score them is not known yet.
      for (const steps of this.rounds(applied, ROW_NAMES)) this.replayed.add(steps);
      this.replayedBatches += 1;
    }
    this.finishBatch(seq);
  }

  /** Call it after the last replayed batch. */
  finishReplay(): void {
    this.replayed.finish();
  }

  /** The steps that replayed batches closed, once; see `SymbolEngine.takeReplayed`. */
  takeReplayed(): ClosedSteps {
    return this.replayed.take();
  }

  /** Takes another state of the same batches, with a longer history. @param warm where it began with that. */
  replaceFeatures(features: FeatureEngine, warm: Warmth | undefined): void {
    features.followsOther = true;
    this.current = features;
    this.begunWith = warm;
    this.lacksHistory = false;
  }
}

/** The state of a new grid, before its first tick. */
export function freshFeatures(config: EngineConfig): FeatureEngine {
  const features = new FeatureEngine(config);
  features.followsOther = true;
  return features;
}

/**
 * Applies the accepted ticks of stored batches; their steps are not kept. Returns how many batches could not be read.
 * @param held the tick that was held before the first of them; `null` where that is not known.
 */
export function catchUp(
  features: FeatureEngine,
  slots: SlotStore,
  { fromSeq, throughSeq }: { readonly fromSeq: number; readonly throughSeq: number },
  held: Float64Array | null,
): number {
  const closed = new ClosedSteps(features.labelSpecs.length, FIRST_STEPS, []);
  let lost = 0;
  for (let from = fromSeq; from <= throughSeq; from += CATCH_UP_BATCHES) {
    const range = { fromSeq: from, throughSeq: Math.min(throughSeq, from + CATCH_UP_BATCHES - 1) };
    const ticks = archiveTicks((seq) => slots.batch(seq), range, held);
    held = ticks.held;
    lost += ticks.lostBatches;
    const verdicts = new Uint8Array(ticks.count);
    for (let next = 0; next < ticks.count;) {
      closed.clear();
      ({ next } = features.process(ticks.rows, closed, verdicts, next, ROUND_STEPS));
    }
  }
  return lost;
}
