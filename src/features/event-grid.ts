// Maps ticks onto the event-time grid: which step a tick belongs to, which ticks count, when a step closes, when a
// segment ends. Keeps only the open step's prices and quotes; step-statistics.ts computes features from closed steps.
import { type BatchProgress, type GridCounts, noCounts, VERDICT } from "./batch-counts.ts";
import { EARLIER_BATCH, HeldTick } from "./held-tick.ts";
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
}

/** Default grid for a step length: A is 10 s or two steps, whichever is longer; 300 steps make a gap. */
export function gridConfig(stepMs = 1000, source: PriceSource = "last"): GridConfig {
  if (!Number.isInteger(stepMs) || stepMs < 1)
    throw new RangeError(`stepMs: got ${stepMs}, expected a positive integer`);
  return { stepMs, maxAgeMs: Math.max(10_000, 2 * stepMs), gapSteps: 300, source };
}

/** One closed step. The object is reused: copy values that must outlive the call. */
export class ClosedStep {
  /** Grid index i; the step covers [iΔ, (i+1)Δ) ms. */
  index = 0;
  /** (i+1)Δ: the time stamp of the step's row, ms. */
  tsMs = 0;
  /** Ticks applied in this step. */
  ticks = 0;
  observed = false;
  /** Whether the closing tick came more than A after the step's end. */
  stale = false;
  /** Age of the newest tick at the step's end, ms. */
  ageMs = NaN;
  /** Source price at the step's end, carried while observed, else `NaN`. */
  price = NaN;
  /** Last trade price and last mid in force at the step's end (mid `NaN` without a quote at most A old). */
  lastPrice = NaN;
  midPrice = NaN;
  /** High and low of the source's prices inside this step, `NaN` without a tick. */
  high = NaN;
  low = NaN;
  /** Ask − bid in price units, at most A old, else `NaN`. */
  spread = NaN;
  /** bidSize / (bidSize + askSize) of the newest sized quote, at most A old, else `NaN`. */
  imbalance = NaN;
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

/** The grid's scalar state, in the order of a snapshot. */
const SCALARS = [
  "open",
  "ticks",
  "lastTickMs",
  "lastPrice",
  "lastPriceMs",
  "mid",
  "spread",
  "quoteMs",
  "imbalance",
  "sizesMs",
  "lastHigh",
  "lastLow",
  "midHigh",
  "midLow",
] as const;
/** State version 1 has the first four. */
const TOTALS = ["accepted", "duplicate", "late", "outlier", "priceOutlier"] as const;
const TOTALS_OF_VERSION_1 = 4;

/**
 * Applies ticks in the order given. A tick older than the open step is late; an exact duplicate inside the open step is
 * dropped. A tick is held when it is more than `gapSteps` ahead, or beyond what `expect` was told of the market in time
 * or price. The next tick that is not late decides: it agrees with a time when it is nearer to it than to the last
 * tick, and not `gapSteps` before it; with a price when it is nearer to it than to the last price. If it agrees, the
 * held tick is applied first, after a gap as a segment of its own; otherwise it is an outlier, and the grid goes on as
 * if it had never come.
 */
export class EventGrid {
  readonly config: GridConfig;
  /** Totals since creation, restored with the state. */
  readonly totals: GridCounts = { accepted: 0, duplicate: 0, late: 0, outlier: 0, priceOutlier: 0 };
  /** Counts of the current batch. */
  private counts = noCounts();
  private readonly useMid: boolean;
  private readonly doubts: TickDoubts;
  private readonly stepTicks = new StepTicks();
  private readonly closed = new ClosedStep();
  private readonly held = new HeldTick();
  private open = NONE;
  private ticks = 0;
  private lastTickMs = NaN;
  private lastPrice = NaN;
  private lastPriceMs = NaN;
  private mid = NaN;
  private spread = NaN;
  private quoteMs = NaN;
  private imbalance = NaN;
  private sizesMs = NaN;
  private lastHigh = NaN;
  private lastLow = NaN;
  private midHigh = NaN;
  private midLow = NaN;

  constructor(config: GridConfig) {
    this.config = config;
    this.useMid = config.source === "mid";
    this.doubts = new TickDoubts(config.gapSteps);
  }

  /** Index of the open step, or −1 before the first tick. */
  get openStep(): number {
    return this.open;
  }

  /** Event time of the newest applied tick in ms, `NaN` before the first. */
  get watermarkMs(): number {
    return this.lastTickMs;
  }

  /** Whether a tick is held until the next one confirms it. */
  get holding(): boolean {
    return this.held.isHeld;
  }

  /** Takes what the market's last steps were like: see `TickDoubts.update`. */
  expect(rv60: number, ticksPerStep: number): void {
    this.doubts.update(rv60, ticksPerStep);
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
    for (const key of SCALARS) to.number(this[key]);
    for (const key of TOTALS) to.number(this.totals[key]);
  }

  load(from: StateReader): void {
    this.stepTicks.load(from);
    this.held.load(from);
    for (const key of SCALARS) this[key] = from.number();
    const totals = from.version === 1 ? TOTALS.slice(0, TOTALS_OF_VERSION_1) : TOTALS;
    for (const key of totals) this.totals[key] = from.number();
  }

  private take(rows: Float64Array, i: number, listener: GridListener, verdicts: Uint8Array): number {
    const step = Math.floor(rows[i * TICK_FIELDS]! / this.config.stepMs);
    if (this.held.isHeld) {
      if (this.held.equals(rows, i)) {
        this.totals.duplicate += 1;
        return VERDICT.duplicate;
      }
      if (step >= this.open) this.decideHeld(rows, i, listener, verdicts);
    }
    if (this.open === NONE) this.open = step;
    if (step < this.open) {
      this.totals.late += 1;
      return VERDICT.late;
    }
    if (this.doubts.isAhead(step - this.open) || this.doubts.isJump(this.priceOf(rows, i), this.price)) {
      this.held.hold(rows, i);
      return VERDICT.held;
    }
    return this.apply(rows, i, step, listener);
  }

  /** Applies the held tick if tick `i` agrees with it; otherwise it is an outlier. */
  private decideHeld(rows: Float64Array, i: number, listener: GridListener, verdicts: Uint8Array): void {
    const { fields: held, row } = this.held;
    this.held.drop();
    const step = Math.floor(held[0]! / this.config.stepMs);
    const isGap = step - this.open > this.config.gapSteps;
    let verdict: number = VERDICT.accepted;
    if (this.doubts.isAhead(step - this.open) && !this.agreesInTime(rows[i * TICK_FIELDS]!, held[0]!)) {
      verdict = VERDICT.outlier;
      this.totals.outlier += 1;
    } else if (!isGap && !this.agreesInPrice(this.priceOf(rows, i), this.priceOf(held, 0))) {
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
  }

  /**
   * Later still agrees too, because a sparse market is sparse and not wrong. In a dense one it must be within
   * `gapSteps`² steps: two wrong days in a row must not make a day of true ticks late.
   */
  private agreesInTime(tsMs: number, heldMs: number): boolean {
    const longestGapMs = this.config.gapSteps * this.config.stepMs;
    if (tsMs < heldMs - longestGapMs || heldMs - tsMs > tsMs - this.lastTickMs) return false;
    const isLaterStill = tsMs > heldMs + longestGapMs;
    return !(isLaterStill && this.doubts.isDense && tsMs - this.lastTickMs > longestGapMs * this.config.gapSteps);
  }

  private agreesInPrice(price: number, held: number): boolean {
    return !this.doubts.isJump(held, this.price) || isNearerPrice(price, held, this.price);
  }

  private startSegment(tsMs: number, step: number, listener: GridListener): void {
    this.closeOpen(tsMs, listener);
    listener.startSegment();
    this.forgetPrices();
    this.open = step;
  }

  /** The source's price in force, and that of a tick; `NaN` without one. */
  private get price(): number {
    return this.useMid ? this.mid : this.lastPrice;
  }

  private priceOf(rows: Float64Array, i: number): number {
    const at = i * TICK_FIELDS;
    return this.useMid ? (rows[at + 2]! + rows[at + 3]!) / 2 : rows[at + 1]!;
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
    if (!this.stepTicks.add(rows, i)) {
      this.totals.duplicate += 1;
      return VERDICT.duplicate;
    }
    this.totals.accepted += 1;
    this.ticks += 1;
    if (tsMs > this.lastTickMs) listener.observeGap(tsMs - this.lastTickMs);
    if (!(tsMs < this.lastTickMs)) this.lastTickMs = tsMs;
    const price = rows[at + 1]!;
    if (!(tsMs < this.lastPriceMs)) {
      this.lastPrice = price;
      this.lastPriceMs = tsMs;
    }
    if (!(price <= this.lastHigh)) this.lastHigh = price;
    if (!(price >= this.lastLow)) this.lastLow = price;
    this.applyQuote(rows, at, tsMs);
    return VERDICT.accepted;
  }

  /** Within the open step the newest time stamp wins, in any order of arrival; among equal ones the last to arrive. */
  private applyQuote(rows: Float64Array, at: number, tsMs: number): void {
    const bid = rows[at + 2]!;
    const ask = rows[at + 3]!;
    if (!(bid > 0 && ask > 0)) return;
    const mid = (bid + ask) / 2;
    if (!(tsMs < this.quoteMs)) {
      this.mid = mid;
      this.spread = ask - bid;
      this.quoteMs = tsMs;
    }
    if (!(mid <= this.midHigh)) this.midHigh = mid;
    if (!(mid >= this.midLow)) this.midLow = mid;
    const sizes = rows[at + 4]! + rows[at + 5]!;
    if (!(sizes > 0) || tsMs < this.sizesMs) return;
    this.imbalance = rows[at + 4]! / sizes;
    this.sizesMs = tsMs;
  }

  /** Passes the open step to the listener and clears the per-step state; the caller advances `open`. */
  private closeOpen(closingTsMs: number, listener: GridListener): void {
    const { config, closed, useMid } = this;
    const endMs = (this.open + 1) * config.stepMs;
    const sourceAgeMs = endMs - (useMid ? this.quoteMs : this.lastPriceMs);
    closed.index = this.open;
    closed.tsMs = endMs;
    closed.ticks = this.ticks;
    closed.ageMs = endMs - this.lastTickMs;
    closed.observed = sourceAgeMs <= config.maxAgeMs;
    closed.stale = closingTsMs - endMs > config.maxAgeMs;
    const quoted = endMs - this.quoteMs <= config.maxAgeMs;
    closed.lastPrice = this.lastPrice;
    closed.midPrice = quoted ? this.mid : NaN;
    closed.price = closed.observed ? (useMid ? this.mid : this.lastPrice) : NaN;
    closed.high = useMid ? this.midHigh : this.lastHigh;
    closed.low = useMid ? this.midLow : this.lastLow;
    closed.spread = quoted ? this.spread : NaN;
    closed.imbalance = endMs - this.sizesMs <= config.maxAgeMs ? this.imbalance : NaN;
    listener.closeStep(closed);
    this.counts.stepsClosed += 1;
    this.stepTicks.clear();
    this.ticks = 0;
    this.lastHigh = NaN;
    this.lastLow = NaN;
    this.midHigh = NaN;
    this.midLow = NaN;
  }

  /** After a gap earlier prices and quotes no longer apply. `lastTickMs` stays, so that the gap itself is observed. */
  private forgetPrices(): void {
    this.lastPrice = NaN;
    this.lastPriceMs = NaN;
    this.mid = NaN;
    this.spread = NaN;
    this.quoteMs = NaN;
    this.imbalance = NaN;
    this.sizesMs = NaN;
  }
}
