// `npm run parity` on a small simulated recording, and proof that it can fail.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FLAG } from "../../src/features/closed-steps.ts";
import { DEFAULT_ENGINE_CONFIG } from "../../src/features/feature-engine.ts";
import type { Tick } from "../../src/features/tick.ts";
import { simulateTicks } from "../../feeds/simulator.ts";
import { differentValue, firstDifference } from "../../feeds/parity/first-difference.ts";
import { type ParityResult, runParity } from "../../feeds/parity/parity-run.ts";
import { type TrainerSteps, trainerSteps } from "../../feeds/parity/trainer-steps.ts";

const fromMs = Date.parse("2026-03-01T10:00:00Z");
const GAP_MS = 400_000;

/** 40 minutes of two symbols with a hole of 20 s and a gap of 400 s, in order of time. */
function market(): Tick[] {
  return ["BTC-USD", "ETH-USD"]
    .flatMap((symbol, seed) => [...simulateTicks({ seed, symbol, fromMs, toMs: fromMs + 2_400_000 })])
    .filter(({ tsMs }) => tsMs < fromMs + 1_300_000 || tsMs > fromMs + 1_320_000)
    .map((tick) => (tick.tsMs > fromMs + 1_800_000 ? { ...tick, tsMs: tick.tsMs + GAP_MS } : tick))
    .sort((a, b) => a.tsMs - b.tsMs);
}

/** The market as a bad line delivers it: ticks twice, 5 s late, or an hour too early. Not in order of time any more. */
function recording(): Tick[] {
  return market().flatMap((tick, i) => {
    if (i % 97 === 0) return [tick, tick];
    if (i % 101 === 0) return [{ ...tick, tsMs: tick.tsMs - 5_000 }];
    if (i % 701 === 0) return [{ ...tick, tsMs: tick.tsMs + 3_600_000 }, tick];
    return [tick];
  });
}

function ofSymbol(ticks: readonly Tick[], symbol: string): TrainerSteps {
  const own = ticks.filter((tick) => tick.symbol === symbol);
  return trainerSteps(own, DEFAULT_ENGINE_CONFIG);
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

  it("has doubled, late and outlying ticks, and a held one that starts a new segment, in both symbols", () => {
    let duplicate = 0;
    for (const symbol of ["BTC-USD", "ETH-USD"]) {
      const { totals, columns } = ofSymbol(ticks, symbol);
      expect(totals.duplicate).toBeGreaterThan(20);
      expect(totals.late).toBeGreaterThan(20);
      expect(totals.outlier).toBeGreaterThan(3);
      const segments = columns.flags.filter((flags) => (flags & FLAG.segmentStart) !== 0);
      expect(segments).toHaveLength(2);
      const indices = [...columns.index];
      const jumps = indices.slice(1).map((index, i) => index - indices[i]!);
      expect(Math.max(...jumps)).toBeGreaterThan(300);
      duplicate += totals.duplicate;
    }
    expect(result.duplicate).toBe(duplicate);
  });
});

describe("the comparison", () => {
  const ticks = market().filter(({ symbol }) => symbol === "BTC-USD");
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
