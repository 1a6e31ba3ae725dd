// Maps ticks onto the event-time grid: which step a tick belongs to, which ticks count, when a step closes, when a
// segment ends. Keeps only the open step's prices and quotes; step-statistics.ts computes features from closed steps.
import { TICK_FIELDS } from "./packed-ticks.ts";
import type { StateReader, StateWriter } from "./state-buffer.ts";
import { StepTicks } from "./step-ticks.ts";

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

/** The grid's verdict on one tick. */
export const VERDICT = { accepted: 0, duplicate: 1, late: 2, held: 3, outlier: 4 } as const;

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
   * is. A silence that ended a segment counts as `gapSteps`, because its steps do not exist and it must not dominate
   * for hours.
   */
  observeGap(gapMs: number): void;
}

/** Number of ticks by outcome. A tick is counted once its outcome is decided. */
export interface GridCounts {
  accepted: number;
  duplicate: number;
  late: number;
  outlier: number;
}

/**
 * The outcome of a batch of ticks. Each tick is in exactly one of `accepted`, `duplicate`, `late`, `held`, `outlier`.
 *
 * Example: for a batch with the ticks 10:00:00 and 10:30:00, `accepted` is 1 and `held` is 1. For the next batch with
 * the tick 10:30:01, `accepted` is 1 and `released` is 1.
 */
export interface BatchCounts extends GridCounts {
  /** 1 when a tick of this batch is held until the next tick confirms its time. */
  held: number;
  /** 1 when a tick held before this batch was confirmed and applied. */
  released: number;
  /** 1 when a tick held before this batch was given up as an outlier. */
  givenUp: number;
  stepsClosed: number;
}

/** How far a batch was applied. */
export interface BatchProgress {
  /** The next row to apply; equals the number of ticks when all were applied. */
  readonly next: number;
  /** Counts of the batch's rows before `next`. The same object in every call of one batch. */
  readonly counts: Readonly<BatchCounts>;
}

/** All-zero counts, for the start of a batch. */
export function noCounts(): BatchCounts {
  return { accepted: 0, duplicate: 0, late: 0, outlier: 0, held: 0, released: 0, givenUp: 0, stepsClosed: 0 };
}

const NONE = -1;

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
const TOTALS = ["accepted", "duplicate", "late", "outlier"] as const;

/**
 * Applies ticks in the order given. A tick older than the open step is late; an exact duplicate inside the open step is
 * dropped; one more than `gapSteps` ahead is held. If the next tick confirms it, a new segment starts; otherwise it is
 * an outlier.
 */
export class EventGrid {
  readonly config: GridConfig;
  /** Totals since creation, restored with the state. */
  readonly totals: GridCounts = { accepted: 0, duplicate: 0, late: 0, outlier: 0 };
  /** Counts of the current batch. */
  private counts = noCounts();
  private readonly longestGapMs: number;
  private readonly stepTicks = new StepTicks();
  private readonly closed = new ClosedStep();
  private readonly held = new Float64Array(TICK_FIELDS);
  private hasHeld = false;
  private heldAt = NONE;
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
    this.longestGapMs = config.gapSteps * config.stepMs;
  }

  /** Index of the open step, or −1 before the first tick. */
  get openStep(): number {
    return this.open;
  }

  /** Event time of the newest applied tick in ms, `NaN` before the first. */
  get watermarkMs(): number {
    return this.lastTickMs;
  }

  /** Whether a tick far ahead is held until the next tick confirms it. */
  get holding(): boolean {
    return this.hasHeld;
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
      this.heldAt = NONE;
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
    to.array(this.held);
    to.number(this.hasHeld ? 1 : 0);
    for (const key of SCALARS) to.number(this[key]);
    for (const key of TOTALS) to.number(this.totals[key]);
  }

  load(from: StateReader): void {
    this.stepTicks.load(from);
    from.array(this.held);
    this.hasHeld = from.number() === 1;
    for (const key of SCALARS) this[key] = from.number();
    for (const key of TOTALS) this.totals[key] = from.number();
  }

  private take(rows: Float64Array, i: number, listener: GridListener, verdicts: Uint8Array): number {
    const tsMs = rows[i * TICK_FIELDS]!;
    const step = Math.floor(tsMs / this.config.stepMs);
    if (this.hasHeld) {
      if (this.equalsHeld(rows, i)) {
        this.totals.duplicate += 1;
        return VERDICT.duplicate;
      }
      this.decideHeld(step, listener, verdicts);
    }
    if (this.open === NONE) this.open = step;
    if (step < this.open) {
      this.totals.late += 1;
      return VERDICT.late;
    }
    if (step - this.open > this.config.gapSteps) {
      this.held.set(rows.subarray(i * TICK_FIELDS, (i + 1) * TICK_FIELDS));
      this.hasHeld = true;
      this.heldAt = i;
      return VERDICT.held;
    }
    return this.apply(rows, i, step, listener);
  }

  /** Applies the held tick if the next tick lies within `gapSteps` of it; otherwise it is an outlier. */
  private decideHeld(nextStep: number, listener: GridListener, verdicts: Uint8Array): void {
    this.hasHeld = false;
    const heldStep = Math.floor(this.held[0]! / this.config.stepMs);
    const agrees = Math.abs(nextStep - heldStep) <= this.config.gapSteps;
    if (agrees) {
      this.closeOpen(this.held[0]!, listener);
      listener.startSegment();
      this.forgetPrices();
      this.open = heldStep;
      this.apply(this.held, 0, heldStep, listener);
    } else {
      this.totals.outlier += 1;
    }
    const verdict = agrees ? VERDICT.accepted : VERDICT.outlier;
    if (this.heldAt === NONE) {
      this.counts[agrees ? "released" : "givenUp"] = 1;
    } else {
      verdicts[this.heldAt] = verdict;
      this.counts.held = 0;
      this.count(verdict);
    }
    this.heldAt = NONE;
  }

  /** Counts a tick of the current batch. */
  private count(verdict: number): void {
    const { counts } = this;
    if (verdict === VERDICT.accepted) counts.accepted += 1;
    else if (verdict === VERDICT.duplicate) counts.duplicate += 1;
    else if (verdict === VERDICT.late) counts.late += 1;
    else if (verdict === VERDICT.held) counts.held += 1;
    else counts.outlier += 1;
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
    if (tsMs > this.lastTickMs) listener.observeGap(Math.min(tsMs - this.lastTickMs, this.longestGapMs));
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
    const { config, closed } = this;
    const endMs = (this.open + 1) * config.stepMs;
    const useMid = config.source === "mid";
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

  private equalsHeld(rows: Float64Array, i: number): boolean {
    for (let k = 0; k < TICK_FIELDS; k++) {
      const a = rows[i * TICK_FIELDS + k]!;
      const b = this.held[k]!;
      if (a !== b && (a === a || b === b)) return false;
    }
    return true;
  }
}
