// Packed ticks in, closed steps out: wires the grid, statistics, thresholds and labels of one symbol. The gateway and
// the trainer run this same class. `save` contains its whole state, which `load` restores bit for bit.
import { type ClosedSteps, FLAG } from "./closed-steps.ts";
import type { BatchProgress, GridCounts } from "./batch-counts.ts";
import type { ClosedStep } from "./closed-step.ts";
import { CUSTOM } from "./custom.ts";
import { HORIZON_COLUMNS } from "./default-2.ts";
import { EventGrid, gridConfig, type GridConfig, type GridListener } from "./event-grid.ts";
import { MAX_LABEL_SPECS, parseStateHeader } from "./engine-config.ts";
import { labelGridFault } from "./label-on-grid.ts";
import { LabelState } from "./label-state.ts";
import { DEFAULT_LABEL_SPEC, type LabelSpec, labelSpecText } from "./label-spec.ts";
import { ObservedShare } from "./observed-share.ts";
import { NewestStep, type StepFacts } from "./newest-step.ts";
import { declarationText } from "./own-columns.ts";
import { DEFAULT_1, OWN_COLUMNS, PEER_10 } from "./schema.ts";
import { HORIZON_STATE_VERSION, StateReader, StateWriter } from "./state-buffer.ts";
import { StepStatistics } from "./step-statistics.ts";
import { VolatilityRing } from "./volatility-ring.ts";

/** What stored own columns belong to. */
const OWN_TEXT = declarationText(CUSTOM);

/** Why a label spec cannot be used by a symbol. */
export type LabelSpecRefusal =
  "label_source_differs" | "label_does_not_fit_grid" | "label_does_not_fit_ring" | "too_many_label_specs";

/** A symbol's configuration; the first label spec determines the contents of its ring. */
export interface EngineConfig {
  readonly grid: GridConfig;
  readonly label: LabelSpec;
}

export const DEFAULT_ENGINE_CONFIG: EngineConfig = { grid: gridConfig(), label: DEFAULT_LABEL_SPEC };

/** The features, thresholds and labels of one symbol. Not thread-safe, no clock, no I/O. */
export class FeatureEngine {
  readonly config: EngineConfig;
  private readonly grid: EventGrid;
  private readonly statistics: StepStatistics;
  private readonly ring: VolatilityRing;
  private readonly observed: ObservedShare;
  private readonly specs: LabelState[] = [];
  private readonly listener: GridListener;
  private out: ClosedSteps | undefined;
  private readonly newest = new NewestStep(1, (into, k) => this.writeRows(into, k));
  private segmentSteps = 0;
  private closedSteps = 0;

  /**
   * Whether it was loaded from a state of before `default-2`, or of other own columns: what that lacks began anew then.
   */
  isFromOlderState = false;

  /** Throws `RangeError` when the label's price source is not the grid's, or its slots do not fit the grid. */
  constructor(config: EngineConfig = DEFAULT_ENGINE_CONFIG) {
    const { grid, label } = config;
    this.config = config;
    this.grid = new EventGrid(grid);
    this.observed = new ObservedShare(grid.stepMs);
    this.statistics = new StepStatistics(grid, label.measure, label.horizonSteps);
    this.ring = new VolatilityRing(label.windowSteps);
    const refusal = this.addLabelSpec(label);
    if (refusal !== undefined) {
      throw new RangeError(`${labelGridFault(label, grid, "label")} (${refusal})`);
    }
    this.listener = {
      closeStep: (step) => this.closeStep(step),
      startSegment: () => this.startSegment(),
      observeGap: (gapMs) => this.observed.update(gapMs),
    };
  }

  /** The label specs in use, in the order of `ClosedSteps`' columns. */
  get labelSpecs(): readonly LabelSpec[] {
    return this.specs.map((s) => s.spec);
  }

  /** Ticks by outcome since creation. */
  get totals(): Readonly<GridCounts> {
    return this.grid.totals;
  }

  /** Steps closed since creation. */
  get stepsClosed(): number {
    return this.closedSteps;
  }

  /** Event time of the newest applied tick in ms, `NaN` before the first. */
  get watermarkMs(): number {
    return this.grid.watermarkMs;
  }

  /** Whether a tick is being held. */
  get holding(): boolean {
    return this.grid.holding;
  }

  /** Sets whether further ticks are from an archive: see `EventGrid`. Not part of the saved state. */
  set areJudged(areJudged: boolean) {
    this.grid.areJudged = areJudged;
  }

  /** Sets whether further ticks are those that another grid applied: see `EventGrid`. Not part of the saved state. */
  set followsOther(followsOther: boolean) {
    this.grid.followsOther = followsOther;
  }

  /** The held tick, packed; `undefined` without one. */
  get heldTick(): Float64Array | undefined {
    return this.grid.heldTick;
  }

  /** Forgets the held tick, uncounted, as if it had never come. */
  dropHeld(): void {
    this.grid.dropHeld();
  }

  /** How densely the symbol ticks. */
  get observedShare(): ObservedShare {
    return this.observed;
  }

  /** Values in the threshold of a spec, and what it needs. */
  thresholdCount(spec: number): { readonly have: number; readonly need: number } {
    const { threshold, spec: label } = this.specs[spec]!;
    return { have: threshold.count, need: label.kind === "absolute" ? 0 : label.minCount };
  }

  /** Values in the ring of the thresholds, and when the horizon of the oldest ended: ms, `NaN` without a value. */
  get ringExtent(): { readonly values: number; readonly oldestMs: number } {
    const { startPosition, endPosition } = this.ring;
    const values = endPosition - startPosition;
    return { values, oldestMs: values === 0 ? NaN : this.ring.timeAt(startPosition) };
  }

  /** Whether a spec has no τ because it would be at most ε, though there are values enough. */
  isFlat(spec: number): boolean {
    return this.specs[spec]!.threshold.isFlat;
  }

  /** Steps of a spec, since creation or `load`, that have no τ because it would be at most ε. */
  flatSteps(spec: number): number {
    return this.specs[spec]!.flatSteps;
  }

  /** Position of an equal spec among `labelSpecs`, or −1. */
  indexOfLabelSpec(spec: LabelSpec): number {
    const text = labelSpecText(spec);
    return this.specs.findIndex((s) => labelSpecText(s.spec) === text);
  }

  /**
   * Adds a label spec and fills its threshold from the ring at once. Does nothing for a spec already in use.
   * `ClosedSteps` made for the old number of specs can no longer be used.
   */
  addLabelSpec(spec: LabelSpec): LabelSpecRefusal | undefined {
    const { grid, label } = this.config;
    if (this.indexOfLabelSpec(spec) >= 0) return undefined;
    if (spec.source !== grid.source) return "label_source_differs";
    const isOfGrid = spec.kind === "time-of-day-quantile" || grid.horizonMs !== undefined;
    if (isOfGrid && labelGridFault(spec, grid, "label")) return "label_does_not_fit_grid";
    if (spec.measure !== label.measure || spec.horizonSteps !== label.horizonSteps) return "label_does_not_fit_ring";
    if (spec.kind !== "absolute" && spec.windowSteps > this.ring.capacity) return "label_does_not_fit_ring";
    if (this.specs.length >= MAX_LABEL_SPECS) return "too_many_label_specs";
    this.newest.complete();
    this.specs.push(new LabelState(spec, this.ring, { stepMs: grid.stepMs, tsMs: this.newestMs }));
    this.fitLastStep();
    return undefined;
  }

  /** Removes a spec that no model uses any more, unless it is the last one. The ring is unchanged. */
  removeLabelSpec(spec: LabelSpec): void {
    const k = this.indexOfLabelSpec(spec);
    if (k < 0 || this.specs.length === 1) return;
    this.newest.complete();
    this.specs.splice(k, 1);
    this.fitLastStep();
  }

  /**
   * Applies packed ticks in the order given, from row `from` on, and appends every step they close to `out`. Stops
   * after the tick that brings `out` to `maxSteps` or more. One tick can close 300 steps, so a caller that must bound
   * its memory applies a batch in several calls, with the same result.
   * @param verdicts receives one `VERDICT` per tick.
   */
  process(rows: Float64Array, out: ClosedSteps, verdicts: Uint8Array, from = 0, maxSteps = Infinity): BatchProgress {
    if (out.specCount !== this.specs.length) {
      throw new RangeError(`out.specCount: got ${out.specCount}, expected ${this.specs.length}`);
    }
    this.out = out;
    this.newest.begin(out);
    const progress = this.grid.process(rows, this.listener, verdicts, from, () => out.count >= maxSteps);
    this.newest.take(out);
    this.out = undefined;
    return progress;
  }

  /**
   * The newest closed step as entry 0, or no entry before the first, with all rows. Reused: the next step overwrites
   * it.
   */
  get lastStep(): ClosedSteps {
    return this.newest.whole;
  }

  /** The same without its rows, which cost more time than all else. */
  get lastStepFacts(): StepFacts {
    return this.newest.facts;
  }

  /** All state as one versioned buffer. */
  save(): ArrayBuffer {
    const to = new StateWriter();
    this.grid.save(to);
    this.statistics.save(to);
    this.ring.save(to);
    this.observed.save(to);
    for (const state of this.specs) state.save(to);
    this.newest.save(to);
    to.number(this.segmentSteps);
    to.number(this.closedSteps);
    if (OWN_TEXT === "") return to.finish({ ...this.config, labels: this.labelSpecs });
    this.statistics.own.save(to);
    const { own, count } = this.lastStep;
    to.array(own.subarray(0, count * OWN_COLUMNS.length));
    return to.finish({ ...this.config, labels: this.labelSpecs, own: OWN_TEXT });
  }

  /**
   * Restores the engine that `save` wrote. Own columns that were declared otherwise then begin anew. Throws
   * `StateFormatError` when the buffer is not of this version and shape.
   */
  static load(buffer: ArrayBuffer): FeatureEngine {
    const from = new StateReader(buffer);
    const { config, labels, own } = parseStateHeader(from.header);
    const engine = new FeatureEngine(config);
    engine.grid.load(from);
    engine.statistics.load(from);
    engine.expectLikeBefore();
    engine.ring.load(from);
    engine.observed.load(from);
    engine.specs.length = 0;
    for (const spec of labels) engine.addLabelSpec(spec);
    for (const state of engine.specs) state.load(from);
    engine.newest.load(from);
    if (engine.lastStepFacts.count > 0) {
      for (const { threshold } of engine.specs) threshold.update(engine.ring, engine.newestMs);
    }
    engine.segmentSteps = from.number();
    engine.closedSteps = from.number();
    if (own !== OWN_TEXT) from.skipRest();
    else if (own !== "") engine.loadOwn(from);
    from.end();
    engine.isFromOlderState = from.version < HORIZON_STATE_VERSION || own !== OWN_TEXT;
    return engine;
  }

  private loadOwn(from: StateReader): void {
    this.statistics.own.load(from);
    const newest = from.arrayOfAnyLength();
    if (newest.length > 0) this.lastStep.own.set(newest);
  }

  /** End of the newest closed step, ms; `NaN` before the first. */
  private get newestMs(): number {
    const { count, index } = this.lastStepFacts;
    return count === 0 ? NaN : (index[0]! + 1) * this.config.grid.stepMs;
  }

  /** Updates the newest step's thresholds after a change of specs. */
  private fitLastStep(): void {
    this.newest.fit(this.specs.length, (horizonVolatility, into) => {
      this.specs.forEach((state, s) => state.writeUndecided(horizonVolatility, into, s));
    });
  }

  private closeStep(step: ClosedStep): void {
    const out = this.out!;
    const { statistics, ring, specs } = this;
    statistics.update(step);
    this.expectLikeBefore();
    const horizonVolatility = statistics.horizonVolatility;
    if (horizonVolatility === horizonVolatility) ring.push(horizonVolatility, step.tsMs);
    const k = out.append();
    out.index[k] = step.index;
    out.flags[k] =
      (step.observed ? FLAG.observed : 0) |
      (step.stale ? FLAG.stale : 0) |
      (statistics.ready ? FLAG.ready : 0) |
      (this.segmentSteps === 0 ? FLAG.segmentStart : 0);
    for (let s = 0; s < specs.length; s++) {
      specs[s]!.update(ring, step.tsMs, horizonVolatility, out, k * specs.length + s);
    }
    this.writeRows(out, k);
    out.price[k] = step.price;
    out.rv60[k] = statistics.rv60;
    out.spread[k] = statistics.relativeSpread;
    this.segmentSteps += 1;
    this.closedSteps += 1;
  }

  /** Writes the rows of the newest step that `out` keeps as entry k. */
  private writeRows(out: ClosedSteps, k: number): void {
    const { statistics, specs } = this;
    // A row that is not kept has no room. To look a name up takes longer.
    if (out.base.length > 0) statistics.writeBase(out.base, k * DEFAULT_1.length);
    if (out.peer.length > 0) statistics.writePeer(out.peer, k * PEER_10.length);
    if (out.own.length > 0) statistics.own.write(out.own, k * OWN_COLUMNS.length);
    if (out.horizonBase.length === 0) return;
    statistics.writeHorizon(out.horizonBase, k * HORIZON_COLUMNS);
    for (let s = 0; s < specs.length; s++) specs[s]!.writeHistory(out, k * specs.length + s);
  }

  /** Tells the grid what the last steps were like. */
  private expectLikeBefore(): void {
    this.grid.expect(this.statistics.rv60, this.statistics.ticksPerStep);
  }

  private startSegment(): void {
    this.newest.take(this.out!);
    this.newest.complete();
    this.statistics.reset();
    this.expectLikeBefore();
    for (const state of this.specs) state.reset();
    this.segmentSteps = 0;
  }
}
