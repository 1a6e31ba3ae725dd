// What a grid of a symbol learns of its models' volatility forecasts: quantiles that keep their coverage, and figures
// against EWMA and HAR. Deterministic from the steps and the forecasts, whatever batches they came in.
import { type ClosedSteps, FLAG } from "../features/closed-steps.ts";
import { LABEL } from "../features/label-window.ts";
import { decodePage, encodePage, type Page } from "../features/page-buffer.ts";
import { epsilonOf } from "../features/schema.ts";
import { LiveBaselines } from "./live-baselines.ts";
import { lnForecast, ModelSigma, type SigmaModel } from "./model-sigma.ts";
import { type SigmaFigures, sigmaFigures, type SigmaWindow } from "./sigma-figures.ts";
import { LEVELS } from "./sigma-levels.ts";

/** Models whose state is kept: those that are followed, and as many that were before. */
const SLOTS = 4;
const BASELINES = "sigma-baselines 1";
const SLOT_PAGES = "sigma-slots 1";

/** A label spec of the grid's engine, in its order. */
export interface SigmaSpec {
  readonly labelText: string;
  readonly horizonSteps: number;
}

/** What is kept of a label spec. */
interface KeptSpec extends SigmaSpec {
  readonly baselines: LiveBaselines;
  readonly epsilon: number;
  /** Column of the closed steps. */
  column: number;
}

/** Forecasts of some closed steps over τ, by model; `NaN` where there is none. */
export type SigmaRatios = ReadonlyMap<string, ArrayLike<number>>;

export class VolatilityLearning {
  /** Pages that were unreadable when it was loaded. */
  damagedPages = 0;
  private readonly stepMs: number;
  private readonly slots: (ModelSigma | undefined)[] = new Array<undefined>(SLOTS).fill(undefined);
  /** Slots in the order of their last use, the oldest first. */
  private order: number[] = [0, 1, 2, 3];
  private specs: KeptSpec[] = [];
  private followed: readonly string[] = [];
  private lastIndex = -1;
  private changed = false;

  constructor(stepMs: number) {
    this.stepMs = stepMs;
  }

  /** Restores pages. A damaged one loses its own part: a model's state, its closed blocks, or the baselines. */
  static load(stepMs: number, pages: ReadonlyMap<string, ArrayBuffer>): VolatilityLearning {
    const found = new VolatilityLearning(stepMs);
    const read = (id: string, work: (bytes: ArrayBuffer) => void): void => {
      const bytes = pages.get(id);
      if (bytes === undefined) return;
      try {
        work(bytes);
      } catch {
        found.damagedPages += 1;
      }
    };
    read("slots", (bytes) => found.loadSlots(bytes));
    for (let slot = 0; slot < SLOTS; slot++) {
      read(`state-${slot}`, (bytes) => (found.slots[slot] = ModelSigma.load(stepMs, bytes)));
      read(`sums-${slot}`, (bytes) => found.slots[slot]?.loadSums(bytes));
    }
    read("baselines", (bytes) => found.loadBaselines(bytes));
    return found;
  }

  /** Bytes of its arrays, about. */
  get sizeBytes(): number {
    const ofSpecs = this.specs.reduce((sum, { baselines }) => sum + baselines.sizeBytes, 0);
    return this.slots.reduce((sum, slot) => sum + (slot?.sizeBytes ?? 0), ofSpecs);
  }

  /** The state of a model; `undefined` for one that is not kept. */
  of(sha256: string): ModelSigma | undefined {
    return this.slots.find((slot) => slot?.model.sha256 === sha256);
  }

  /** Figures of the models that are followed, and of others whose labels arrived in the window. */
  figures(window: SigmaWindow): SigmaFigures[] {
    return this.slots.flatMap((slot) => {
      if (slot === undefined) return [];
      const figures = sigmaFigures(slot, window, this.lastIndex * this.stepMs);
      return figures.labels > 0 || this.followed.includes(slot.model.sha256) ? [figures] : [];
    });
  }

  /**
   * Follows these models from now on, each once. A known one goes on with its state; its forecasts that waited when it
   * was no longer followed are given up.
   */
  adopt(specs: readonly SigmaSpec[], models: readonly SigmaModel[]): void {
    const shas = models.map(({ sha256 }) => sha256);
    const texts = specs.map(({ labelText }) => labelText);
    if (this.specs.map(({ labelText }) => labelText).join() !== texts.join()) {
      this.specs = specs.map(
        (spec, column) => this.specs.find((one) => one.labelText === spec.labelText) ?? kept(spec, column),
      );
      this.changed = true;
    }
    this.specs.forEach((spec, column) => (spec.column = column));
    if (shas.join() === this.followed.join() && shas.every((sha256) => this.of(sha256) !== undefined)) return;
    for (const sha256 of this.followed) if (!shas.includes(sha256)) this.of(sha256)?.reset();
    for (const model of models) this.use(model);
    this.followed = shas;
    this.changed = true;
  }

  /**
   * Learns from the labels that arrive with the steps, in order, and gives the quantiles of each step's forecast over
   * τ, [count × 3] by model; `NaN` before a model has labels enough. Steps that are not newer than the last one teach
   * nothing.
   */
  learn(steps: ClosedSteps, ratios: SigmaRatios): Map<string, Float32Array> {
    const answers = new Map<string, Float32Array>();
    for (const sha256 of ratios.keys()) answers.set(sha256, new Float32Array(steps.count * LEVELS).fill(NaN));
    for (let k = 0; k < steps.count; k++) {
      const isNew = steps.index[k]! > this.lastIndex;
      if (isNew) this.settle(steps, k);
      for (const [sha256, ofModel] of ratios) {
        const ratio = ofModel[k]!;
        if (ratio === ratio) this.answer(steps, k, sha256, ratio, { out: answers.get(sha256)!, isNew });
      }
      if (isNew) this.lastIndex = steps.index[k]!;
    }
    return answers;
  }

  /** The quantiles of steps that it has learnt from already, as `learn`. */
  answers(steps: ClosedSteps, ratios: SigmaRatios): Map<string, Float32Array> {
    const answers = new Map<string, Float32Array>();
    for (const [sha256, ofModel] of ratios) {
      const out = new Float32Array(steps.count * LEVELS).fill(NaN);
      for (let k = 0; k < steps.count; k++) this.answer(steps, k, sha256, ofModel[k]!, { out, isNew: false });
      answers.set(sha256, out);
    }
    return answers;
  }

  dirtyPages(): Page[] {
    if (!this.changed) return [];
    this.changed = false;
    const numbers = { lastIndex: this.lastIndex, order: JSON.stringify(this.order), followed: this.followed.join() };
    const specs = JSON.stringify(this.specs.map(({ labelText, horizonSteps }) => ({ labelText, horizonSteps })));
    return [
      { id: "slots", bytes: encodePage(SLOT_PAGES, { numbers, arrays: [] }) },
      {
        id: "baselines",
        bytes: encodePage(BASELINES, {
          numbers: { specs },
          arrays: this.specs.flatMap(({ baselines }) => [...baselines.arrays]),
        }),
      },
      ...this.slots.flatMap((slot, place) => slot?.dirtyPages(place) ?? []),
    ];
  }

  /** The labels that arrive with step k, and the baselines' part of it. */
  private settle(steps: ClosedSteps, k: number): void {
    const index = steps.index[k]!;
    const isBreak = (steps.flags[k]! & FLAG.segmentStart) !== 0 || index !== this.lastIndex + 1;
    if (isBreak) this.reset();
    for (const { labelText, epsilon, column, baselines } of this.specs) {
      const place = k * steps.specCount + column;
      const label = steps.label[place]!;
      const realised = steps.horizonVolatility[place]!;
      const volatility = realised === realised ? Math.max(realised, epsilon) : NaN;
      const isDecided = label === LABEL.calm || label === LABEL.spike;
      const tsMs = index * this.stepMs;
      const outcome = { tsMs, index, volatility, ewma: baselines.ewmaOf(index), har: baselines.harOf(index) };
      for (const slot of this.slots) {
        if (slot?.model.labelText !== labelText) continue;
        if (isDecided) slot.resolve(outcome);
        slot.clear(index);
      }
      baselines.update(index, volatility * volatility);
    }
    this.changed = true;
  }

  private answer(
    steps: ClosedSteps,
    k: number,
    sha256: string,
    ratio: number,
    { out, isNew }: { readonly out: Float32Array; readonly isNew: boolean },
  ): void {
    const slot = this.followed.includes(sha256) ? this.of(sha256) : undefined;
    const spec = this.specs.find(({ labelText }) => labelText === slot?.model.labelText);
    if (slot === undefined || spec === undefined) return;
    const tau = steps.tau[k * steps.specCount + spec.column]!;
    const forecast = lnForecast(ratio, tau, spec.epsilon);
    slot.write(forecast, tau, out, k * LEVELS);
    if (isNew && steps.isEligible(k)) slot.park(steps.index[k]!, forecast);
  }

  private reset(): void {
    for (const slot of this.slots) slot?.reset();
    for (const { baselines } of this.specs) baselines.reset();
  }

  /** Moves a model's slot to the end of the order; an unknown one takes the slot that was not used for longest. */
  private use(model: SigmaModel): void {
    const known = this.slots.findIndex((slot) => slot?.model.sha256 === model.sha256);
    const place = known >= 0 ? known : this.order[0]!;
    if (known < 0) this.slots[place] = new ModelSigma(this.stepMs, model);
    this.order = [...this.order.filter((other) => other !== place), place];
  }

  private loadSlots(bytes: ArrayBuffer): void {
    const { lastIndex, order, followed } = decodePage(SLOT_PAGES, bytes).numbers;
    this.lastIndex = Number(lastIndex);
    this.order = JSON.parse(String(order)) as number[];
    this.followed = String(followed) === "" ? [] : String(followed).split(",");
  }

  private loadBaselines(bytes: ArrayBuffer): void {
    const { numbers, arrays } = decodePage(BASELINES, bytes);
    const specs = (JSON.parse(String(numbers["specs"])) as SigmaSpec[]).map(kept);
    const each = arrays.length / Math.max(1, specs.length);
    specs.forEach(({ baselines }, s) => baselines.load(arrays.slice(s * each, (s + 1) * each)));
    this.specs = specs;
  }
}

function kept(spec: SigmaSpec, column: number): KeptSpec {
  const { labelText, horizonSteps } = spec;
  const epsilon = epsilonOf(horizonSteps);
  return { labelText, horizonSteps, baselines: new LiveBaselines(horizonSteps), epsilon, column };
}
