import { describe, expect, it } from "vitest";
import { DriftWindows } from "../../src/drift/drift-windows.ts";
import type { DriftReference } from "../../src/drift/drift-reference.ts";
import { OwnMoments } from "../../src/drift/own-moments.ts";
import { momentsOf, placed, placementOnto } from "../../src/drift/placement.ts";
import { COLUMNS, HOUR, MINUTE, START, bell, feed, reference } from "./fed-windows.ts";

/** Three features as in training; of the symbol WIDE they are 3 + 5x. */
function symbolsReference(): DriftReference {
  const three = <T>(x: T): T[] => [x, x, x];
  return {
    ...reference(),
    symbols: [
      { name: "LIKE", shifts: three(0), scales: three(1), windows: [] },
      {
        name: "WIDE",
        shifts: three(-0.6),
        scales: three(0.2),
        windows: [{ ...reference().windows[0]!, thresholds: three(0.2), nullWindows: 150 }],
      },
    ],
  };
}

function hours(windows: DriftWindows, count: number, shift: number, scale: number, from = START) {
  const next = bell(6);
  return Array.from({ length: count * HOUR + 1 }, (_, i) => {
    const value = (): number => shift + scale * next();
    return windows.update(from + i, Float32Array.of(value(), NaN, value(), value()), true);
  })
    .flat()
    .filter(({ window }) => window === "1h");
}

function windowsOf(symbol: string): DriftWindows {
  const windows = new DriftWindows(MINUTE, COLUMNS);
  windows.setReference(symbolsReference(), "sha-1", symbol);
  return windows;
}

describe("a symbol that the model was trained on", () => {
  it("is compared in its own place, by its own limits where it has them", () => {
    const verdict = hours(windowsOf("WIDE"), 1, 3, 5)[0]!;
    expect(verdict).toMatchObject({ verdict: "ok", nullWindows: 150 });
    expect(verdict.features[0]!.threshold).toBe(0.2);
    const day = reference().windows[1]!;
    expect(hours(windowsOf("LIKE"), 1, 0, 1)[0]).toMatchObject({ verdict: "ok", nullWindows: day.nullWindows });
    expect(hours(windowsOf("LIKE"), 1, 3, 5)[0]).toMatchObject({ verdict: "drift", driftedShare: 1 });
  });
});

describe("a symbol that the model was not trained on", () => {
  it("has no verdict for its first day, and is then compared in the place of that day", () => {
    const windows = windowsOf("OTHER");
    const verdicts = hours(windows, 30, 3, 5);
    expect(verdicts.slice(0, 24).map(({ verdict }) => verdict)).toEqual(new Array(24).fill("uncalibrated"));
    expect(verdicts[3]!.reason).toBe(
      "the model was not trained on this symbol: where its values lie is known from 3 of the 24 hours that are needed",
    );
    expect(verdicts.slice(24).map(({ verdict }) => verdict)).toEqual(new Array(6).fill("ok"));
    const [moved] = hours(windows, 1, 9, 5, START + 31 * HOUR).slice(-1);
    expect(moved).toMatchObject({ verdict: "drift" });
  });

  it("keeps what it learned over a restart, and begins anew with another model", () => {
    const windows = windowsOf("OTHER");
    hours(windows, 25, 3, 5);
    const pages = new Map(windows.dirtyPages().map(({ id, bytes }) => [id, bytes]));
    const again = DriftWindows.load(MINUTE, COLUMNS, pages);
    again.setReference(symbolsReference(), "sha-1", "OTHER");
    for (const one of [windows, again]) feed(one, { from: START + 26 * HOUR, steps: HOUR + 1 });
    expect(again.latest("1h")).toEqual(windows.latest("1h"));
    expect(again.latest("1h")!.verdict).not.toBe("uncalibrated");
    again.setReference(symbolsReference(), "sha-2", "OTHER");
    feed(again, { from: START + 28 * HOUR, steps: HOUR + 1 });
    expect(again.latest("1h")).toMatchObject({ verdict: "uncalibrated" });
  });

  it("is compared as it is where the manifest has no symbols", () => {
    const windows = new DriftWindows(MINUTE, COLUMNS);
    windows.setReference(reference(), "sha-1", "OTHER");
    expect(hours(windows, 1, 0, 1)[0]!.verdict).toBe("ok");
  });
});

describe("a placement", () => {
  it("gives the moments of one side to the other", () => {
    expect(placementOnto({ mean: 10, deviation: 2 }, { mean: 2, deviation: 4 })).toEqual({ shift: 9, scale: 0.5 });
    expect(placementOnto({ mean: 10, deviation: 0 }, { mean: 2, deviation: 4 })).toEqual({ shift: 8, scale: 1 });
    expect([...placed(Float64Array.of(2, 6, NaN), { shift: 9, scale: 0.5 })]).toEqual([10, 12, NaN]);
    expect(momentsOf({ name: "x", quantiles: [0, 1, 2], missingShare: 0, deviation: 0.6 })).toEqual({ mean: 1, deviation: 0.6 }); // prettier-ignore
    expect(momentsOf({ name: "x", quantiles: [], missingShare: 1, deviation: 0 }).mean).toBe(0);
  });

  it("is learned from the first 24 windows with enough values, as two passes over them would", () => {
    const next = bell(8);
    const own = new OwnMoments(2);
    const windows = Array.from({ length: 30 }, () => Float64Array.from({ length: 40 }, () => 7 + 3 * next()));
    for (const values of windows) own.add(1, values, 30);
    expect([own.windows(0), own.windows(1), own.moments(0)]).toEqual([0, 24, null]);
    const all = windows.slice(0, 24).flatMap((values) => [...values]);
    const mean = all.reduce((a, b) => a + b, 0) / all.length;
    expect(own.moments(1)!.mean).toBeCloseTo(mean, 12);
    expect(own.moments(1)!.deviation ** 2).toBeCloseTo(all.reduce((s, x) => s + (x - mean) ** 2, 0) / all.length, 10);
    expect(own.add(0, Float64Array.of(1, NaN, 2), 3)).toBe(false);
    expect(() => new OwnMoments(2, new Float64Array(3))).toThrow("numbers: got 3, expected 8");
  });
});
