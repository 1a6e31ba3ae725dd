import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LiveQuality } from "../../src/quality/live-quality.ts";
import { boundsOfLevels, figuresOfLevels, placedLevels } from "../../src/quality/level-curves.ts";
import { PackedReader, PackedWriter } from "../../src/quality/row-codec.ts";
import { mergedLevels, type ScoreLevel } from "../../src/quality/score-level.ts";
import { packSealedLevels, ScoreLevels } from "../../src/quality/score-levels.ts";
import { SeededRandom } from "../../src/features/seeded-random.ts";
import { averagePrecision } from "../../trainer/evaluate/metrics/average-precision.ts";
import { rocAuc } from "../../trainer/evaluate/metrics/roc-auc.ts";
import { model, step } from "./simulated-steps.ts";

interface Rows {
  readonly labels: Uint8Array;
  readonly scores: Float32Array;
}

/** Scores with some power, and labels; `spikes` is their share. */
function rows(seed: number, count: number, spikes: number, score: (rank: number) => number): Rows {
  const random = new SeededRandom(seed);
  const labels = Uint8Array.from({ length: count }, () => (random.uniform() < spikes ? 1 : 0));
  const scores = Float32Array.from(labels, (y) => score(0.6 * random.uniform() + 0.4 * y * random.uniform()));
  return { labels, scores };
}

/** The levels of a block that takes no more scores. */
function sealed(levels: ScoreLevels): readonly ScoreLevel[] {
  const to = new PackedWriter();
  levels.packSealed(to);
  return ScoreLevels.unpackSealed(new PackedReader(to.finish()));
}

/** The score levels of each 900 rows, shortened as in a closed block. */
function blocksOf({ labels, scores }: Rows): (readonly ScoreLevel[])[] {
  const blocks: ScoreLevels[] = [];
  labels.forEach((y, k) => (blocks[Math.floor(k / 900)] ??= new ScoreLevels()).add(scores[k]!, y));
  return blocks.map(sealed);
}

const SHAPES: Readonly<Record<string, (rank: number) => number>> = {
  "all over": (rank) => rank,
  "within a millionth of each other": (rank) => 0.2 + 1e-5 * rank,
  "within a millionth, but for a few": (rank) => (rank > 0.75 ? 0.9 + rank / 20 : 0.3 + 1e-5 * rank),
  "near zero": (rank) => 1e-7 * rank ** 4,
  "of eleven values": (rank) => Math.floor(11 * rank) / 20,
  "of two hundred values": (rank) => Math.floor(200 * rank) / 400,
};

describe.each(Object.entries(SHAPES))("scores %s", (_, shape) => {
  it.each([
    [900, 0.002],
    [900, 0.05],
    [2500, 0.2],
    [7200, 0.004],
    [20_000, 0.04],
  ])(
    "of %i rows with a spike share of %f have PR-AUC within 0.005 of the exact one, and within its bounds",
    (n, share) => {
      for (let seed = 1; seed <= 5; seed++) {
        const all = rows(seed, n, share, shape);
        const levels = placedLevels(blocksOf(all));
        const exact = averagePrecision(all.labels, all.scores);
        if (Number.isNaN(exact)) continue;
        const { prAuc, rocAuc: roc } = figuresOfLevels(levels);
        expect(Math.abs(prAuc - exact)).toBeLessThan(0.005);
        expect(Math.abs(roc - rocAuc(all.labels, all.scores))).toBeLessThan(0.005);
        const bounds = boundsOfLevels(levels)!;
        expect(bounds.low).toBeLessThanOrEqual(exact + 1e-12);
        expect(bounds.high).toBeGreaterThanOrEqual(exact - 1e-12);
        expect(Math.abs(figuresOfLevels(mergedLevels(levels, 256)).prAuc - exact)).toBeLessThan(0.005);
      }
    },
  );
});

describe("score levels", () => {
  it("are exact for few values, whose bounds meet", () => {
    const all = rows(3, 5000, 0.1, SHAPES["of eleven values"]!);
    const levels = placedLevels(blocksOf(all));
    const exact = averagePrecision(all.labels, all.scores);
    expect(figuresOfLevels(levels).prAuc).toBeCloseTo(exact, 12);
    expect(figuresOfLevels(levels).rocAuc).toBeCloseTo(rocAuc(all.labels, all.scores), 12);
    const { low, high } = boundsOfLevels(levels)!;
    expect([low, high]).toEqual([expect.closeTo(exact, 12), expect.closeTo(exact, 12)]);
  });

  it("have no figures of one outcome", () => {
    const levels = placedLevels([[{ at: 0.5, top: 0.5, bottom: 0.5, calm: 3, spike: 0 }]]);
    expect(figuresOfLevels(levels)).toEqual({ prAuc: NaN, lift: NaN, rocAuc: NaN });
    expect(boundsOfLevels(levels)).toBeNull();
    expect(figuresOfLevels([]).prAuc).toBeNaN();
  });

  it("lose no row, hold every score, and come back from storage as they were", () => {
    const row = fc.tuple(fc.float({ min: 0, max: 1, noNaN: true }), fc.nat(1));
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 2500 }), (list) => {
        const levels = new ScoreLevels();
        for (const [p, y] of list) levels.add(p, y);
        const to = new PackedWriter();
        levels.pack(to);
        const again = ScoreLevels.unpack(new PackedReader(to.finish()));
        for (const one of [levels, again]) one.add(0.25, 1);
        expect(again.all()).toEqual(levels.all());
        const found = sealed(levels);
        expect(found.length).toBeLessThanOrEqual(64);
        expect(found.reduce((sum, { calm }) => sum + calm, 0)).toBe(list.filter(([, y]) => y === 0).length);
        expect(found.reduce((sum, { spike }) => sum + spike, 0)).toBe(1 + list.filter(([, y]) => y === 1).length);
        for (const { at, top, bottom } of found) expect([bottom <= at, at <= top]).toEqual([true, true]);
        for (const [p] of list) expect(found.some(({ top, bottom }) => bottom <= p && p <= top)).toBe(true);
        const twice = new PackedWriter();
        packSealedLevels(twice, found);
        expect(ScoreLevels.unpackSealed(new PackedReader(twice.finish()))).toEqual(found);
      }),
    );
  });

  it("keep apart scores that drift through a block of six hours and crowd together at its end", () => {
    const random = new SeededRandom(9);
    const labels = Uint8Array.from({ length: 21_600 }, () => (random.uniform() < 0.05 ? 1 : 0));
    const scores = Float32Array.from(labels, (y, k) => {
      const spread = k < 3000 ? 1 : 0.001;
      return 0.4 + 0.3 * Math.sin(k / 4000) * spread + 0.02 * spread * (random.uniform() + 0.5 * y);
    });
    const levels = new ScoreLevels();
    labels.forEach((y, k) => levels.add(scores[k]!, y));
    const exact = averagePrecision(labels, scores);
    expect(Math.abs(figuresOfLevels(levels.all()).prAuc - exact)).toBeLessThan(0.005);
    const found = placedLevels([sealed(levels)]);
    expect(Math.abs(figuresOfLevels(found).prAuc - exact)).toBeLessThan(0.005);
    const { low, high } = boundsOfLevels(found)!;
    expect([low <= exact, exact <= high]).toEqual([true, true]);
  });
});

describe("rare spikes in a block of six hours", () => {
  it.each([0.0003, 0.002, 0.003, 0.005, 0.01, 0.02, 0.05, 0.082, 0.1])(
    "of a share of %f have PR-AUC within 0.005 of the exact one, and within its bounds",
    (share) => {
      for (let seed = 1; seed <= 6; seed++) {
        const random = new SeededRandom(seed);
        const all = new ScoreLevels();
        const labels = Uint8Array.from({ length: 21_600 }, () => (random.uniform() < share ? 1 : 0));
        const scores = Float32Array.from(labels, (y) => 0.3 + 0.02 * (random.uniform() + y * random.uniform()));
        labels.forEach((y, k) => all.add(scores[k]!, y));
        const exact = averagePrecision(labels, scores);
        const levels = placedLevels([sealed(all)]);
        expect(Math.abs(figuresOfLevels(levels).prAuc - exact)).toBeLessThan(0.005);
        const { low, high } = boundsOfLevels(levels)!;
        expect([low <= exact + 1e-12, exact <= high + 1e-12]).toEqual([true, true]);
      }
    },
  );
});

describe("equal scores of blocks of six hours", () => {
  it.each([6, 11, 21, 41])("of %i values stay ties: PR-AUC is exact, alone and pooled", (values) => {
    for (const share of [0.02, 0.1]) {
      const all = rows(values, 3 * 21_600, share, (rank) => Math.round((values - 1) * rank) / (values - 1));
      const blocks: ScoreLevels[] = [];
      all.labels.forEach((y, k) => (blocks[Math.floor(k / 21_600)] ??= new ScoreLevels()).add(all.scores[k]!, y));
      const exact = averagePrecision(all.labels, all.scores);
      const levels = placedLevels(blocks.map(sealed));
      expect(figuresOfLevels(levels).prAuc).toBeCloseTo(exact, 10);
      expect(boundsOfLevels(levels)!.high).toBeCloseTo(exact, 10);
      expect(figuresOfLevels(placedLevels(blocks.map((one) => one.all()))).prAuc).toBeCloseTo(exact, 10);
      expect(figuresOfLevels(mergedLevels(levels, 64)).prAuc).toBeCloseTo(exact, 10);
    }
  });

  it("stay ties in sums over symbols, each of many blocks", () => {
    const all = rows(2, 36_000, 0.1, (rank) => Math.round(40 * rank) / 40);
    const levels = placedLevels(blocksOf(all));
    expect(levels.length).toBeGreaterThan(256);
    const exact = averagePrecision(all.labels, all.scores);
    expect(figuresOfLevels(mergedLevels(levels, 256)).prAuc).toBeCloseTo(exact, 10);
  });
});

describe("live PR-AUC of scores that crowd together", () => {
  it.each([
    ["in one score bin", 1e-4],
    ["in two score bins", 0.02],
  ])("%s is that of the scores, alone and against another model", (_, width) => {
    const random = new SeededRandom(5);
    const quality = new LiveQuality(1000);
    const [a, b] = [model("a"), model("b")];
    quality.setSeries([a, b]);
    const n = 7200;
    const labels = Uint8Array.from({ length: n }, () => (random.uniform() < 0.08 ? 1 : 0));
    const score = (skill: number) =>
      Float32Array.from(labels, (y) => 0.2 + width * (random.uniform() + skill * y * random.uniform()));
    const scores = [score(0.5), score(0.7)];
    const horizon = a.horizonSteps;
    for (let k = 0; k < n + horizon; k++) {
      const probabilities = Float32Array.from(scores, (of) => of[k] ?? NaN);
      quality.update({ ...step(k), segmentStart: k === 0, probabilities, labels: [labels[k - horizon] ?? -1] });
    }
    const exact = scores.map((of) => averagePrecision(labels, of));
    for (const name of ["24h", "30d"] as const) {
      const { labels: found, pairs } = quality.window(name, { pairs: [[a.sha256, b.sha256]] });
      if (name === "30d") expect(found[0]!.blocks).toBe(1);
      else {
        found[0]!.series.forEach((one, i) => {
          expect(Math.abs(one.prAuc!.value - exact[i]!)).toBeLessThan(0.005);
          expect(one.prAuc!.low).toBeLessThan(one.prAuc!.value);
          expect(one.prAuc!.high).toBeGreaterThan(one.prAuc!.value);
          expect(one.lift!.value).toBeCloseTo(one.prAuc!.value / one.baseRate!, 12);
        });
        expect(Math.abs(pairs[0]!.prAucGain!.value - (exact[1]! - exact[0]!))).toBeLessThan(0.005);
      }
    }
  });
});
