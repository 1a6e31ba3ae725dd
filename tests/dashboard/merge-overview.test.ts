import { describe, expect, it } from "vitest";
import type { OverviewAnswer, OverviewRow } from "../../dashboard/gateway/answers.ts";
import { mergeOverview, RECENT_POINTS } from "../../dashboard/gateway/merge-overview.ts";

function row(symbol: string, recent: OverviewRow["recent"], changes: Partial<OverviewRow> = {}): OverviewRow {
  const unknown = { price: null, sigma_bps: null, rv_60_bps: null, tau_bps: null, probability: null, threshold: null };
  const times = { ts: null, horizon_s: 60, watermark_ms: null, as_of_ms: null };
  return {
    symbol,
    venue: null,
    state: "live",
    missing: [],
    ...unknown,
    ...times,
    alert: null,
    firing: 0,
    recent,
    ...changes,
  };
}

function answer(changes: Partial<OverviewAnswer>): OverviewAnswer {
  const nothing = { symbols: [], removed: [], unread_buckets: 0, known: 1, oldest_as_of_ms: null };
  return { cursor: "a:1", server_time_ms: 0, step_ms: 1_000, reset: false, ...nothing, ...changes };
}

describe("the table of all symbols", () => {
  it("takes a whole table in the place of what it had", () => {
    const rows = new Map([["OLD", row("OLD", [])]]);
    expect(mergeOverview(rows, answer({ reset: true, symbols: [row("NEW", [[1, 0.5]])] }))).toBe(true);
    expect([...rows.keys()]).toEqual(["NEW"]);
  });

  it("takes changed rows, joins their newest points and leaves the others as they were", () => {
    const calm = row("CALM", [[1, 0.1]]);
    const rows = new Map([
      [
        "A",
        row("A", [
          [1, 0.1],
          [2, null],
        ]),
      ],
      ["CALM", calm],
    ]);
    mergeOverview(
      rows,
      answer({
        symbols: [
          row(
            "A",
            [
              [2, 0.9],
              [3, 0.3],
            ],
            { price: 7 },
          ),
        ],
      }),
    );
    expect(rows.get("A")).toMatchObject({
      price: 7,
      recent: [
        [1, 0.1],
        [2, null],
        [3, 0.3],
      ],
    });
    expect(rows.get("CALM")).toBe(calm);
  });

  it("keeps 40 points of a symbol, however long it is watched", () => {
    const rows = new Map([["A", row("A", [])]]);
    for (let ts = 1; ts <= 1_000; ts += 1) mergeOverview(rows, answer({ symbols: [row("A", [[ts, 0.1]])] }));
    expect(rows.get("A")?.recent).toHaveLength(RECENT_POINTS);
    expect(rows.get("A")?.recent.at(-1)).toEqual([1_000, 0.1]);
  });

  it("drops removed symbols, and says whether anything changed", () => {
    const rows = new Map([["A", row("A", [])]]);
    expect(mergeOverview(rows, answer({ removed: ["B"] }))).toBe(false);
    expect(mergeOverview(rows, answer({}))).toBe(false);
    expect(mergeOverview(rows, answer({ removed: ["A"] }))).toBe(true);
    expect(rows.size).toBe(0);
    expect(mergeOverview(rows, answer({ reset: true }))).toBe(false);
  });
});
