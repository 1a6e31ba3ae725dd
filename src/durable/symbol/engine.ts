// One symbol's state and its persistence: the feature engine, slots, snapshot and producers' recent batches. Every
// method is synchronous. State derived from scores is separate (`Companion`) and written with the snapshot.
import { ClosedSteps } from "../../features/closed-steps.ts";
import { type BatchCounts, noCounts } from "../../features/batch-counts.ts";
import { parseEngineConfig } from "../../features/engine-config.ts";
import type { EngineConfig, FeatureEngine } from "../../features/feature-engine.ts";
import { TICK_FIELDS } from "../../features/packed-ticks.ts";
import type { Page } from "../../features/page-buffer.ts";
import { ROW_NAMES, type RowName } from "../../features/schema.ts";
import { ArchiveLedger } from "./archive/archive-ledger.ts";
import type { ArchivedHistory } from "./archive/archived-history.ts";
import type { PredictionLog } from "./archive/prediction-log.ts";
import { type Batch, type BatchOutcome, countsOf, heldVerdictOf, lastTsMsOf, outcomeOf } from "./batch.ts";
import { appliedTicks } from "./grids/applied-ticks.ts";
import type { GridEngine } from "./grids/grid-engine.ts";
import { type GridStores, SymbolGrids } from "./grids/symbol-grids.ts";
import { ReplayedSteps } from "./replayed-steps.ts";
import { StepLog, stepPagesOf } from "./steps/step-log.ts";
import { Producers, type SequenceVerdict } from "./storage/producers.ts";
import { isWholeFrom, longestWindowMs } from "./storage/longest-window.ts";
import { encodeMeta, type Recovery, type RestoredEngine, restoreEngine } from "./storage/restored-engine.ts";
import type { StoredBatch } from "./storage/stored-batch.ts";
import { loadWarmth, loadWarmTicks, removeWarmTicks, saveWarmth, type Warmth } from "./storage/warm-pages.ts";

/** So many batches at most are replayed after a restart: a snapshot is written before one more. */
const SNAPSHOT_BATCHES = 64;
const SNAPSHOT_TICKS = 10_000;
/**
 * And after a batch when this many steps have closed since; below `MAX_REPLAYED_STEPS`, so that a restart can score all
 * of them.
 */
const SNAPSHOT_STEPS = 4096;
/** Steps of a round, plus at most 300 closed by its last tick. Bounds the memory for a batch. */
const ROUND_STEPS = 4096;
const FIRST_STEPS = 64;
/** Capacity for steps kept between batches, so that one large batch does not pin megabytes. */
const KEPT_STEPS = 1024;
/** Steps of a replay that are hashed for the archive at a time. */
const REPLAY_STEPS = 256;
/** Where the companion's pages lie in the page store. */
export const COMPANION_PAGES = "monitor";

/** State that follows the engine's; it includes the last batch whenever a snapshot is written. */
export interface Companion {
  dirtyPages(): Page[];
}

/** A symbol's database. */
export type SymbolStores = GridStores;

/** What a symbol begins with. */
export interface History {
  readonly features: FeatureEngine;
  /** The last batch that the history has: the next one has the number after it. */
  readonly throughSeq: number;
  readonly warm: Warmth;
  /** Its newest steps, for charts. */
  readonly steps: ClosedSteps;
  /** Its packed ticks, where no archive has them. */
  readonly ticks?: Float64Array;
  /** Those that a further grid begins with, by its name. */
  readonly gridTicks?: ReadonlyMap<string, Float64Array>;
  readonly how: Recovery["how"];
  readonly reason: string | undefined;
}

export class SymbolEngine {
  readonly features: FeatureEngine;
  readonly recovery: Recovery;
  /** The history that it began with; `undefined` without one. */
  readonly warm: Warmth | undefined;
  /** The unarchived batches; `undefined` without a bucket. */
  readonly archive: ArchiveLedger | undefined;
  /** The engines of the further grids; they include the same batches. */
  readonly grids: SymbolGrids;
  /** Its closed steps, for charts. */
  readonly stepLog: StepLog;
  private readonly stores: SymbolStores;
  private readonly producers: Producers;
  /** Event time of the newest tick that is stored, ms; `NaN` before the first. During a batch `features` are ahead. */
  storedMs: number;
  /** The last batch applied. */
  private seq: number;
  private snapshotSeq: number;
  private ticksSinceSnapshot = 0;
  /** Steps closed before the last snapshot. */
  private stepsAtSnapshot: number;
  /** The steps that a round closed. Reused: valid until the next round. */
  private steps: ClosedSteps;
  /** `VERDICT` of each tick of the current batch. Reused. */
  private verdicts = new Uint8Array(1024);
  private counts: Readonly<BatchCounts> = noCounts();
  /** The tick that was held before the current batch, for the further grids. */
  private heldBefore: Float64Array | undefined;
  private readonly replayed: ReplayedSteps;
  /**
   * Whether batches are missing from a window, because slots did not reach back that far when this state was rebuilt.
   * The archive may have them: `withHistory` then gives the same batches after those of the archive. Kept in snapshots;
   * set it to false when the archive has none.
   */
  lacksHistory: boolean;

  private constructor(stores: SymbolStores, restored: RestoredEngine, warm: Warmth | undefined, grids?: SymbolGrids) {
    const { features, producers, seq, how, reason } = restored;
    this.stores = stores;
    this.warm = warm;
    this.features = features;
    this.producers = producers;
    this.seq = seq;
    this.snapshotSeq = seq;
    this.stepsAtSnapshot = features.stepsClosed;
    this.steps = new ClosedSteps(features.labelSpecs.length, FIRST_STEPS);
    this.replayed = new ReplayedSteps(features.labelSpecs.length);
    this.stepLog = new StepLog(stores.pages, stepPagesOf());
    this.grids = grids ?? new SymbolGrids(stores, seq, how === "snapshot");
    if (stores.isArchived) {
      const loaded = { engine: features, snapshotSeq: seq, rebuilt: how === "rebuilt" };
      this.archive = new ArchiveLedger(stores, loaded);
    }
    // What is archived was written, even if its slots are gone.
    const { firstMs, ...counts } = this.replay(Math.max(restored.throughSeq, this.archivedSeq), how !== "rebuilt");
    this.recovery = { how, reason, ...counts };
    this.storedMs = features.watermarkMs;
    this.lacksHistory = restored.isShort && !(how === "rebuilt" && isWholeFrom(firstMs, features));
    this.archive?.resume(this.seq, features.watermarkMs, this.recovery.damagedBatches > 0);
  }

  /** An engine for a symbol's first batch. Its configuration is written now and never changes. */
  static create(stores: SymbolStores, symbol: string, config: EngineConfig): SymbolEngine {
    stores.slots.saveIdentity(symbol, JSON.stringify(config));
    // Read back: a symbol that was created earlier but could not be read keeps its original configuration.
    const engine = SymbolEngine.load(stores);
    if (engine === undefined) throw new Error(`${symbol}: its identity was written and cannot be read back`);
    return engine;
  }

  /** Adds a further grid, with the ticks that the slots still have. Call it between batches only. */
  addGrid(name: string, config: EngineConfig): GridEngine {
    return this.grids.add(name, config, this.seq);
  }

  /** The state as of the last acknowledged batch; `undefined` if no symbol was created. */
  static load(stores: SymbolStores): SymbolEngine | undefined {
    const identity = stores.slots.loadIdentity();
    if (identity === undefined) return undefined;
    const warm = loadWarmth(stores.pages);
    const beginning = warm && { ticks: () => loadWarmTicks(stores.pages) };
    const restored = restoreEngine(stores.slots, parseEngineConfig(JSON.parse(identity.config)), beginning);
    return new SymbolEngine(stores, restored, warm);
  }

  /**
   * An engine for a symbol whose database is empty, after a history. Its configuration, what it began with and its
   * first snapshot are written together: the slots do not have what the history has.
   */
  static afterHistory(stores: SymbolStores, symbol: string, config: EngineConfig, history: History): SymbolEngine {
    const { features, throughSeq: seq, warm, steps, ticks, gridTicks, how, reason } = history;
    const producers = new Producers();
    let engine: SymbolEngine | undefined;
    stores.slots.atomically(() => {
      stores.slots.saveIdentity(symbol, JSON.stringify(config));
      saveWarmth(stores.pages, warm, ticks, gridTicks);
      const restored = { features, producers, seq, throughSeq: seq, how, reason, isShort: false };
      engine = new SymbolEngine(stores, restored, warm);
      engine.stepLog.add(steps, undefined);
      engine.saveSnapshot({ dirtyPages: () => [] });
    });
    return engine!;
  }

  /** The same batches after those of the archive. */
  withHistory(history: ArchivedHistory): SymbolEngine {
    const { stores, producers, seq: throughSeq } = this;
    // Never past what this database has archived: later batches are in its slots.
    const archivedSeq = Math.min(history.throughSeq, this.archivedSeq, throughSeq);
    const seq = Math.max(archivedSeq, stores.slots.oldestKept(throughSeq) - 1);
    const reason = `${this.recovery.reason ?? ""}; ${history.ticks} ticks of the archive`;
    const { features } = history;
    const restored = { features, producers, seq, throughSeq, how: "rebuilt", reason, isShort: false } as const;
    return new SymbolEngine(stores, restored, this.warm, this.grids);
  }

  /** `undefined` where predictions are not archived. */
  get predictions(): PredictionLog | undefined {
    return this.archive?.predictions;
  }

  /** The last batch that this database has archived; -1 before the first. */
  get archivedSeq(): number {
    return (this.archive?.progress.fromSeq ?? 0) - 1;
  }

  /** Batches applied since creation. */
  get batches(): number {
    return this.seq;
  }

  /** Whether this batch is to be applied, was applied before, or cannot be: by its producer's number. */
  judgeSequence({ producer, producerSeq, contentHash }: Batch): SequenceVerdict {
    if (producer === null || producerSeq === null) return "new";
    return this.producers.judge(producer, producerSeq, contentHash);
  }

  /**
   * Whether enough steps have closed since the last snapshot that one should be written, to shorten scoring after a
   * restart.
   */
  get hasManyUnsavedSteps(): boolean {
    return this.features.stepsClosed - this.stepsAtSnapshot >= SNAPSHOT_STEPS;
  }

  /**
   * The steps that replayed batches closed, the newest 8192 at most; they need scores, which slots do not hold.
   * Returned once.
   */
  takeReplayed(): ClosedSteps {
    return this.replayed.take();
  }

  /** Call it before batches: writes a snapshot if one is due. @param count of the batches that are applied as one. */
  prepare(companion: Companion, count = 1): void {
    this.archive?.prepare(this.features, this.seq);
    const batches = this.seq - this.snapshotSeq + count;
    if (batches > SNAPSHOT_BATCHES || this.ticksSinceSnapshot >= SNAPSHOT_TICKS) this.saveSnapshot(companion);
  }

  /**
   * Applies a batch in memory only, and yields the steps that it closes, round by round. A round's steps are valid
   * until the next round. Call `commit` after the last round; a failure before that leaves nothing of the batch in
   * storage.
   * @param kept the feature rows that the steps must have: each costs time.
   */
  rounds(rows: Float64Array, kept: readonly RowName[]): Generator<ClosedSteps, void, void> {
    return this.apply(rows, ROUND_STEPS, kept);
  }

  /** The ticks that were applied of a batch, after its last round: for the further grids. */
  appliedOf(rows: Float64Array): Float64Array {
    const { counts, heldBefore } = this;
    const verdicts = counts.accepted === rows.length / TICK_FIELDS ? undefined : this.verdicts;
    return appliedTicks(rows, verdicts, counts.released > 0 ? heldBefore : undefined);
  }

  /**
   * Writes the applied batches, each into its slot. Returns the outcome of the ticks of each.
   * @param batches in the order in which their rows were applied, as one; one unless frames are taken together.
   */
  commit(batches: readonly Batch[], nowMs: number): BatchOutcome[] {
    const { counts } = this;
    const { watermarkMs } = this.features;
    const rows = batches.reduce((sum, batch) => sum + batch.rows.length, 0);
    const isAllAccepted = counts.accepted === rows / TICK_FIELDS;
    const outcomes: BatchOutcome[] = [];
    let from = 0;
    const { slots } = this.stores;
    const store = (): void => {
      for (const batch of batches) {
        const ticks = batch.rows.length / TICK_FIELDS;
        const verdicts = isAllAccepted ? undefined : this.verdicts.slice(from, from + ticks);
        const isFirst = from === 0;
        from += ticks;
        this.finish(batch);
        this.seq += 1;
        const own = batches.length === 1 ? counts : countsOf(counts, { ticks, verdicts, isFirst });
        const stored: StoredBatch = {
          ...batch,
          seq: this.seq,
          lastTsMs: lastTsMsOf(batch.rows),
          verdicts,
          heldVerdict: heldVerdictOf(own),
          watermarkMs,
          writtenAtMs: nowMs,
        };
        slots.append(stored);
        this.archive?.addBatch(stored);
        outcomes.push(outcomeOf(own, verdicts));
      }
    };
    // One write is a transaction of itself.
    if (batches.length === 1) store();
    else slots.atomically(store);
    for (const grid of this.grids.list) grid.finishBatch(this.seq);
    this.storedMs = watermarkMs;
    const { specCount, rows: kept, index } = this.steps;
    if (index.length > KEPT_STEPS) this.steps = new ClosedSteps(specCount, FIRST_STEPS, kept);
    return outcomes;
  }

  /**
   * Writes all state. Call it between batches only: engine and companion must include the same batches. Also needed
   * after a change of label specs or followed models, because slots do not record them.
   */
  saveSnapshot(companion: Companion): void {
    const { slots, pages } = this.stores;
    slots.atomically(() => {
      slots.saveSnapshot({
        seq: this.seq,
        meta: encodeMeta(this.producers, this.lacksHistory),
        state: this.features.save(),
      });
      pages.save(COMPANION_PAGES, companion.dirtyPages());
      this.stepLog.save();
      this.grids.save();
      this.archive?.save(this.features, this.seq);
      const keepFromMs = this.features.watermarkMs - longestWindowMs(this.features.config);
      slots.makeRoom(this.seq, SNAPSHOT_BATCHES + 1, keepFromMs, this.archive?.progress.fromSeq);
      if (this.warm !== undefined && slots.oldestKept(this.seq) > 1) removeWarmTicks(pages);
    });
    this.snapshotSeq = this.seq;
    this.ticksSinceSnapshot = 0;
    this.stepsAtSnapshot = this.features.stepsClosed;
  }

  private *apply(rows: Float64Array, roundSteps: number, kept: readonly RowName[]): Generator<ClosedSteps, void, void> {
    const ticks = rows.length / TICK_FIELDS;
    if (this.verdicts.length < ticks) this.verdicts = new Uint8Array(ticks * 2);
    this.heldBefore = this.grids.count > 0 ? this.features.heldTick : undefined;
    const specs = this.features.labelSpecs.length;
    const isOther = this.steps.specCount !== specs || this.steps.rows.join() !== kept.join();
    if (isOther) this.steps = new ClosedSteps(specs, FIRST_STEPS, kept);
    const { features, steps, verdicts } = this;
    for (let from = 0; from < ticks;) {
      steps.clear();
      const { next, counts } = features.process(rows, steps, verdicts, from, roundSteps);
      from = next;
      this.counts = counts;
      if (steps.count === 0) continue;
      this.archive?.addSteps(steps);
      yield steps;
    }
  }

  /** @param isComplete whether every batch before this one is known. */
  private finish({ rows, producer, producerSeq, contentHash }: Batch, isComplete = true): void {
    if (producer !== null && producerSeq !== null) {
      this.producers.update(producer, producerSeq, contentHash, isComplete);
    }
    this.ticksSinceSnapshot += rows.length / TICK_FIELDS;
  }

  /**
   * Replays the batches after the snapshot. Skips missing and unreadable ones: only their own ticks are lost.
   * @param knowsEarlier whether the producers of the batches before are known.
   */
  private replay(
    throughSeq: number,
    knowsEarlier: boolean,
  ): Pick<Recovery, "replayedBatches" | "damagedBatches"> & { firstMs: number } {
    const { replayed, seq: fromSeq } = this;
    let firstMs = NaN;
    let replayedBatches = 0;
    let damagedBatches = 0;
    for (const batch of this.stores.slots.after(this.seq, throughSeq)) {
      this.seq = batch.seq;
      if (batch.rows === undefined) {
        damagedBatches += 1;
        this.replayOnGrids(undefined);
        continue;
      }
      if (replayedBatches === 0) firstMs = batch.rows[0]!;
      // Which models will score them is not known yet.
      for (const steps of this.apply(batch.rows, REPLAY_STEPS, ROW_NAMES)) {
        replayed.add(steps);
      }
      this.replayOnGrids(batch.rows);
      this.finish(batch, knowsEarlier || (fromSeq === 0 && damagedBatches === 0));
      replayedBatches += 1;
    }
    replayed.finish();
    for (const grid of this.grids.list) grid.finishReplay();
    return { replayedBatches, damagedBatches, firstMs };
  }

  /** @param rows of the batch that was replayed last; `undefined` where they could not be read. */
  private replayOnGrids(rows: Float64Array | undefined): void {
    const applied = rows === undefined || this.grids.count === 0 ? undefined : this.appliedOf(rows);
    for (const grid of this.grids.list) grid.replay(this.seq, applied);
  }
}
