// What a young symbol begins with: the mean of what others have learnt, or nothing.
import { describe, expect, it } from "vitest";
import { pooledPrior, POOL_RULE, requireLine } from "../../src/recalibration/pooled-prior.ts";

const line = (level: number, horizons: number, slope = 1) => ({ sha256: "a", slope, level, horizons });

describe("a pooled prior", () => {
  it("is the mean of the lines, weighted by horizons of labels", () => {
    const prior = pooledPrior([line(-0.6, 3000, 0.8), line(-0.2, 1000, 1.2)], POOL_RULE, 9)!;
    expect(prior.level).toBeCloseTo(-0.5, 12);
    expect(prior.slope).toBeCloseTo(0.9, 12);
    expect(prior).toMatchObject({ symbols: 2, horizons: 4000, atMs: 9 });
  });

  it("weighs no symbol more than the longest memory", () => {
    const prior = pooledPrior([line(-1, 1_000_000), line(0, 24_000)], POOL_RULE, 0)!;
    expect(prior.level).toBe(-0.5);
    expect(prior.horizons).toBe(48_000);
  });

  it("is none with too few symbols or labels behind it; symbols without labels do not count", () => {
    expect(pooledPrior([], POOL_RULE, 0)).toBeUndefined();
    expect(pooledPrior([line(-1, 1_000_000)], POOL_RULE, 0)).toBeUndefined();
    expect(pooledPrior([line(-1, 1_000_000), line(0, 0)], POOL_RULE, 0)).toBeUndefined();
    expect(pooledPrior([line(-1, 1200), line(-1, 1199)], POOL_RULE, 0)).toBeUndefined();
    expect(pooledPrior([line(-1, 1200), line(-1, 1200)], POOL_RULE, 0)).toBeDefined();
  });

  it("is refused where a stored line could not be one", () => {
    expect(() => requireLine({ slope: 0, level: 0 })).toThrow("prior: got slope 0");
    expect(() => requireLine({ slope: 1, level: NaN })).toThrow(RangeError);
    expect(requireLine({ slope: 0.5, level: 1 })).toEqual({ slope: 0.5, level: 1 });
  });
});
