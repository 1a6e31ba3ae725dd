import { describe, expect, it } from "vitest";
import type { HistoryAnswer } from "../../dashboard/gateway/answers.ts";
import { appendHistory } from "../../dashboard/views/symbol/append-history.ts";
import {
  boundedRange,
  needsLoad,
  rangeToLoad,
  windowMs,
  windowsOf,
} from "../../dashboard/views/symbol/history-window.ts";
import { spikeEpisodes } from "../../dashboard/views/symbol/spike-episodes.ts";
import { FixtureMarket } from "./fixture-market.ts";

const NOW = 1_796_077_725_000;
const market = new FixtureMarket({ symbols: 1, nowMs: () => NOW });
const ask = (from: number, to = NOW, points = 2_000): HistoryAnswer =>
  market.history("BTC-USD", new URLSearchParams({ from: String(from), to: String(to), points: String(points) }));

describe("the newest steps", () => {
  const loaded = ask(NOW - 20_000, NOW - 10_000);

  it("are added, and the last bucket is taken anew", () => {
    const tail = ask(NOW - 12_000);
    expect(appendHistory(loaded, tail, 2_000)).toEqual({ ...ask(NOW - 20_000), from: NOW - 20_000 });
  });

  it("push out the oldest when there are too many", () => {
    const joined = appendHistory(loaded, ask(NOW - 12_000), 15);
    expect(joined?.columns.ts).toEqual(ask(NOW - 15_000).columns.ts);
    expect(joined?.from).toBe(NOW - 15_000);
    expect(joined?.columns.price).toHaveLength(15);
  });

  it("are refused where steps are missing between, or where buckets have another length", () => {
    expect(appendHistory(loaded, ask(NOW - 5_000), 2_000)).toBeNull();
    expect(appendHistory(loaded, ask(NOW - 20_000, NOW, 5), 2_000)).toBeNull();
  });

  it("change nothing where there are none", () => {
    const empty = { ...ask(NOW, NOW), latest_ms: loaded.latest_ms };
    expect(empty.columns.ts).toEqual([]);
    expect(appendHistory(loaded, empty, 2_000)).toBe(loaded);
  });
});

describe("what is in sight", () => {
  const bounds = { stepMs: 1_000, earliestMs: NOW - 86_400_000, latestMs: NOW };

  it("never passes the newest step, and keeps its width", () => {
    expect(boundedRange({ fromMs: NOW - 500_000, toMs: NOW + 400_000 }, bounds)).toEqual({
      fromMs: NOW - 900_000,
      toMs: NOW,
    });
  });

  it("stops at the oldest step", () => {
    const { fromMs, toMs } = boundedRange({ fromMs: 0, toMs: 900_000 }, bounds);
    expect([fromMs, toMs - fromMs]).toEqual([bounds.earliestMs - 1_000, 900_000]);
  });

  it("has 30 steps at least", () => {
    expect(boundedRange({ fromMs: NOW - 1, toMs: NOW }, bounds)).toEqual({ fromMs: NOW - 30_000, toMs: NOW });
  });

  it("is loaded with as much again on both sides, and every step of a quarter of an hour is a point", () => {
    const seen = { fromMs: NOW - 900_000, toMs: NOW };
    const question = rangeToLoad(seen, bounds);
    expect(question).toEqual({ fromMs: NOW - 1_800_000, toMs: NOW, points: 1_920 });
    expect(needsLoad(seen, ask(question.fromMs, question.toMs, question.points), bounds)).toBe(false);
  });

  it("is loaded again when it leaves what is loaded, or when points are far too coarse or too fine", () => {
    const loaded = ask(NOW - 1_800_000);
    const wants = (fromMs: number, toMs: number): boolean => needsLoad({ fromMs, toMs }, loaded, bounds);
    expect(wants(NOW - 1_700_000, NOW)).toBe(false);
    expect(wants(NOW - 1_900_000, NOW - 1_000_000)).toBe(true);
    expect(wants(NOW - 9_000_000, NOW)).toBe(true);
    const coarse = ask(NOW - 80_000_000);
    expect(needsLoad({ fromMs: NOW - 60_000, toMs: NOW }, coarse, bounds)).toBe(true);
  });

  it("offers windows that the grid has steps for", () => {
    expect([...windowsOf(1_000).keys()]).toEqual(["15m", "1h", "6h", "24h"]);
    expect([...windowsOf(60_000).keys()]).toEqual(["1h", "6h", "24h", "7d", "30d"]);
    expect(windowMs(undefined, 1_000)).toBe(900_000);
    expect(windowMs("24h", 1_000)).toBe(86_400_000);
    expect(windowMs("nothing", 60_000)).toBe(3_600_000);
  });
});

describe("spikes", () => {
  const confirmed = (spike: (boolean | null)[]): HistoryAnswer => {
    const history = ask(NOW - spike.length * 1_000);
    return { ...history, horizon_steps: 3, columns: { ...history.columns, spike } };
  };
  const atS = (history: HistoryAnswer): number[][] => {
    const [first = 0] = history.columns.ts;
    return spikeEpisodes(history).map(({ fromMs, toMs, confirmedMs }) =>
      [fromMs, toMs, confirmedMs].map((ms) => (ms - first) / 1_000),
    );
  };

  it("are about the horizon before their confirmation", () => {
    expect(atS(confirmed([false, false, true, false]))).toEqual([[-1, 2, 2]]);
  });

  it("are one episode while their horizons overlap", () => {
    expect(atS(confirmed([true, true, false, null, true, false, false, false, false, true]))).toEqual([
      [-3, 4, 0],
      [6, 9, 9],
    ]);
  });

  it("are none where no label is known", () => {
    expect(atS(confirmed([null, null, false]))).toEqual([]);
  });
});
