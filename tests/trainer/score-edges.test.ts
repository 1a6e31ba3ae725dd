import { describe, expect, it } from "vitest";

import { ManifestError, parseManifest } from "../../src/model/manifest.ts";
import { scoreEdges } from "../../trainer/calibrate/score-edges.ts";
import { artifact } from "./publish-artifact.ts";

const even = Float64Array.from({ length: 10_000 }, (_, k) => (k + 0.5) / 10_000);

describe("the edges of a model's score bins", () => {
  it("are at most 127, ascending, with the threshold among them as it is", () => {
    const threshold = 0.1 + 0.2;
    for (const probabilities of [even, even.map((p) => p / 1000), Float64Array.of(0.3, 0.3, 0.3), Float64Array.of()]) {
      const edges = scoreEdges(probabilities, [threshold]);
      expect(edges.length).toBeLessThanOrEqual(127);
      expect(edges).toContain(threshold);
      expect(edges.every((edge, i) => i === 0 || edge > edges[i - 1]!)).toBe(true);
    }
  });

  it("are 31 without probabilities: the span and the threshold", () => {
    expect(scoreEdges([], [0.123])).toHaveLength(31);
    expect(scoreEdges([0, 1, NaN, -1, 2], [0.123])).toHaveLength(31);
  });

  it("lie closer together where the scores are high, and reach beyond all of them", () => {
    const edges = scoreEdges(even, [0.5]);
    const above = edges.filter((edge) => edge > 0.9 && edge < 0.95).length;
    const below = edges.filter((edge) => edge > 0.1 && edge < 0.15).length;
    expect(above).toBeGreaterThan(2 * below);
    const narrow = scoreEdges(
      even.map((p) => 0.05 + p / 100),
      [0.055],
    );
    expect(narrow.filter((edge) => edge > 0.05 && edge < 0.06).length).toBeGreaterThan(90);
    expect(narrow.at(-1)).toBeGreaterThan(0.99);
  });

  it("are read back from a manifest, and refused there when they are none", () => {
    const { manifest } = artifact(1);
    const scored = { ...manifest, scoreEdges: scoreEdges(even, [manifest.threshold]) };
    expect(parseManifest(JSON.parse(JSON.stringify(scored))).scoreEdges).toEqual(scored.scoreEdges);
    expect(parseManifest({ ...manifest, scoreEdges: undefined }).scoreEdges).toBeNull();
    for (const [edges, message] of [
      [[], "manifest.scoreEdges: got 0 numbers, expected 1 to 127"],
      [Array.from({ length: 128 }, (_, k) => k / 200), "128 numbers"],
      [[0.5, 0.4], "manifest.scoreEdges[1]: got 0.4, expected a number above the one before"],
      [[0.5, 1.5], "scoreEdges[1]: got 1.5"],
      [[0.1, 0.2], "the threshold 0.5 in it"],
      ["all", "a list"],
    ] as const) {
      expect(() => parseManifest({ ...manifest, scoreEdges: edges })).toThrow(ManifestError);
      expect(() => parseManifest({ ...manifest, scoreEdges: edges })).toThrow(message);
    }
  });
});
