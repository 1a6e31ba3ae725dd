// Which of a symbol's batches are not in the archive yet, and when they are due: the part of the archive that lives and is
// restored with the symbol's state. Everything is synchronous; the bucket is left to tick-archive.ts.
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
import type { StoredBatch } from "../storage/stored-batch.ts";
import { logError } from "../../../log.ts";

/** Ticks are archived when a stretch of this much event time has closed, counted from the epoch. */
export const ARCHIVE_EVENT_MS = 900_000;
/** Or when they fill this much. */
export const ARCHIVE_BYTES = 8 * 1024 * 1024;
/** Or when the oldest has waited this long by the clock. */
export const ARCHIVE_AGE_MS = 900_000;
/** An object's batches end with the one that reaches this size: making it must not hold up the symbol for long. */
export const OBJECT_BYTES = 1024 * 1024;
/** Or that ends such a stretch of event time, when more waits than one. */
export const OBJECT_EVENT_MS = 3_600_000;
/** No further ticks are taken while this much waits for the archive. */
export const MAX_BACKLOG_BYTES = 64 * 1024 * 1024;

/** Where the archive's pages lie in the page store. */
const PAGES = "archive";
const PROGRESS = "progress";

/** What a symbol's archive tells of itself. */
export interface ArchiveFigures {
  readonly archivedTicks: number;
  /** Event time from the end of what is archived to the newest tick, ms. */
  readonly lagMs: number;
  /** Ticks that wait. */
  readonly backlogBytes: number;
  /** Steps whose served values were compared with what the archive gives, that differed, and that could not be compared. */
  readonly paritySteps: number;
  readonly parityMismatches: number;
  readonly paritySkipped: number;
}

export class ArchiveLedger {
  readonly skew: SkewWatch;
  private readonly store: SlotStore;
  private readonly pages: PageStore;
  private at: ArchiveProgress;
  private lastSeq = 0;
  private backlogBytes = 0;
  private oldestWrittenMs = Infinity;
  /** Event time from which on the oldest batch counts, and that of the newest. */
  private sinceMs = NaN;
  private watermarkMs = NaN;

  /** As of the snapshot. The batches after it are then given to `addSteps`, and at last `resume` is called. */
  constructor(store: SlotStore, pages: PageStore, state: LoadedState) {
    this.store = store;
    this.pages = pages;
    this.at = storedProgress(pages.load(PAGES).get(PROGRESS)) ?? freshProgress(-1);
    this.skew = new SkewWatch(pages, state);
  }

  /**
   * Takes up what is there, once all batches are replayed. Where batches that should be archived are gone, as they may be
   * after a time without a bucket, the archive begins anew with the next one.
   * @param seq the last batch.
   */
  resume(seq: number, watermarkMs: number): void {
    const { fromSeq } = this.at;
    const there = fromSeq === 0 ? { batches: 0, sizeBytes: 0 } : this.store.totalFrom(fromSeq);
    if (fromSeq === 0 || there.batches !== seq - fromSeq + 1) {
      if (fromSeq > 0) logError("archive_gap", { fromSeq, throughSeq: seq });
      this.advance(freshProgress(seq, this.at));
      this.skew.restart();
    }
    // What lies between is archived and was not compared.
    if ((this.skew.anchorSeq ?? seq) + 1 < this.at.fromSeq) this.skew.restart();
    this.lastSeq = seq;
    this.watermarkMs = watermarkMs;
    this.backlogBytes = this.isEmpty ? 0 : there.sizeBytes;
    this.lookAtOldest();
  }

  get progress(): ArchiveProgress {
    return this.at;
  }

  /** Whether so much waits for the archive that no tick can be taken. */
  get isBacklogged(): boolean {
    return this.backlogBytes >= MAX_BACKLOG_BYTES;
  }

  get figures(): ArchiveFigures {
    const { steps, mismatches, skipped } = this.skew.totals;
    return {
      archivedTicks: this.at.ticks,
      lagMs: this.isEmpty ? 0 : this.watermarkMs - this.sinceMs,
      backlogBytes: this.backlogBytes,
      paritySteps: steps,
      parityMismatches: mismatches,
      paritySkipped: skipped,
    };
  }

  /** Before a batch. @param seq the last batch applied. */
  prepare(engine: FeatureEngine, seq: number): void {
    this.skew.prepare(engine, seq);
  }

  /** What a batch closed, applied now or replayed. */
  addSteps(closed: ClosedSteps): void {
    this.skew.add(closed);
  }

  /** A batch that was written. @param watermarkMs event time after it. */
  addBatch({ seq, rows, writtenAtMs, watermarkMs }: StoredBatch): void {
    this.lastSeq = seq;
    this.watermarkMs = watermarkMs;
    this.backlogBytes += rows.byteLength;
    if (seq !== this.at.fromSeq) return;
    this.oldestWrittenMs = writtenAtMs;
    this.sinceMs = this.at.watermarkMs ?? rows[0]!;
  }

  /** Writes what belongs to a snapshot, in its transaction. */
  save(engine: FeatureEngine, seq: number): void {
    this.skew.save(engine, seq);
  }

  /** When a range will be due if nothing more comes in, ms by the clock; `undefined` when nothing waits. */
  dueMs(nowMs: number): number | undefined {
    if (this.isEmpty) return undefined;
    const isDue =
      this.at.decided !== null ||
      this.backlogBytes >= ARCHIVE_BYTES ||
      isLater(this.watermarkMs, this.sinceMs, ARCHIVE_EVENT_MS);
    return isDue ? nowMs : this.oldestWrittenMs + ARCHIVE_AGE_MS;
  }

  /** The batches that belong into the next object, decided before or now; `undefined` when none is due. */
  nextRange(nowMs: number): BatchRange | undefined {
    if (this.at.decided !== null) return this.at.decided;
    const dueMs = this.dueMs(nowMs);
    if (dueMs === undefined || dueMs > nowMs) return undefined;
    const { fromSeq } = this.at;
    let sizeBytes = 0;
    let throughSeq = fromSeq;
    for (; throughSeq < this.lastSeq; throughSeq++) {
      const facts = this.store.facts(throughSeq);
      sizeBytes += facts?.sizeBytes ?? 0;
      if (sizeBytes >= OBJECT_BYTES || isLater(facts?.watermarkMs ?? NaN, this.sinceMs, OBJECT_EVENT_MS)) break;
    }
    return { fromSeq, throughSeq };
  }

  /** The accepted ticks of a range that begins where the archive ends. */
  ticksOf(range: BatchRange, sinceSeq = 0): ArchiveTicks {
    return archiveTicks((seq) => this.store.batch(seq), range, this.at.held, sinceSeq);
  }

  /** Holds fast which batches an object is made of, before it is written. */
  decide(decided: DecidedRange, namedMs: number): void {
    this.advance({ ...this.at, decided, namedMs });
  }

  /** Gives the object of the decided range another name; a range that is no longer the decided one has none. */
  rename(range: BatchRange, key: string): void {
    const { decided } = this.at;
    if (decided?.fromSeq === range.fromSeq) this.advance({ ...this.at, decided: { ...decided, key } });
  }

  /**
   * Counts a range as archived, and compares what was served in it with what its ticks give.
   * @returns `undefined` when there was nothing to compare.
   */
  commit(range: BatchRange, ticks: ArchiveTicks): ParityOutcome | undefined {
    const { fromSeq, throughSeq } = range;
    const before = this.at;
    const watermarkMs = this.store.facts(throughSeq)?.watermarkMs ?? this.watermarkMs;
    const { anchorSeq = Infinity } = this.skew;
    const rows = anchorSeq < fromSeq ? ticks.rows : this.ticksOf(range, anchorSeq).rows;
    let outcome: ParityOutcome | undefined;
    try {
      this.store.atomically(() => {
        if (anchorSeq < throughSeq) outcome = this.skew.check(throughSeq, rows);
        this.advance({
          ...this.at,
          fromSeq: throughSeq + 1,
          decided: null,
          watermarkMs,
          held: ticks.held,
          ticks: this.at.ticks + ticks.count,
        });
      });
    } catch (error) {
      this.at = before;
      this.skew.restart();
      throw error;
    }
    this.backlogBytes = this.isEmpty ? 0 : Math.max(0, this.backlogBytes - ticks.sizeBytes);
    this.lookAtOldest();
    return outcome;
  }

  private get isEmpty(): boolean {
    return this.lastSeq < this.at.fromSeq;
  }

  /** Written first: memory must not be ahead of what is kept. */
  private advance(progress: ArchiveProgress): void {
    this.pages.save(PAGES, [{ id: PROGRESS, bytes: encodeProgress(progress) }]);
    this.at = progress;
  }

  private lookAtOldest(): void {
    const oldest = this.isEmpty ? undefined : this.store.facts(this.at.fromSeq);
    this.oldestWrittenMs = oldest?.writtenAtMs ?? Infinity;
    this.sinceMs = this.at.watermarkMs ?? oldest?.firstTsMs ?? NaN;
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

/** Whether one time lies in a later stretch than the other, counted from the epoch. */
function isLater(tsMs: number, sinceMs: number, stretchMs: number): boolean {
  return Math.floor(tsMs / stretchMs) > Math.floor(sinceMs / stretchMs);
}
