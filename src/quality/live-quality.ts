// The live quality of every served model: predictions wait for their labels, and resolved ones are kept for a day step
// by step and for thirty days in blocks. describe-window.ts and point-figures.ts compute figures from the sums;
// quality-pages.ts stores them.
import { LABEL } from "../features/label-window.ts";
import type { Page } from "../features/page-buffer.ts";
import { describeWindow } from "./describe-window.ts";
import { findPrediction, type LookupRefusal, type PastPrediction } from "./past-prediction.ts";
import { type LabelPoints, pointFigures } from "./point-figures.ts";
import { type QualityPart, qualityPart } from "./quality-part.ts";
import { type LoadedQuality, loadQualityState, qualityPages } from "./quality-pages.ts";
import {
  type BlockGain,
  MAX_PLACES,
  type PairRole,
  type QualityGuards,
  type QualityPair,
  type QualitySeries,
  type StepOutcome,
} from "./quality-series.ts";
import { emptyQualityState, keptSteps, type QualityState, type QualityStats } from "./quality-state.ts";
import { NO_SCORE, ScoreBins } from "./score-bins.ts";
import { dropAllPending, dropPending, type OnResolved, settleStep } from "./settle-labels.ts";
import { SpikeEpisodes } from "./spike-episodes.ts";
import { BLOCK_STEPS, STATUS, blockOf } from "./step-ring.ts";
import { type WindowName, type WindowOptions, type WindowQuality, WINDOW_MS } from "./window-quality.ts";
import { type BlockRows, monthTables, recentTables, type WindowTables } from "./window-tables.ts";

/** Models with a history on a symbol. */
export interface ModelHistories {
  readonly kept: number;
  readonly most: number;
  /** SHA-256 of the models whose history goes when a set of new models is promoted, the first to go first. */
  readonly nextDropped: readonly string[];
}

/** A guard's gains over the champion. */
export interface GuardGains {
  readonly role: keyof QualityGuards;
  /** SHA-256 of the two models. */
  readonly champion: string;
  readonly rival: string;
  readonly blocks: readonly BlockGain[];
}

/** Why a pair has no gains. */
export type PairRefusal = "no_pair" | "label_specs_differ" | "horizon_too_long";

/** The live quality of one symbol. Feed it every closed step in order; no clock, no I/O. */
export class LiveQuality {
  /** Pages that were unreadable when loaded. */
  readonly damagedPages: number;
  /** Called for each arriving label, with the exact probability. */
  onResolved: OnResolved | undefined;
  private readonly state: QualityState;
  /** Score bins of the followed models, in the order of `setSeries`. */
  private bins: readonly ScoreBins[] = [];
  private changed = false;

  /** @param stepMs length of a step; throws `RangeError` unless it is a whole number from 1. */
  constructor(stepMs: number, loaded: LoadedQuality = { state: emptyQualityState(stepMs), damagedPages: 0 }) {
    this.state = loaded.state;
    this.damagedPages = loaded.damagedPages;
    this.fitBins();
  }

  /** Restores the pages; `loadQualityState` states the loss from a missing or damaged page. */
  static load(stepMs: number, pages: ReadonlyMap<string, ArrayBuffer>): LiveQuality {
    return new LiveQuality(stepMs, loadQualityState(stepMs, pages));
  }

  get stats(): Readonly<QualityStats> {
    return this.state.stats;
  }

  /** SHA-256 of the models that are followed, in the order of `setSeries`. */
  get followed(): readonly string[] {
    return this.state.catalogue.current.map(({ sha256 }) => sha256);
  }

  /** Another number whenever other models are followed, or the same ones under another threshold. */
  get revision(): number {
    return this.state.catalogue.revision;
  }

  /** How many models have a history, and whose a set of new models would replace. */
  get histories(): ModelHistories {
    const { series, nextDropped } = this.state.catalogue;
    const kept = series.filter((entry) => entry !== undefined).length;
    return { kept, most: MAX_PLACES, nextDropped: nextDropped.map(({ sha256 }) => sha256) };
  }

  /** The newest closed step; −1 before the first. */
  get lastIndex(): number {
    return this.state.lastIndex;
  }

  /** The first step of the last 24 h of steps; earlier steps are not kept one by one. */
  get firstStep(): number {
    return this.state.lastIndex - keptSteps(this.state.stepMs) + 1;
  }

  /** The two models whose gains are counted; `undefined` without a pair. */
  get pair(): QualityPair | undefined {
    const { pair } = this.state.catalogue;
    return pair && { champion: pair.champion.sha256, challenger: pair.challenger.sha256 };
  }

  /** Why there is no comparison; `undefined` while the pair is compared. */
  get pairRefusal(): PairRefusal | undefined {
    const { catalogue } = this.state;
    const { pair } = catalogue;
    if (pair === undefined) return "no_pair";
    if (pair.champion.spec !== pair.challenger.spec) return "label_specs_differ";
    return catalogue.specOf(pair.champion).horizonSteps >= BLOCK_STEPS ? "horizon_too_long" : undefined;
  }

  /** Bytes of the whole state. */
  get sizeBytes(): number {
    const { ring, month, gains, pending } = this.state;
    return ring.sizeBytes + month.sizeBytes + pending.sizeBytes + gains.reduce((sum, one) => sum + one.sizeBytes, 0);
  }

  /**
   * Follows these models from the next step on. A known model keeps its history: SHA-256, label and score bins identify
   * it. With another threshold, which must be one of its edges, all kept steps are counted at the new one. A model that
   * is no longer followed keeps its history until sixteen others were used since. Gains restart with every new pair.
   * @param guards rivals of the first model, whose gains over it are counted too.
   * @throws RangeError for more than seven models, a model given twice, fields out of range, or a pair that is not
   * among the models.
   */
  setSeries(series: readonly QualitySeries[], pair?: QualityPair, guards: QualityGuards = {}): void {
    const { catalogue, episodes, pending, gains, month } = this.state;
    const { revision } = catalogue;
    const specs = [...catalogue.specs];
    const places = [...catalogue.series];
    for (const spec of specs) {
      if (spec && !series.some(({ labelText }) => labelText === spec.labelText)) dropPending(this.state, spec);
    }
    catalogue.use(series, pair, guards);
    // Also for known models: after a damaged page their edges are missing.
    this.fitBins();
    if (catalogue.revision === revision) return;
    catalogue.specs.forEach((spec, s) => {
      if (spec && spec.serial !== specs[s]?.serial) episodes[s] = new SpikeEpisodes(spec.horizonSteps);
    });
    catalogue.series.forEach((entry, p) => {
      if (entry?.serial === places[p]?.serial) return;
      pending.reset(p, entry === undefined ? 0 : catalogue.specOf(entry).horizonSteps);
    });
    for (const one of gains) one.setPair(catalogue.pairOf(one.role)?.number ?? 0);
    month.adopt(catalogue);
    this.changed = true;
  }

  /** Adds one closed step. Never throws on data: a step that is not newer than the last one is counted and ignored. */
  update(step: StepOutcome): void {
    const { state } = this;
    const { index } = step;
    if (!(Number.isInteger(index) && index > state.lastIndex)) {
      state.stats.disordered += 1;
      return;
    }
    if (step.segmentStart || index !== state.lastIndex + 1) dropAllPending(state);
    const { catalogue, ring, month } = state;
    ring.open(blockOf(index), catalogue);
    month.advance(index);
    let longest = 0;
    for (const spec of catalogue.specs) {
      if (spec === undefined) continue;
      longest = Math.max(longest, spec.horizonSteps);
      if (spec.column < 0) continue;
      const label = step.labels[spec.column] ?? LABEL.none;
      settleStep(state, spec, { index: index - spec.horizonSteps, label }, this.onResolved);
    }
    this.park(step);
    state.lastIndex = index;
    ring.newest = index;
    month.pack(index + 1 - longest);
    ring.seal(index + 1 - longest);
    this.changed = true;
  }

  /** Figures with intervals of the last hour, day or thirty days; see `WindowQuality`. */
  window(name: WindowName, options: WindowOptions = {}): WindowQuality {
    const { stepMs, lastIndex } = this.state;
    return describeWindow(name, this.tables(name), { stepMs, lastIndex, ...options });
  }

  /** The same figures without intervals, one entry per label spec; see `pointFigures`. */
  points(name: WindowName, levels = false): LabelPoints[] {
    return pointFigures(this.tables(name), levels);
  }

  /** One model's sums per block of a window (figure-row.ts); `undefined` for a model without a history. */
  blockRows(name: WindowName, sha256: string): BlockRows | undefined {
    const { firstBlock, blocks, series } = this.tables(name);
    const found = series.find((table) => table.series.sha256 === sha256);
    if (found === undefined || blocks === 0) return undefined;
    return { firstBlock, rows: Float64Array.from(found.rows) };
  }

  /** This symbol's part of a window over several symbols; `null` before the first step. */
  part(name: WindowName): QualityPart | null {
    const { stepMs, lastIndex } = this.state;
    return qualityPart(this.tables(name), { stepMs, lastIndex });
  }

  /** The pair's gains by block, ascending; empty without a comparable pair. */
  blockGains(): readonly BlockGain[] {
    return this.pairRefusal === undefined ? this.gainsOf("challenger") : [];
  }

  /** The champion's guards, each with its gains by block; those that cannot be compared are absent. */
  guardGains(): readonly GuardGains[] {
    const { catalogue } = this.state;
    return (["predecessor", "reference"] as const).flatMap((role) => {
      const pair = catalogue.pairOf(role);
      if (pair === undefined || catalogue.specOf(pair.champion).horizonSteps >= BLOCK_STEPS) return [];
      const [champion, rival] = [pair.champion.sha256, pair.rival.sha256];
      return [{ role, champion, rival, blocks: this.gainsOf(role) }];
    });
  }

  /**
   * Looks up a model's prediction at a step, by the parts of its `prediction_id`.
   * @param shaPrefix first characters of the model's SHA-256.
   */
  lookup(shaPrefix: string, index: number): PastPrediction | LookupRefusal {
    return findPrediction(this.state, { shaPrefix, index, firstStep: this.firstStep });
  }

  /** All pages changed since the last call or since `load`. Together the written pages restore the whole state. */
  dirtyPages(): Page[] {
    if (!this.changed) return [];
    this.changed = false;
    return qualityPages(this.state);
  }

  private gainsOf(role: PairRole): BlockGain[] {
    const gains = this.state.gains.find((one) => one.role === role);
    return gains?.blocks(this.state.lastIndex) ?? [];
  }

  private tables(name: WindowName): WindowTables {
    const { stepMs, ...kept } = this.state;
    if (name === "30d") return monthTables(kept);
    return recentTables({ ...kept, steps: Math.min(Math.ceil(WINDOW_MS[name] / stepMs), keptSteps(stepMs)) });
  }

  /** Stores the step's scores, and parks those that count until their label arrives. */
  private park({ index, counts, taus, probabilities, raw = probabilities }: StepOutcome): void {
    const { catalogue, ring, month, pending, stats } = this.state;
    let scored = 0;
    catalogue.current.forEach((series, i) => {
      const probability = probabilities[i] ?? NaN;
      const bin = this.bins[i]!.bin(probability);
      if (bin === NO_SCORE) return;
      ring.setScore(series, index, bin);
      if (counts) pending.park(series, index, probability, raw[i]!);
      scored |= 1 << series.spec;
    });
    if (scored !== 0 && !counts) stats.uncounted += 1;
    if (!counts) return;
    for (const spec of catalogue.specs) {
      const tau = spec === undefined ? NaN : (taus[spec.column] ?? NaN);
      if (spec === undefined || (scored & (1 << spec.place)) === 0 || Number.isNaN(tau)) continue;
      ring.setStatus(spec, index, STATUS.pending);
      ring.addTau(spec, index, tau);
      month.at(index, catalogue)?.addTau(spec, tau);
    }
  }

  private fitBins(): void {
    this.bins = this.state.catalogue.current.map(({ threshold, edges }) => new ScoreBins(threshold, edges));
  }
}
