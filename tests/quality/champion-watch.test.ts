import { describe, expect, it } from "vitest";
import { check } from "../../src/schemas/check.ts";
import type { BlockGain } from "../../src/quality/quality-series.ts";
import {
  beginWatch,
  type ChampionWatch,
  championWatchSchema,
  judgeWatch,
  updateWatch,
  watchMs,
} from "../../src/quality/promotion/champion-watch.ts";
import { randomGains } from "./sequential-gains.ts";

const RULE = { lagBlocks: 4, minRows: 420 };
const PAIR = { champion: "a".repeat(64), rival: "b".repeat(64) };
const DAY_MS = 86_400_000;

/** Blocks whose rows could gain 0.2 in the mean. */
function blocksOf(gains: ArrayLike<number>, from = 0): BlockGain[] {
  const known = Array.from(gains, (d, b) => {
    const sums = { gainSum: d * 840, betSum: d * 840, bound: 0.2 * 840 };
    return { block: from + b, rows: 840, ...sums, positives: 20, episodes: 1, complete: true };
  });
  const open = { rows: 0, gainSum: 0, betSum: 0, bound: 0, positives: 0, episodes: 0 };
  return [...known, { block: from + gains.length + 4, ...open, complete: false }];
}

const looked = (gains: ArrayLike<number>, nowMs = 0, watch = beginWatch(PAIR, 0)): ChampionWatch =>
  updateWatch(watch, [blocksOf(gains)], RULE, nowMs);

describe("the watch of a champion", () => {
  it("says that the champion is worse where its rival gains, and kept where the champion does", () => {
    const worse = judgeWatch(looked(new Float64Array(60).fill(0.02)), 1000);
    expect([worse.code, worse.worse.verdict, worse.better.verdict]).toEqual(["worse", "promote", "wait"]);
    expect(worse.better.eValue).toBeLessThan(1);
    const kept = judgeWatch(looked(new Float64Array(60).fill(-0.02)), 1000);
    expect([kept.code, kept.worse.verdict, kept.better.verdict]).toEqual(["kept", "wait", "promote"]);
    expect(kept.better.eValue).toBe(worse.worse.eValue);
  });

  it("waits for 30 episodes, as the rule that promotes does", () => {
    expect(judgeWatch(looked(new Float64Array(29).fill(0.1)), 1000).code).toBe("watching");
    expect(judgeWatch(looked(new Float64Array(30).fill(0.1)), 1000).code).toBe("worse");
  });

  it("is over after thirty days of seconds, and after 200 blocks of minutes", () => {
    expect([watchMs(1000), watchMs(60_000)]).toEqual([30 * DAY_MS, 125 * DAY_MS]);
    expect(judgeWatch(looked([], 30 * DAY_MS - 1), 1000).code).toBe("watching");
    expect(judgeWatch(looked([], 30 * DAY_MS), 1000).code).toBe("over");
    expect(judgeWatch(looked(new Float64Array(60).fill(0.02), 30 * DAY_MS), 1000).code).toBe("worse");
  });

  it("needs more evidence at the second look, and uses no block of the first", () => {
    const second = beginWatch(PAIR, 0, 59, 2);
    const gains = new Float64Array(120).fill(0.02);
    const { worse } = judgeWatch(looked(gains, 0, second), 1000);
    expect([worse.needs.eValue, worse.blocks]).toEqual([40, 60]);
  });

  it("decides each block once, however often it is looked at, and survives storage", () => {
    const gains = randomGains({ seed: 3, count: 90, mean: 0.001, deviation: 0.02, correlation: 0.3 });
    let watch = beginWatch(PAIR, 0);
    for (let n = 5; n <= 90; n += 5) {
      const stored = check(championWatchSchema, JSON.parse(JSON.stringify(watch)), "watch");
      if (!stored.ok) throw new Error("not readable");
      watch = looked(gains.subarray(0, n), 0, stored.value);
    }
    expect(watch).toEqual(looked(gains));
    expect(JSON.stringify(watch).length).toBeLessThan(3000);
  });

  it("demotes in at most 5 % of 300 runs in which the two are equally good, looked at each hour for thirty days", () => {
    let demoted = 0;
    for (let seed = 1; seed <= 300; seed++) {
      const gains = randomGains({ seed, count: 2880, mean: 0, deviation: 0.02, correlation: 0.2 });
      // The evidence is final: where it ever was enough, it shows at one of the looks.
      let watch = beginWatch(PAIR, 0);
      for (let n = 0; n < 2880; n += 96) {
        watch = updateWatch(watch, [blocksOf(gains.subarray(n, n + 96), n)], { ...RULE, lagBlocks: 0 }, 0);
        if (judgeWatch(watch, 1000).code !== "worse") continue;
        demoted += 1;
        break;
      }
    }
    console.log(`seeds 1 to 300: ${demoted} demoted`);
    expect(demoted / 300).toBeLessThanOrEqual(0.05);
  });
});
