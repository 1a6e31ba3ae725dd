// Keeps what a symbol answered until it is archived: open predictions, which are a part of the snapshot, and chunks of
// settled ones, which have pages of their own. Synchronous; prediction-objects.ts writes to the bucket.
import type { ClosedSteps } from "../../../features/closed-steps.ts";
import { logError } from "../../../log.ts";
import type { PageStore } from "../storage/page-store.ts";
import type { SlotStore } from "../storage/slot-store.ts";
import { OpenPredictions } from "./open-predictions.ts";
import {
  decodePredictionProgress,
  encodePredictionProgress,
  NO_PROGRESS,
  type PredictionChunk,
  type PredictionProgress,
} from "./prediction-progress.ts";
import { PredictionRows } from "./prediction-rows.ts";
import type { ServedAnswers } from "./served-answers.ts";

/** Most rows of a chunk, and of its object. */
const CHUNK_ROWS = 4096;
/** Most chunks that wait: at steps of 1 s those of three days. */
const MAX_CHUNKS = 64;
const DAY_MS = 86_400_000;

const PAGES = "predictions";
const CHUNK_PAGES = "prediction-chunks";
const OPEN = "open";
const PROGRESS = "progress";
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
}

export class PredictionLog {
  private readonly slots: SlotStore;
  private readonly pages: PageStore;
  private readonly of: PredictionLogOf;
  private open = new OpenPredictions();
  private at: PredictionProgress = NO_PROGRESS;
  private savedAt = NO_PROGRESS;
  /** `answeringText` of the steps since the snapshot, and what the snapshot says; empty while nothing answers. */
  private answering = "";
  private savedAnswering = "";

  /** Restores what was there at the snapshot. Then call `add` for the batches after it. */
  constructor(slots: SlotStore, pages: PageStore, of: PredictionLogOf) {
    this.slots = slots;
    this.pages = pages;
    this.of = of;
    const kept = pages.load(PAGES);
    try {
      const progress = kept.get(PROGRESS);
      if (progress !== undefined) this.at = this.savedAt = decodePredictionProgress(progress);
      const open = kept.get(OPEN);
      if (open !== undefined) this.loadOpen(open);
    } catch (error) {
      logError("archived_predictions_unreadable", { error: String(error) });
      this.answering = UNKNOWN;
      // Without the progress nobody knows which rows are archived, and none may be there twice.
      if (this.at === NO_PROGRESS) pages.remove(CHUNK_PAGES);
    }
  }

  figures(watermarkMs: number): PredictionFigures {
    const { archived, lost, chunks } = this.at;
    const waiting = chunks.reduce((sum, { rows }) => sum + rows, this.open.rows.count);
    const oldest = chunks[0]?.firstStep ?? this.open.rows.index[0]!;
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

  /** Adds closed steps, live or replayed; see `OpenPredictions.add`. Isolates its faults: they lose what is open. */
  add(steps: ClosedSteps, columnOf: (labelText: string) => number, answers: ServedAnswers | undefined): void {
    try {
      this.open.add(steps, this.of.horizonSteps, columnOf, answers);
    } catch (error) {
      this.reset(error);
    }
  }

  /** Counts predictions that were answered and are not known any more. */
  addLost(count: number): void {
    if (count > 0 && this.answering !== "") this.at = { ...this.at, lost: this.at.lost + count };
  }

  /** Writes its part of a snapshot, in the snapshot's transaction. */
  save(seq: number): void {
    if (this.answering === "" && this.isAnsweringSaved && this.open.rows.count === 0) return;
    this.addLost(this.open.takeDropped());
    while (this.open.settledRows >= CHUNK_ROWS) this.cut(this.rowsOfDay(CHUNK_ROWS));
    const { rows, lastStep } = this.open;
    const numbers = { seq, lastStep, answering: this.answering };
    this.pages.save(PAGES, [{ id: OPEN, bytes: rows.encode(numbers) }]);
    if (this.at !== this.savedAt) this.advance(this.at);
    this.savedAnswering = this.answering;
  }

  /**
   * The next object's chunk: the oldest, or one that is cut now; `undefined` when none is due. A step is archived after
   * the ticks that settled it: a symbol that begins again from its archive then answers no archived step again.
   * @param archivedMs event time at the end of the archived ticks.
   */
  nextChunk(archivedMs: number): PredictionChunk | undefined {
    const [oldest] = this.at.chunks;
    if (oldest !== undefined) return this.isDue(archivedMs) ? oldest : undefined;
    const count = this.open.settledBefore(this.stepAt(archivedMs));
    if (count === 0) return undefined;
    this.cut(this.rowsOfDay(Math.min(count, CHUNK_ROWS)));
    return this.at.chunks[0];
  }

  /** Whether an object may be written. */
  isDue(archivedMs: number): boolean {
    const step = this.stepAt(archivedMs);
    const [oldest] = this.at.chunks;
    return oldest === undefined
      ? this.open.rows.settledBy[0]! < step && this.open.rows.count > 0
      : oldest.settledBy < step;
  }

  /** The rows of a chunk; `undefined` when its page is gone or damaged. */
  rowsOf(chunk: PredictionChunk): PredictionRows | undefined {
    const bytes = this.pages.load(pageOf(chunk)).get("rows");
    try {
      return bytes === undefined ? undefined : PredictionRows.decode(bytes).rows;
    } catch (error) {
      logError("archived_predictions_unreadable", { error: String(error) });
      return undefined;
    }
  }

  /** Stores the key of a chunk's object, before it is written. */
  name(chunk: PredictionChunk, key: string): void {
    const chunks = this.at.chunks.map((one) => (one.firstStep === chunk.firstStep ? { ...one, key } : one));
    this.advance({ ...this.at, chunks });
  }

  /** Forgets a chunk: it is archived, or cannot be read. */
  commit(chunk: PredictionChunk, isArchived: boolean): void {
    const { archived, lost, chunks } = this.at;
    const others = chunks.filter(({ firstStep }) => firstStep !== chunk.firstStep);
    if (others.length === chunks.length) return;
    this.slots.atomically(() => {
      this.pages.remove(pageOf(chunk));
      this.advance({
        ...this.at,
        chunks: others,
        archived: archived + (isArchived ? chunk.rows : 0),
        lost: lost + (isArchived ? 0 : chunk.rows),
      });
    });
  }

  /** Awaits no label any more: before the symbol is removed. */
  giveUpLabels(): void {
    this.open.giveUp(this.open.lastStep);
  }

  private loadOpen(bytes: ArrayBuffer): void {
    const { rows, numbers } = PredictionRows.decode(bytes);
    const { sealedThrough } = this.at;
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

  /** Makes a chunk of the first `count` rows. Storage comes before memory. */
  private cut(count: number): void {
    const rows = this.open.rows.head(count);
    const [firstStep, lastStep] = [rows.index[0]!, rows.index[count - 1]!];
    const settledBy = rows.settledBy.subarray(0, count).reduce((most, step) => Math.max(most, step));
    const chunk = { firstStep, lastStep, rows: count, settledBy, key: null };
    const chunks = [...this.at.chunks, chunk];
    const dropped = chunks.length > MAX_CHUNKS ? chunks.shift() : undefined;
    const lost = this.at.lost + (dropped?.rows ?? 0);
    this.slots.atomically(() => {
      this.pages.save(pageOf(chunk), [{ id: "rows", bytes: rows.encode({}) }]);
      if (dropped !== undefined) this.pages.remove(pageOf(dropped));
      this.advance({ ...this.at, chunks, lost, sealedThrough: lastStep });
    });
    this.open.dropFirst(count);
  }

  /** How many of the first `most` rows lie in the day of the first. */
  private rowsOfDay(most: number): number {
    const { index } = this.open.rows;
    const dayOf = (k: number): number => Math.floor(this.endMs(index[k]!) / DAY_MS);
    let count = 1;
    while (count < most && dayOf(count) === dayOf(0)) count += 1;
    return count;
  }

  private advance(progress: PredictionProgress): void {
    this.pages.save(PAGES, [{ id: PROGRESS, bytes: encodePredictionProgress(progress) }]);
    this.at = this.savedAt = progress;
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

function pageOf({ firstStep }: PredictionChunk): string {
  return `${CHUNK_PAGES}/${firstStep}`;
}
