// What was traded in the open step: volume, trades, and volume by side, from bars or from single trades.
import type { ClosedStep } from "./closed-step.ts";
import { ExactSum } from "./exact-sum.ts";
import { FLOW_FIELDS, type TradeFlow } from "./trade-flow.ts";
import { QUOTE_FIELDS } from "./packed-ticks.ts";
import type { StateReader, StateWriter } from "./state-buffer.ts";

const placeOf = (field: keyof TradeFlow): number => QUOTE_FIELDS + FLOW_FIELDS.indexOf(field);
const SIZE = 6;
const SIDE = placeOf("side");
const TRADES = placeOf("barTrades");
const VOLUME = placeOf("barVolume");
const QUOTE_VOLUME = placeOf("barQuoteVolume");
const TAKER_VOLUME = placeOf("barTakerVolume");

/** The scalar state, in the order of a snapshot. */
const SCALARS = [
  "bars",
  "barsWithVolume",
  "barsWithTaker",
  "barsWithTrades",
  "barTrades",
  "sized",
  "unsized",
  "sided",
  "openPrice",
  "openMs",
  "givesVolume",
  "givesTrades",
  "givesSide",
] as const;

/**
 * Takes ticks in any order of their times within the step.
 *
 * A step with a bar takes its bars alone; a quantity that one of them lacks is `NaN`. A step of trades takes their
 * sizes; one trade without a size makes all three `NaN`. A quote is no trade. A step without bar and trade has 0 of
 * what the last step with some had, and `NaN` of the rest: a feed that stops to give a quantity is `NaN` from then on.
 * A gap forgets what the feed gave.
 */
export class StepFlow {
  private bars = 0;
  private barsWithVolume = 0;
  private barsWithTaker = 0;
  private barsWithTrades = 0;
  private barTrades = 0;
  private sized = 0;
  private unsized = 0;
  private sided = 0;
  /** Price of the first trade of the step, and its time in ms. */
  private openPrice = NaN;
  private openMs = NaN;
  /** 1 where the last step with a bar or trade had the quantity. */
  private givesVolume = 0;
  private givesTrades = 0;
  private givesSide = 0;
  private readonly barVolume = new ExactSum();
  private readonly takerVolume = new ExactSum();
  private readonly tradeVolume = new ExactSum();
  private readonly bought = new ExactSum();
  private readonly sold = new ExactSum();

  /** Takes the packed tick that begins at `at`. */
  update(rows: Float64Array, at: number): void {
    const price = rows[at + 1]!;
    const tsMs = rows[at]!;
    if (price === price && !(tsMs >= this.openMs)) {
      this.openPrice = price;
      this.openMs = tsMs;
    }
    if (isBar(rows, at)) this.addBar(rows, at, price);
    else if (price === price) this.addTrade(rows[at + SIZE]!, rows[at + SIDE]!);
  }

  /**
   * Writes the step's quantities and begins the next step.
   * @param lastPrice of the newest trade.
   */
  close(into: ClosedStep, lastPrice: number): void {
    if (this.bars + this.sized + this.unsized > 0) {
      if (this.bars > 0) this.closeBars(into, lastPrice);
      else this.closeTrades(into);
      this.givesVolume = into.volume === into.volume ? 1 : 0;
      this.givesTrades = into.trades === into.trades ? 1 : 0;
      this.givesSide = into.signedVolume === into.signedVolume ? 1 : 0;
      this.beginStep();
    } else {
      into.volume = this.givesVolume === 1 ? 0 : NaN;
      into.trades = this.givesTrades === 1 ? 0 : NaN;
      into.signedVolume = this.givesSide === 1 ? 0 : NaN;
    }
  }

  /** After a gap it is not known what the feed gives. */
  forget(): void {
    this.givesVolume = 0;
    this.givesTrades = 0;
    this.givesSide = 0;
  }

  /** The flow of the open step so far is not known: the step has none, whatever is still to come in it. */
  loseOpenStep(): void {
    // A bar without quantities: later bars and trades cannot make up for it.
    this.bars = 1;
  }

  save(to: StateWriter): void {
    for (const key of SCALARS) to.number(this[key]);
    for (const sum of this.sums()) to.array(sum.parts);
  }

  load(from: StateReader): void {
    for (const key of SCALARS) this[key] = from.number();
    for (const sum of this.sums()) from.array(sum.parts);
  }

  private addBar(rows: Float64Array, at: number, price: number): void {
    this.bars += 1;
    const given = rows[at + VOLUME]!;
    const volume = given === given ? given : rows[at + QUOTE_VOLUME]! / price;
    const taker = rows[at + TAKER_VOLUME]!;
    const trades = rows[at + TRADES]!;
    if (volume === volume) {
      this.barsWithVolume += 1;
      this.barVolume.add(volume);
    }
    if (taker === taker) {
      this.barsWithTaker += 1;
      this.takerVolume.add(taker);
    }
    if (trades === trades) {
      this.barsWithTrades += 1;
      this.barTrades += trades;
    }
  }

  private addTrade(size: number, side: number): void {
    if (size !== size) {
      this.unsized += 1;
      return;
    }
    this.sized += 1;
    this.tradeVolume.add(size);
    if (side !== side) return;
    this.sided += 1;
    (side > 0 ? this.bought : this.sold).add(size);
  }

  private closeBars(into: ClosedStep, lastPrice: number): void {
    const { bars } = this;
    const volume = this.barsWithVolume === bars ? this.barVolume.value : NaN;
    const hasTaker = this.barsWithTaker === bars;
    const signed = hasTaker ? 2 * this.takerVolume.value - volume : Math.sign(lastPrice - this.openPrice) * volume;
    into.volume = volume;
    into.trades = this.barsWithTrades === bars ? this.barTrades : NaN;
    into.signedVolume = Math.max(-volume, Math.min(volume, signed));
  }

  private closeTrades(into: ClosedStep): void {
    const isWhole = this.unsized === 0;
    into.volume = isWhole ? this.tradeVolume.value : NaN;
    into.trades = isWhole ? this.sized : NaN;
    into.signedVolume = isWhole && this.sided > 0 ? this.bought.value - this.sold.value : NaN;
  }

  private beginStep(): void {
    if (this.bars > 0) {
      this.barVolume.reset();
      this.takerVolume.reset();
    }
    if (this.sized > 0) {
      this.tradeVolume.reset();
      this.bought.reset();
      this.sold.reset();
    }
    this.bars = 0;
    this.barsWithVolume = 0;
    this.barsWithTaker = 0;
    this.barsWithTrades = 0;
    this.barTrades = 0;
    this.sized = 0;
    this.unsized = 0;
    this.sided = 0;
    this.openPrice = NaN;
    this.openMs = NaN;
  }

  private sums(): readonly ExactSum[] {
    return [this.barVolume, this.takerVolume, this.tradeVolume, this.bought, this.sold];
  }
}

function isBar(rows: Float64Array, at: number): boolean {
  for (let k = TRADES; k <= TAKER_VOLUME; k++) if (rows[at + k]! === rows[at + k]!) return true;
  return false;
}
