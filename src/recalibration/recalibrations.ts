// The recalibrations of all models of a grid of a symbol. Feed it every closed step in order; no clock, no I/O.
import type { Page } from "../features/page-buffer.ts";
import { LABEL } from "../features/label-window.ts";
import { ModelRecalibration, type RecalibratedModel } from "./model-recalibration.ts";
import type { PooledPrior, PriorsByModel } from "./pooled-prior.ts";
import {
  type Kept,
  learntPage,
  type LoadedRecalibrations,
  loadRecalibrations,
  monthsPage,
  nowPage,
} from "./recalibration-pages.ts";

/** Models with a history: those in use, and those that were used last. */
const MOST_MODELS = 16;

/** A model in use, and the place of its label among those of a step. */
export interface UsedModel extends RecalibratedModel {
  readonly spec: number;
}

/** What a closed step brings. */
interface RecalibratedStep {
  /** Grid index. */
  readonly index: number;
  readonly segmentStart: boolean;
  /** Per label spec the `LABEL` of the step one horizon before. */
  readonly labels: ArrayLike<number>;
}

/** Where a model is kept, whether that is a change, and whether it begins with what other symbols have learnt. */
interface Place {
  readonly place: number;
  readonly isBack: boolean;
  readonly isPooled: boolean;
}

export class Recalibrations {
  /** Pages that were unreadable when loaded; their models begin anew, or lose that part. */
  readonly damagedPages: number;
  private readonly stepMs: number;
  private readonly kept: (Kept | undefined)[];
  private used: readonly { readonly spec: number; readonly place: number }[] = [];
  private changes: number;
  private last: number;
  /** What changed since the pages were written. */
  private changed = { now: false, learnt: false, months: false };

  private constructor(stepMs: number, loaded: LoadedRecalibrations) {
    this.stepMs = stepMs;
    this.kept = loaded.kept;
    this.damagedPages = loaded.damagedPages;
    this.last = loaded.lastStep;
    this.changes = Math.max(0, ...this.kept.map((kept) => kept?.absentSince ?? 0));
  }

  static load(stepMs: number, pages: ReadonlyMap<string, ArrayBuffer>): Recalibrations {
    return new Recalibrations(stepMs, loadRecalibrations(stepMs, MOST_MODELS, pages));
  }

  /**
   * Learns for these models from the next step on. One that returns goes on where it was.
   * @param priors what a model without a history here begins with, by SHA-256; the identity without one.
   * @returns whether a prior was taken: it is stored nowhere else, so the pages must be written before the next step.
   */
  use(models: readonly UsedModel[], priors: PriorsByModel = {}): boolean {
    let [areOthers, isTaken] = [false, false];
    this.changes += 1;
    this.kept.forEach((kept) => {
      if (kept === undefined || kept.absentSince > 0 || models.some((model) => isSame(kept.one.model, model))) return;
      kept.absentSince = this.changes;
      kept.one.dropPending();
      areOthers = true;
    });
    this.used = models.map((model) => {
      const { place, isBack, isPooled } = this.placeOf(model, priors[model.sha256]);
      areOthers ||= isBack;
      isTaken ||= isPooled;
      return { spec: model.spec, place };
    });
    if (areOthers) this.changed = { now: true, learnt: true, months: true };
    return isTaken;
  }

  /** The recalibration of a model in use; `undefined` for another. */
  of(sha256: string): ModelRecalibration | undefined {
    const found = this.used.find(({ place }) => this.kept[place]!.one.model.sha256 === sha256);
    return found && this.kept[found.place]!.one;
  }

  /** Those in use. */
  get all(): readonly ModelRecalibration[] {
    return this.used.map(({ place }) => this.kept[place]!.one);
  }

  /**
   * Learns from what arrives with a closed step. Call `answer` for its predictions afterwards. A step that is not newer
   * than the last one is ignored. Returns whether it was taken.
   */
  advance({ index, segmentStart, labels }: RecalibratedStep): boolean {
    if (!(index > this.last)) return false;
    const isBroken = segmentStart || index !== this.last + 1;
    this.last = index;
    for (const { spec, place } of this.used) {
      const { one } = this.kept[place]!;
      if (isBroken) one.dropPending();
      const { isFitted, isMonthNew } = one.advance(index, labels[spec] ?? LABEL.none);
      this.changed.now = true;
      this.changed.learnt ||= isFitted;
      this.changed.months ||= isMonthNew;
    }
    return true;
  }

  /** What changed since the last call. */
  dirtyPages(): Page[] {
    const { now, learnt, months } = this.changed;
    this.changed = { now: false, learnt: false, months: false };
    return [
      ...(now ? [nowPage(this.kept, this.last)] : []),
      ...(learnt ? [learntPage(this.kept)] : []),
      ...(months ? [monthsPage(this.kept)] : []),
    ];
  }

  private placeOf(model: UsedModel, prior: PooledPrior | undefined): Place {
    const known = this.kept.findIndex((kept) => kept !== undefined && isSame(kept.one.model, model));
    if (known >= 0) {
      const isBack = this.kept[known]!.absentSince > 0;
      this.kept[known]!.absentSince = 0;
      return { place: known, isBack, isPooled: false };
    }
    const free = this.kept.indexOf(undefined);
    const place = free >= 0 ? free : this.longestAbsent();
    this.kept[place] = { one: new ModelRecalibration(model, this.stepMs, prior), absentSince: 0 };
    return { place, isBack: true, isPooled: prior !== undefined };
  }

  private longestAbsent(): number {
    const absent = this.kept.map((kept) => kept!.absentSince || Infinity);
    return absent.indexOf(Math.min(...absent));
  }
}

function isSame(a: RecalibratedModel, b: RecalibratedModel): boolean {
  return a.sha256 === b.sha256 && a.labelText === b.labelText;
}
