// Recalibrations step by step: what is learnt from, what is not, and that they depend on the steps alone.
import { describe, expect, it } from "vitest";
import { LABEL } from "../../src/features/label-window.ts";
import { decodePage, encodePage } from "../../src/features/page-buffer.ts";
import { SeededRandom } from "../../src/features/seeded-random.ts";
import { probabilityOf } from "../../src/recalibration/line.ts";
import { Recalibrations, type UsedModel } from "../../src/recalibration/recalibrations.ts";

const HORIZON = 5;
const MODEL: UsedModel = { sha256: "a".repeat(64), labelText: "label", horizonSteps: HORIZON, spec: 0 };
const OTHER: UsedModel = { ...MODEL, sha256: "b".repeat(64) };

interface Step {
  readonly index: number;
  readonly segmentStart: boolean;
  readonly label: number;
  readonly raw: number;
  readonly counts: boolean;
}

/** A model that predicts twice the odds, over `count` steps with holes and void labels. */
function steps(count: number, seed: number): Step[] {
  const random = new SeededRandom(seed);
  const truth = new Map<number, number>();
  let index = 1000;
  return Array.from({ length: count }, (_, k) => {
    const segmentStart = k > 0 && random.uniform() < 0.001;
    index += segmentStart ? 400 : 1;
    const z = -2 + 3 * (random.uniform() - 0.5);
    truth.set(index, random.uniform() < probabilityOf(z) ? LABEL.spike : LABEL.calm);
    const label = random.uniform() < 0.02 ? LABEL.void : (truth.get(index - HORIZON) ?? LABEL.none);
    return { index, segmentStart, label, raw: Math.fround(probabilityOf(z + 0.7)), counts: random.uniform() > 0.05 };
  });
}

/** Feeds one step; what is served. */
function feed(all: Recalibrations, { index, segmentStart, label, raw, counts }: Step, models = [MODEL]): number[] {
  const isTaken = all.advance({ index, segmentStart, labels: [label] });
  return models.map(({ sha256 }) => {
    const one = all.of(sha256)!;
    const answer = one.answer(raw, true);
    if (isTaken && counts) one.park(index, raw, answer);
    return answer.served;
  });
}

const fresh = (): Recalibrations => {
  const all = Recalibrations.load(1000, new Map());
  all.use([MODEL]);
  return all;
};

/** What a store would have after every snapshot. */
class Store {
  readonly pages = new Map<string, ArrayBuffer>();

  save(all: Recalibrations): void {
    for (const { id, bytes } of all.dirtyPages()) this.pages.set(id, bytes);
  }
}

describe("recalibrations", () => {
  it("serve the same bits across restarts at any step", () => {
    const all = steps(30_000, 1);
    const whole = fresh();
    const expected = all.map((step) => feed(whole, step)[0]!);
    expect(whole.of(MODEL.sha256)!.proof.state).toBe("serving");
    const store = new Store();
    let one = fresh();
    const random = new SeededRandom(2);
    const served = all.map((step) => {
      if (random.uniform() < 0.003) {
        store.save(one);
        one = Recalibrations.load(1000, store.pages);
        one.use([MODEL]);
      }
      return feed(one, step)[0]!;
    });
    expect(served).toEqual(expected);
    expect(served).not.toEqual(all.map(({ raw }) => raw));
  });

  it("learn from each label once: an older step, or one twice, changes nothing", () => {
    const one = fresh();
    const all = steps(500, 3);
    for (const step of all) feed(one, step);
    const { labels } = one.of(MODEL.sha256)!;
    for (const step of all) expect(one.advance({ ...step, labels: [step.label] })).toBe(false);
    expect(one.of(MODEL.sha256)!.labels).toBe(labels);
  });

  it("learn nothing from void labels, rows that do not count, and across a break", () => {
    const labelsAfter = (change: (step: Step, k: number) => Step): number => {
      const one = fresh();
      const plain = Array.from({ length: 100 }, (_, k): Step => {
        return { index: k, segmentStart: false, label: k < HORIZON ? LABEL.none : LABEL.calm, raw: 0.1, counts: true };
      });
      plain.forEach((step, k) => feed(one, change(step, k)));
      return one.of(MODEL.sha256)!.labels;
    };
    expect(labelsAfter((step) => step)).toBe(95);
    expect(labelsAfter((step, k) => (k === 50 ? { ...step, label: LABEL.void } : step))).toBe(94);
    expect(labelsAfter((step, k) => (k === 50 ? { ...step, counts: false } : step))).toBe(94);
    expect(labelsAfter((step, k) => (k === 50 ? { ...step, raw: NaN } : step))).toBe(94);
    expect(labelsAfter((step, k) => (k === 50 ? { ...step, segmentStart: true } : step))).toBe(95 - HORIZON);
    expect(labelsAfter((step, k) => (k >= 50 ? { ...step, index: k + 1 } : step))).toBe(95 - HORIZON);
  });

  it("keep what a model had learnt while others serve, up to sixteen", () => {
    const one = fresh();
    for (const step of steps(2000, 4)) feed(one, step);
    const before = one.of(MODEL.sha256)!;
    one.use([OTHER]);
    expect(one.of(MODEL.sha256)).toBeUndefined();
    expect(one.of(OTHER.sha256)!.labels).toBe(0);
    one.use([MODEL, OTHER]);
    expect(one.of(MODEL.sha256)).toBe(before);
    one.use([OTHER]);
    for (let n = 0; n < 15; n++) one.use([OTHER, { ...MODEL, sha256: String(n).repeat(32) }]);
    one.use([MODEL]);
    expect(one.of(MODEL.sha256)!.labels).toBe(0);
  });

  it("begin anew under another label of the same model", () => {
    const one = fresh();
    for (const step of steps(2000, 4)) feed(one, step);
    one.use([{ ...MODEL, labelText: "other" }]);
    expect(one.of(MODEL.sha256)!.labels).toBe(0);
  });

  it("begin with a prior that the pages keep; pages of before it hold the identity, and a broken one is counted", () => {
    const prior = { slope: 0.8, level: -0.5, symbols: 2, horizons: 3000, atMs: 1 };
    const one = Recalibrations.load(1000, new Map());
    expect(one.use([MODEL, OTHER], { [MODEL.sha256]: prior })).toBe(true);
    const now = one.dirtyPages().find(({ id }) => id === "now")!.bytes;
    const loadedAs = (change: (text: string) => string) => {
      const { numbers, arrays } = decodePage("recalibration-now 1", now);
      const models = change(String(numbers["models"]));
      const bytes = encodePage("recalibration-now 1", { numbers: { ...numbers, models }, arrays });
      const loaded = Recalibrations.load(1000, new Map([["now", bytes]]));
      expect(loaded.use([MODEL, OTHER], { [OTHER.sha256]: prior })).toBe(loaded.damagedPages > 0);
      return { damagedPages: loaded.damagedPages, found: loaded.of(MODEL.sha256)! };
    };
    const kept = loadedAs((text) => text);
    expect([kept.found.pooledPrior, kept.found.line]).toEqual([prior, { slope: 0.8, level: -0.5 }]);
    const text = JSON.stringify(prior);
    const older = loadedAs((models) => models.replace(text, '{"slope":1,"level":0}'));
    expect([older.damagedPages, older.found.pooledPrior, older.found.line.slope]).toEqual([0, undefined, 1]);
    const broken = loadedAs((models) => models.replace(text, '{"slope":null,"level":0,"symbols":2}'));
    expect([broken.damagedPages, broken.found.line]).toEqual([1, { slope: 1, level: 0 }]);
  });

  it("lose with a damaged page what it has, and count it", () => {
    const one = fresh();
    for (const step of steps(2000, 5)) feed(one, { ...step, index: step.index + 2_676_000 });
    const store = new Store();
    store.save(one);
    const damaged = (id: string) => {
      const pages = new Map([...store.pages, [id, new ArrayBuffer(8)] as const]);
      const loaded = Recalibrations.load(1000, pages);
      loaded.use([MODEL]);
      return { damagedPages: loaded.damagedPages, one: loaded.of(MODEL.sha256)! };
    };
    const learnt = damaged("learnt");
    expect(learnt.damagedPages).toBe(1);
    expect([learnt.one.labels > 0, learnt.one.line]).toEqual([true, { slope: 1, level: 0 }]);
    expect(learnt.one.months.figures().map(({ month }) => month)).toEqual(["1970-01", "1970-02"]);
    const months = damaged("months");
    expect(months.damagedPages).toBe(1);
    expect(months.one.months.figures().map(({ month }) => month)).toEqual(["1970-02"]);
    expect(months.one.line).toEqual(one.of(MODEL.sha256)!.line);
    const now = damaged("now");
    expect([now.damagedPages, now.one.labels]).toEqual([1, 0]);
  });

  it("count each month's calibration of the raw scores, the recalibrated ones, and what was served", () => {
    const one = Recalibrations.load(60_000, new Map());
    one.use([MODEL]);
    for (const step of steps(60_000, 6)) feed(one, step);
    const [first, second] = one.of(MODEL.sha256)!.months.figures();
    expect([first!.month, second!.month]).toEqual(["1970-01", "1970-02"]);
    expect(first!.raw.rows).toBe(first!.served.rows);
    expect(second!.recalibrated.ece).toBeLessThan(second!.raw.ece / 3);
    expect(second!.recalibrated.brierSkill).toBeGreaterThan(second!.raw.brierSkill!);
    expect(second!.served.brier).toBeCloseTo(second!.recalibrated.brier, 10);
  });
});
