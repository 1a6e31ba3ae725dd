import { describe, expect, it } from "vitest";
import { DriftWindows } from "../../src/drift/drift-windows.ts";
import { COLUMNS, feed, HOUR, MINUTE, reference, START } from "./fed-windows.ts";

function fed(hours: number, change: Parameters<typeof reference>[0] = {}): DriftWindows {
  const windows = new DriftWindows(MINUTE, COLUMNS);
  windows.setReference(reference(change), "sha-1");
  feed(windows, { steps: hours * HOUR + 1, shift: { a: 0.9 } });
  return windows;
}

function stored(windows: DriftWindows): Map<string, ArrayBuffer> {
  return new Map(windows.dirtyPages().map(({ id, bytes }) => [id, bytes]));
}

const ratios = (windows: DriftWindows) => windows.history.map((line) => windows.ratiosOf(line));

describe("ratios of a window of the history", () => {
  it("are each feature's distance over its own threshold, to six digits; a column of no feature has none", () => {
    const windows = fed(3);
    const { features, largestRatio, largestRatioFeature } = windows.latest("1h")!;
    const last = ratios(windows).at(-1)!;
    expect(Object.keys(last)).toEqual(["a", "b", "probability"]);
    for (const { name, wasserstein } of features) expect(last[name]).toBeCloseTo(wasserstein! / 0.4, 5);
    expect(last["a"]).toBeGreaterThan(1);
    expect(largestRatioFeature).toBe("a");
    expect(last["a"]).toBe(Number(Math.fround(largestRatio!).toPrecision(6)));
  });

  it("are null for a feature without a threshold, with a threshold of 0, or with too few values", () => {
    expect(ratios(fed(1, { thresholds: [0.4, null, 0] as never }))[0]).toMatchObject({ b: null, probability: null });
    const windows = new DriftWindows(MINUTE, COLUMNS);
    windows.setReference(reference(), "sha-1");
    feed(windows, { steps: 20 });
    feed(windows, { from: START + HOUR, steps: 1 });
    expect(ratios(windows)).toEqual([{ a: null, b: null, probability: null }]);
  });

  it("are null where the model has no training distribution", () => {
    const windows = new DriftWindows(MINUTE, COLUMNS);
    windows.setReference(null, "sha-1");
    feed(windows, { steps: HOUR + 1 });
    expect(windows.history[0]!.verdict).toBe("no_reference");
    expect(ratios(windows)).toEqual([null]);
  });

  it("are null for windows that an older version closed, and go on from there", () => {
    const pages = stored(fed(3));
    expect(pages.delete("ratios")).toBe(true);
    const loaded = DriftWindows.load(MINUTE, COLUMNS, pages);
    loaded.setReference(reference(), "sha-1");
    expect([loaded.damagedPages, loaded.history.length]).toEqual([0, 3]);
    expect(ratios(loaded)).toEqual([null, null, null]);
    feed(loaded, { from: START + 3 * HOUR + 1, steps: HOUR });
    const all = ratios(loaded);
    expect(all.slice(0, 3)).toEqual([null, null, null]);
    expect(all[3]!["a"]).toBeGreaterThan(0);
  });

  it("are lost alone when their page is damaged, which is counted", () => {
    const pages = stored(fed(3));
    new Uint8Array(pages.get("ratios")!)[40]! ^= 1;
    const loaded = DriftWindows.load(MINUTE, COLUMNS, pages);
    expect([loaded.damagedPages, loaded.history.length]).toEqual([1, 3]);
    expect(ratios(loaded)).toEqual([null, null, null]);
  });

  it("stay below 32 kB for a week of 41 columns", () => {
    const columns = [...Array.from({ length: 40 }, (_, k) => `f${k}`), "probability"];
    const windows = new DriftWindows(MINUTE, columns);
    const row = new Float32Array(columns.length);
    for (let i = 0; i < 8 * 24 * HOUR + 1; i++) windows.update(START + i, row, true);
    const size = stored(windows).get("ratios")!.byteLength;
    expect(size).toBeGreaterThan(175 * 41 * 4);
    expect(size).toBeLessThan(32_000);
    expect(windows.history).toHaveLength(175);
  });
});
