// A grid in a test, with everything it says written down.
import { ClosedStep } from "../../src/features/closed-step.ts";
import type { EventGrid } from "../../src/features/event-grid.ts";
import { pack, START_MS, type StreamTick } from "./tick-stream.ts";

/** What a grid told its listener, and the verdicts. */
export interface Trace {
  readonly steps: ClosedStep[];
  readonly gaps: number[];
  /** Number of steps closed before each new segment. */
  readonly segments: number[];
  readonly verdicts: number[];
}

/** Applies ticks in one call and records everything the grid says. */
export function feed(grid: EventGrid, ticks: readonly StreamTick[], trace?: Trace): Trace {
  const all = trace ?? { steps: [], gaps: [], segments: [], verdicts: [] };
  const listener = {
    closeStep: (step: ClosedStep) => void all.steps.push(Object.assign(new ClosedStep(), step)),
    startSegment: () => void all.segments.push(all.steps.length),
    observeGap: (gapMs: number) => void all.gaps.push(gapMs),
  };
  const verdicts = new Uint8Array(ticks.length);
  grid.process(pack(ticks), listener, verdicts);
  all.verdicts.push(...verdicts);
  return all;
}

/** A tick `ms` after the start of the stream. */
export const at = (ms: number, price = 100, more: Partial<StreamTick> = {}): StreamTick => ({
  ts: START_MS + ms,
  price,
  ...more,
});
/** One with a quote, priced at its mid. */
export const quoted = (ms: number, bid: number, ask: number, more: Partial<StreamTick> = {}): StreamTick =>
  at(ms, (bid + ask) / 2, { bid, ask, ...more });
