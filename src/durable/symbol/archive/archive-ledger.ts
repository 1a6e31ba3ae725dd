// Tracks which of a symbol's batches are not archived yet and when they are due. Synchronous, and restored with the
// symbol's state; tick-archive.ts writes to the bucket.
import { storedBytes } from "../../../features/packed-ticks.ts";
import type { ClosedSteps } from "../../../features/closed-steps.ts";
import type { FeatureEngine } from "../../../features/feature-engine.ts";
import type { ParityOutcome } from "./archive-parity.ts";
import {
  type ArchiveProgress,
  type DecidedRange,
  decodeProgress,
  encodeProgress,
  freshProgress,
} from "./archive-progress.ts";
import { type LoadedState, SkewWatch } from "./archive-skew.ts";
import { type ArchiveTicks, archiveTicks, type BatchRange } from "./archive-ticks.ts";
import type { PageStore } from "../storage/page-store.ts";
import type { SlotStore } from "../storage/slot-store.ts";
import { type PredictionFigures, PredictionLog } from "./prediction-log.ts";
import type { StoredBatch } from "../storage/stored-batch.ts";
import { logError } from "../../../log.ts";

/** Ticks are archived when a stretch of this much event time has closed, counted from the epoch. */
const ARCHIVE_EVENT_MS = 900_000;
/** Or when they reach this size. */
const ARCHIVE_BYTES = 8 * 1024 * 1024;
/** Or when the oldest batch reaches this age. */
export const ARCHIVE_AGE_MS = 900_000;
/** An object ends with the batch that reaches this size, so that encoding does not block the symbol for long. */
const OBJECT_BYTES = 1024 * 1024;
/** Or with the batch that ends a stretch of this much event time. */
const OBJECT_EVENT_MS = 3_600_000;
/** New batches are refused while this much is waiting for the archive. */
export const MAX_BACKLOG_BYTES = 64 * 1024 * 1024;

/** Prefix of the archive's pages in the page store. */
const PAGES = "archive";
const PROGRESS = "progress";

/** The archive's state in figures. */
export interface ArchiveFigures {
  readonly archivedTicks: number;
  /** Batches that could not be archived, because their slots were missing or damaged. */
  readonly lostBatches: number;
  /** Event time from the end of what is archived to the newest tick, ms. */
  readonly lagMs: number;
  /** Ticks that are not archived yet. */
  readonly backlogBytes: number;
  /**
   * Served steps that were compared with the steps of the archived ticks, those that differed, and those not compared.
   */
  readonly paritySteps: number;
  readonly parityMismatches: number;
  readonly paritySkipped: number;
  /** `null` where predictions are not archived. */
  readonly predictions: PredictionFigures | null;
}

/** How a symbol's archive stands. `failures` since the object was loaded. */
export interface ArchiveState extends Pick<ArchiveFigures, "lagMs" | "backlogBytes"> {
  readonly failures: number;
}

/** A symbol's database, and whether its predictions are archived too. */
export interface LedgerStores {
  readonly slots: SlotStore;
  readonly pages: PageStore;
  readonly keepsPredictions: boolean;
}

export class ArchiveLedger {
  readonly skew: SkewWatch;
  /** `undefined` where predictions are not archived. */
  readonly predictions: PredictionLog | undefined;
  private readonly store: SlotStore;
  private readonly pages: PageStore;
  private at: ArchiveProgress;
  private lastSeq = 0;
  private backlogBytes = 0;
  private oldestWrittenMs = Infinity;
  /** Event time at the start of the oldest waiting batch, and after the newest one; ms. */
  private sinceMs = NaN;
  private watermarkMs = NaN;

  /** Restores the state at the snapshot. Then call `addSteps` for the batches after it, and `resume` at the end. */
  constructor({ slots, pages, keepsPredictions }: LedgerStores, state: LoadedState) {
    this.store = slots;
    this.pages = pages;
    this.at = storedProgress(pages.load(PAGES).get(PROGRESS)) ?? freshProgress(-1);
    this.skew = new SkewWatch(pages, state);
    const { engine, snapshotSeq, rebuilt } = state;
    const { grid, label } = engine.config;
    const of = { stepMs: grid.stepMs, horizonSteps: label.horizonSteps, snapshotSeq, rebuilt };
    if (keepsPredictions) this.predictions = new PredictionLog(slots, pages, of);
  }

  /**
   * Counts the waiting batches after all batches are replayed. If unarchived batches were overwritten, as after a time
   * without a bucket, the archive restarts with the next batch. Missing and damaged ones are passed over.
   * @param seq the last batch. @param isDamaged whether some batch could not be replayed.
   */
  resume(seq: number, watermarkMs: number, isDamaged: boolean): void {
    const { fromSeq } = this.at;
    const isOverwritten = fromSeq < this.store.oldestKept(seq);
    if (isOverwritten) {
      if (fromSeq > 0) logError("archive_gap", { fromSeq, throughSeq: seq });
      this.advance(freshProgress(seq, this.at));
    }
    // The batches in between are archived but were not compared.
    const isBehind = (this.skew.anchorSeq ?? seq) + 1 < this.at.fromSeq;
    if (isOverwritten || isBehind || isDamaged) this.skew.restart();
    this.lastSeq = seq;
    this.watermarkMs = watermarkMs;
    this.lookAtWaiting();
  }

  get progress(): ArchiveProgress {
    return this.at;
  }

  /** Whether the backlog is so large that no further batch is accepted. */
  get isBacklogged(): boolean {
    return this.backlogBytes >= MAX_BACKLOG_BYTES;
  }

  get figures(): ArchiveFigures {
    const { steps, mismatches, skipped } = this.skew.totals;
    return {
      archivedTicks: this.at.ticks,
      lostBatches: this.at.lostBatches,
      lagMs: this.isEmpty ? 0 : this.watermarkMs - this.sinceMs,
      backlogBytes: this.backlogBytes,
      paritySteps: steps,
      parityMismatches: mismatches,
      paritySkipped: skipped,
      predictions: this.predictions?.figures(this.watermarkMs) ?? null,
    };
  }

  /** Call it before a batch. @param seq the last batch applied. */
  prepare(engine: FeatureEngine, seq: number): void {
    this.skew.prepare(engine, seq);
  }

  /** Adds the steps that a batch closed, whether live or replayed. */
  addSteps(closed: ClosedSteps): void {
    this.skew.add(closed);
  }

  /** Adds a batch that was written. @param watermarkMs event time after it. */
  addBatch({ seq, rows, writtenAtMs, watermarkMs }: StoredBatch): void {
    this.lastSeq = seq;
    this.watermarkMs = watermarkMs;
    this.backlogBytes += storedBytes(rows);
    if (seq !== this.at.fromSeq) return;
    this.oldestWrittenMs = writtenAtMs;
    this.sinceMs = this.at.watermarkMs ?? rows[0]!;
  }

  /** Writes its part of a snapshot, in the snapshot's transaction. */
  save(engine: FeatureEngine, seq: number): void {
    this.skew.save(engine, seq);
    this.predictions?.save(seq);
  }

  /** When a range is due if no more batches arrive, wall-clock ms; `undefined` when nothing waits. */
  dueMs(nowMs: number): number | undefined {
    return this.predictions?.isDue(this.at.watermarkMs ?? -Infinity) === true ? nowMs : this.ticksDueMs(nowMs);
  }

  /** The same of ticks alone: predictions that are due must not cut what waits into small objects. */
  private ticksDueMs(nowMs: number): number | undefined {
    if (this.isEmpty) return undefined;
    const isDue =
      this.at.decided !== null ||
      this.backlogBytes >= ARCHIVE_BYTES ||
      isLater(this.watermarkMs, this.sinceMs, ARCHIVE_EVENT_MS);
    return isDue ? nowMs : this.oldestWrittenMs + ARCHIVE_AGE_MS;
  }

  /** The batches of the next object, already decided or decided now; `undefined` when none is due. */
  nextRange(nowMs: number): BatchRange | undefined {
    if (this.at.decided !== null) return this.at.decided;
    if (this.isEmpty) return undefined;
    const dueMs = this.ticksDueMs(nowMs);
    if (dueMs === undefined || dueMs > nowMs) return undefined;
    const { fromSeq } = this.at;
    let sizeBytes = 0;
    let throughSeq = fromSeq;
    for (; throughSeq < this.lastSeq; throughSeq++) {
      const batch = this.store.extent(throughSeq);
      sizeBytes += batch.sizeBytes;
      if (sizeBytes >= OBJECT_BYTES || isLater(batch.watermarkMs, this.sinceMs, OBJECT_EVENT_MS)) break;
    }
    return { fromSeq, throughSeq };
  }

  /** The accepted ticks of a range that begins where the archive ends. */
  ticksOf(range: BatchRange, sinceSeq = 0): ArchiveTicks {
    return archiveTicks((seq) => this.store.batch(seq), range, this.at.held, sinceSeq);
  }

  /** Stores which batches an object is made of, before it is written. */
  decide(decided: DecidedRange, namedMs: number): void {
    this.advance({ ...this.at, decided, namedMs });
  }

  /** Renames the object of the decided range. Does nothing for another range. */
  rename(range: BatchRange, key: string): void {
    const { decided } = this.at;
    if (decided?.fromSeq === range.fromSeq) this.advance({ ...this.at, decided: { ...decided, key } });
  }

  /**
   * Marks a range as archived, and compares its served steps with the steps computed from its ticks.
   * @returns `undefined` when there was nothing to compare.
   */
  commit(range: BatchRange, ticks: ArchiveTicks): ParityOutcome | undefined {
    const { fromSeq, throughSeq } = range;
    const before = this.at;
    const watermarkMs = this.whole(throughSeq)?.watermarkMs ?? this.watermarkMs;
    const { anchorSeq = Infinity } = this.skew;
    const rows = anchorSeq < fromSeq ? ticks.rows : this.ticksOf(range, anchorSeq).rows;
    let outcome: ParityOutcome | undefined;
    try {
      this.store.atomically(() => {
        // Steps that were served from lost ticks cannot be computed again.
        if (ticks.lostBatches > 0) this.skew.restart();
        else if (anchorSeq < throughSeq) outcome = this.skew.check(throughSeq, rows);
        this.advance({
          ...this.at,
          fromSeq: throughSeq + 1,
          decided: null,
          watermarkMs,
          held: ticks.held,
          ticks: this.at.ticks + ticks.count,
          lostBatches: this.at.lostBatches + ticks.lostBatches,
        });
      });
    } catch (error) {
      this.at = before;
      this.skew.restart();
      throw error;
    }
    if (ticks.lostBatches > 0) {
      this.lookAtWaiting();
    } else {
      this.backlogBytes = this.isEmpty ? 0 : Math.max(0, this.backlogBytes - ticks.sizeBytes);
      this.lookAtOldest();
    }
    return outcome;
  }

  private get isEmpty(): boolean {
    return this.lastSeq < this.at.fromSeq;
  }

  /** Writes the progress to storage before memory: memory must not be ahead of the store. */
  private advance(progress: ArchiveProgress): void {
    this.pages.save(PAGES, [{ id: PROGRESS, bytes: encodeProgress(progress) }]);
    this.at = progress;
  }

  /** Reads every waiting slot: for a start, and where what waits is not what was added. */
  private lookAtWaiting(): void {
    this.backlogBytes = this.isEmpty ? 0 : this.store.bytesFrom(this.at.fromSeq);
    this.lookAtOldest();
  }

  private lookAtOldest(): void {
    let oldest: StoredBatch | undefined;
    for (let seq = this.at.fromSeq; seq <= this.lastSeq && oldest === undefined; seq++) oldest = this.whole(seq);
    // What waits and cannot be read is due at once.
    this.oldestWrittenMs = this.isEmpty ? Infinity : (oldest?.writtenAtMs ?? 0);
    this.sinceMs = this.at.watermarkMs ?? oldest?.rows[0] ?? NaN;
  }

  /** A batch that is there as it was written. */
  private whole(seq: number): StoredBatch | undefined {
    const batch = this.store.batch(seq);
    return batch?.rows === undefined ? undefined : batch;
  }
}

function storedProgress(bytes: ArrayBuffer | undefined): ArchiveProgress | undefined {
  if (bytes === undefined) return undefined;
  try {
    return decodeProgress(bytes);
  } catch (error) {
    logError("archive_progress_unreadable", { error: String(error) });
    return undefined;
  }
}

/** Whether `tsMs` lies in a later stretch than `sinceMs`, counted from the epoch. */
function isLater(tsMs: number, sinceMs: number, stretchMs: number): boolean {
  return Math.floor(tsMs / stretchMs) > Math.floor(sinceMs / stretchMs);
}
