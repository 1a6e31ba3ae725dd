import { describe, expect, it } from "vitest";
import { LiveQuality } from "../../src/quality/live-quality.ts";
import { model, step } from "./simulated-steps.ts";

describe("a past prediction", () => {
  const quality = new LiveQuality(60_000);
  quality.setSeries([model("a"), model("b", "spec a", 0, 0.7)]);
  for (let index = 0; index < 5000; index++) {
    quality.update({
      ...step(index),
      probabilities: Float32Array.of(index === 4900 ? NaN : 0.5, 0.5),
      counts: index > 0,
    });
  }

  it("is found by the first letters of its model's SHA-256, also where its row does not count", () => {
    expect(quality.lookup("aaaaaaaaaaaa", 4999)).toMatchObject({ threshold: 0.3, alert: true });
    expect(quality.lookup("bbbbbbbbbbbb", 4000)).toMatchObject({ threshold: 0.7, alert: false });
    const found = quality.lookup("bbbbbbbbbbbb", 4000);
    expect(Math.abs((found as { probability: number }).probability - 0.5)).toBeLessThan(1 / 32);
  });

  it("is refused with what is wrong with it", () => {
    expect(quality.lookup("cccccccccccc", 4999)).toBe("unknown_model");
    expect(quality.lookup("aaaaaaaaaaaa", 4900)).toBe("no_prediction");
    expect(quality.lookup("aaaaaaaaaaaa", 5000)).toBe("no_prediction");
    expect(quality.lookup("aaaaaaaaaaaa", 4999 - 1440)).toBe("expired");
    expect(quality.lookup("aaaaaaaaaaaa", 4999 - 1439)).toMatchObject({ alert: true });
  });
});
