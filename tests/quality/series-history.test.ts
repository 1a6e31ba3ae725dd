import { describe, expect, it } from "vitest";
import { LiveQuality } from "../../src/quality/live-quality.ts";
import { model, step } from "./simulated-steps.ts";

const champion = model("a");
const sha = (letter: string): string => letter.repeat(64);

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

  it("is kept while a champion is replaced, a challenger named and the champion brought back", () => {
    const quality = new LiveQuality(1000);
    const [old, z, p, t, next, challenger] = [..."azptnc"].map((letter) => model(letter));
    quality.setSeries([old!, z!, p!, t!]);
    run(quality, 0, 160, 4);
    quality.setSeries([next!, z!, p!, t!]);
    run(quality, 160, 260, 4);
    quality.setSeries([next!, challenger!, z!, p!, t!], { champion: next!.sha256, challenger: challenger!.sha256 });
    run(quality, 260, 360, 5);
    quality.setSeries([old!, challenger!, z!, p!, t!], { champion: old!.sha256, challenger: challenger!.sha256 });
    expect(resolved(quality)).toEqual({ a: 160, z: 300, p: 300, t: 300, n: 140, c: 40 });
    run(quality, 360, 460, 5);
    expect(resolved(quality)).toMatchObject({ a: 200, z: 400, n: 200 });
    const restored = LiveQuality.load(1000, new Map(quality.dirtyPages().map(({ id, bytes }) => [id, bytes])));
    expect(resolved(restored)).toEqual(resolved(quality));
  });

  it("waits for the model to come back, and goes when others need the place, the longest absent first", () => {
    const quality = new LiveQuality(1000);
    const models = [..."abcdefghijklmnopqr"].map((letter) => model(letter));
    models.slice(0, 16).forEach((one, i) => {
      expect(quality.histories).toMatchObject({
        kept: i,
        most: 16,
        nextDropped: "abcd"
          .slice(0, Math.max(0, i - 11))
          .split("")
          .map(sha),
      });
      quality.setSeries([one]);
      run(quality, 200 * i, 200 * i + 200, 1);
    });
    expect(Object.keys(resolved(quality))).toHaveLength(16);
    expect(quality.histories).toEqual({ kept: 16, most: 16, nextDropped: [..."abcde"].map(sha) });
    quality.setSeries([models[15]!, models[1]!]);
    expect(quality.histories.nextDropped).toEqual([..."acdef"].map(sha));
    quality.setSeries([models[16]!]);
    expect(Object.keys(resolved(quality))).not.toContain("a");
    expect(resolved(quality)).toMatchObject({ b: 200, c: 200 });
    expect(quality.histories.nextDropped).toEqual([..."cdefg"].map(sha));
  });

  it("is named among those that go when a set of five models goes with the next promotion", () => {
    const quality = new LiveQuality(1000);
    const sets = ["abcde", "fghij", "klmno", "pqrst"].map((letters) => [...letters].map((letter) => model(letter)));
    for (const set of sets.slice(0, 3)) quality.setSeries(set);
    expect(quality.histories.nextDropped).toEqual([..."abcd"].map(sha)); // One of the 16 places is free.
    // Back in use, they are not the longest absent any more.
    quality.setSeries(sets[0]!);
    const named = quality.histories.nextDropped;
    expect(named).toEqual([..."fghi"].map(sha));
    const restored = LiveQuality.load(1000, new Map(quality.dirtyPages().map(({ id, bytes }) => [id, bytes])));
    expect(restored.histories.nextDropped).toEqual(named);
    quality.setSeries(sets[3]!);
    expect(quality.histories.nextDropped).toEqual([..."jklmn"].map(sha));
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
