// Finds ticks that several recordings have in common, as those of overlapping files.
import type { Tick } from "../src/features/tick.ts";
import { FLOW_FIELDS } from "../src/features/trade-flow.ts";

const FIELDS = ["price", "bid", "ask", "bidSize", "askSize", "size", "id"] as const;

interface Kept {
  readonly tick: Tick;
  /** How often each recording has it. */
  readonly counts: Map<number, number>;
}

/**
 * Told the ticks of a merge in order of time. Of equal ticks as many are kept as the recording has that has most of
 * them: what one recording repeats may be two trades, what two recordings share is one.
 */
export class SharedTicks {
  /** Ticks that were repeated. */
  count = 0;
  private tsMs = NaN;
  /** Of one instant; `undefined` while a single recording has ticks of it. */
  private kept: Kept[] = [];

  /** Whether the tick is one that another recording gave already. */
  isRepeated(tick: Tick, recording: number): boolean {
    if (tick.tsMs !== this.tsMs) {
      this.tsMs = tick.tsMs;
      this.kept = [];
    }
    const known = this.kept.find((one) => isEqual(one.tick, tick));
    if (known === undefined) {
      this.kept.push({ tick, counts: new Map([[recording, 1]]) });
      return false;
    }
    const { counts } = known;
    const most = Math.max(...counts.values());
    const own = (counts.get(recording) ?? 0) + 1;
    counts.set(recording, own);
    if (own > most) return false;
    this.count += 1;
    return true;
  }
}

function isEqual(a: Tick, b: Tick): boolean {
  return (
    a.symbol === b.symbol &&
    FIELDS.every((field) => Object.is(a[field], b[field])) &&
    FLOW_FIELDS.every((field) => Object.is(a.flow?.[field] ?? NaN, b.flow?.[field] ?? NaN))
  );
}
