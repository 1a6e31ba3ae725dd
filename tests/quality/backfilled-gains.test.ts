import { describe, expect, it } from "vitest";
import { BackfilledGains, withBackfill } from "../../src/quality/backfilled-gains.ts";
import { blocksFault, seamFault } from "../../src/quality/promotion/backfill-fault.ts";
import { trainedThrough } from "../../src/quality/promotion/trained-through.ts";
import type { BlockGain } from "../../src/quality/quality-series.ts";

function gain(block: number, changes: Partial<BlockGain> = {}): BlockGain {
  const sums = { gainSum: (block % 1000) / 3, betSum: (block % 1000) / 7, bound: 160.1 };
  return { block, rows: 840, ...sums, positives: 61, episodes: 2, complete: true, ...changes };
}
const gains = (from: number, to: number): BlockGain[] =>
  Array.from({ length: to - from + 1 }, (_, i) => gain(from + i));
const pagesOf = (kept: BackfilledGains) => new Map(kept.dirtyPages().map(({ id, bytes }) => [id, bytes]));

describe("backfilled gains", () => {
  it("are the same to the last bit after they were stored, and belong to one experiment", () => {
    const kept = BackfilledGains.load(new Map());
    expect([kept.of("1-a-b"), kept.dirtyPages(), kept.damagedPages]).toEqual([[], [], 0]);
    kept.set("1-a-b", gains(1_960_000, 1_962_975));
    const pages = pagesOf(kept);
    expect(kept.dirtyPages()).toEqual([]);
    const loaded = BackfilledGains.load(pages);
    expect(loaded.of("1-a-b")).toEqual(gains(1_960_000, 1_962_975));
    expect([loaded.of("2-a-b"), loaded.dirtyPages()]).toEqual([[], []]);
    expect([...pages.values()][0]!.byteLength).toBeLessThan(120_000);
    loaded.set("2-a-b", gains(5, 6));
    expect(loaded.of("1-a-b")).toEqual([]);
  });

  it("are lost with a damaged page, which is counted", () => {
    const kept = BackfilledGains.load(new Map());
    kept.set("1-a-b", gains(5, 9));
    const [[id, bytes]] = [...pagesOf(kept)] as [[string, ArrayBuffer]];
    for (const damaged of [bytes.slice(0, 40), new ArrayBuffer(0), flipped(bytes)]) {
      const loaded = BackfilledGains.load(new Map([[id, damaged]]));
      expect([loaded.of("1-a-b"), loaded.damagedPages]).toEqual([[], 1]);
    }
  });

  it("come before the live blocks, of which they replace what both have", () => {
    const live = [gain(7, { rows: 300 }), gain(8)];
    expect(withBackfill(gains(5, 7), live)).toEqual([...gains(5, 7), gain(8)]);
    expect(withBackfill([], live)).toEqual(live);
    expect(withBackfill(gains(1, 3), live)).toEqual([...gains(1, 3), ...live]);
  });
});

describe("a fault of blocks", () => {
  const rule = { horizonSteps: 60, trainedThrough: 4 };

  it("is none of blocks that a live comparison could have counted, up to the limits", () => {
    expect(blocksFault([], rule)).toBeUndefined();
    const full = gain(6, { rows: 840, gainSum: -840, betSum: -840, bound: 840, positives: 840, episodes: 840 });
    expect(
      blocksFault(
        [gain(5, { rows: 1, gainSum: 1, betSum: 0, bound: 0, positives: 0, episodes: 0 }), full, gain(9)],
        rule,
      ),
    ).toBeUndefined();
    expect(blocksFault(gains(5, 2980), rule)).toBeUndefined();
  });

  it("names the block and what was expected", () => {
    expect(blocksFault(gains(5, 2981), rule)?.detail).toBe("got 2977 blocks, expected at most 2976");
    expect(blocksFault([gain(5), gain(5)], rule)?.detail).toBe("got block 5 after 5, expected ascending ones");
    expect(blocksFault([gain(4)], rule)?.detail).toBe(
      "got block 4, expected blocks after 4, the last one that the challenger may know",
    );
    expect(blocksFault([gain(5, { rows: 841 })], rule)?.detail).toMatch(
      /^block 5: got rows 841, .*expected 1 to 840 rows/,
    );
  });

  it("is one of a block that has not ended, to the step", () => {
    expect(seamFault(gains(5, 6), { live: [], lastIndex: 7 * 900 - 1 })).toBeUndefined();
    expect(seamFault(gains(5, 6), { live: [], lastIndex: 7 * 900 - 2 })?.code).toBe("block_in_future");
    expect(seamFault([gain(0)], { live: [], lastIndex: -1 })?.code).toBe("block_in_future");
  });

  it("is one of a block after the first three that were compared live", () => {
    const of = (blocks: BlockGain[]) =>
      seamFault(blocks, { live: [gain(8), gain(9), gain(11), gain(12)], lastIndex: 99_999 });
    expect([of([]), of(gains(5, 11))]).toEqual([undefined, undefined]);
    expect(of(gains(5, 12))).toEqual({
      code: "block_after_live",
      detail: "got block 12, expected at most 11: the two are compared live since block 8",
    });
  });
});

it("no block with a label of the training is evidence: trained up to step 1,000, block 1 is not, nor when 840 ends it", () => {
  const of = (toMs: number) =>
    trainedThrough({ training: { toMs }, label: { horizonSteps: 60 } } as Parameters<typeof trainedThrough>[0], 1000);
  expect([of(1_000_000), of(1_739_000), of(1_740_000)]).toEqual([1, 1, 2]);
});

function flipped(bytes: ArrayBuffer): ArrayBuffer {
  const copy = bytes.slice();
  new Uint8Array(copy)[copy.byteLength - 9]! ^= 1;
  return copy;
}
