import { describe, expect, it } from "vitest";
import { sparkPath } from "../../dashboard/views/market/spark-path.ts";

describe("a small chart", () => {
  it("has its threshold in the middle", () => {
    expect(
      sparkPath(
        [
          [0, 0],
          [10, 0.2],
        ],
        0.2,
        100,
        22,
      ).threshold,
    ).toBe("M0 11.0H100");
  });

  it("reaches up to 1 where a probability is more than twice the threshold", () => {
    const { line, threshold } = sparkPath(
      [
        [0, 0],
        [10, 1],
      ],
      0.25,
      100,
      22,
    );
    expect(line).toBe("M0.0 21.0L100.0 1.0");
    expect(threshold).toBe("M0 16.0H100");
  });

  it("leaves gaps where nothing is known", () => {
    const { line, area } = sparkPath(
      [
        [0, 0.1],
        [1, null],
        [2, 0.1],
        [4, 0.1],
      ],
      null,
      100,
      12,
    );
    expect(line).toBe("M0.0 10.0M50.0 10.0L100.0 10.0");
    expect(area).toBe("M0.0 10.0L0.0 12L0.0 12ZM50.0 10.0L100.0 10.0L100.0 12L50.0 12Z");
  });

  it("draws nothing without points", () => {
    expect(sparkPath([], null, 100, 12)).toEqual({ line: "", area: "", threshold: "" });
  });
});
