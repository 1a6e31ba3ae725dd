// How good every served model is now: predictions wait for their label, and what was resolved is kept for a day step by
// step and for thirty days in blocks. What the kept sums mean as figures is left to window-quality.ts.
import { LABEL } from "../features/label-window.ts";
import { type Page, decodePage, encodePage } from "../features/page-buffer.ts";
import { SpikeEpisodes } from "./spike-episodes.ts";
import { MonthHistory } from "./month-history.ts";
import { PairGains } from "./pair-gains.ts";
import {
  type BlockGain,
  type QualityPair,
  type QualitySeries,
  type StepOutcome,
  MAX_SERIES,
} from "./quality-series.ts";
import { NO_SCORE, ScoreBins } from "./score-bins.ts";
import { type SeriesEntry, type SpecEntry, SeriesCatalogue } from "./series-catalogue.ts";
import { BLOCK_STEPS, STATUS, StepRing, blockOf } from "./step-ring.ts";
import { type WindowName, type WindowOptions, type WindowQuality, WINDOW_MS } from "./window-quality.ts";
import { monthTables, recentTables, type WindowTables } from "./window-tables.ts";
import { describeWindow } from "./describe-window.ts";

const DAY_MS = 86_400_000;
/** Steps that the ring holds at most: a day of seconds. */
const MAX_RING_STEPS = 86_400;
const KIND = "quality-now 1";
const NOW_PAGE = "quality-now";

/** What was counted since creation. */
export interface QualityStats {
  /** Steps with a label, per label spec of a model. */
  resolved: number;
  /** Horizons with too many holes. */
  voids: number;
  /** Predictions whose label will never come: a segment ended, steps are missing, or no model has the label any more. */
  unresolved: number;
  /** Steps with a prediction whose row was stale or not observed. */
  uncounted: number;
  /** Times that a segment began or steps were missing. */
  breaks: number;
  /** Steps that were not newer than the last one, and ignored. */
  disordered: number;
}

/** What was predicted, by its id. */
export interface PastPrediction {
  readonly sha256: string;
  readonly threshold: number;
  readonly bin: number;
  readonly alert: boolean;
  /** The middle of the bin. */
  readonly probability: number;
}

/** A model's sums, one row (figure-row.ts) per block of a window. */
export interface BlockRows {
  /** Number of the first block, on the grid of time that all symbols of a step length share. */
  readonly firstBlock: number;
  readonly rows: Float64Array;
}

/** Why the gateway does not know a prediction. */
export type LookupRefusal = "unknown_model" | "no_prediction" | "expired";

/** Why a pair has no gains. */
export type PairRefusal = "no_pair" | "label_specs_differ" | "horizon_too_long";

/** The live quality of one symbol. Feed it every closed step in order; no clock, no I/O. */
export class LiveQuality {
  readonly stats: QualityStats = { resolved: 0, voids: 0, unresolved: 0, uncounted: 0, breaks: 0, disordered: 0 };
  /** Pages that could not be read when this was loaded. */
  damagedPages = 0;
  /** Called for each label that arrives: place in the list of `setSeries`, step, exact probability, label. */
  onResolved: ((seriesPlace: number, index: number, probability: number, label: 0 | 1) => void) | undefined;
  private readonly stepMs: number;
  private readonly ringSteps: number;
  private readonly ring: StepRing;
  private readonly month: MonthHistory;
  private readonly gains: PairGains;
  /** Per place of a label spec. */
  private readonly episodes: SpikeEpisodes[] = [];
  private catalogue = new SeriesCatalogue();
  /** Exact probabilities of the last horizon, per place of the catalogue. */
  private readonly waiting: Float32Array[] = Array.from({ length: MAX_SERIES }, () => new Float32Array(0));
  private bins: ScoreBins[] = [];
  private lastIndex = -1;
  /** Per place of the catalogue, until what was loaded is made to agree. */
  private loadedEdges: readonly (readonly number[])[] = [];
  private changed = false;

  /** @param stepMs length of a step; throws `RangeError` unless it is a whole number from 1. */
  constructor(stepMs: number) {
    if (!(Number.isInteger(stepMs) && stepMs >= 1)) {
      throw new RangeError(`stepMs: got ${stepMs}, expected a whole number from 1`);
    }
    this.stepMs = stepMs;
    this.ringSteps = Math.min(MAX_RING_STEPS, Math.ceil(DAY_MS / stepMs));
    this.ring = new StepRing(Math.max(this.ringSteps, 3600));
    this.month = new MonthHistory(stepMs);
    this.gains = new PairGains(stepMs);
  }

  /** SHA-256 of the models that are followed, in the order of `setSeries`. */
  get followed(): readonly string[] {
    return this.catalogue.current.map(({ sha256 }) => sha256);
  }

  /** The first step of the last 24 h of steps: what came before is not kept step by step. */
  get firstStep(): number {
    return this.lastIndex - this.ringSteps + 1;
  }

  /** The two models whose gains are counted; `undefined` without a pair. */
  get pair(): QualityPair | undefined {
    const { pair } = this.catalogue;
    return pair && { champion: pair.champion.sha256, challenger: pair.challenger.sha256 };
  }

  /** Bytes of everything kept. */
  get sizeBytes(): number {
    const waiting = this.waiting.reduce((sum, array) => sum + array.byteLength, 0);
    return this.ring.sizeBytes + this.month.sizeBytes + this.gains.sizeBytes + waiting;
  }

  /**
   * Takes models into use from the next step on. One that was there keeps its history (its SHA-256, threshold and label
   * are its identity); one that is not named keeps it until its place is needed. Gains begin anew with every new pair.
   * @throws RangeError for more than five, for one model twice, for fields out of range, for a pair that is not among them.
   */
  setSeries(series: readonly QualitySeries[], pair?: QualityPair): void {
    const { catalogue } = this;
    const { revision } = catalogue;
    const specs = [...catalogue.specs];
    const places = [...catalogue.series];
    for (const spec of specs) {
      if (spec && !series.some(({ labelText }) => labelText === spec.labelText)) this.dropPending(spec);
    }
    catalogue.use(series, pair);
    // Also for models that were there: after a damaged page they are known without their edges.
    this.fitBins();
    if (catalogue.revision === revision) return;
    catalogue.specs.forEach((spec, s) => {
      if (spec && spec.serial !== specs[s]?.serial) this.episodes[s] = new SpikeEpisodes(spec.horizonSteps);
    });
    catalogue.series.forEach((entry, p) => {
      if (entry?.serial === places[p]?.serial) return;
      this.waiting[p] = new Float32Array(entry === undefined ? 0 : catalogue.specOf(entry).horizonSteps).fill(NaN);
    });
    this.gains.setPair(catalogue.pairNumber);
    this.month.adopt(catalogue);
    this.changed = true;
  }

  /** Takes one closed step. Never throws on data: a step that is not newer than the last one is counted and ignored. */
  update(step: StepOutcome): void {
    const { index } = step;
    if (!(Number.isInteger(index) && index > this.lastIndex)) {
      this.stats.disordered += 1;
      return;
    }
    if (step.segmentStart || index !== this.lastIndex + 1) this.dropAllPending();
    const { catalogue } = this;
    this.ring.open(blockOf(index), catalogue);
    this.month.advance(index);
    let longest = 0;
    for (const spec of catalogue.specs) {
      if (spec === undefined) continue;
      longest = Math.max(longest, spec.horizonSteps);
      if (spec.column >= 0) this.resolve(spec, index - spec.horizonSteps, step.labels[spec.column] ?? LABEL.none);
    }
    this.score(step);
    this.lastIndex = index;
    this.ring.newest = index;
    this.month.pack(index + 1 - longest);
    this.changed = true;
  }

  /** Figures of the last hour, day or thirty days; see `WindowQuality`. */
  window(name: WindowName, options: WindowOptions = {}): WindowQuality {
    const { stepMs, lastIndex } = this;
    return describeWindow(name, this.tables(name), { stepMs, lastIndex, ...options });
  }

  /** One model's sums per block of a window (figure-row.ts); `undefined` for a model without a history. */
  blockRows(name: WindowName, sha256: string): BlockRows | undefined {
    const { firstStep, blocks, series } = this.tables(name);
    const found = series.find((table) => table.series.sha256 === sha256);
    if (found === undefined || blocks === 0) return undefined;
    const firstBlock = name === "30d" ? this.month.blockOf(firstStep) : blockOf(firstStep);
    return { firstBlock, rows: Float64Array.from(found.rows) };
  }

  /** What the pair's blocks say, rising; empty when there is no comparable pair. */
  blockGains(): readonly BlockGain[] {
    return this.pairRefusal === undefined ? this.gains.blocks(this.lastIndex) : [];
  }

  /** Why there is nothing to compare; `undefined` for a pair that is being compared. */
  get pairRefusal(): PairRefusal | undefined {
    const { pair } = this.catalogue;
    if (pair === undefined) return "no_pair";
    if (pair.champion.spec !== pair.challenger.spec) return "label_specs_differ";
    return this.catalogue.specOf(pair.champion).horizonSteps >= BLOCK_STEPS ? "horizon_too_long" : undefined;
  }

  /**
   * What a model predicted at a step, from its `prediction_id`.
   * @param shaPrefix first characters of the model's SHA-256.
   */
  lookup(shaPrefix: string, index: number): PastPrediction | LookupRefusal {
    const { catalogue } = this;
    const known = catalogue.series.filter((one) => one?.sha256.startsWith(shaPrefix) === true) as SeriesEntry[];
    if (known.length === 0) return "unknown_model";
    if (index < this.firstStep) return "expired";
    for (const series of known) {
      const bin = index <= this.lastIndex ? this.ring.score(series, index) : NO_SCORE;
      if (bin === NO_SCORE) continue;
      const { sha256, threshold, edges } = series;
      const bins = new ScoreBins(threshold, edges);
      return { sha256, threshold, bin, alert: bin >= bins.firstAlertBin, probability: bins.probability(bin) };
    }
    return "no_prediction";
  }

  /** All pages changed since the last call, and since `load`. Writing them restores everything kept. */
  dirtyPages(): Page[] {
    if (!this.changed) return [];
    this.changed = false;
    const catalogue = JSON.stringify(this.catalogue);
    return [
      this.nowPage(catalogue),
      ...this.ring.dirtyPages(catalogue),
      ...this.month.dirtyPages(catalogue),
      ...this.gains.dirtyPages(catalogue),
    ];
  }

  /**
   * What the pages hold. A missing or damaged one loses its own steps or blocks, and `quality-now` what was waiting and the
   * counts; every page names the models, so that any of them is enough to know whose the others are.
   */
  static load(stepMs: number, pages: ReadonlyMap<string, ArrayBuffer>): LiveQuality {
    const quality = new LiveQuality(stepMs);
    const catalogues: string[] = [];
    quality.loadPages(pages, "quality-steps:", (bytes) => catalogues.push(quality.ring.load(bytes)));
    quality.loadPages(pages, "quality-month:", (bytes) => catalogues.push(quality.month.load(bytes)));
    quality.loadPages(pages, NOW_PAGE, (bytes) => catalogues.push(quality.loadNow(bytes)));
    for (const text of new Set(catalogues)) {
      const found = SeriesCatalogue.parse(text);
      if (found.revision > quality.catalogue.revision) quality.catalogue = found;
    }
    quality.gains.setPair(quality.catalogue.pairNumber);
    quality.loadPages(pages, "quality-gains:", (bytes) => quality.gains.load(bytes));
    quality.settle();
    return quality;
  }

  private tables(name: WindowName): WindowTables {
    const { catalogue, ring, month, stepMs, lastIndex } = this;
    if (name === "30d") return monthTables({ catalogue, ring, month, lastIndex });
    const steps = Math.min(Math.ceil(WINDOW_MS[name] / stepMs), this.ringSteps);
    return recentTables({ catalogue, ring, lastIndex, steps });
  }

  private loadPages(pages: ReadonlyMap<string, ArrayBuffer>, prefix: string, load: (bytes: ArrayBuffer) => void): void {
    for (const [id, bytes] of pages) {
      if (!id.startsWith(prefix)) continue;
      try {
        load(bytes);
      } catch {
        this.damagedPages += 1;
      }
    }
  }

  /** Makes what was loaded agree, whatever of it is missing. */
  private settle(): void {
    const { catalogue, waiting } = this;
    for (const entry of catalogue.series) {
      if (entry === undefined) continue;
      entry.edges = this.loadedEdges[entry.place] ?? [];
      const { horizonSteps } = catalogue.specOf(entry);
      if (waiting[entry.place]!.length === horizonSteps) continue;
      waiting[entry.place] = new Float32Array(horizonSteps).fill(NaN);
    }
    for (const spec of catalogue.specs) if (spec) this.episodes[spec.place] ??= new SpikeEpisodes(spec.horizonSteps);
    this.fitBins();
    const nowIsMissing = this.lastIndex < 0;
    if (nowIsMissing) this.lastIndex = this.ring.lastStep;
    this.ring.newest = this.lastIndex;
    if (nowIsMissing) this.dropAllPending();
    this.month.advance(this.lastIndex);
  }

  private resolve(spec: SpecEntry, index: number, label: number): void {
    const { catalogue, ring, waiting } = this;
    const slot = (index + spec.horizonSteps) % spec.horizonSteps;
    if (ring.status(spec, index) === STATUS.pending) {
      if (label === LABEL.calm || label === LABEL.spike) this.settleLabel(spec, index, label, slot);
      else this.settleWithout(spec, index, label === LABEL.void ? STATUS.void : STATUS.none);
    }
    for (const one of catalogue.series) if (one?.spec === spec.place) waiting[one.place]![slot] = NaN;
  }

  private settleLabel(spec: SpecEntry, index: number, label: 0 | 1, slot: number): void {
    const { catalogue, ring, waiting, stats } = this;
    ring.setStatus(spec, index, label === LABEL.spike ? STATUS.spike : STATUS.calm);
    stats.resolved += 1;
    const block = this.month.at(index, catalogue);
    block?.count(spec, "resolved", 1);
    const episodes = this.episodes[spec.place]!;
    if (label === LABEL.spike) {
      block?.count(spec, "positives", 1);
      if (episodes.update(index)) block?.count(spec, "episodes", 1);
    }
    for (const one of catalogue.series) {
      if (one?.spec !== spec.place) continue;
      const probability = waiting[one.place]![slot]!;
      if (Number.isNaN(probability)) continue;
      ring.resolve(one, index, probability, label);
      block?.resolve(one, ring.score(one, index), probability, label);
      const place = catalogue.current.indexOf(one);
      if (place >= 0) this.onResolved?.(place, index, probability, label);
    }
    const { pair } = catalogue;
    if (pair?.champion.spec !== spec.place || pair.challenger.spec !== spec.place) return;
    const a = waiting[pair.champion.place]![slot]! - label;
    const b = waiting[pair.challenger.place]![slot]! - label;
    const gain = a * a - b * b;
    if (Number.isNaN(gain)) return;
    this.gains.add(index, spec.horizonSteps, gain, label === LABEL.spike ? episodes.episode : -1);
  }

  private settleWithout(spec: SpecEntry, index: number, status: number): void {
    this.ring.setStatus(spec, index, status);
    if (status === STATUS.void) {
      this.stats.voids += 1;
      this.month.at(index, this.catalogue)?.count(spec, "voids", 1);
    } else this.stats.unresolved += 1;
  }

  private score({ index, counts, taus, probabilities }: StepOutcome): void {
    const { catalogue, ring, waiting, bins } = this;
    let scored = 0;
    catalogue.current.forEach((series, i) => {
      const probability = probabilities[i] ?? NaN;
      const bin = bins[i]!.bin(probability);
      if (bin === NO_SCORE) return;
      ring.setScore(series, index, bin);
      const values = waiting[series.place]!;
      if (counts) values[index % values.length] = probability;
      scored |= 1 << series.spec;
    });
    if (scored !== 0 && !counts) this.stats.uncounted += 1;
    if (!counts) return;
    for (const spec of catalogue.specs) {
      const tau = spec === undefined ? NaN : (taus[spec.column] ?? NaN);
      if (spec === undefined || (scored & (1 << spec.place)) === 0 || Number.isNaN(tau)) continue;
      ring.setStatus(spec, index, STATUS.pending);
      ring.addTau(spec, index, tau);
      this.month.at(index, catalogue)?.addTau(spec, tau);
    }
  }

  private dropAllPending(): void {
    if (this.lastIndex >= 0) this.stats.breaks += 1;
    for (const spec of this.catalogue.specs) if (spec !== undefined) this.dropPending(spec);
  }

  /** What waits under a spec gets no label any more. */
  private dropPending(spec: SpecEntry): void {
    const { lastIndex, ring } = this;
    for (let index = Math.max(0, lastIndex + 1 - spec.horizonSteps); index <= lastIndex; index++) {
      if (ring.status(spec, index) === STATUS.pending) this.settleWithout(spec, index, STATUS.none);
    }
    for (const one of this.catalogue.series) if (one?.spec === spec.place) this.waiting[one.place]!.fill(NaN);
  }

  private fitBins(): void {
    this.bins = this.catalogue.current.map(({ threshold, edges }) => new ScoreBins(threshold, edges));
  }

  private nowPage(catalogue: string): Page {
    const { lastIndex, stats, episodes } = this;
    const spikes = JSON.stringify(episodes.map(({ episode, lastSpike }) => ({ episode, lastSpike })));
    const edges = JSON.stringify(this.catalogue.series.map((entry) => entry?.edges ?? []));
    const numbers = { catalogue, lastIndex, stats: JSON.stringify(stats), spikes, edges };
    return { id: NOW_PAGE, bytes: encodePage(KIND, { numbers, arrays: this.waiting }) };
  }

  private loadNow(buffer: ArrayBuffer): string {
    const { numbers, arrays } = decodePage(KIND, buffer);
    const catalogue = String(numbers["catalogue"]);
    const { specs } = SeriesCatalogue.parse(catalogue);
    Object.assign(this.stats, JSON.parse(String(numbers["stats"])));
    const spikes = JSON.parse(String(numbers["spikes"])) as { episode: number; lastSpike: number }[];
    spikes.forEach((state, s) => (this.episodes[s] = new SpikeEpisodes(specs[s]!.horizonSteps, state)));
    arrays.forEach((array, p) => (this.waiting[p] = Float32Array.from(array)));
    this.loadedEdges = JSON.parse(String(numbers["edges"])) as number[][];
    this.lastIndex = Number(numbers["lastIndex"]);
    return catalogue;
  }
}
