import { describe, expect, it } from "vitest";
import { logBatches, mlflowKey } from "../../../trainer/run/mlflow/log-batches.ts";

const numbered = <T>(count: number, value: (i: number) => T): Record<string, T> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, value(i)]));

describe("batches", () => {
  it("hold at most 100 parameters or tags and 1,000 metrics, and all of them in order", () => {
    const params = numbered(250, String);
    const metrics = numbered(2001, (i) => i);
    const { batches, dropped } = logBatches(params, metrics, numbered(101, String), 5);
    expect(batches.map(({ params: p, metrics: m, tags: t }) => [p?.length, m?.length, t?.length])).toEqual([
      [100, undefined, undefined],
      [100, undefined, undefined],
      [50, undefined, undefined],
      [undefined, 1000, undefined],
      [undefined, 1000, undefined],
      [undefined, 1, undefined],
      [undefined, undefined, 100],
      [undefined, undefined, 1],
    ]);
    expect(batches.flatMap((batch) => batch.params ?? [])).toEqual(
      Object.entries(params).map(([key, value]) => ({ key, value })),
    );
    expect(batches[5]!.metrics).toEqual([{ key: "k2000", value: 2000, timestamp: 5, step: 0 }]);
    expect(dropped).toEqual([]);
  });

  it("stay below MLflow's 1,000,000 bytes, however many bytes a character has", () => {
    const { batches } = logBatches(
      numbered(100, () => "€".repeat(9000)),
      {},
      {},
      0,
    );
    expect(batches.length).toBeGreaterThan(1);
    for (const batch of batches) expect(Buffer.byteLength(JSON.stringify(batch))).toBeLessThan(950_000);
    expect(batches.flatMap(({ params }) => params ?? []).map(({ value }) => value.length)).toEqual(
      Array(100).fill(6000),
    );
  });

  it("leave out what is no number, by name, and are none for nothing", () => {
    expect(logBatches({}, { a: NaN, b: Infinity, c: 0 }, {}, 1)).toEqual({
      batches: [{ metrics: [{ key: "c", value: 0, timestamp: 1, step: 0 }] }],
      dropped: ["a", "b"],
    });
    expect(logBatches({}, {}, {}, 1)).toEqual({ batches: [], dropped: [] });
  });

  it("name things as MLflow allows", () => {
    expect(mlflowKey("brier[0]")).toBe("brier_0_");
    expect(mlflowKey("a/b-c.d: e_f")).toBe("a/b-c.d: e_f");
    expect(mlflowKey("x".repeat(300))).toHaveLength(250);
  });
});
