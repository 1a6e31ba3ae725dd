// Maps ticks onto the event-time grid: which step a tick belongs to, which ticks count, when a step closes, when a
// segment ends. open-step.ts keeps the prices, step-statistics.ts computes features from closed steps.
import { type BatchProgress, type GridCounts, noCounts, VERDICT } from "./batch-counts.ts";
import type { ClosedStep } from "./closed-step.ts";
import { EARLIER_BATCH, HeldTick } from "./held-tick.ts";
import { OpenStep } from "./open-step.ts";
import { TICK_FIELDS } from "./packed-ticks.ts";
import type { StateReader, StateWriter } from "./state-buffer.ts";
import { StepTicks } from "./step-ticks.ts";
import { isNearerPrice, TickDoubts } from "./tick-doubts.ts";

export type PriceSource = "last" | "mid";

/** The grid's parameters, fixed for a symbol at its creation and part of the schema. */
export interface GridConfig {
  /** Δ, the length of a step in ms. */
  readonly stepMs: number;
  /** A: a step is observed when its newest tick is at most this old at the step's end, in ms. */
  readonly maxAgeMs: number;
  /** More than this many steps without a tick start a new segment. */
  readonly gapSteps: number;
  readonly source: PriceSource;
  /** The only horizon of its labels, ms, where a symbol has the same steps for several; absent where any may come. */
  readonly horizonMs?: number;
}

/** Default grid for a step length: A is 10 s or two steps, whichever is longer; 300 steps make a gap. */
export function gridConfig(stepMs = 1000, source: PriceSource = "last"): GridConfig {
  if (!Number.isInteger(stepMs) || stepMs < 1)
    throw new RangeError(`stepMs: got ${stepMs}, expected a positive integer`);
  return { stepMs, maxAgeMs: Math.max(10_000, 2 * stepMs), gapSteps: 300, source };
}

/** Receives the grid's events in event order. */
export interface GridListener {
  closeStep(step: ClosedStep): void;
  /** A new segment after more than `gapSteps` without a tick: state that spans the gap must be dropped. */
  startSegment(): void;
  /**
   * Called for each tick that advances time, with the age of the previous tick in ms: measures how sparse the symbol
   * is.
   */
  observeGap(gapMs: number): void;
}

const NONE = -1;

/** What is counted of a tick that an earlier batch left held. */
const RELEASE_COUNT = {
  [VERDICT.accepted]: "released",
  [VERDICT.outlier]: "givenUp",
  [VERDICT.priceOutlier]: "priceGivenUp",
} as const;

/** State version 1 has the first four. */
const TOTALS = ["accepted", "duplicate", "late", "outlier", "priceOutlier"] as const;
const TOTALS_OF_VERSION_1 = 4;

/**
 * Applies ticks in the order given. A tick older than the open step is late; an exact duplicate inside the open step is
 * dropped. A tick is held when it is more than `gapSteps` ahead, or beyond what `expect` was told of the market in time
 * or price. The next tick that is not late decides: it agrees with a time when it is nearer to it than to the last
 * tick, and not `gapSteps` before it; with a price when its own, of a quote alone the mid, is nearer to it than to the
 * last price. If it agrees, the held tick is applied first, after a gap as a segment of its own; otherwise it is an
 * outlier, and the grid goes on as if it had never come.
 */
export class EventGrid {
  readonly config: GridConfig;
  /** Totals since creation, restored with the state. */
  readonly totals: GridCounts = { accepted: 0, duplicate: 0, late: 0, outlier: 0, priceOutlier: 0 };
  /** Counts of the current batch. */
  private counts = noCounts();
  private readonly doubts: TickDoubts;
  private readonly stepTicks = new StepTicks();
  private readonly prices: OpenStep;
  private readonly held = new HeldTick();
  private open = NONE;
  constructor(config: GridConfig) {
    this.config = config;
    this.prices = new OpenStep(config);
    this.doubts = new TickDoubts(config);
  }

  /** Index of the open step, or −1 before the first tick. */
  get openStep(): number {
    return this.open;
  }

  /** Event time of the newest applied tick in ms, `NaN` before the first. */
  get watermarkMs(): number {
    return this.prices.lastTickMs;
  }

  /** Whether a tick is held until the next one confirms it. */
  get holding(): boolean {
    return this.held.isHeld;
  }

  /** Takes what the market's last steps were like: see `TickDoubts.update`. */
  expect(rv60: number, ticksPerStep: number): void {
    this.doubts.update(rv60, ticksPerStep);
  }

  /**
   * Whether ticks come from an archive, which holds accepted ones alone: none is doubted. A doubt is decided by the
   * next tick, and that may be one which was refused itself, so it could not be decided again.
   */
  areJudged = false;

  /**
   * Whether ticks are those that another grid of the symbol has applied, in its order: none is doubted, and none is a
   * duplicate, so that the ticks of the open step are not kept.
   */
  followsOther = false;

  /** The held tick; `undefined` without one. A copy. */
  get heldTick(): Float64Array | undefined {
    return this.held.isHeld ? this.held.fields.slice() : undefined;
  }

  /** Forgets the held tick, uncounted. */
  dropHeld(): void {
    this.held.drop();
  }

  /**
   * Applies packed ticks from row `from` on and calls the listener for every closed step, until `enough` returns true
   * after a tick. A call with `from` 0 begins a batch; further calls continue it.
   * @param verdicts one `VERDICT` per tick, written here; the verdict on a held tick of these rows is rewritten once
   * decided.
   */
  process(
    rows: Float64Array,
    listener: GridListener,
    verdicts: Uint8Array,
    from = 0,
    enough: () => boolean = () => false,
  ): BatchProgress {
    const n = rows.length / TICK_FIELDS;
    if (!Number.isInteger(n) || verdicts.length < n) {
      const got = `${rows.length} values for ${verdicts.length} verdicts`;
      throw new RangeError(`rows: got ${got}, expected ${TICK_FIELDS} each`);
    }
    if (from === 0) {
      this.held.row = EARLIER_BATCH;
      this.counts = noCounts();
    }
    let next = from;
    while (next < n && !enough()) {
      const verdict = this.take(rows, next, listener, verdicts);
      verdicts[next] = verdict;
      this.count(verdict);
      next += 1;
    }
    return { next, counts: this.counts };
  }

  save(to: StateWriter): void {
    this.stepTicks.save(to);
    this.held.save(to);
    to.number(this.open);
    this.prices.save(to);
    for (const key of TOTALS) to.number(this.totals[key]);
  }

  load(from: StateReader): void {
    this.stepTicks.load(from);
    this.held.load(from);
    this.open = from.number();
    this.prices.load(from);
    const totals = from.version === 1 ? TOTALS.slice(0, TOTALS_OF_VERSION_1) : TOTALS;
    for (const key of totals) this.totals[key] = from.number();
  }

  private take(rows: Float64Array, i: number, listener: GridListener, verdicts: Uint8Array): number {
    const step = Math.floor(rows[i * TICK_FIELDS]! / this.config.stepMs);
    let followsOutlier = false;
    if (this.held.isHeld) {
      if (this.held.equals(rows, i)) {
        this.totals.duplicate += 1;
        return VERDICT.duplicate;
      }
      if (step >= this.open) followsOutlier = this.decideHeld(rows, i, listener, verdicts) === VERDICT.outlier;
    }
    if (this.open === NONE) this.open = step;
    if (step < this.open) {
      this.totals.late += 1;
      return VERDICT.late;
    }
    if (this.areJudged || this.followsOther) {
      if (step - this.open > this.config.gapSteps) this.startSegment(rows[i * TICK_FIELDS]!, step, listener);
      return this.apply(rows, i, step, listener);
    }
    if (this.doubts.isAhead(step - this.open) || this.isJump(rows, i)) {
      this.held.hold(rows, i, followsOutlier);
      return VERDICT.held;
    }
    return this.apply(rows, i, step, listener);
  }

  /** Applies the held tick if tick `i` agrees with it; otherwise it is an outlier. Returns the verdict on it. */
  private decideHeld(rows: Float64Array, i: number, listener: GridListener, verdicts: Uint8Array): number {
    const { fields: held, row } = this.held;
    this.held.drop();
    const step = Math.floor(held[0]! / this.config.stepMs);
    const isGap = step - this.open > this.config.gapSteps;
    let verdict: number = VERDICT.accepted;
    if (this.doubts.isAhead(step - this.open) && !this.agreesInTime(rows[i * TICK_FIELDS]!, held[0]!)) {
      verdict = VERDICT.outlier;
      this.totals.outlier += 1;
    } else if (!isGap && this.isJump(held, 0) && !this.isNearerHeld(rows, i, held)) {
      verdict = VERDICT.priceOutlier;
      this.totals.priceOutlier += 1;
    } else {
      if (isGap) this.startSegment(held[0]!, step, listener);
      this.apply(held, 0, step, listener);
    }
    if (row === EARLIER_BATCH) {
      this.counts[RELEASE_COUNT[verdict as keyof typeof RELEASE_COUNT]] = 1;
    } else {
      verdicts[row] = verdict;
      this.counts.held = 0;
      this.count(verdict);
    }
    return verdict;
  }

  /**
   * Later still agrees too, because a sparse market is sparse and not wrong. In a dense one it must be within
   * `gapSteps`² steps, because two wrong days in a row must not make a day of true ticks late, or be the third of its
   * kind, because the market may have become sparse over a pause.
   */
  private agreesInTime(tsMs: number, heldMs: number): boolean {
    const longestGapMs = this.config.gapSteps * this.config.stepMs;
    if (tsMs < heldMs - longestGapMs || heldMs - tsMs > tsMs - this.prices.lastTickMs) return false;
    const isLaterStill = tsMs > heldMs + longestGapMs;
    return !(
      isLaterStill &&
      this.doubts.isDense &&
      !this.held.followsOutlier &&
      tsMs - this.prices.lastTickMs > longestGapMs * this.config.gapSteps
    );
  }

  private isJump(rows: Float64Array, i: number): boolean {
    return this.doubts.isJump(rows, i, this.prices.movedTo(rows, i), this.prices.price);
  }

  private isNearerHeld(rows: Float64Array, i: number, held: Float64Array): boolean {
    return isNearerPrice(this.prices.marketOf(rows, i), this.prices.movedTo(held, 0), this.prices.price);
  }

  private startSegment(tsMs: number, step: number, listener: GridListener): void {
    this.closeOpen(tsMs, listener);
    listener.startSegment();
    this.prices.forget();
    this.open = step;
  }

  /** Counts a tick of the current batch. */
  private count(verdict: number): void {
    const { counts } = this;
    if (verdict === VERDICT.accepted) counts.accepted += 1;
    else if (verdict === VERDICT.duplicate) counts.duplicate += 1;
    else if (verdict === VERDICT.late) counts.late += 1;
    else if (verdict === VERDICT.held) counts.held += 1;
    else if (verdict === VERDICT.outlier) counts.outlier += 1;
    else counts.priceOutlier += 1;
  }

  private apply(rows: Float64Array, i: number, step: number, listener: GridListener): number {
    const at = i * TICK_FIELDS;
    const tsMs = rows[at]!;
    while (this.open < step) {
      this.closeOpen(tsMs, listener);
      this.open += 1;
    }
    if (!this.followsOther && !this.stepTicks.add(rows, i)) {
      this.totals.duplicate += 1;
      return VERDICT.duplicate;
    }
    this.totals.accepted += 1;
    const { prices } = this;
    if (tsMs > prices.lastTickMs) listener.observeGap(tsMs - prices.lastTickMs);
    prices.update(rows, at);
    return VERDICT.accepted;
  }

  /** Passes the open step to the listener; the caller advances `open`. */
  private closeOpen(closingTsMs: number, listener: GridListener): void {
    listener.closeStep(this.prices.close(this.open, closingTsMs));
    this.counts.stepsClosed += 1;
    this.stepTicks.clear();
  }
}
