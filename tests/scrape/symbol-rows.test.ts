import { describe, expect, it } from "vitest";
import type { SymbolScrape } from "../../src/durable/symbol/reading/symbol-scrape.ts";
import { METRICS } from "../../src/metrics.ts";
import { PROMETHEUS_TEXT } from "../../src/scrape/prometheus-text.ts";
import { gridRows, symbolLines, symbolRow } from "../../src/scrape/symbol-rows.ts";
import { parseExposition } from "../worker/exposition-parser.ts";
import { DRIFTED, NEW_SYMBOL } from "./sample-scrape.ts";

function samplesOf(name: string, scrapes: Readonly<Record<string, SymbolScrape | undefined>>) {
  const rows = Object.entries(scrapes).map(([symbol, scrape]) => symbolRow(symbol, scrape));
  const families = parseExposition([...symbolLines(rows, PROMETHEUS_TEXT)].join(""));
  return (families.get(name)?.series ?? []).map(({ labels, value }) => ({ ...labels, value }));
}

describe("symbols' metrics", () => {
  const scrape: SymbolScrape = { summary: NEW_SYMBOL, figures: DRIFTED };

  it("have one sample for each combination of a metric's labels, with the symbol first", () => {
    expect(samplesOf("volgate_ticks_total", { X: scrape })).toEqual([
      { symbol: "X", outcome: "accepted", value: 3 },
      { symbol: "X", outcome: "duplicate", value: 2 },
      { symbol: "X", outcome: "late", value: 1 },
      { symbol: "X", outcome: "outlier", value: 0 },
      { symbol: "X", outcome: "price_outlier", value: 0 },
    ]);
    const text = [...symbolLines([symbolRow("X", scrape)], PROMETHEUS_TEXT)].join("");
    expect(text).toContain('\nvolgate_drift_verdict{symbol="X",window="1h",verdict="drift"} 1\n');
  });

  it("say only that the symbol is down when its object did not answer", () => {
    const text = [...symbolLines([symbolRow("DOWN", undefined)], PROMETHEUS_TEXT)].join("");
    expect([...parseExposition(text).keys()]).toEqual(["volgate_symbol_up"]);
    expect(samplesOf("volgate_symbol_up", { DOWN: undefined, X: scrape })).toEqual([
      { symbol: "DOWN", value: 0 },
      { symbol: "X", value: 1 },
    ]);
  });

  it("have no sample for a value that does not exist, and none of quality after a fault there", () => {
    expect(samplesOf("volgate_rv_60_bps", { X: scrape })).toEqual([]);
    expect(samplesOf("prediction_score", { X: scrape })).toEqual([]);
    expect(samplesOf("volgate_labels_total", { X: { summary: NEW_SYMBOL, figures: null } })).toEqual([]);
    expect(samplesOf("volgate_batches_total", { X: { summary: NEW_SYMBOL, figures: null } })).toHaveLength(1);
  });

  it("have the drift ratio beside its limit, and no limit where the model has none", () => {
    expect(samplesOf("volgate_drift_ratio", { X: scrape }).map(({ value }) => value)).toEqual([3.5, 3.5]);
    expect(samplesOf("volgate_drift_ratio_threshold", { X: scrape })).toEqual([
      { symbol: "X", window: "1h", value: 1.7 },
    ]);
  });

  it("show what is archived, how late, and what differed; nothing without a bucket", () => {
    const archived = {
      archivedTicks: 5,
      lostBatches: 3,
      lagMs: 1500,
      failures: 2,
      paritySteps: 7,
      parityMismatches: 1,
    };
    const predictions = { archived: 11, lost: 4, waiting: 0, lagMs: 2500 };
    const archive = { ...archived, backlogBytes: 0, paritySkipped: 0, predictions };
    const names = [
      "volgate_archived_ticks_total",
      "volgate_archive_lost_batches_total",
      "volgate_archive_lag_seconds",
      "volgate_archive_failures_total",
      "volgate_parity_steps_total",
      "volgate_parity_mismatch_total",
      "volgate_archived_predictions_total",
      "volgate_prediction_archive_lag_seconds",
      "volgate_unarchived_predictions_total",
    ];
    const values = (summary: SymbolScrape["summary"]) =>
      names.map((name) => samplesOf(name, { M: { summary, figures: null } }).map(({ value }) => value));
    expect(values({ ...NEW_SYMBOL, archive })).toEqual([[5], [3], [1.5], [2], [7], [1], [11], [2.5], [4]]);
    expect(values(NEW_SYMBOL)).toEqual([[], [], [], [], [], [], [], [], []]);
  });

  it("have the label grid on a further grid, for what belongs to the grid alone", () => {
    const own: SymbolScrape = { summary: { ...NEW_SYMBOL, stepsClosed: 9 }, figures: DRIFTED };
    const both: SymbolScrape = { ...scrape, grids: [{ grid: "60s", ...own }] };
    const text = [...symbolLines([symbolRow("X@v", both), ...gridRows("X@v", both)], PROMETHEUS_TEXT)].join("");
    const families = parseExposition(text);
    const series = (name: string) => families.get(name)?.series.map(({ labels, value }) => ({ ...labels, value }));
    expect(series("volgate_steps_closed_total")).toEqual([
      { symbol: "X", venue: "v", value: 2 },
      { symbol: "X", venue: "v", grid: "60s", value: 9 },
    ]);
    expect(text).toContain('volgate_drift_verdict{symbol="X",venue="v",grid="60s",window="1h",verdict="drift"} 1');
    expect(series("volgate_ticks_total")).toHaveLength(5);
    expect(gridRows("X@v", scrape)).toEqual([]);
    expect(gridRows("X@v", undefined)).toEqual([]);
  });

  it("refuse labels that the catalogue does not have", () => {
    const drift = [{ ...DRIFTED.drift[0]!, window: "30d" as "1h" }];
    expect(() => symbolRow("X", { summary: NEW_SYMBOL, figures: { ...DRIFTED, drift } })).toThrow(
      'volgate_drift_share: got labels window="30d", expected those of the catalogue',
    );
  });
});

describe("the catalogue", () => {
  it("names counters _total, and nothing twice", () => {
    const names = Object.values(METRICS).flatMap((group) => Object.entries(group));
    for (const [name, { type }] of names) expect(name.endsWith("_total"), name).toBe(type === "counter");
    expect(new Set(names.map(([name]) => name)).size).toBe(names.length);
  });
});
