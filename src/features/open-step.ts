// Prices, quotes and sizes in force in the open step, its high and low, and what was traded in it.
import { ClosedStep } from "./closed-step.ts";
import { TICK_FIELDS } from "./packed-ticks.ts";
import { HORIZON_STATE_VERSION, type StateReader, type StateWriter } from "./state-buffer.ts";
import { StepFlow } from "./step-flow.ts";

/** What a step takes from the grid's parameters. */
interface StepRules {
  readonly stepMs: number;
  readonly maxAgeMs: number;
  readonly source: "last" | "mid";
}

/** The scalar state, in the order of a snapshot. */
const SCALARS = [
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

/** Takes ticks one by one, in any order of their times within the step; `close` gives the step and begins the next. */
export class OpenStep {
  /** Time of the newest tick in ms, `NaN` before the first. A gap does not change it. */
  lastTickMs = NaN;
  private readonly stepMs: number;
  private readonly maxAgeMs: number;
  private readonly useMid: boolean;
  private readonly closed = new ClosedStep();
  private readonly flow = new StepFlow();
  private ticks = 0;
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

  constructor({ stepMs, maxAgeMs, source }: StepRules) {
    this.stepMs = stepMs;
    this.maxAgeMs = maxAgeMs;
    this.useMid = source === "mid";
  }

  /** The source's price in force, `NaN` without one. */
  get price(): number {
    return this.useMid ? this.mid : this.lastPrice;
  }

  /** The source's price in a packed tick, `NaN` without one. */
  priceOf(rows: Float64Array, i: number): number {
    const at = i * TICK_FIELDS;
    return this.useMid ? (rows[at + 2]! + rows[at + 3]!) / 2 : rows[at + 1]!;
  }

  /** Where a packed tick says that the market is: the source's price, else a quote's mid or a trade's price. */
  marketOf(rows: Float64Array, i: number): number {
    const at = i * TICK_FIELDS;
    const price = this.priceOf(rows, i);
    if (!Number.isNaN(price)) return price;
    return this.useMid ? rows[at + 1]! : (rows[at + 2]! + rows[at + 3]!) / 2;
  }

  /** What may jump: where a tick says that the market is. On `mid` a trade alone moves nothing, and is `NaN`. */
  movedTo(rows: Float64Array, i: number): number {
    return this.useMid ? this.priceOf(rows, i) : this.marketOf(rows, i);
  }

  /** Takes the packed tick that begins at `at`. */
  update(rows: Float64Array, at: number): void {
    const tsMs = rows[at]!;
    this.ticks += 1;
    if (!(tsMs < this.lastTickMs)) this.lastTickMs = tsMs;
    this.updatePrice(rows[at + 1]!, tsMs);
    this.updateQuote(rows, at, tsMs);
    this.flow.update(rows, at);
  }

  /**
   * The step as it ends, in an object that is reused, and the state for the next step.
   * @param index of the step.
   * @param closingTsMs time of the tick that closes it.
   */
  close(index: number, closingTsMs: number): ClosedStep {
    const { closed, useMid, maxAgeMs } = this;
    const endMs = (index + 1) * this.stepMs;
    const sourceAgeMs = endMs - (useMid ? this.quoteMs : this.lastPriceMs);
    closed.index = index;
    closed.tsMs = endMs;
    closed.ticks = this.ticks;
    closed.ageMs = endMs - this.lastTickMs;
    closed.observed = sourceAgeMs <= maxAgeMs;
    closed.stale = closingTsMs - endMs > maxAgeMs;
    const quoted = endMs - this.quoteMs <= maxAgeMs;
    closed.lastPrice = this.lastPrice;
    closed.midPrice = quoted ? this.mid : NaN;
    closed.price = closed.observed ? this.price : NaN;
    closed.high = useMid ? this.midHigh : this.lastHigh;
    closed.low = useMid ? this.midLow : this.lastLow;
    closed.spread = quoted ? this.spread : NaN;
    closed.imbalance = endMs - this.sizesMs <= maxAgeMs ? this.imbalance : NaN;
    this.flow.close(closed, this.lastPrice);
    this.ticks = 0;
    this.lastHigh = NaN;
    this.lastLow = NaN;
    this.midHigh = NaN;
    this.midLow = NaN;
    return closed;
  }

  /** After a gap earlier prices and quotes no longer apply. `lastTickMs` stays, so that the gap itself is observed. */
  forget(): void {
    this.lastPrice = NaN;
    this.lastPriceMs = NaN;
    this.mid = NaN;
    this.spread = NaN;
    this.quoteMs = NaN;
    this.imbalance = NaN;
    this.sizesMs = NaN;
    this.flow.forget();
  }

  save(to: StateWriter): void {
    for (const key of SCALARS) to.number(this[key]);
    this.flow.save(to);
  }

  load(from: StateReader): void {
    for (const key of SCALARS) this[key] = from.number();
    if (from.version >= HORIZON_STATE_VERSION) this.flow.load(from);
    else if (this.ticks > 0) this.flow.loseOpenStep();
  }

  /** A quote alone has no price. */
  private updatePrice(price: number, tsMs: number): void {
    if (Number.isNaN(price)) return;
    if (!(tsMs < this.lastPriceMs)) {
      this.lastPrice = price;
      this.lastPriceMs = tsMs;
    }
    if (!(price <= this.lastHigh)) this.lastHigh = price;
    if (!(price >= this.lastLow)) this.lastLow = price;
  }

  /** Within the open step the newest time stamp wins, in any order of arrival; among equal ones the last to arrive. */
  private updateQuote(rows: Float64Array, at: number, tsMs: number): void {
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
}
