// A spike as the outbox carries it: a change that no rule gave. Its rise is the beginning, its fall the end, so that
// the fall never arrives before the rise.
import type { AlertChange } from "../../quality/alerts/alert-change.ts";
import { parseSpike, type Spike } from "../../spikes/spike-message.ts";

export function changeOfSpike(spike: Spike): AlertChange {
  const { symbol, model, ...figures } = spike;
  const { subscription, riseStep, state, tsMs } = spike;
  return {
    id: `${subscription}:${symbol}:${riseStep}`,
    symbol,
    rule: "spike",
    state: state === "rise" ? "firing" : "resolved",
    severity: "info",
    atMs: tsMs,
    sinceMs: tsMs,
    summary: summaryOf(spike),
    figures,
    model,
  };
}

/** The spike that a change carries; `undefined` for a change of a rule. */
export function spikeOfChange({ rule, symbol, model, figures }: AlertChange): Spike | undefined {
  return rule === "spike" ? parseSpike({ ...figures, symbol, model }) : undefined;
}

function summaryOf({ symbol, state, probability, threshold, sigmaBps, tauBps, horizonMs }: Spike): string {
  const what = state === "rise" ? "rose to" : "fell to";
  const expected = sigmaBps === null ? "" : `; ${sigmaBps.toPrecision(3)} bps are expected`;
  const level = tauBps === null ? "" : ` of more than ${tauBps.toPrecision(3)} bps`;
  return (
    `${symbol}: the probability of a spike${level} in the next ${horizonMs / 1000} s ${what} ` +
    `${probability.toPrecision(3)}, threshold ${threshold.toPrecision(3)}${expected}.`
  );
}
