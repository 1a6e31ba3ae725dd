// What the demonstration is about in four figures: live quality before the market changed, after it, and once a model
// of the new market was champion.
import { type LiveFigures, liveFiguresText } from "./demo-figures.ts";
import type { TimeLine } from "./time-line.ts";

/** The last 24 h of event time at each of these moments; `undefined` where the moment was not reached. */
export interface Recovery {
  before?: LiveFigures | undefined;
  after?: LiveFigures | undefined;
  /** Of the challenger, on the same seconds as `after`. */
  shadow?: LiveFigures | undefined;
  promoted?: LiveFigures | undefined;
}

const WORDS: Readonly<Record<keyof Recovery, string>> = {
  before: "24 h before the change, old champion",
  after: "24 h after it, old champion",
  shadow: "the same seconds, challenger",
  promoted: "24 h after the promotion, new champion",
};

/** A line for each moment. */
export function tellRecovery(line: TimeLine, recovery: Recovery): void {
  for (const [moment, words] of Object.entries(WORDS) as [keyof Recovery, string][]) {
    const figures = recovery[moment];
    line.add(words, { eventMs: figures?.toMs ?? null, figures: liveFiguresText(figures) });
  }
}

/**
 * Whether the new champion's Brier score is below what the old one's was after the change. Their hours differ: on the
 * same ones the experiment has compared them.
 */
export function hasRecovered({ after, promoted }: Recovery): boolean {
  return (promoted?.brier?.value ?? NaN) < (after?.brier?.value ?? NaN);
}
