import { describe, expect, it } from "vitest";
import { encodePage } from "../../src/features/page-buffer.ts";
import { LiveQuality } from "../../src/quality/live-quality.ts";
import { PairGains } from "../../src/quality/pair-gains.ts";
import { uniforms } from "./sequential-gains.ts";
import { market, model } from "./simulated-steps.ts";

const PAIR = 7;

function filled(gains: PairGains, from: number, to: number): PairGains {
  const next = uniforms(1);
  for (let index = 0; index < to; index++) {
    const [champion, rival] = [next(), next()];
    const step = { horizonSteps: 60, champion, rival, label: next() < 0.1 ? 1 : 0, episode: -1 } as const;
    if (index >= from) gains.add({ index, ...step });
  }
  return gains;
}

function started(): PairGains {
  const gains = new PairGains(1000);
  gains.setPair(PAIR);
  return gains;
}

function reloaded(gains: PairGains, into = started()): PairGains {
  for (const { bytes } of gains.dirtyPages("{}")) into.load(bytes);
  return into;
}

describe("a pair's gains with their bounds", () => {
  it("never bet more than the block's bound, and bet on most rows once the first block has passed", () => {
    const blocks = filled(started(), 0, 9000).blocks(8999);
    expect(blocks).toHaveLength(10);
    for (const { betSum, bound, rows } of blocks) {
      expect(Math.abs(betSum)).toBeLessThanOrEqual(bound);
      expect(rows).toBe(840);
    }
    expect(blocks[0]!.bound).toBe(840);
    expect(blocks[0]!.betSum).toBe(blocks[0]!.gainSum);
    for (const { bound } of blocks.slice(1)) expect(bound).toBeLessThan(840);
  });

  it("go on from stored pages exactly as if they had never stopped, also within a block", () => {
    const whole = filled(started(), 0, 4000);
    const parts = filled(reloaded(filled(started(), 0, 2222)), 2222, 4000);
    expect(parts.blocks(3999)).toEqual(whole.blocks(3999));
  });

  it("go on with the newest budget whatever the order of the pages, also after two were written within a block", () => {
    const first = 95 * 900;
    const stored = new Map<string, ArrayBuffer>();
    const gains = started();
    const next = uniforms(2);
    const add = (one: PairGains, rows: number, from: number, random = next): void => {
      for (let index = from; index < from + rows; index++) {
        const [champion, rival] = [random(), random()];
        one.add({ index, horizonSteps: 60, champion, rival, label: random() < 0.1 ? 1 : 0, episode: -1 });
      }
    };
    const save = (): void => gains.dirtyPages("{}").forEach(({ id, bytes }) => stored.set(id, bytes));
    // Both pages are changed, and then the newer one alone.
    add(gains, 1000, first);
    save();
    add(gains, 500, first + 1000);
    save();
    expect([...stored.keys()]).toHaveLength(2);
    const orders = [[...stored.values()], [...stored.values()].reverse()];
    const ended = [
      gains,
      ...orders.map((pages) =>
        pages.reduce((into, bytes) => {
          into.load(bytes);
          return into;
        }, started()),
      ),
    ].map((one) => {
      add(one, 800, first + 1500, uniforms(3));
      return one.blocks(first + 2299);
    });
    expect(ended[1]).toEqual(ended[0]);
    expect(ended[2]).toEqual(ended[0]);
  });

  it("take blocks of an earlier version, which have no bounds, as able to gain 1 a row", () => {
    const old = filled(started(), 0, 2222).blocks(2221);
    const [gains, counts] = [new Float64Array(96), () => new Uint16Array(96)];
    const arrays = [gains, counts(), counts(), counts()] as const;
    for (const { block, gainSum, rows } of old) [arrays[0][block], arrays[1][block]] = [gainSum, rows];
    const numbers = { catalogue: "{}", number: 0, pairNumber: PAIR, lastEpisode: -1 };
    const loaded = started();
    loaded.load(encodePage("quality-gains 1", { numbers, arrays }));
    for (const [b, { bound, betSum, gainSum, rows }] of loaded.blocks(2221).entries()) {
      expect([bound, betSum, gainSum, rows]).toEqual([rows, gainSum, old[b]!.gainSum, old[b]!.rows]);
    }
    // The block that the update interrupted may gain 1 a row too; the next one has a budget of its own.
    const [, , third, fourth] = filled(loaded, 2222, 4000).blocks(3999);
    expect(third).toMatchObject({ rows: 840, bound: 840 });
    expect(fourth!.bound).toBeLessThan(840);
  });

  it("refuse a page of another shape or without a budget, and keep what they have", () => {
    const gains = filled(started(), 0, 2000);
    const before = gains.blocks(1999);
    const numbers = { catalogue: "{}", number: 0, pairNumber: PAIR, lastEpisode: -1, budget: "{}" };
    const arrays = [0, 1, 2, 3, 4, 5].map(() => new Float64Array(96));
    expect(() => gains.load(encodePage("quality-gains 2", { numbers, arrays: arrays.slice(1) }))).toThrow(RangeError);
    expect(() => gains.load(encodePage("quality-gains 2", { numbers, arrays }))).toThrow("budget.block: got");
    expect(gains.blocks(1999)).toEqual(before);
  });

  it("are kept for thirty days of a challenger, and for some days of a guard", () => {
    const sizes = (["challenger", "reference"] as const).map((role) => {
      const gains = new PairGains(1000, role);
      for (let index = 0; index < 40 * 86_400; index += 900) {
        gains.add({ index, horizonSteps: 60, champion: 0.1, rival: 0.2, label: 0, episode: -1 });
      }
      return gains.blocks(40 * 86_400).length;
    });
    expect(sizes[0]).toBeGreaterThanOrEqual(2880);
    expect(sizes[1]).toBe(288);
  });
});

describe("the guards of a champion", () => {
  const [champion, rival, other] = [model("a"), model("b"), model("c", "spec b", 1)];
  const guards = { predecessor: rival.sha256, reference: other.sha256 };

  function run(quality: LiveQuality, from: number, to: number): LiveQuality {
    let count = 0;
    const series = [champion, rival, other];
    for (const event of market({ seed: 5, steps: to, changes: new Map([[0, { series }]]) })) {
      if ("step" in event && ++count > from) quality.update(event.step);
    }
    return quality;
  }

  it("are compared where they predict the champion's label, beside any challenger, and across a restart", () => {
    const quality = new LiveQuality(1000);
    quality.setSeries([champion, rival, other], { champion: champion.sha256, challenger: rival.sha256 }, guards);
    run(quality, 0, 2000);
    const [guard, ...more] = quality.guardGains();
    expect(guard).toMatchObject({ role: "predecessor", champion: champion.sha256, rival: rival.sha256 });
    expect(more).toEqual([]);
    expect(guard!.blocks.map(({ gainSum }) => gainSum)).toEqual(quality.blockGains().map(({ gainSum }) => gainSum));
    const pages = new Map(quality.dirtyPages().map(({ id, bytes }) => [id, bytes]));
    expect([...pages.keys()].filter((id) => id.includes("gains"))).toHaveLength(2);
    const again = run(LiveQuality.load(1000, pages), 2000, 3000);
    expect(again.guardGains()).toEqual(run(quality, 2000, 3000).guardGains());
  });

  it("begin anew with another champion, and end where nobody names them", () => {
    const quality = new LiveQuality(1000);
    quality.setSeries([champion, rival], undefined, { reference: rival.sha256 });
    run(quality, 0, 2000);
    quality.setSeries([rival, champion], undefined, { predecessor: champion.sha256 });
    expect(quality.guardGains()).toEqual([
      { role: "predecessor", champion: rival.sha256, rival: champion.sha256, blocks: [] },
    ]);
    quality.setSeries([rival, champion]);
    expect(quality.guardGains()).toEqual([]);
    expect(() => quality.setSeries([champion], undefined, { reference: rival.sha256 })).toThrow("pair: got");
  });

  it("lose a damaged page alone, which is counted", () => {
    const quality = new LiveQuality(1000);
    quality.setSeries([champion, rival], undefined, { reference: rival.sha256 });
    run(quality, 0, 2000);
    const pages = new Map(quality.dirtyPages().map(({ id, bytes }) => [id, bytes]));
    const id = [...pages.keys()].find((name) => name.startsWith("quality-gains-reference:"))!;
    new Uint8Array(pages.get(id)!)[100]! ^= 255;
    const loaded = LiveQuality.load(1000, pages);
    expect(loaded.damagedPages).toBe(1);
    expect(loaded.guardGains()).toMatchObject([{ role: "reference", blocks: [] }]);
    expect(loaded.points("24h")).toEqual(quality.points("24h"));
  });
});
