// One model's forecasts of the horizon's volatility: they wait for their labels, its quantiles learn from these, and
// sums of the outcomes are kept for a day and thirty days.
import { exp, ln } from "../features/exact-math.ts";
import { decodePage, encodePage, type Page } from "../features/page-buffer.ts";
import { BlockSums } from "./block-sums.ts";
import { addForecast, addQuantiles, SUM } from "./outcome-sums.ts";
import { QuantileTracker, sortOffsets } from "./quantile-tracker.ts";
import { LEVELS } from "./sigma-levels.ts";

/** Steps of a block of the last day: those of live quality. */
const BLOCK_STEPS = 900;
/** A block of the last thirty days. */
const MONTH_BLOCK_MS = 21_600_000;
const DAY_MS = 86_400_000;
/** Closed blocks of thirty days. */
export const MONTH_BLOCKS = 120;
const STATE = "sigma-state 1";
const SUMS = "sigma-sums 1";
/** Values of a step that waits: ln of its forecast, and its offsets before they were sorted. */
const WIDTH = 1 + LEVELS;

/** A model with a forecast of the volatility. */
export interface SigmaModel {
  readonly sha256: string;
  readonly labelText: string;
  readonly horizonSteps: number;
  /** Offsets of its quantiles that its training found, by level; `null` in older manifests. */
  readonly offsets: readonly number[] | null;
}

/** What arrives with a step's label. */
export interface SigmaOutcome {
  /** Start of the step that brought it, ms: blocks are those of live quality. */
  readonly tsMs: number;
  /** Its grid index: the label is of the step one horizon before. */
  readonly index: number;
  /** Realised volatility of the horizon, at least ε. */
  readonly volatility: number;
  /** Variances that the baselines forecast, `NaN` without one. */
  readonly ewma: number;
  readonly har: number;
}

export class ModelSigma {
  readonly model: SigmaModel;
  readonly tracker: QuantileTracker;
  readonly day: BlockSums;
  readonly month: BlockSums;
  private readonly pending: Float32Array;
  private readonly answered = new Float64Array(LEVELS);
  private readonly rounded = new Float32Array(LEVELS);
  private readonly sorted = new Float64Array(LEVELS);
  private changed = true;
  private blockChanged = true;

  constructor(stepMs: number, model: SigmaModel) {
    this.model = model;
    this.tracker = new QuantileTracker(model.horizonSteps, model.offsets ?? undefined);
    this.pending = new Float32Array(model.horizonSteps * WIDTH).fill(NaN);
    this.day = new BlockSums(BLOCK_STEPS * stepMs, Math.ceil(DAY_MS / (BLOCK_STEPS * stepMs)) + 1);
    this.month = new BlockSums(MONTH_BLOCK_MS, MONTH_BLOCKS);
  }

  get sizeBytes(): number {
    return this.pending.byteLength + this.day.sizeBytes + this.month.sizeBytes;
  }

  /** Learns from the label of the step one horizon before `index`, if its forecast waits. */
  resolve({ tsMs, index, volatility, ewma, har }: SigmaOutcome): void {
    const { pending, tracker, answered, sorted } = this;
    const at = this.placeOf(index);
    const forecast = pending[at]!;
    if (forecast !== forecast) return;
    const residual = ln(volatility) - forecast;
    for (let level = 0; level < LEVELS; level++) answered[level] = pending[at + 1 + level]!;
    const hasQuantiles = answered[0] === answered[0];
    if (hasQuantiles) sortOffsets(answered, 0, sorted);
    const [block, sixHours] = [this.day.rowAt(tsMs), this.month.rowAt(tsMs)];
    for (const row of [block, sixHours]) {
      addForecast(row, residual, volatility * volatility, ewma, har);
      if (!hasQuantiles) continue;
      row[SUM.quantiles]! += 1;
      addQuantiles(row, SUM.corrected, residual, sorted);
      addQuantiles(row, SUM.first, residual, tracker.first);
    }
    tracker.update(residual, answered, 0);
    this.changed = true;
    const [isDayClosed, isMonthClosed] = [this.day.takeClosed(), this.month.takeClosed()];
    this.blockChanged ||= isDayClosed || isMonthClosed;
  }

  /** Clears the place of a step whose label has come or never will. */
  clear(index: number): void {
    const at = this.placeOf(index);
    this.pending.fill(NaN, at, at + WIDTH);
    this.changed = true;
  }

  /** Clears all: a segment ended, or the model is no longer followed. */
  reset(): void {
    this.pending.fill(NaN);
    this.changed = true;
  }

  /** Keeps a step's forecast until its label comes. @param forecast `lnForecast` of it. */
  park(index: number, forecast: number): void {
    const at = this.placeOf(index);
    this.pending[at] = forecast;
    this.pending.set(this.tracker.offsets, at + 1);
    this.changed = true;
  }

  /** Writes the quantiles of a forecast over τ, ascending; nothing before there are labels enough. */
  write(forecast: number, tau: number, out: Float32Array, at: number): void {
    if (!this.tracker.ready || forecast !== forecast) return;
    // As they wait for the label: what is answered is what is judged.
    this.rounded.set(this.tracker.offsets);
    sortOffsets(this.rounded, 0, this.sorted);
    for (let level = 0; level < LEVELS; level++) out[at + level] = exp(forecast + this.sorted[level]!) / tau;
  }

  /** Pages that changed since the last call. @param slot names them. */
  dirtyPages(slot: number): Page[] {
    if (!this.changed) return [];
    const { model, tracker, pending, day, month } = this;
    const { sha256, labelText, horizonSteps } = model;
    const offsets = model.offsets === null ? null : JSON.stringify(model.offsets);
    const arrays = [...tracker.arrays, pending, ...day.openArrays, ...month.openArrays];
    const numbers = { sha256, labelText, horizonSteps, offsets };
    const pages = [{ id: `state-${slot}`, bytes: encodePage(STATE, { numbers, arrays }) }];
    if (this.blockChanged) {
      const sums = [...day.closedArrays, ...month.closedArrays];
      pages.push({ id: `sums-${slot}`, bytes: encodePage(SUMS, { numbers: { sha256 }, arrays: sums }) });
    }
    this.changed = false;
    this.blockChanged = false;
    return pages;
  }

  /** Restores a state's page. Throws for damaged bytes. */
  static load(stepMs: number, bytes: ArrayBuffer): ModelSigma {
    const { numbers, arrays } = decodePage(STATE, bytes);
    const { sha256, labelText, horizonSteps, offsets } = numbers;
    const found = new ModelSigma(stepMs, {
      sha256: String(sha256),
      labelText: String(labelText),
      horizonSteps: Number(horizonSteps),
      offsets: offsets === null ? null : (JSON.parse(String(offsets)) as number[]),
    });
    found.tracker.load(arrays.slice(0, 3));
    if (arrays[3]?.length !== found.pending.length)
      throw new RangeError("sigma state: got another horizon's forecasts");
    found.pending.set(arrays[3]);
    found.day.loadOpen(arrays.slice(4, 6));
    found.month.loadOpen(arrays.slice(6, 8));
    found.changed = false;
    return found;
  }

  /** Restores the page of its closed blocks. Throws for damaged bytes, and for those of another model. */
  loadSums(bytes: ArrayBuffer): void {
    const { numbers, arrays } = decodePage(SUMS, bytes);
    if (numbers["sha256"] !== this.model.sha256) throw new RangeError("sigma sums: got those of another model");
    this.day.loadClosed(arrays.slice(0, 2));
    this.month.loadClosed(arrays.slice(2, 4));
    this.blockChanged = false;
  }

  private placeOf(index: number): number {
    return (index % this.model.horizonSteps) * WIDTH;
  }
}

/** ln of a forecast volatility, as it is stored. @param ratio forecast over τ. @param epsilon the schema's ε. */
export function lnForecast(ratio: number, tau: number, epsilon: number): number {
  return Math.fround(ln(Math.max(ratio * tau, epsilon)));
}
