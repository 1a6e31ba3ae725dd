// Stores each model's recalibration in three pages: what changes with every step, what changes with a fit, and the
// months.
import { decodePage, encodePage, type Page } from "../features/page-buffer.ts";
import { type Line } from "./line.ts";
import { ModelRecalibration } from "./model-recalibration.ts";

const NOW = "recalibration-now 1";
const LEARNT = "recalibration-learnt 1";
const MONTHS = "recalibration-months 1";

/** A model's place in the store. */
export interface Kept {
  readonly one: ModelRecalibration;
  /** 0 while in use, else the number of the change after which it was not. */
  absentSince: number;
}

/** The pages of the model at a place. Each names the model, so that a page of another one is not taken for its own. */
export function modelPages(place: number, { one, absentSince }: Kept, lastStep: number): Page[] {
  const { model, recalibrator, proof, months, pending, labels, fitBlock } = one;
  const { sha256, labelText, horizonSteps } = model;
  const named = { sha256, labelText };
  const { slope, level } = recalibrator.prior;
  const { text, numbers: evidence } = proof.save();
  const counts = { horizonSteps, absentSince, lastStep, labels, fitBlock, slope, level, proof: text };
  const kept = months.save();
  return [
    {
      id: `now:${place}`,
      bytes: encodePage(NOW, {
        numbers: { ...named, ...counts },
        arrays: [recalibrator.saveFresh(), evidence, pending.raw, pending.candidate, pending.served],
      }),
    },
    { id: `learnt:${place}`, bytes: encodePage(LEARNT, { numbers: named, arrays: [recalibrator.saveLearnt()] }) },
    {
      id: `months:${place}`,
      bytes: encodePage(MONTHS, { numbers: { ...named, months: JSON.stringify(kept.months) }, arrays: [kept.numbers] }),
    },
  ];
}

interface LoadedModel {
  /** `undefined` for a place without a readable first page. */
  readonly kept: Kept | undefined;
  readonly lastStep: number;
  readonly damagedPages: number;
}

/**
 * Loads the model at a place. Without its first page nothing of it is known, and it begins anew; a damaged page of the
 * other two loses what was learnt, or the months.
 */
export function loadModel(stepMs: number, place: number, pages: ReadonlyMap<string, ArrayBuffer>): LoadedModel {
  const bytes = pages.get(`now:${place}`);
  if (bytes === undefined) return { kept: undefined, lastStep: -1, damagedPages: 0 };
  let damagedPages = 0;
  const read = <T>(work: () => T): T | undefined => {
    try {
      return work();
    } catch {
      // Shown as `volgate_damaged_pages`; the other pages remain usable.
      damagedPages += 1;
      return undefined;
    }
  };
  const now = read(() => loadNow(stepMs, bytes));
  if (now === undefined) return { kept: undefined, lastStep: -1, damagedPages };
  const { one } = now.kept;
  const part = (name: string, kind: string, take: (content: ReturnType<typeof decodePage>) => void): void => {
    const stored = pages.get(`${name}:${place}`);
    if (stored === undefined) return;
    read(() => {
      const content = decodePage(kind, stored);
      const { sha256, labelText } = content.numbers;
      if (sha256 === one.model.sha256 && labelText === one.model.labelText) take(content);
    });
  };
  part("learnt", LEARNT, ({ arrays }) => one.recalibrator.loadLearnt(arrays[0] as Float64Array));
  part("months", MONTHS, ({ numbers, arrays }) => {
    one.months.load(JSON.parse(String(numbers["months"])) as number[], arrays[0] as Float64Array);
  });
  return { ...now, damagedPages };
}

function loadNow(stepMs: number, bytes: ArrayBuffer): { readonly kept: Kept; readonly lastStep: number } {
  const { numbers, arrays } = decodePage(NOW, bytes);
  const [sha256, labelText] = [String(numbers["sha256"]), String(numbers["labelText"])];
  const prior: Line = { slope: Number(numbers["slope"]), level: Number(numbers["level"]) };
  const one = new ModelRecalibration(
    { sha256, labelText, horizonSteps: Number(numbers["horizonSteps"]) },
    stepMs,
    prior,
  );
  const [fresh, evidence, raw, candidate, served] = arrays;
  one.recalibrator.loadFresh(fresh as Float64Array);
  one.proof.load(String(numbers["proof"]), evidence as Float64Array);
  one.pending.raw.set(raw as Float32Array);
  one.pending.candidate.set(candidate as Float32Array);
  one.pending.served.set(served as Float32Array);
  one.labels = Number(numbers["labels"]);
  one.fitBlock = Number(numbers["fitBlock"]);
  return { kept: { one, absentSince: Number(numbers["absentSince"]) }, lastStep: Number(numbers["lastStep"]) };
}
