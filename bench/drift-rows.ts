// Rows of many simulated or recorded days as a dataset that holds only those steps that drift windows keep: a year of
// days fits into memory, and windows cut from it are those that all steps would give.
import { ClosedSteps } from "../src/features/closed-steps.ts";
import { DEFAULT_ENGINE_CONFIG, type EngineConfig, FeatureEngine } from "../src/features/feature-engine.ts";
import { ROW_NAMES } from "../src/features/schema.ts";
import { PackedTicks } from "../src/features/packed-ticks.ts";
import type { Tick } from "../src/features/tick.ts";
import { driftWindowPlan } from "../src/drift/drift-window-plan.ts";
import type { Dataset } from "../trainer/rows/dataset.ts";
import { LabelledRows, COLUMN_COUNTS } from "../trainer/rows/labelled-rows.ts";
import { PendingRows } from "../trainer/rows/pending-rows.ts";
import { newTally } from "../trainer/rows/tally.ts";

const CHUNK_TICKS = 4096;

/**
 * Takes the ticks of one symbol, in order of time, through the gateway's engine. Labels are all 0: nothing reads them.
 */
class DriftRows {
  private readonly config: EngineConfig;
  private readonly engine: FeatureEngine;
  private readonly every: number;
  private readonly rows = new LabelledRows(4096);
  private readonly steps = new ClosedSteps(1, CHUNK_TICKS);
  private readonly verdicts = new Uint8Array(CHUNK_TICKS);
  private readonly slot = new PendingRows(1, ROW_NAMES);
  private ticks = new PackedTicks(CHUNK_TICKS);

  constructor(config: EngineConfig = DEFAULT_ENGINE_CONFIG) {
    this.config = config;
    this.engine = new FeatureEngine(config);
    this.every = Math.min(...driftWindowPlan(config.grid.stepMs).map(({ every }) => every));
  }

  add(tick: Tick): void {
    this.ticks.add(tick);
    if (this.ticks.count === CHUNK_TICKS) this.process();
  }

  /** What there is so far, as a dataset of one symbol; nothing may be added after this. */
  finish(symbol = "BTC-USD"): Dataset {
    this.process();
    return { config: this.config, symbols: [symbol], rows: this.rows.sortedByTime(), tally: newTally() };
  }

  private process(): void {
    const { steps, slot, config } = this;
    steps.clear();
    this.engine.process(this.ticks.rows(), steps, this.verdicts);
    this.ticks = new PackedTicks(CHUNK_TICKS);
    for (let k = 0; k < steps.count; k++) {
      if (steps.index[k]! % this.every !== 0) continue;
      slot.put(steps, k);
      if (slot.eligible[0] === 0) continue;
      const place = { stepMs: config.grid.stepMs, segment: 0, symbol: 0 };
      this.rows.add(slot, 0, place, { label: 0, ratio: NaN });
    }
  }
}

/** The dataset of one symbol's ticks. */
export function driftRows(ticks: Iterable<Tick>, config?: EngineConfig): Dataset {
  const rows = new DriftRows(config);
  for (const tick of ticks) rows.add(tick);
  return rows.finish();
}

/** The rows with `fromMs` ≤ ts < `toMs`, as a dataset of their own. */
export function rowsBetween(data: Dataset, fromMs: number, toMs: number): Dataset {
  const { rows } = data;
  const first = firstFrom(rows.tsMs, rows.count, fromMs);
  const end = firstFrom(rows.tsMs, rows.count, toMs);
  const part = new LabelledRows(end - first, rows.names);
  part.count = end - first;
  for (const field of ["tsMs", "step", "segment", "symbol", "tau", "ratio", "label"] as const) {
    part[field].set(rows[field].subarray(first, end));
  }
  for (const name of rows.names) {
    part.values[name].set(rows.values[name].subarray(first * COLUMN_COUNTS[name], end * COLUMN_COUNTS[name]));
  }
  return { ...data, rows: part };
}

function firstFrom(tsMs: Float64Array, count: number, fromMs: number): number {
  const at = tsMs.subarray(0, count).findIndex((ts) => ts >= fromMs);
  return at < 0 ? count : at;
}
