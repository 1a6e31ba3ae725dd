// One product that a feed follows.
import type { Tick } from "../../features/tick.ts";
import type { ProductStatus } from "./feed-status.ts";
import { ReorderBuffer } from "./reorder-buffer.ts";
import { TradeNumbers } from "./trade-numbers.ts";

export class FeedProduct {
  readonly product: string;
  readonly symbol: string;
  readonly buffer: ReorderBuffer;
  readonly numbers = new TradeNumbers();
  state: ProductStatus["state"] = "asked";
  /** When it was asked for on this connection, ms; `undefined` before. */
  askedMs: number | undefined;
  private refusal: string | null = null;
  private ticks = 0;
  private lastTickMs: number | null = null;

  constructor(product: string, symbol: string, reorderMs: number) {
    this.product = product;
    this.symbol = symbol;
    this.buffer = new ReorderBuffer(reorderMs);
  }

  ask(nowMs: number): void {
    this.askedMs = nowMs;
  }

  subscribed(): void {
    this.state = "subscribed";
    this.refusal = null;
  }

  refuse(text: string): void {
    this.state = "refused";
    this.refusal = text;
  }

  /** The connection has ended: it is to be asked for again. */
  reset(): void {
    this.state = "asked";
    this.askedMs = undefined;
  }

  add(tick: Tick, nowMs: number): void {
    this.ticks += 1;
    this.lastTickMs = Math.max(this.lastTickMs ?? -Infinity, tick.tsMs);
    this.buffer.add(tick, nowMs);
  }

  status(): ProductStatus {
    const { product, symbol, state, refusal, ticks, lastTickMs } = this;
    return { product, symbol, state, refusal, ticks, lastTickMs };
  }
}
