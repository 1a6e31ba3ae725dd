// `npm run parity` on a small simulated recording and on bars, and proof that it can fail.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FLAG } from "../../src/features/closed-steps.ts";
import { DEFAULT_ENGINE_CONFIG } from "../../src/features/feature-engine.ts";
import { gridConfig } from "../../src/features/event-grid.ts";
import { DEFAULT_LABEL_SPEC } from "../../src/features/label-spec.ts";
import type { Tick } from "../../src/features/tick.ts";
import { manifestText } from "../../model-artifacts/artifact.ts";
import { simulateTicks } from "../../simulator/simulator.ts";
import { Differences } from "../../feeds/parity/differences.ts";
import { type ParityResult, runParity } from "../../feeds/parity/parity-run.ts";
import { type TrainerSteps, trainerSteps } from "../../feeds/parity/trainer-steps.ts";
import { handMadeModel } from "./parity-models.ts";
import { Program } from "../processes/program.ts";

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

/**
 * The market as a bad line delivers it: ticks twice, 5 s late, 5 s or an hour too early, or with a price ten times as
 * high. Not in order of time any more.
 */
function recording(): Tick[] {
  return market().flatMap((tick, i) => {
    if (i % 97 === 0) return [tick, tick];
    if (i % 101 === 0) return [{ ...tick, tsMs: tick.tsMs - 5_000 }];
    if (i % 503 === 0) return [{ ...tick, price: tick.price * 10, bid: NaN, ask: NaN }, tick];
    if (i % 601 === 0) return [{ ...tick, tsMs: tick.tsMs + 4_900 }, tick];
    if (i % 701 === 0) return [{ ...tick, tsMs: tick.tsMs + 3_600_000 }, tick];
    return [tick];
  });
}

function ofSymbol(ticks: readonly Tick[], symbol: string): TrainerSteps {
  const own = ticks.filter((tick) => tick.symbol === symbol);
  return trainerSteps(own, DEFAULT_ENGINE_CONFIG);
}

describe("a simulated recording through the running Worker, with a model that its gate refused", () => {
  const ticks = recording();
  const models = [handMadeModel(DEFAULT_ENGINE_CONFIG)];
  let result: ParityResult;
  const lines: string[] = [];

  beforeAll(async () => {
    result = await runParity({ ticks, models, quality: true }, (line) => lines.push(line));
  });
  afterAll(() => {
    if (result === undefined) console.error(lines.join("\n"));
  });

  it("gives the trainer's rows, thresholds, labels and scores bit for bit", () => {
    expect(result.differences).toEqual({ count: 0, largest: 0, first: undefined });
    expect(result.ticks).toBe(ticks.length);
    expect(result.rows).toBeGreaterThan(4_000);
    expect(result.thresholds).toBeGreaterThan(2_000);
    expect(result.labels).toBeGreaterThan(1_500);
    expect(result.scores).toBeGreaterThan(8_000);
    // One of five models gives σ: the others are baselines.
    expect(result.sigmas).toBe(result.scores / 5);
    expect(result.sigmas).toBeGreaterThan(2_000);
    expect(result.served).toBe(result.scores);
    // The hand-made model has no edges of score bins, among which its threshold could move.
    expect(result.followed).toBe(0);
  });

  it("keeps the live quality that the trainer finds over the same steps, model by model and window by window", () => {
    expect(result.quality).toHaveLength(2 * 5 * 3);
    for (const { what, resolved, spikes } of result.quality) {
      expect(resolved, what).toBeGreaterThan(500);
      expect(spikes, what).toBeGreaterThan(10);
    }
    const compared = result.quality.filter(({ livePrAuc }) => livePrAuc !== null);
    for (const { livePrAuc, exactPrAuc } of compared) expect(Math.abs(livePrAuc! - exactPrAuc!)).toBeLessThan(0.005);
  });

  it("has doubled, late and outlying ticks, wrong prices, and a held one that starts a new segment, in both symbols", () => {
    let duplicate = 0;
    for (const symbol of ["BTC-USD", "ETH-USD"]) {
      const { totals, columns } = ofSymbol(ticks, symbol);
      expect(totals.duplicate).toBeGreaterThan(20);
      expect(totals.late).toBeGreaterThan(20);
      expect(totals.outlier).toBeGreaterThan(3);
      expect(totals.priceOutlier).toBeGreaterThan(3);
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

describe("bars of a minute through the program", () => {
  const folder = mkdtempSync(join(tmpdir(), "volgate-parity-bars-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("find only a model whose score depends on the other rows of its run, and exit with 1", async () => {
    const bars = join(folder, "XBTUSD_1m.csv");
    writeFileSync(bars, barsOf(market().filter(({ symbol }) => symbol === "BTC-USD")));
    const changes = { measure: "parkinson", horizonSteps: 1, windowSteps: 120, minCount: 30 } as const;
    const label = join(folder, "label.json");
    writeFileSync(label, JSON.stringify(changes));
    const config = { grid: gridConfig(60_000), label: { ...DEFAULT_LABEL_SPEC, ...changes } };
    const models = [handMadeModel(config), handMadeModel(config, true)].flatMap(({ manifest, onnx }) => {
      const model = mkdtempSync(join(folder, "model-"));
      writeFileSync(join(model, "model.onnx"), onnx);
      writeFileSync(join(model, "manifest.json"), manifestText(manifest));
      return ["--model", model];
    });
    const program = ["volgate.ts", "parity", bars, "--step", "60s", "--label", label, ...models];
    const ended = await new Program(program, join(folder, "temporary")).end();
    // Rows, thresholds, labels and the champion are compared before the second model, which holds the next alias.
    expect(ended.output).toMatch(/first difference: XBTUSD: zscore at step \d+: gateway 0\.\d+, here 0\.\d+\n/);
    const counted =
      /parity: 2400 ticks \(0 duplicate\) of 1 symbols, 599 rows, (\d+) thresholds, (\d+) labels, (\d+) scores, (\d+) expected volatilities and (\d+) quantiles of them, \d+ as served \(0 recalibrated\), \d+ following thresholds compared, (\d+) differences, largest 0\.\d+\n/;
    const [thresholds, labels, scores, sigmas, quantiles, differences] = counted
      .exec(ended.output)!
      .slice(1)
      .map(Number);
    expect(thresholds).toBe(570);
    expect(labels).toBe(569);
    // The first threshold, of 30 steps, comes one step before the row, which wants 30 returns.
    expect(scores).toBe(2 * (thresholds! - 1));
    expect(sigmas).toBe(scores);
    // The champion's, once it has the labels of a hundred of its forecasts.
    expect(quantiles).toBe(3 * (thresholds! - 1 - 100));
    // Of the model's own scores, and of what is served.
    expect(differences).toBeGreaterThan(thresholds!);
    expect(differences).toBeLessThanOrEqual(2 * thresholds!);
    expect([ended.code, ended.processes, ended.files]).toEqual([1, [], []]);
  });
});

/** Ten hours of bars, four prices of the market in each, as a file of BitMEX has them. */
function barsOf(ticks: readonly Tick[]): string {
  const lines = Array.from({ length: 600 }, (_, i) => {
    const [open, a, b, close] = ticks.slice(i * 4, i * 4 + 4).map(({ price }) => price) as [
      number,
      number,
      number,
      number,
    ];
    const [high, low] = [Math.max(open, a, b, close), Math.min(open, a, b, close)];
    return [fromMs + (i + 1) * 60_000, open, high, low, close].join(",");
  });
  return ["timestamp_ms,open,high,low,close", ...lines].join("\n");
}

describe("the comparison", () => {
  const ticks = market().filter(({ symbol }) => symbol === "BTC-USD");
  const steps = trainerSteps(ticks, DEFAULT_ENGINE_CONFIG);

  const compared = (left: TrainerSteps, right: TrainerSteps): Differences => {
    const differences = new Differences();
    differences.compareSteps("S", left, right);
    return differences;
  };

  it("finds nothing between equal passes", () => {
    const { count, largest, first } = compared(steps, trainerSteps(ticks, DEFAULT_ENGINE_CONFIG));
    expect([count, largest, first]).toEqual([0, 0, undefined]);
  });

  it("names column and step when one price differs in its last bit", () => {
    // The last tick of a step: an earlier one of the same step only shows when it is its high or low.
    const step = (tick: Tick): number => Math.floor(tick.tsMs / 1000);
    const last = ticks.findIndex((tick, i) => i > 3000 && step(ticks[i + 1]!) > step(tick));
    const other = ticks.map((tick, i) => (i === last ? { ...tick, price: tick.price * (1 + 2 ** -52) } : tick));
    const { count, largest, first } = compared(steps, trainerSteps(other, DEFAULT_ENGINE_CONFIG));
    expect(first).toMatch(/^S: .* of step \d+: gateway .*, here /);
    expect(count).toBeGreaterThan(1);
    expect(largest).toBeGreaterThan(0);
    expect(largest).toBeLessThan(1e-6);
  });

  it("names the counts when a step is missing", () => {
    const shorter = trainerSteps(ticks.slice(0, -50), DEFAULT_ENGINE_CONFIG);
    const { count, largest, first } = compared(shorter, steps);
    expect(first).toMatch(/^S: steps: gateway closed \d+, here \d+$/);
    expect([count, largest]).toEqual([1, Infinity]);
  });

  it("distinguishes minus zero from zero, treats NaN as equal to NaN, and gives the largest difference", () => {
    const differences = new Differences();
    const at = (i: number) => `place ${i}`;
    differences.compare(new Float32Array([NaN]), new Float32Array([NaN]), at);
    expect(differences.first).toBeUndefined();
    differences.compare(new Float64Array([NaN, 0]), new Float64Array([NaN, -0]), at);
    expect(differences).toEqual({ count: 1, largest: 0, first: "place 1: gateway 0, here 0" });
    differences.compare(new Float64Array([1, 5]), new Float64Array([1.5, 2]), at);
    expect(differences).toMatchObject({ count: 3, largest: 3 });
    differences.compare(new Float64Array([1]), new Float64Array([NaN]), at);
    differences.compare(new Float64Array([]), new Float64Array([1]), at);
    expect(differences).toMatchObject({ count: 5, largest: Infinity });
  });
});
