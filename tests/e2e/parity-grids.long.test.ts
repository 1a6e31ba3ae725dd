// Further grids and a further horizon at once through the running Worker, beside the trainer's own pass: on a simulated
// day, and on a recording where it is there.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { readBundledModels } from "../../feeds/parity/bundled-models.ts";
import { type ParityResult, runParity } from "../../feeds/parity/parity-run.ts";
import { streamTicks } from "../../recordings/tick-stream.ts";
import { simulateTicks } from "../../simulator/simulator.ts";
import { gridConfig } from "../../src/features/event-grid.ts";
import type { EngineConfig } from "../../src/features/feature-engine.ts";
import { defaultLabelOn } from "../../src/features/label-on-grid.ts";
import type { Tick } from "../../src/features/tick.ts";
import { handMadeModel } from "./parity-models.ts";

const RECORDED = join(import.meta.dirname, "../../../shared/data/coinbase-2025/ticks_BTCUSD_20251201_000100.ndjson.gz");
const there = existsSync(RECORDED);
if (!there) console.warn(`${RECORDED} is not there: several grids are not compared on a recording`);

const FROM_MS = Date.parse("2026-03-01T00:00:00Z");
const HOURS = 19;

/** A simulated market with a tick every few seconds, some of them twice, late, far ahead or at a wrong price. */
function market(): Tick[] {
  const ticks = [...simulateTicks({ seed: 3, symbol: "BTC-USD", fromMs: FROM_MS, toMs: FROM_MS + HOURS * 3_600_000 })];
  return ticks
    .filter((_, i) => i % 10 === 0)
    .flatMap((tick, i) => {
      if (i % 97 === 0) return [tick, tick];
      if (i % 101 === 0) return [{ ...tick, tsMs: tick.tsMs - 5_000 }];
      if (i % 503 === 0) return [{ ...tick, price: tick.price * 10, bid: NaN, ask: NaN }, tick];
      if (i % 701 === 0) return [{ ...tick, tsMs: tick.tsMs + 3_600_000 }, tick];
      return [tick];
    });
}

async function recorded(): Promise<Tick[]> {
  const ticks: Tick[] = [];
  for await (const batch of streamTicks([RECORDED], { stepMs: 1000 }).batches) ticks.push(...batch);
  return ticks;
}

/** The further grids: bars with their bundled models, a grid without any, and another horizon with its own model. */
async function furtherGrids(): Promise<EngineConfig[]> {
  const [champion] = await readBundledModels(gridConfig(60_000));
  const ten = gridConfig(10_000, "mid");
  const thirty = { ...gridConfig(1000), horizonMs: 30_000 };
  return [
    { grid: gridConfig(60_000), label: champion!.manifest.label },
    { grid: ten, label: { ...defaultLabelOn(ten), windowSteps: 360, minCount: 60, horizonSteps: 6 } },
    { grid: thirty, label: { ...defaultLabelOn(thirty), windowSteps: 1800, minCount: 300 } },
  ];
}

describe.each([
  { what: "a simulated market", isThere: true, read: async () => await Promise.resolve(market()), scored: true },
  { what: `a recording${there ? "" : " (not there)"}`, isThere: there, read: recorded, scored: false },
])("four grids of $what", ({ isThere, read, scored }) => {
  let result: ParityResult;

  beforeAll(async () => {
    if (!isThere) return;
    const [ticks, grids] = [await read(), await furtherGrids()];
    const models = [handMadeModel(grids[2]!)];
    result = await runParity({ ticks, grids, models, quality: scored }, () => undefined);
  });

  it.skipIf(!isThere)("are served as the trainer computes them, bit for bit", () => {
    expect(result.differences).toEqual({ count: 0, largest: 0, first: undefined });
    expect([...result.grids.keys()]).toEqual(["60s", "10s-mid", "1s-h30s"]);
    expect(result.grids.get("60s")).toBeGreaterThan(20);
    expect(result.grids.get("10s-mid")).toBeGreaterThan(100);
    expect(result.thresholds).toBeGreaterThan(300);
  });

  it.skipIf(!isThere || !scored)("are scored by their own models, with live quality as the trainer finds it", () => {
    expect(result.grids.get("60s")).toBeGreaterThan(HOURS * 59);
    const bars = result.quality.filter(({ what }) => what.startsWith("BTC-USD 60s 24h"));
    expect(bars.length).toBeGreaterThanOrEqual(4);
    for (const { what, resolved } of bars) expect(resolved, what).toBeGreaterThan(100);
    const horizon = result.quality.filter(({ what }) => what.startsWith("BTC-USD 1s-h30s 24h"));
    expect(horizon.map(({ what }) => what)).toEqual(["BTC-USD 1s-h30s 24h champion"]);
    expect(horizon[0]!.resolved).toBeGreaterThan(10_000);
  });
});
