import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DriftWindows } from "../../src/drift/drift-windows.ts";
import { COLUMNS, HOUR, MINUTE, START, bell, calibrated, feed, reference } from "./fed-windows.ts";

/** Pages as a store keeps them. */
function stored(windows: DriftWindows, into = new Map<string, ArrayBuffer>()): Map<string, ArrayBuffer> {
  for (const { id, bytes } of windows.dirtyPages()) into.set(id, bytes);
  return into;
}

function everything(windows: DriftWindows): unknown {
  const { history } = windows;
  return [windows.latest("1h"), windows.latest("24h"), history, history.map((line) => windows.ratiosOf(line))];
}

describe("after a restart", () => {
  it("goes on as if it had never stopped, wherever it was saved and stopped", () => {
    const steps = 30 * HOUR;
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: steps }), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 0, max: steps }),
        fc.integer({ min: 1, max: 1000 }),
        (saves, swapAt, seed) => {
          const next = bell(seed);
          // One column is gone for three of seven hours.
          const rows = Array.from({ length: steps }, (_, i) => {
            return Float32Array.of(next(), NaN, i % (7 * HOUR) < 3 * HOUR ? NaN : next() + 0.2, next());
          });
          const run = (restarts: ReadonlySet<number>): unknown => {
            let windows = calibrated();
            const pages = new Map<string, ArrayBuffer>();
            for (const [i, row] of rows.entries()) {
              if (restarts.has(i)) {
                windows = DriftWindows.load(MINUTE, COLUMNS, stored(windows, pages));
                windows.setReference(reference(), i > swapAt ? "sha-2" : "sha-1");
              }
              if (i === swapAt) windows.setReference(reference(), "sha-2");
              if (i % 500 === 0) windows.startSegment(START + i);
              windows.update(START + i, row, i % 11 !== 0);
            }
            expect(windows.damagedPages).toBe(0);
            return everything(windows);
          };
          expect(run(new Set(saves))).toEqual(run(new Set()));
        },
      ),
      { numRuns: 12, seed: 4 },
    );
  });

  it("writes little, and nothing when nothing came", () => {
    const windows = new DriftWindows(
      1000,
      Array.from({ length: 41 }, (_, k) => (k === 40 ? "probability" : `f${k}`)),
    );
    const row = new Float32Array(41);
    const from = 3600 * 500_000;
    for (let i = 0; i < 3600; i++) windows.update(from + i, row, true);
    stored(windows);
    expect(windows.dirtyPages()).toEqual([]);
    for (let i = 3600; i < 4200; i++) windows.update(from + i, row, true);
    const pages = windows.dirtyPages();
    const ids = pages.map(({ id }) => id).sort();
    expect(ids).toEqual(["history", "ratios", "rows-1h-0", "rows-24h-9", "verdict-1h", "windows"]);
    expect(pages.reduce((sum, { bytes }) => sum + bytes.byteLength, 0)).toBeLessThan(25_000);
  });

  it("writes the history of a week only when a window has closed: 10 kB, and the page of the windows stays below 300 B", () => {
    const windows = calibrated({ datasetRatio: 2 });
    feed(windows, { steps: 8 * 24 * HOUR + 1 });
    const closing = new Map(windows.dirtyPages().map(({ id, bytes }) => [id, bytes.byteLength]));
    expect(closing.get("history")).toBeGreaterThan(175 * 56);
    expect(closing.get("history")).toBeLessThan(10_000);
    feed(windows, { from: START + 8 * 24 * HOUR + 1, steps: 20 });
    const open = windows.dirtyPages();
    expect(open.map(({ id }) => id).sort()).toEqual(["rows-1h-0", "rows-1h-1", "rows-24h-0", "windows"]);
    expect(open.find(({ id }) => id === "windows")!.bytes.byteLength).toBeLessThan(300);
  });

  it("uses the same ids again, so that the store does not grow", () => {
    const windows = calibrated();
    const ids = new Set<string>();
    for (let day = 0; day < 4; day++) {
      for (let hour = 0; hour < 24; hour++) {
        feed(windows, { from: START + (24 * day + hour) * HOUR, steps: HOUR });
        for (const { id } of windows.dirtyPages()) ids.add(id);
      }
    }
    expect(ids.size).toBe(4 + 24 + 2 + 1 + 1 + 1);
  });

  it("loses only the rows of a damaged or missing page, and counts the damaged", () => {
    const windows = calibrated();
    feed(windows, { steps: 50 });
    const pages = stored(windows);
    new Uint8Array(pages.get("rows-1h-1")!)[200]! ^= 1;
    pages.delete("rows-1h-2");
    const loaded = DriftWindows.load(MINUTE, COLUMNS, pages);
    loaded.setReference(reference(), "sha-1");
    expect(loaded.damagedPages).toBe(1);
    feed(loaded, { from: START + 50, steps: 11 });
    expect(loaded.latest("1h")!.rows).toBe(60 - 15 - 15);
  });

  it("loses only the history when its page is damaged", () => {
    const windows = calibrated();
    feed(windows, { steps: 3 * HOUR + 10 });
    const pages = stored(windows);
    new Uint8Array(pages.get("history")!)[60]! ^= 1;
    const loaded = DriftWindows.load(MINUTE, COLUMNS, pages);
    loaded.setReference(reference(), "sha-1");
    expect([loaded.damagedPages, loaded.history]).toEqual([1, []]);
    expect(loaded.latest("1h")).toEqual(windows.latest("1h"));
    feed(loaded, { from: START + 3 * HOUR + 10, steps: 51 });
    expect(loaded.history.map(({ toMs }) => toMs)).toEqual([(START + 4 * HOUR) * MINUTE]);
  });

  it("keeps the rows when only the page about the windows is damaged, but no scores of an unknown model", () => {
    const windows = calibrated();
    feed(windows, { steps: 2 * HOUR + 30 });
    const pages = stored(windows);
    pages.set("windows", new ArrayBuffer(40));
    const loaded = DriftWindows.load(MINUTE, COLUMNS, pages);
    loaded.setReference(reference(), "sha-1");
    expect(loaded.damagedPages).toBe(1);
    expect(loaded.latest("1h")).toEqual(windows.latest("1h"));
    feed(loaded, { from: START + 2 * HOUR + 30, steps: 31 });
    expect(loaded.latest("1h")).toMatchObject({ rows: 60, toMs: (START + 3 * HOUR) * MINUTE });
    expect(loaded.latest("1h")!.features[2]!.missingShare).toBe(0.5);
  });

  it("never throws, whatever a page holds", () => {
    const windows = calibrated();
    feed(windows, { steps: 26 * HOUR });
    const pages = stored(windows);
    fc.assert(
      fc.property(fc.constantFrom(...pages.keys()), fc.uint8Array({ maxLength: 64 }), fc.nat(), (id, noise, at) => {
        const broken = new Map(pages);
        const bytes = new Uint8Array(pages.get(id)!.slice(0));
        bytes.set(noise.subarray(0, bytes.length), at % Math.max(1, bytes.length - noise.length));
        broken.set(id, at % 5 === 0 ? noise.slice().buffer : bytes.buffer);
        const loaded = DriftWindows.load(MINUTE, COLUMNS, broken);
        expect(loaded.damagedPages).toBeLessThanOrEqual(1);
        loaded.setReference(reference(), "sha-1");
        feed(loaded, { from: START + 26 * HOUR, steps: HOUR });
      }),
      { numRuns: 60, seed: 9 },
    );
  });

  it("does not take the rows of other columns or of another step", () => {
    const windows = calibrated();
    feed(windows, { steps: HOUR + 50 });
    const pages = stored(windows);
    for (const loaded of [
      DriftWindows.load(MINUTE, ["a", "b", "unused", "probability"], pages),
      DriftWindows.load(30_000, COLUMNS, pages),
    ]) {
      expect(loaded.damagedPages).toBe(0);
      expect(feed(loaded, { from: START + 2 * HOUR, steps: 1 })).toEqual([]);
      expect([loaded.history, loaded.latest("1h")]).toEqual([[], null]);
    }
  });
});
