// Stores the recalibrations of a grid in three pages: what changes with every step, what changes with a fit, and the
// months that are over.
import { decodePage, encodePage, type Page, type PageArray, type PageContent } from "../features/page-buffer.ts";
import type { Line } from "./line.ts";
import { ModelRecalibration } from "./model-recalibration.ts";
import { type PooledPrior, requireLine } from "./pooled-prior.ts";

const NOW = "recalibration-now 1";
const LEARNT = "recalibration-learnt 1";
const MONTHS = "recalibration-months 1";
/** Arrays of one model in the first page. */
const NOW_ARRAYS = 6;

/** A model's place in the store. */
export interface Kept {
  readonly one: ModelRecalibration;
  /** 0 while in use, else the number of the change after which it was not. */
  absentSince: number;
}

/** Models with a history, by place. */
export type KeptModels = readonly (Kept | undefined)[];

/** What the first page says of a model beside its arrays. */
interface StoredModel {
  readonly sha256: string;
  readonly labelText: string;
  readonly horizonSteps: number;
  readonly absentSince: number;
  readonly labels: number;
  readonly fitBlock: number;
  /** A line alone is the identity. */
  readonly prior: Line | PooledPrior;
  readonly proof: string;
  /** The current month, counted from year 0; −1 before the first label. */
  readonly month: number;
}

/** All that changes with a step. */
export function nowPage(kept: KeptModels, lastStep: number): Page {
  const models = kept.map((found) => (found === undefined ? null : storedModel(found)));
  const arrays = kept.flatMap((found): PageArray[] => {
    if (found === undefined) return [];
    const { recalibrator, proof, months, pending } = found.one;
    const { raw, candidate, served } = pending;
    return [recalibrator.saveFresh(), proof.save().numbers, raw, candidate, served, months.open.numbers];
  });
  return { id: "now", bytes: encodePage(NOW, { numbers: { models: JSON.stringify(models), lastStep }, arrays }) };
}

/** What changes with a fit. */
export function learntPage(kept: KeptModels): Page {
  const arrays = kept.flatMap((found) => (found === undefined ? [] : [found.one.recalibrator.saveLearnt()]));
  return { id: "learnt", bytes: encodePage(LEARNT, { numbers: { models: namesOf(kept) }, arrays }) };
}

/** The months that are over. */
export function monthsPage(kept: KeptModels): Page {
  const saved = kept.flatMap((found) => (found === undefined ? [] : [found.one.months.saveClosed()]));
  const numbers = { models: namesOf(kept), months: JSON.stringify(saved.map(({ months }) => months)) };
  return { id: "months", bytes: encodePage(MONTHS, { numbers, arrays: saved.map((one) => one.numbers) }) };
}

/** The restored models. */
export interface LoadedRecalibrations {
  readonly kept: (Kept | undefined)[];
  /** −1 where nothing was stored. */
  readonly lastStep: number;
  readonly damagedPages: number;
}

/**
 * Without its first page nothing of a model is known, and all begin anew; without one of the other two what was learnt
 * is lost, or the months. @param most models that are kept.
 */
export function loadRecalibrations(
  stepMs: number,
  most: number,
  pages: ReadonlyMap<string, ArrayBuffer>,
): LoadedRecalibrations {
  let loaded: LoadedRecalibrations = {
    kept: new Array<undefined>(most).fill(undefined),
    lastStep: -1,
    damagedPages: 0,
  };
  let damagedPages = 0;
  const read = (id: string, kind: string, take: (content: PageContent) => void): void => {
    const bytes = pages.get(id);
    if (bytes === undefined) return;
    try {
      take(decodePage(kind, bytes));
    } catch {
      // Shown as `volgate_damaged_pages`; the other pages remain usable.
      damagedPages += 1;
    }
  };
  read("now", NOW, (content) => (loaded = loadNow(stepMs, most, content)));
  const ofNames = ({ numbers }: PageContent, take: (one: ModelRecalibration, i: number) => void): void => {
    let i = 0;
    (JSON.parse(String(numbers["models"])) as (string | null)[]).forEach((name, place) => {
      if (name === null) return;
      const found = loaded.kept[place];
      if (found !== undefined && nameOf(found) === name) take(found.one, i);
      i += 1;
    });
  };
  read("learnt", LEARNT, (content) => {
    ofNames(content, (one, i) => one.recalibrator.loadLearnt(content.arrays[i] as Float64Array));
  });
  read("months", MONTHS, (content) => {
    const months = JSON.parse(String(content.numbers["months"])) as number[][];
    ofNames(content, (one, i) => one.months.loadClosed(months[i]!, content.arrays[i] as Float64Array));
  });
  return { ...loaded, damagedPages };
}

function storedModel({ one, absentSince }: Kept): StoredModel {
  const { model, pooledPrior, recalibrator, labels, fitBlock, proof, months } = one;
  const { sha256, labelText, horizonSteps } = model;
  const counts = { absentSince, labels, fitBlock, prior: pooledPrior ?? recalibrator.prior };
  return { sha256, labelText, horizonSteps, ...counts, proof: proof.save().text, month: months.open.month };
}

function loadNow(stepMs: number, most: number, { numbers, arrays }: PageContent): LoadedRecalibrations {
  let at = 0;
  const stored = JSON.parse(String(numbers["models"])) as (StoredModel | null)[];
  const kept = stored.map((model): Kept | undefined => {
    if (model === null) return undefined;
    const [fresh, evidence, raw, candidate, served, month] = arrays.slice(at, (at += NOW_ARRAYS));
    const prior = requireLine(model.prior);
    const one = new ModelRecalibration(model, stepMs, "symbols" in prior ? prior : undefined);
    one.recalibrator.loadFresh(fresh as Float64Array);
    one.proof.load(model.proof, evidence as Float64Array);
    one.pending.raw.set(raw as Float32Array);
    one.pending.candidate.set(candidate as Float32Array);
    one.pending.served.set(served as Float32Array);
    one.months.loadOpen(model.month, month as Float64Array);
    one.labels = model.labels;
    one.fitBlock = model.fitBlock;
    return { one, absentSince: model.absentSince };
  });
  if (kept.length !== most) throw new RangeError(`models: got ${kept.length} places, expected ${most}`);
  return { kept, lastStep: Number(numbers["lastStep"]), damagedPages: 0 };
}

function namesOf(kept: KeptModels): string {
  return JSON.stringify(kept.map((found) => (found === undefined ? null : nameOf(found))));
}

function nameOf({ one: { model } }: Kept): string {
  return `${model.sha256} ${model.labelText}`;
}
