// Writes one symbol's archive to R2: objects that are created once and never changed, each of whole batches in order;
// then the predictions. archive-ledger.ts says which batches an object holds.
import { isFresh } from "../../../model/is-fresh.ts";
import { archiveKey, nextArchiveKey } from "../../../features/archive-key.ts";
import type { ArchiveLedger } from "./archive-ledger.ts";
import type { BatchRange } from "./archive-ticks.ts";
import { createObject, sameBytes } from "./create-object.ts";
import { decodeParquetTicks, encodeParquetTicks } from "./parquet-ticks.ts";
import { writePredictions, writeWithoutLabels } from "./prediction-objects.ts";
import type { LiveSymbol } from "../live-symbol.ts";
import { logError } from "../../../log.ts";

const FIRST_RETRY_MS = 5_000;
const MAX_RETRY_MS = 300_000;

export class TickArchive {
  /** Ranges that could not be written, since the object was loaded. */
  failures = 0;
  /** The error of the last attempt; `undefined` when it succeeded. */
  failure: string | undefined;
  private readonly bucket: R2Bucket;
  private readonly liveSymbol: () => LiveSymbol | undefined;
  private readonly onLost: (batches: number) => void;
  private retryMs = 0;
  private failedAtMs = -Infinity;
  private running: Promise<void> | undefined;

  /**
   * @param liveSymbol called each time: after a failure the symbol may be reloaded while an object is being written.
   * @param onLost called with the number of batches that were passed over, because their slots were missing or damaged.
   */
  constructor(
    bucket: R2Bucket,
    liveSymbol: () => LiveSymbol | undefined,
    onLost: (batches: number) => void = () => undefined,
  ) {
    this.bucket = bucket;
    this.liveSymbol = liveSymbol;
    this.onLost = onLost;
  }

  /** When `run` should be called, wall-clock ms, possibly in the past; `undefined` when nothing waits. */
  nextDueMs(nowMs: number): number | undefined {
    const dueMs = this.ledger?.dueMs(nowMs);
    if (dueMs === undefined || !isFresh(this.failedAtMs, this.retryMs, nowMs)) return dueMs;
    return Math.max(dueMs, this.failedAtMs + this.retryMs);
  }

  /** Writes all objects that are due. Never throws: a failed object is retried after a pause. */
  async run(nowMs: number): Promise<void> {
    if (isFresh(this.failedAtMs, this.retryMs, nowMs)) return;
    this.running ??= this.writeDue(nowMs).finally(() => (this.running = undefined));
    await this.running;
  }

  /**
   * Writes all ticks that wait, due or not, and the predictions that do not await a label. Returns whether nothing
   * waits any more; a failure is logged.
   */
  async flush(): Promise<boolean> {
    return await this.alone(async () => {
      while (await this.writeNext(Infinity));
      while (await writePredictions(this.bucket, this.liveSymbol, true));
      return this.ledger?.dueMs(0) === undefined;
    });
  }

  /**
   * After `flush`, directly before the symbol is removed: writes the predictions that await a label, without one.
   * Returns whether they are written; otherwise the symbol can go on as if nothing had been tried.
   */
  async writeLast(): Promise<boolean> {
    return await this.alone(async () => {
      const live = this.liveSymbol();
      if (live !== undefined) await writeWithoutLabels(this.bucket, live);
      return true;
    });
  }

  /** Waits for the object that is being written. */
  async settled(): Promise<void> {
    await this.running;
  }

  /** Does work while nothing else is written. Returns false when it fails, and logs that. */
  private async alone(work: () => Promise<boolean>): Promise<boolean> {
    await this.settled();
    let isDone = false;
    this.running = work()
      .then(
        (done) => void (isDone = done),
        (error: unknown) => {
          this.failures += 1;
          this.report("archive_failed", { error: String(error) });
        },
      )
      .finally(() => (this.running = undefined));
    await this.running;
    return isDone;
  }

  private async writeDue(nowMs: number): Promise<void> {
    try {
      while (await this.writeNext(nowMs));
      while (await writePredictions(this.bucket, this.liveSymbol, false));
      this.retryMs = 0;
      this.failedAtMs = -Infinity;
      this.failure = undefined;
    } catch (error) {
      this.failures += 1;
      this.failure = String(error);
      this.retryMs = Math.min(Math.max(2 * this.retryMs, FIRST_RETRY_MS), MAX_RETRY_MS);
      this.failedAtMs = nowMs;
      this.report("archive_failed", { error: String(error) });
    }
  }

  private get ledger(): ArchiveLedger | undefined {
    return this.liveSymbol()?.engine.archive;
  }

  /** Writes one object. Returns whether there was one to write. */
  private async writeNext(nowMs: number): Promise<boolean> {
    const live = this.liveSymbol();
    const ledger = live?.engine.archive;
    const range = ledger?.nextRange(nowMs);
    if (live === undefined || ledger === undefined || range === undefined) return false;
    const ticks = ledger.ticksOf(range);
    if (ticks.count > 0) {
      const key = ledger.progress.decided?.key ?? decide(ledger, live.name, range, ticks.rows[0]!);
      const { stepMs } = live.engine.features.config.grid;
      const of = { symbol: live.name, firstBatch: range.fromSeq, lastBatch: range.throughSeq, stepMs };
      const bytes = encodeParquetTicks(ticks.rows, of);
      const isSame = (there: ArrayBuffer) => hasTicks(there, ticks.rows, of.lastBatch);
      if (!(await createObject(this.bucket, key, bytes, isSame))) {
        this.ledger?.rename(range, nextArchiveKey(key));
        throw new Error(`put ${key}: another object of that name is there`);
      }
    }
    const now = this.ledger;
    // The symbol was reloaded meanwhile: the next attempt finds the object.
    if (now?.progress.fromSeq !== range.fromSeq) return false;
    const outcome = now.commit(range, ticks);
    if (outcome !== undefined && outcome.mismatches > 0) this.report("parity_mismatch", { ...outcome });
    if (ticks.lostBatches > 0) {
      this.report("archive_batches_lost", { batches: ticks.lostBatches });
      this.onLost(ticks.lostBatches);
    }
    return true;
  }

  private report(event: string, facts: Record<string, unknown>): void {
    logError(event, { symbol: this.liveSymbol()?.name, ...facts });
  }
}

/**
 * Names a range's object by its first tick and its first batch, and stores both. Names are monotonic in time, so that
 * their order is the order of the batches.
 */
function decide(ledger: ArchiveLedger, symbol: string, range: BatchRange, firstMs: number): string {
  const namedMs = Math.max(firstMs, ledger.progress.namedMs);
  const key = archiveKey("ticks", symbol, namedMs, range.fromSeq);
  ledger.decide({ ...range, key }, namedMs);
  return key;
}

/** Whether an object has these ticks, in whatever bytes. */
async function hasTicks(bytes: ArrayBuffer, rows: Float64Array, lastBatch: number): Promise<boolean> {
  const there = await decodeParquetTicks(bytes).catch(() => undefined);
  return there?.lastBatch === lastBatch && sameBytes(bufferOf(there.rows), bufferOf(rows));
}

function bufferOf(rows: Float64Array): ArrayBuffer {
  return rows.slice().buffer;
}
