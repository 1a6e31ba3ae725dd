import { describe, expect, it } from "vitest";
import type { HistoryAnswer, OverviewRow } from "../../dashboard/gateway/answers.ts";
import type { LabelEvent, PredictionEvent } from "../../dashboard/gateway/stream-events.ts";
import { appendHistory } from "../../dashboard/views/symbol/append-history.ts";
import { predictionOfNow } from "../../dashboard/views/symbol/prediction-of-now.ts";
import { isOfModel, toldPrediction } from "../../dashboard/views/symbol/told-prediction.ts";
import { withLabel, withPrediction, withRow } from "../../dashboard/views/symbol/told-steps.ts";
import { FixtureMarket } from "./fixture-market.ts";

const NOW = 1_796_077_725_000;
const market = new FixtureMarket({ symbols: 1, nowMs: () => NOW });
const loaded = (toMs: number): HistoryAnswer =>
  market.history("BTC-USD", new URLSearchParams({ from: String(NOW - 20_000), to: String(toMs), points: "2000" }));
const event = (ts: number): PredictionEvent => market.predictions("BTC-USD", ts - 1_000)[0]!;
const rowAt = (ts: number): OverviewRow => {
  const { price, rv_bps } = loaded(ts).columns;
  const [row] = market.overview(null).symbols;
  return { ...row!, ts, price: price.at(-1)!, rv_60_bps: rv_bps.at(-1)! };
};

describe("a step that is told", () => {
  it("stands behind the last one, with all that its event and the symbol's row have", () => {
    const before = loaded(NOW - 5_000);
    const added = withPrediction(before, event(NOW - 4_000), 2_000)!;
    expect(added.columns.ts).toEqual([...before.columns.ts, NOW - 4_000]);
    expect([added.latest_ms, added.columns.price.at(-1)]).toEqual([NOW - 4_000, null]);
    const priced = withRow(added, rowAt(NOW - 4_000));
    const { open, high, low, spike, ...known } = loaded(NOW - 4_000).columns;
    expect(priced.columns).toMatchObject(known);
    expect([open, high, low, spike].every(({ length }) => length === priced.columns.ts.length)).toBe(true);
    // What is known already is not changed.
    expect(withRow(priced, { ...rowAt(NOW - 4_000), price: 1 })).toBe(priced);
  });

  it("is not added twice, nor behind a hole", () => {
    const before = loaded(NOW - 5_000);
    expect(withPrediction(before, event(NOW - 5_000), 2_000)).toBe(before);
    expect(withPrediction(before, event(NOW - 3_000), 2_000)).toBeNull();
    expect(withPrediction({ ...before, every_ms: 5_000 }, event(NOW - 4_000), 2_000)).toBeNull();
  });

  it("pushes out the oldest when there are too many", () => {
    const added = withPrediction(loaded(NOW - 5_000), event(NOW - 4_000), 10)!;
    expect([added.columns.ts.length, added.columns.price.length]).toEqual([10, 10]);
    expect([added.columns.ts[0], added.from]).toEqual([NOW - 13_000, NOW - 14_000]);
  });

  it("is as the history has it once that is asked for", () => {
    const told = withPrediction(loaded(NOW - 5_000), event(NOW - 4_000), 2_000)!;
    const tail = market.history("BTC-USD", new URLSearchParams({ from: String(NOW - 6_000), points: "2000" }));
    expect(appendHistory(told, tail, 2_000)?.columns).toEqual(loaded(NOW).columns);
  });

  it("takes its label when that is told", () => {
    const before = loaded(NOW);
    const label: LabelEvent = { type: "label", symbol: "BTC-USD", label: true, resolved_ts: NOW - 2_000, cursor: "" };
    expect(withLabel(before, label).columns.spike.at(-3)).toBe(true);
    expect(withLabel(before, { ...label, resolved_ts: NOW + 1_000 })).toBe(before);
  });
});

describe("a prediction that is told", () => {
  const asked = market.prediction("BTC-USD");
  const later = { ...event(NOW), ts: NOW + 3_000, probability: 0.5, alert: true };
  const told = (nowMs: number) => ({ event: later, stepMs: 1_000, nowMs });

  it("stands in for an older one, without what is known of that one alone", () => {
    expect(toldPrediction(asked, told(NOW + 4_000))).toMatchObject({
      ts: NOW + 3_000,
      probability: 0.5,
      alert: true,
      probability_raw: null,
      sigma_quantiles_bps: null,
      age_ms: 1_000,
      stale: false,
    });
    expect(toldPrediction(asked, { ...told(NOW), event: event(NOW) })).toBe(asked);
    expect(toldPrediction(asked, null)).toBe(asked);
    expect(toldPrediction(null, told(NOW))).toBeNull();
  });

  it("gets old as any other when nothing follows it", () => {
    const at = (nowMs: number) => predictionOfNow(toldPrediction(asked, told(nowMs)), nowMs);
    expect(at(NOW + 15_000)).toMatchObject({ stale: true, expired: false, alert: true });
    expect(at(NOW + 64_000)).toMatchObject({ stale: true, expired: true, alert: null });
  });

  it("is of the model whose facts are shown, or not", () => {
    expect([isOfModel(asked, event(NOW)), isOfModel(asked, { ...event(NOW), model: "0123456789ab" })]).toEqual([
      true,
      false,
    ]);
    expect(isOfModel(null, event(NOW))).toBe(false);
  });
});
