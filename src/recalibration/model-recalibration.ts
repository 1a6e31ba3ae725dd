// The recalibration of one model under one label: its predictions wait for their labels here, and are then learnt from,
// judged and counted.
import { LABEL } from "../features/label-window.ts";
import { IDENTITY, type Line, logitOf, recalibrated } from "./line.ts";
import { MonthCalibration } from "./month-calibration.ts";
import type { LearntLine, PooledPrior } from "./pooled-prior.ts";
import { Recalibrator, refitSteps } from "./recalibrator.ts";
import { ServingProof } from "./serving-proof.ts";

/** Which model, and its label. */
export interface RecalibratedModel {
  readonly sha256: string;
  /** `labelSpecText` of its label spec. */
  readonly labelText: string;
  readonly horizonSteps: number;
}

/** What is answered for one prediction. */
export interface Recalibrated {
  /** Float32; the raw probability where the recalibration does not serve. */
  readonly served: number;
  /** Float32. */
  readonly candidate: number;
}

export class ModelRecalibration {
  readonly model: RecalibratedModel;
  /** What it began with from other symbols; `undefined` for the identity. */
  readonly pooledPrior: PooledPrior | undefined;
  readonly recalibrator: Recalibrator;
  readonly proof: ServingProof;
  readonly months = new MonthCalibration();
  /** Labels learnt from. */
  labels = 0;
  /** The block of the last fit. */
  fitBlock = -1;
  /** The raw probabilities of the last horizon, `NaN` for none; the recalibrated ones, and what was served. */
  readonly pending: Readonly<Record<"raw" | "candidate" | "served", Float32Array>>;
  private readonly stepMs: number;

  constructor(model: RecalibratedModel, stepMs: number, pooledPrior?: PooledPrior) {
    const { horizonSteps } = model;
    this.model = model;
    this.stepMs = stepMs;
    this.pooledPrior = pooledPrior;
    const { slope, level } = pooledPrior ?? IDENTITY;
    this.recalibrator = new Recalibrator(horizonSteps, { slope, level });
    this.proof = new ServingProof(horizonSteps);
    const ring = (): Float32Array => new Float32Array(horizonSteps).fill(NaN);
    this.pending = { raw: ring(), candidate: ring(), served: ring() };
  }

  /** What other symbols may begin with. */
  get learnt(): LearntLine {
    const { sha256, horizonSteps } = this.model;
    return { sha256, ...this.line, horizons: this.labels / horizonSteps };
  }

  /** The line in force, whether it serves or not. */
  get line(): Line {
    return this.recalibrator.line;
  }

  /**
   * Takes a closed step: decides whether to serve from it on, learns from the label that arrives with it, and fits
   * anew where it is time.
   * @param label one of `LABEL`: of the step one horizon before.
   */
  advance(step: number, label: number): { readonly isFitted: boolean; readonly isMonthNew: boolean } {
    this.proof.advance(step);
    const at = step % this.model.horizonSteps;
    const isKnown = label === LABEL.calm || label === LABEL.spike;
    const isMonthNew = isKnown && this.resolve(step, at, label === LABEL.spike ? 1 : 0);
    this.pending.raw[at] = NaN;
    const block = Math.floor(step / refitSteps(this.model.horizonSteps));
    const isFitted = block !== this.fitBlock;
    this.fitBlock = block;
    if (isFitted) this.recalibrator.refit();
    return { isFitted, isMonthNew };
  }

  /** What is answered for a raw probability at the last step; `NaN` for `NaN`. */
  answer(raw: number, mayServe: boolean): Recalibrated {
    const candidate = recalibrated(raw, this.line);
    return { candidate, served: mayServe && this.proof.state === "serving" ? candidate : raw };
  }

  /** Lets a prediction wait for its label. */
  park(step: number, raw: number, { served, candidate }: Recalibrated): void {
    const at = step % this.model.horizonSteps;
    this.pending.raw[at] = raw;
    this.pending.candidate[at] = candidate;
    this.pending.served[at] = served;
  }

  /** Gives up the labels that are awaited: a segment ended, or steps are missing. */
  dropPending(): void {
    this.pending.raw.fill(NaN);
  }

  /** Returns whether a month began. */
  private resolve(step: number, at: number, label: 0 | 1): boolean {
    const { pending, model, stepMs } = this;
    const raw = pending.raw[at]!;
    if (Number.isNaN(raw)) return false;
    const [candidate, served] = [pending.candidate[at]!, pending.served[at]!];
    const index = step - model.horizonSteps;
    this.labels += 1;
    this.recalibrator.add(logitOf(raw), label);
    const [before, after] = [raw - label, candidate - label];
    this.proof.add({
      index,
      gain: before * before - after * after,
      bound: Math.abs(raw - candidate) * Math.max(raw + candidate, 2 - raw - candidate),
      variance: raw * (1 - raw),
    });
    return this.months.add((index + 1) * stepMs, { raw, recalibrated: candidate, served }, label);
  }
}
