// The reference that the trainer makes and the windows that the gateway fills: both must take the same rows.
import { describe, expect, it } from "vitest";
import { type DriftReference, PROBABILITY } from "../../../src/drift/drift-reference.ts";
import type { DriftVerdict } from "../../../src/drift/drift-verdict.ts";
import { DriftWindows } from "../../../src/drift/drift-windows.ts";
import { updateDrift } from "../../../src/drift/update-drift.ts";
import { ClosedSteps } from "../../../src/features/closed-steps.ts";
import { gridConfig } from "../../../src/features/event-grid.ts";
import { type EngineConfig, FeatureEngine } from "../../../src/features/feature-engine.ts";
import { PackedTicks } from "../../../src/features/packed-ticks.ts";
import { ROWS, type RowName } from "../../../src/features/schema.ts";
import { SeededRandom } from "../../../src/features/seeded-random.ts";
import type { Tick } from "../../../src/features/tick.ts";
import { DriftReferences } from "../../../trainer/drift/drift-references.ts";
import { allRows } from "../../../trainer/folds/split.ts";
import { buildDataset } from "../../../trainer/rows/dataset.ts";

const MINUTE_MS = 60_000;
const HOUR = 60;
const FROM_MS = Date.UTC(2026, 0, 5);

interface Market {
  readonly seed: number;
  readonly stepMs?: number;
  readonly bars: number;
  /** Bars without ticks, and bars whose ticks have no quotes. */
  readonly isPaused?: (bar: number) => boolean;
  readonly isUnquoted?: ((bar: number) => boolean) | undefined;
}

function config(stepMs: number): EngineConfig {
  const label = { kind: "trailing-quantile", source: "last", measure: "parkinson", horizonSteps: 1 } as const;
  return { grid: gridConfig(stepMs), label: { ...label, windowSteps: 1440, minCount: 900, quantile: 0.9 } };
}

/** Four ticks a bar, of a market whose volatility comes in clusters. */
function* ticks({ seed, stepMs = MINUTE_MS, bars, isPaused, isUnquoted }: Market): Generator<Tick> {
  const random = new SeededRandom(seed);
  const gaussian = (): number => {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += random.uniform();
    return sum;
  };
  let [price, logVolatility] = [60_000, 0];
  for (let bar = 0; bar < bars; bar++) {
    logVolatility = 0.966 * logVolatility + 0.2 * gaussian();
    for (let part = 0; part < 4; part++) {
      price *= 1 + 2e-4 * Math.exp(logVolatility) * gaussian();
      const spread = price * 1e-4 * (1 + random.uniform());
      const [bid, ask] = [price - spread, price + spread];
      const quote = { bid, ask, bidSize: 1 + random.uniform(), askSize: 1 + random.uniform() };
      const none = { bid: NaN, ask: NaN, bidSize: NaN, askSize: NaN };
      const tsMs = FROM_MS + bar * stepMs + (part * stepMs) / 4 + 100;
      if (isPaused?.(bar)) continue;
      yield { symbol: "NEW", tsMs, price, size: NaN, id: NaN, ...(isUnquoted?.(bar) ? none : quote) };
    }
  }
}

function referenceOf(row: RowName, stepMs: number, isUnquoted?: Market["isUnquoted"]): DriftReference {
  const data = buildDataset([...ticks({ seed: 1, stepMs, bars: 8640, isUnquoted })], config(stepMs));
  const scored = { positions: allRows(data), probabilities: new Float64Array(data.rows.count).fill(0.1) };
  const { features, windows } = new DriftReferences(data, 0.05).of(
    { row, features: ROWS[row].map(({ name }) => name) },
    scored,
  );
  return { features, windows };
}

/** The verdicts on the hours of a symbol that begins with these ticks. */
function hours(row: RowName, reference: DriftReference, market: Market): DriftVerdict[] {
  const { stepMs = MINUTE_MS } = market;
  const engine = new FeatureEngine(config(stepMs));
  const windows = new DriftWindows(stepMs, [...ROWS[row].map(({ name }) => name), PROBABILITY]);
  windows.setReference(reference, "sha");
  const packed = new PackedTicks();
  for (const tick of ticks(market)) packed.add(tick);
  const steps = new ClosedSteps(1);
  engine.process(packed.rows(), steps, new Uint8Array(packed.count));
  const verdicts = Array.from({ length: steps.count }, (_, k) => {
    return updateDrift(windows, steps, k, { row, spec: 0, score: steps.ready(k, 0) ? 0.1 : NaN });
  });
  return verdicts.flat().filter(({ window }) => window === "1h");
}

const vanished = ({ features }: DriftVerdict): string[] =>
  features.flatMap(({ name, presence }) => (presence === "vanished" ? [name] : []));

describe.each(["default-1", "default-2"] as const)("hours of %s of a symbol that is new", (row) => {
  const reference = referenceOf(row, MINUTE_MS);

  it("have no row before there is a threshold, and nothing vanishes in them", () => {
    const verdicts = hours(row, reference, { seed: 2, bars: 23 * HOUR + 1 });
    expect(verdicts.slice(0, 14).map(({ rows }) => rows)).toEqual(new Array(14).fill(0));
    expect(verdicts.at(-1)!.rows).toBe(60);
    expect(verdicts.map(vanished)).toEqual(verdicts.map(() => []));
  });

  it("say so when its quotes stop", () => {
    const isUnquoted = (bar: number): boolean => bar >= 20 * HOUR;
    const verdicts = hours(row, reference, { seed: 2, bars: 23 * HOUR + 1, isUnquoted });
    expect(verdicts.slice(0, 20).map(vanished)).toEqual(new Array(20).fill([]));
    expect(verdicts.at(-1)).toMatchObject({ verdict: "drift", alarmedBy: expect.arrayContaining(["presence"]) });
    expect(vanished(verdicts.at(-1)!)).toEqual(expect.arrayContaining(["imbalance"]));
  });

  it.each([0, 20, 45, 58])("have nothing that vanishes after a pause that ends at minute %d of an hour", (minute) => {
    const isPaused = (bar: number): boolean => bar >= 20 * HOUR && bar < 30 * HOUR + minute;
    const verdicts = hours(row, reference, { seed: 2, bars: 35 * HOUR + 1, isPaused });
    expect(verdicts.at(-1)!.rows).toBe(60);
    expect(verdicts.map(vanished)).toEqual(verdicts.map(() => []));
  });

  it("say so after a training with hours of which two had no quotes", () => {
    const isBad = (bar: number): boolean => [50, 51].includes(Math.floor(bar / HOUR));
    const trained = referenceOf(row, MINUTE_MS, isBad);
    expect(trained.windows[0]!.nullWindows).toBe(129);
    const isUnquoted = (bar: number): boolean => bar >= 20 * HOUR;
    const verdicts = hours(row, trained, { seed: 2, bars: 23 * HOUR + 1, isUnquoted });
    expect(verdicts.slice(0, 20).map(vanished)).toEqual(new Array(20).fill([]));
    expect(vanished(verdicts.at(-1)!)).toEqual(expect.arrayContaining(["imbalance"]));
  });

  it("say so when the quotes do not come back after a pause", () => {
    const isPaused = (bar: number): boolean => bar >= 20 * HOUR && bar < 30 * HOUR;
    const isUnquoted = (bar: number): boolean => bar >= 20 * HOUR;
    const verdicts = hours(row, reference, { seed: 2, bars: 34 * HOUR + 1, isPaused, isUnquoted });
    expect(vanished(verdicts.at(-1)!)).toContain("imbalance");
  });
});

describe("hours of five-minute bars", () => {
  it("have nothing that vanishes while columns fill again after a pause, however many hours that takes", () => {
    const stepMs = 5 * MINUTE_MS;
    const isPaused = (bar: number): boolean => bar >= 1200 && bar < 1560;
    const verdicts = hours("default-1", referenceOf("default-1", stepMs), { seed: 2, stepMs, bars: 1801, isPaused });
    expect(verdicts.at(-1)!.rows).toBe(12);
    expect(verdicts.map(vanished)).toEqual(verdicts.map(() => []));
  });
});
