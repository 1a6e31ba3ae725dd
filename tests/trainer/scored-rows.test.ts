import { describe, expect, it } from "vitest";
import { joinRows, type ScoredRows, weightsOf } from "../../trainer/calibrate/scored-rows.ts";

const plain: ScoredRows = { scores: Float64Array.of(1, 2), labels: Uint8Array.of(0, 1) };
const first: ScoredRows = { ...plain, symbols: Uint16Array.of(0, 0) };
const second: ScoredRows = { scores: Float64Array.of(3), labels: Uint8Array.of(1), symbols: Uint16Array.of(1) };

describe("joined rows", () => {
  it("come in the lists' order, with their labels and symbols", () => {
    expect(joinRows([second, first])).toEqual({
      scores: Float64Array.of(3, 1, 2),
      labels: Uint8Array.of(1, 0, 1),
      symbols: Uint16Array.of(1, 0, 0),
    });
    expect(joinRows([plain, plain]).symbols).toBeUndefined();
  });

  it("are weighed over all lists together", () => {
    expect(weightsOf(first)).toBeUndefined();
    expect(weightsOf(joinRows([first, second]))).toEqual(Float64Array.of(0.75, 0.75, 1.5));
  });

  it("are refused where only some lists have symbols, in any order", () => {
    const message = "symbols: got those of 1 of 2 lists, expected those of all or of none";
    expect(() => joinRows([first, plain])).toThrow(new RangeError(message));
    expect(() => joinRows([plain, first])).toThrow(new RangeError(message));
  });
});
