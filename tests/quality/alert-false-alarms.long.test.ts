import * as v from "valibot";
import { describe, expect, it } from "vitest";
import type { AlertRule } from "../../src/quality/alerts/alert-change.ts";
import { AlertBook } from "../../src/quality/alerts/alert-book.ts";
import type { Figure } from "../../src/model/manifest-evaluation.ts";
import type { AlertFacts } from "../../src/quality/alerts/alert-facts.ts";
import { alertLimitsSchema } from "../../src/quality/alerts/alert-limits.ts";
import { Betting } from "../../src/quality/evidence/betting.ts";
import { linearCongruential } from "../features/linear-congruential.ts";

const SAMPLES: AlertFacts = { resolved: 80_000, blocks: 96, episodes: 150 };
const BLOCKS_A_DAY = 96;
const DAYS = 30;
const MONTHS = 60;

/** About standard normal, from a linear congruential generator and additions only: the same everywhere. */
function normals(seed: number): () => number {
  const next = linearCongruential(seed);
  return () => {
    let sum = -6;
    for (let i = 0; i < 12; i++) {
      sum += (next() >>> 8) / 2 ** 24;
    }
    return sum;
  };
}

/** A figure that lies `z` standard errors from the truth. */
const estimate = (truth: number, error: number, z: number): Figure => {
  const value = truth + error * z;
  return { value, low: value - 1.96 * error, high: value + 1.96 * error };
};

/**
 * The share of months of looking every quarter of an hour in which a rule fires although nothing is wrong: the figure
 * of a 24 h window is the mean of 96 independent blocks. `facts` gets it in standard errors, and the manifest's own
 * luck.
 */
function falseAlarmShare(
  rule: AlertRule,
  widening: number,
  facts: (live: number, manifest: number) => AlertFacts,
): number {
  const next = normals(20261123);
  const limits = v.parse(alertLimitsSchema, { [rule]: { widening } });
  let alarmed = 0;
  for (let month = 0; month < MONTHS; month++) {
    const book = new AlertBook({ symbol: "X", stepMs: 1000, limits });
    const manifest = next();
    const ring = Array.from({ length: BLOCKS_A_DAY }, next);
    let sum = ring.reduce((a, b) => a + b, 0);
    let fired = false;
    for (let block = 0; block < BLOCKS_A_DAY * DAYS && !fired; block++) {
      const newest = next();
      sum += newest - ring[block % BLOCKS_A_DAY]!;
      ring[block % BLOCKS_A_DAY] = newest;
      const live = sum / Math.sqrt(BLOCKS_A_DAY);
      const changes = book.update({ ...SAMPLES, ...facts(live, manifest) }, 1e12 + block * 900_000);
      fired = changes.some((change) => change.rule === rule);
    }
    alarmed += Number(fired);
  }
  return alarmed / MONTHS;
}

describe("over a month in which nothing is wrong", () => {
  const prAuc = (live: number, manifest: number): AlertFacts => ({
    prAuc: { live: estimate(0.3, 0.021, live), manifest: estimate(0.3, 0.006, manifest) },
  });
  const calibration = (live: number): AlertFacts => ({ calibration: { difference: estimate(0, 0.015, live) } });

  it("the default limits give a false alarm of PR-AUC, and of calibration, in less than 5 % of months", () => {
    expect(falseAlarmShare("pr_auc_fell", 2, prAuc)).toBeLessThan(0.05);
    expect(falseAlarmShare("calibration", 2, calibration)).toBeLessThan(0.05);
  });

  it("plain 95 % intervals would give one in most months", () => {
    expect(falseAlarmShare("pr_auc_fell", 1, prAuc)).toBeGreaterThan(0.5);
    expect(falseAlarmShare("calibration", 1, calibration)).toBeGreaterThan(0.9);
  });
});

describe("over a month with a challenger that is better", () => {
  /** How often `challenger_ready` fires in each of 60 months of one gain every quarter of an hour. */
  function firingsPerMonth(mean: number, deviation: number): number[] {
    const next = normals(20261124);
    return Array.from({ length: MONTHS }, () => {
      const book = new AlertBook({ symbol: "*", stepMs: 1000 });
      const test = new Betting();
      let fired = 0;
      for (let block = 0; block < BLOCKS_A_DAY * DAYS; block++) {
        test.update(5 * (mean + deviation * next()));
        const { value: eValue } = test;
        const challenger = { ready: eValue >= 20, eValue, blocks: block + 1, episodes: 99, meanGain: null };
        const changes = book.update({ model: "a".repeat(64), challenger }, 1e12 + block * 900_000);
        fired += changes.filter(({ state }) => state === "firing").length;
      }
      return fired;
    }).sort((a, b) => a - b);
  }

  it.each([
    [0.002, 0.05],
    [0.005, 0.05],
    [0.01, 0.05],
  ])(
    "the challenger is reported once or, in a few months, twice, though its e value varies (mean gain %d, deviation %d)",
    (mean, deviation) => {
      const firings = firingsPerMonth(mean, deviation);
      expect(firings.at(-1)).toBeLessThanOrEqual(2);
      expect(firings[Math.floor(MONTHS * 0.9) - 1]).toBeLessThanOrEqual(1);
      if (mean > 0.002) expect(firings[MONTHS / 2]).toBe(1);
    },
  );
});
