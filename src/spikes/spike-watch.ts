// What a subscription watches: of which symbols, on which grid, and when it is told.
import type { SymbolList } from "./symbol-list.ts";

/** When a subscription is told, of one symbol. */
export interface SpikeWatch {
  readonly on: "rise" | "rise_and_fall";
  /** Probability of a rise; `null`: the one that the symbol serves. */
  readonly threshold: number | null;
  readonly fallShare: number;
  /** Probability of a fall; `null`: `fallShare` of the threshold. */
  readonly fallBelow: number | null;
  readonly confirmSteps: number;
  /** Event time after a rise in which no other rise is told, ms. */
  readonly coolDownMs: number;
}

/** A subscription as symbols know it: without its address and secret. */
export interface WatchedSubscription extends SpikeWatch {
  readonly id: string;
  readonly symbols: SymbolList;
  /** Name of a grid; `null`: each symbol's own. */
  readonly grid: string | null;
}
