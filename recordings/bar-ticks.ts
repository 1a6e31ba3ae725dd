// A checked bar of a file as ticks.
import type { Tick } from "../src/features/tick.ts";
import { type Bar, barTicks } from "../src/markets/bar-ticks.ts";
import type { RecordedBar } from "./recorded-row.ts";

export interface BarValues extends Bar {
  /** Of a file that stamps the end it is set once the length is known. */
  startMs: number;
  readonly symbol: string;
  readonly venue: unknown;
  readonly place: number;
  readonly kept: string | undefined;
}

/** The ticks of `ticksOfBar`, with what was traded on the last of them. */
export class BarTicks implements RecordedBar {
  readonly place: number;
  readonly kept: string | undefined;
  readonly symbol: string;
  readonly venue: unknown;
  private readonly bar: BarValues;
  private readonly stepMs: number;

  constructor(bar: BarValues, stepMs: number) {
    this.place = bar.place;
    this.kept = bar.kept;
    this.symbol = bar.symbol;
    this.venue = bar.venue;
    this.bar = bar;
    this.stepMs = stepMs;
  }

  ticksOf(key: string): readonly Tick[] {
    return barTicks(key, this.bar, this.stepMs);
  }
}
