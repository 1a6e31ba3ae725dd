// `npm run parity` on a small simulated recording, and proof that it can fail.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DEFAULT_ENGINE_CONFIG } from "../../src/features/feature-engine.ts";
import type { Tick } from "../../src/features/tick.ts";
import { simulateTicks } from "../../feeds/simulator.ts";
import { differentValue, firstDifference } from "../../feeds/parity/first-difference.ts";
import { type ParityResult, runParity } from "../../feeds/parity/parity-run.ts";
import { trainerSteps } from "../../feeds/parity/trainer-steps.ts";

const fromMs = Date.parse("2026-03-01T10:00:00Z");

/** 40 minutes of two symbols with a hole, a gap, doubled ticks and late ones. */
function recording(): Tick[] {
  const ticks = ["BTC-USD", "ETH-USD"].flatMap((symbol, seed) => [
    ...simulateTicks({ seed, symbol, fromMs, toMs: fromMs + 2_400_000 }),
  ]);
  return ticks
    .filter(({ tsMs }) => tsMs < fromMs + 1_300_000 || tsMs > fromMs + 1_320_000)
    .map((tick) => (tick.tsMs > fromMs + 1_800_000 ? { ...tick, tsMs: tick.tsMs + 400_000 } : tick))
    .flatMap((tick, i) =>
      i % 97 === 0 ? [tick, tick] : i % 101 === 0 ? [{ ...tick, tsMs: tick.tsMs - 5_000 }] : [tick],
    )
    .sort((a, b) => a.tsMs - b.tsMs);
}

describe("a simulated recording through the running Worker", () => {
  const ticks = recording();
  let result: ParityResult;
  const lines: string[] = [];

  beforeAll(async () => {
    result = await runParity(ticks, (line) => lines.push(line));
  });
  afterAll(() => {
    if (result === undefined) console.error(lines.join("\n"));
  });

  it("gives the trainer's rows, thresholds, labels and scores bit for bit", () => {
    expect(result.difference).toBeUndefined();
    expect(result.ticks).toBe(ticks.length);
    expect(result.rows).toBeGreaterThan(4_000);
    expect(result.thresholds).toBeGreaterThan(2_000);
    expect(result.labels).toBeGreaterThan(1_500);
    expect(result.scores).toBeGreaterThan(8_000);
  });

  it("counts the doubled ticks as duplicates", () => {
    expect(result.duplicate).toBeGreaterThan(ticks.length / 120);
  });
});

describe("the comparison", () => {
  const ticks = recording().filter(({ symbol }) => symbol === "BTC-USD");
  const steps = trainerSteps(ticks, DEFAULT_ENGINE_CONFIG);

  it("finds nothing between equal passes", () => {
    expect(firstDifference(steps, trainerSteps(ticks, DEFAULT_ENGINE_CONFIG))).toBeUndefined();
  });

  it("names column and step when one price differs in its last bit", () => {
    // The last tick of a step: an earlier one of the same step only shows when it is its high or low.
    const step = (tick: Tick): number => Math.floor(tick.tsMs / 1000);
    const last = ticks.findIndex((tick, i) => i > 3000 && step(ticks[i + 1]!) > step(tick));
    const other = ticks.map((tick, i) => (i === last ? { ...tick, price: tick.price * (1 + 2 ** -52) } : tick));
    expect(firstDifference(steps, trainerSteps(other, DEFAULT_ENGINE_CONFIG))).toMatch(
      / of step \d+: gateway .*, trainer /,
    );
  });

  it("names the counts when a step is missing", () => {
    const shorter = trainerSteps(ticks.slice(0, -50), DEFAULT_ENGINE_CONFIG);
    expect(firstDifference(shorter, steps)).toMatch(/^steps: gateway closed \d+, trainer \d+$/);
  });

  it("tells minus zero from zero and takes NaN for equal to NaN", () => {
    expect(differentValue(new Float64Array([NaN, 0]), new Float64Array([NaN, -0]))).toEqual({
      at: 1,
      left: 0,
      right: -0,
    });
    expect(differentValue(new Float32Array([NaN]), new Float32Array([NaN]))).toBeUndefined();
  });
});
