// Keeps what a symbol answered until it is archived: open predictions, which are a part of the snapshot, and chunks of
// settled ones. Synchronous; prediction-objects.ts writes to the bucket.
import type { ClosedSteps } from "../../../features/closed-steps.ts";
import { logError } from "../../../log.ts";
import type { PageStore } from "../storage/page-store.ts";
import type { SlotStore } from "../storage/slot-store.ts";
import { OpenPredictions } from "./open-predictions.ts";
import { PredictionChunks, type PredictionPages, predictionPagesOf } from "./prediction-chunks.ts";
import type { PredictionChunk } from "./prediction-progress.ts";
import { PredictionRows } from "./prediction-rows.ts";
import type { ServedAnswers } from "./served-answers.ts";

/** Most rows of a chunk, and of its object. */
const CHUNK_ROWS = 4096;
const DAY_MS = 86_400_000;

const OPEN = "open";
/** What was answered before the snapshot cannot be known. */
const UNKNOWN = "unknown";

/** The archive of predictions in figures. */
export interface PredictionFigures {
  readonly archived: number;
  /** Predictions that were answered and will not be in the archive. */
  readonly lost: number;
  /** Rows that are not archived yet. */
  readonly waiting: number;
  /** Event time from the oldest of these to the newest tick, ms. */
  readonly lagMs: number;
}

/** What a log needs of its symbol. */
export interface PredictionLogOf {
  readonly stepMs: number;
  readonly horizonSteps: number;
  /** The last batch in the snapshot. */
  readonly snapshotSeq: number;
  /** Whether the state was not restored from the snapshot. */
  readonly rebuilt: boolean;
  /** Name of a further grid; the symbol's own without. */
  readonly grid?: string;
}

export class PredictionLog {
  readonly chunks: PredictionChunks;
  private readonly pages: PageStore;
  private readonly prefixes: PredictionPages;
  private readonly of: PredictionLogOf;
  private open = new OpenPredictions();
  /** `answeringText` of the steps since the snapshot, and what the snapshot says; empty while nothing answers. */
  private answering = "";
  private savedAnswering = "";

  /** Restores what was there at the snapshot. Then call `add` for the batches after it. */
  constructor(slots: SlotStore, pages: PageStore, of: PredictionLogOf) {
    this.pages = pages;
    this.of = of;
    this.prefixes = predictionPagesOf(of.grid);
    this.chunks = new PredictionChunks(slots, pages, this.prefixes);
    const bytes = pages.load(this.prefixes.log).get(OPEN);
    try {
      // Without the progress, what is open may be archived, and must not be there twice.
      if (this.chunks.isDamaged) this.answering = UNKNOWN;
      else if (bytes !== undefined) this.load(bytes);
    } catch (error) {
      logError("archived_predictions_unreadable", { error: String(error) });
      this.answering = UNKNOWN;
    }
  }

  figures(watermarkMs: number): PredictionFigures {
    const { archived, lost } = this.chunks.progress;
    const { rows } = this.open;
    const waiting = this.chunks.rows + rows.count;
    const oldest = this.chunks.oldest?.firstStep ?? rows.index[0]!;
    return { archived, lost, waiting, lagMs: waiting === 0 ? 0 : watermarkMs - this.endMs(oldest) };
  }

  /** Grid index of the newest step that was added; −1 before the first. */
  get lastStep(): number {
    return this.open.lastStep;
  }

  /** Whether the steps since the snapshot were answered as now: the same rows give the same scores. */
  isAnswering(text: string): boolean {
    return this.answering === text;
  }

  /** Says what answers from now on. Write a snapshot when `isAnsweringSaved` is false then: slots do not say it. */
  answer(text: string): void {
    this.answering = text;
  }

  get isAnsweringSaved(): boolean {
    return this.answering === this.savedAnswering;
  }

  /**
   * Adds closed steps, live or replayed; see `OpenPredictions.add`. Isolates its faults and those of `answers`: they
   * lose what is open.
   */
  add(steps: ClosedSteps, columnOf: (labelText: string) => number, answers: (() => ServedAnswers) | undefined): void {
    try {
      this.open.add(steps, this.of.horizonSteps, columnOf, answers?.());
    } catch (error) {
      this.reset(error);
    }
  }

  /** Counts predictions that were answered and are not known any more. */
  addLost(count: number): void {
    if (this.answering !== "") this.chunks.addLost(count);
  }

  /** Writes its part of a snapshot, in the snapshot's transaction. */
  save(seq: number): void {
    if (this.answering === "" && this.isAnsweringSaved && this.open.rows.count === 0) return;
    this.addLost(this.open.takeDropped());
    while (this.open.settledRows >= CHUNK_ROWS) this.cut(CHUNK_ROWS);
    const { rows, lastStep } = this.open;
    const numbers = { seq, lastStep, answering: this.answering };
    this.pages.save(this.prefixes.log, [{ id: OPEN, bytes: rows.encode(numbers) }]);
    this.chunks.save();
    this.savedAnswering = this.answering;
  }

  /**
   * The next object's chunk: the oldest, or one that is cut now; `undefined` when none is due. A step is archived after
   * the ticks that settled it: a symbol that begins again from its archive then answers no archived step again.
   * @param archivedMs event time at the end of the archived ticks.
   */
  nextChunk(archivedMs: number): PredictionChunk | undefined {
    if (!this.isDue(archivedMs)) return undefined;
    if (this.chunks.oldest === undefined) this.cut(this.open.settledBefore(this.stepAt(archivedMs)));
    return this.chunks.oldest;
  }

  /** Whether an object may be written. */
  isDue(archivedMs: number): boolean {
    const { rows } = this.open;
    const settledBy = this.chunks.oldest?.settledBy ?? (rows.count > 0 ? rows.settledBy[0]! : Infinity);
    return settledBy < this.stepAt(archivedMs);
  }

  /**
   * What is not in a chunk, for an object each, as if no label came any more: before the symbol is removed. Copies: a
   * symbol that goes on after all still awaits its labels.
   */
  withoutLabels(): PredictionRows[] {
    const { rows, lastStep } = this.open;
    const left = new OpenPredictions(rows.head(rows.count), lastStep);
    left.giveUp(lastStep);
    const parts: PredictionRows[] = [];
    while (left.rows.count > 0) {
      const count = this.countOf(left.rows, left.rows.count);
      parts.push(left.rows.head(count));
      left.dropFirst(count);
    }
    return parts;
  }

  private load(bytes: ArrayBuffer): void {
    const { rows, numbers } = PredictionRows.decode(bytes);
    const { sealedThrough } = this.chunks.progress;
    const isOther = numbers["seq"] !== this.of.snapshotSeq || this.of.rebuilt;
    this.answering = isOther ? UNKNOWN : String(numbers["answering"]);
    this.savedAnswering = isOther ? "" : this.answering;
    this.open = new OpenPredictions(rows, Number(numbers["lastStep"]), sealedThrough);
    // The steps in between may have brought labels, and nobody knows which.
    if (isOther) this.open.giveUp(this.open.lastStep);
    let sealed = 0;
    while (sealed < rows.count && rows.index[sealed]! <= sealedThrough) sealed += 1;
    this.open.dropFirst(sealed);
  }

  private cut(most: number): void {
    const { rows } = this.open;
    const count = this.countOf(rows, most);
    this.chunks.add(rows.head(count));
    this.open.dropFirst(count);
  }

  /** How many of the first rows make a chunk: at most `most` and `CHUNK_ROWS`, those of one day. */
  private countOf(rows: PredictionRows, most: number): number {
    const dayOf = (k: number): number => Math.floor(this.endMs(rows.index[k]!) / DAY_MS);
    let count = 1;
    while (count < Math.min(most, CHUNK_ROWS) && dayOf(count) === dayOf(0)) count += 1;
    return count;
  }

  private reset(error: unknown): void {
    logError("predictions_not_kept", { error: String(error) });
    this.addLost(this.open.rows.count);
    this.open = new OpenPredictions(new PredictionRows(), this.open.lastStep);
  }

  /** The step that is open at an event time; earlier ones have ended. */
  private stepAt(tsMs: number): number {
    return Math.floor(tsMs / this.of.stepMs);
  }

  /** Event time at which a step ends, ms: what its row is stamped with. */
  private endMs(index: number): number {
    return (index + 1) * this.of.stepMs;
  }
}
