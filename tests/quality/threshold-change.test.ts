import { describe, expect, it } from "vitest";
import { LiveQuality } from "../../src/quality/live-quality.ts";
import { model, step } from "./simulated-steps.ts";

const EDGES = [0.1, 0.3, 0.5, 0.7];
const at = (threshold: number, edges = EDGES) => ({ ...model("a"), threshold, edges });
const confusion = (quality: LiveQuality) => quality.window("24h").labels[0]!.series[0]!.confusion;

describe("another threshold among the model's edges", () => {
  /** Labels follow 60 steps later: 1 on odd steps; scores 0.2 0.4 0.6 0.8 in turn. */
  const run = (quality: LiveQuality, from: number, to: number): void => {
    for (let index = from; index < to; index++) {
      const probabilities = Float32Array.of(0.2 + (index % 4) * 0.2);
      quality.update({ ...step(index), labels: [index < 60 ? -1 : index % 2], probabilities });
    }
  };

  it("keeps the history and counts all of it anew, as if it had always been so", () => {
    const [quality, always] = [new LiveQuality(1000), new LiveQuality(1000)];
    quality.setSeries([at(0.5)]);
    run(quality, 0, 460);
    // 400 resolved steps, 100 of each score; scores 0.6 and 0.8 alert, of which those of odd steps are spikes.
    expect(confusion(quality)).toEqual({ tp: 100, fp: 100, fn: 100, tn: 100 });
    quality.setSeries([at(0.7)]);
    expect(confusion(quality)).toEqual({ tp: 100, fp: 0, fn: 100, tn: 200 });
    run(quality, 460, 560);
    always.setSeries([at(0.7)]);
    run(always, 0, 560);
    for (const window of ["24h", "30d"] as const) expect(quality.window(window)).toEqual(always.window(window));
    const restored = LiveQuality.load(1000, new Map(quality.dirtyPages().map(({ id, bytes }) => [id, bytes])));
    expect(confusion(restored)).toEqual(confusion(always));
    restored.setSeries([at(0.1)]);
    expect(confusion(restored)).toEqual({ tp: 250, fp: 250, fn: 0, tn: 0 });
  });

  it("begins anew with other edges, whose bins are others", () => {
    const quality = new LiveQuality(1000);
    quality.setSeries([at(0.5)]);
    run(quality, 0, 160);
    quality.setSeries([at(0.7, [0.1, 0.7])]);
    expect(confusion(quality)).toEqual({ tp: 0, fp: 0, fn: 0, tn: 0 });
  });
});
