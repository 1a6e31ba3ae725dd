// Ticks onto the event-time grid: which step a tick belongs to, which ticks count, when a step closes, when a segment
// ends. It keeps prices and quotes of the step; what is computed from closed steps is left to others.
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

/** What became of one tick. */
export const VERDICT = { accepted: 0, duplicate: 1, late: 2, held: 3, outlier: 4 } as const;

/** One closed step. The object is reused: copy what must outlive the call. */
export class ClosedStep {
  /** Grid index i; the step covers [iΔ, (i+1)Δ) ms. */
  index = 0;
  /** (i+1)Δ: the time stamp of the step's row, ms. */
  tsMs = 0;
  /** Ticks applied in this step. */
  ticks = 0;
  observed = false;
  /** Closed by a tick more than A after the step's end. */
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

/** Receives what the grid finds, in event order. */
export interface GridListener {
  closeStep(step: ClosedStep): void;
  /** More than `gapSteps` without a tick: whatever spans the hole must be dropped. */
  startSegment(): void;
  /**
   * The age of the previous tick at each new tick that moved time forward, ms: how sparse the symbol is. A silence that
   * ended a segment counts as `gapSteps`: its steps do not exist, and it must not weigh for hours.
   */
  observeGap(gapMs: number): void;
}

/** How many ticks ended how. A tick is counted when it is decided. */
export interface GridCounts {
  accepted: number;
  duplicate: number;
  late: number;
  outlier: number;
}

/**
 * What became of a batch of ticks: each tick is in exactly one of `accepted`, `duplicate`, `late`, `held` and `outlier`.
 *
 * Example: after the ticks 10:00:00 and 10:30:00 in one batch, `accepted` is 1 and `held` is 1; after the tick 10:30:01 in
 * the next batch, `accepted` is 1 and `released` is 1.
 */
export interface BatchCounts extends GridCounts {
  /** 1 when a tick of this batch waits for the next tick to confirm its time. */
  held: number;
  /** 1 when a tick held before this batch was confirmed and applied. */
  released: number;
  /** 1 when a tick held before this batch was given up as an outlier. */
  givenUp: number;
  stepsClosed: number;
}

/** How far a batch was applied. */
export interface BatchProgress {
  /** The row to go on from: the number of ticks when all were applied. */
  readonly next: number;
  /** Of the batch's rows before `next`. The same object in every call of one batch. */
  readonly counts: Readonly<BatchCounts>;
}

/** The counts of a batch before its first tick. */
export function noCounts(): BatchCounts {
  return { accepted: 0, duplicate: 0, late: 0, outlier: 0, held: 0, released: 0, givenUp: 0, stepsClosed: 0 };
}

const NONE = -1;

/** The grid's scalar state, in the order in which a snapshot holds it. */
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
 * dropped; one more than `gapSteps` ahead is held until the next tick agrees with it (then a new segment starts) or not
 * (then it is an outlier).
 */
export class EventGrid {
  readonly config: GridConfig;
  /** Totals since creation, restored with the state. */
  readonly totals: GridCounts = { accepted: 0, duplicate: 0, late: 0, outlier: 0 };
  /** Of the batch under way. */
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

  /** Whether a tick far ahead waits for the next one to agree with it. */
  get holding(): boolean {
    return this.hasHeld;
  }

  /**
   * Applies packed ticks from row `from` on, calling the listener for every step they close, until `enough` says so
   * after a tick. The call with `from` 0 begins a batch; further calls go on with it.
   * @param verdicts one `VERDICT` per tick, written here; a held tick of these rows is rewritten when it is decided.
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

  /** A held tick is applied when the next one lies within `gapSteps` of it, else it was an outlier. */
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

  /** Counts a tick of the batch under way. */
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

  /** Inside the open step the newest time stamp wins, whatever the order of arrival; of equals the last to arrive. */
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

  /** Hands the open step to the listener and clears what belongs to one step; the caller moves `open`. */
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

  /** After a gap nothing of before is in force. `lastTickMs` stays, so that the gap itself is observed. */
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
