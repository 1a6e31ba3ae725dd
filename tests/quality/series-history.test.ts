import { describe, expect, it } from "vitest";
import { LiveQuality } from "../../src/quality/live-quality.ts";
import { model, step } from "./simulated-steps.ts";

const champion = model("a");

describe("a model's history", () => {
  const run = (quality: LiveQuality, from: number, to: number, models: number): void => {
    for (let index = from; index < to; index++) {
      const probabilities = new Float32Array(models).fill(0.4);
      quality.update({ ...step(index), labels: [index < 60 ? -1 : index % 2], probabilities });
    }
  };
  const resolved = (quality: LiveQuality): Record<string, number> =>
    Object.fromEntries(
      quality.window("24h").labels.flatMap(({ series }) => series.map((one) => [one.sha256[0]!, one.resolved])),
    );

  it("waits for the model to come back, and goes when others need the place, the longest absent first", () => {
    const quality = new LiveQuality(1000);
    const [a, b, c, d, e, f, g] = [..."abcdefg"].map((letter) => model(letter));
    quality.setSeries([a!, b!, c!, d!, e!]);
    run(quality, 0, 160, 5);
    quality.setSeries([a!, c!, d!, e!]);
    run(quality, 160, 170, 4);
    quality.setSeries([a!, d!, e!]);
    run(quality, 170, 220, 3);
    expect(resolved(quality)).toEqual({ a: 160, b: 160, c: 160, d: 160, e: 160 });
    quality.setSeries([a!, d!, e!, f!]);
    run(quality, 220, 320, 4);
    expect(resolved(quality)).toEqual({ a: 260, c: 170, d: 260, e: 260, f: 40 });
    quality.setSeries([a!, c!, d!, e!, g!]);
    expect(resolved(quality)).toEqual({ a: 260, c: 170, d: 260, e: 260, g: 0 });
  });

  it("begins anew when the same file comes with another threshold or label", () => {
    const quality = new LiveQuality(1000);
    quality.setSeries([champion]);
    run(quality, 0, 100, 1);
    quality.setSeries([{ ...champion, threshold: 0.31 }]);
    expect(resolved(quality)).toEqual({ a: 0 });
    run(quality, 100, 200, 1);
    expect(resolved(quality)).toEqual({ a: 40 });
    quality.setSeries([{ ...champion, labelText: "spec b" }]);
    expect(resolved(quality)).toEqual({ a: 0 });
  });
});
