// The recalibrations of all models of a grid of a symbol. Feed it every closed step in order; no clock, no I/O.
import type { Page } from "../features/page-buffer.ts";
import { LABEL } from "../features/label-window.ts";
import { ModelRecalibration, type RecalibratedModel } from "./model-recalibration.ts";
import { type Kept, loadModel, modelPages } from "./recalibration-pages.ts";

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

export class Recalibrations {
  /** Pages that were unreadable when loaded; their models begin anew, or lose that part. */
  readonly damagedPages: number;
  private readonly stepMs: number;
  private readonly kept: (Kept | undefined)[];
  private used: readonly { readonly spec: number; readonly place: number }[] = [];
  private changes: number;
  private last: number;
  private readonly dirty = new Set<number>();

  private constructor(stepMs: number, loaded: LoadedRecalibrations) {
    this.stepMs = stepMs;
    this.kept = loaded.kept;
    this.damagedPages = loaded.damagedPages;
    this.last = loaded.last;
    this.changes = Math.max(0, ...this.kept.map((kept) => kept?.absentSince ?? 0));
  }

  static load(stepMs: number, pages: ReadonlyMap<string, ArrayBuffer>): Recalibrations {
    return new Recalibrations(stepMs, loadAll(stepMs, pages));
  }

  /** Learns for these models from the next step on. One that returns goes on where it was. */
  use(models: readonly UsedModel[]): void {
    this.changes += 1;
    this.kept.forEach((kept, place) => {
      if (kept === undefined || kept.absentSince > 0 || models.some((model) => isSame(kept.one.model, model))) return;
      kept.absentSince = this.changes;
      kept.one.dropPending();
      this.dirty.add(place);
    });
    this.used = models.map((model) => ({ spec: model.spec, place: this.placeOf(model) }));
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
      one.advance(index, labels[spec] ?? LABEL.none);
      this.dirty.add(place);
    }
    return true;
  }

  /** What changed since the last call. */
  dirtyPages(): Page[] {
    const pages = [...this.dirty]
      .sort((a, b) => a - b)
      .flatMap((place) => modelPages(place, this.kept[place]!, this.last));
    this.dirty.clear();
    return pages;
  }

  private placeOf(model: UsedModel): number {
    const known = this.kept.findIndex((kept) => kept !== undefined && isSame(kept.one.model, model));
    const free = this.kept.indexOf(undefined);
    const place = known >= 0 ? known : free >= 0 ? free : this.longestAbsent();
    if (known < 0) this.kept[place] = { one: new ModelRecalibration(model, this.stepMs), absentSince: 0 };
    else this.kept[place]!.absentSince = 0;
    this.dirty.add(place);
    return place;
  }

  private longestAbsent(): number {
    const absent = this.kept.map((kept) => kept!.absentSince || Infinity);
    return absent.indexOf(Math.min(...absent));
  }
}

interface LoadedRecalibrations {
  readonly kept: (Kept | undefined)[];
  readonly damagedPages: number;
  readonly last: number;
}

function loadAll(stepMs: number, pages: ReadonlyMap<string, ArrayBuffer>): LoadedRecalibrations {
  const kept = new Array<Kept | undefined>(MOST_MODELS).fill(undefined);
  let [damagedPages, last] = [0, -1];
  for (let place = 0; place < MOST_MODELS; place++) {
    const loaded = loadModel(stepMs, place, pages);
    damagedPages += loaded.damagedPages;
    if (loaded.kept === undefined) continue;
    kept[place] = loaded.kept;
    last = Math.max(last, loaded.lastStep);
  }
  return { kept, damagedPages, last };
}

function isSame(a: RecalibratedModel, b: RecalibratedModel): boolean {
  return a.sha256 === b.sha256 && a.labelText === b.labelText;
}
