// The state of one symbol and how it survives: apply a batch, write a snapshot, come back from both. Everything here is
// synchronous, so that no other request runs between a tick's write and its effect. What is learned from scores, which
// come later, is kept beside it (`Companion`) and written with the same snapshot.
import { ClosedSteps } from "../../features/closed-steps.ts";
import { type GridCounts, VERDICT } from "../../features/event-grid.ts";
import { type EngineConfig, FeatureEngine, parseEngineConfig } from "../../features/feature-engine.ts";
import { TICK_FIELDS } from "../../features/packed-ticks.ts";
import type { Page } from "../../features/page-buffer.ts";
import { ArchiveLedger } from "./archive/archive-ledger.ts";
import type { HeldVerdict } from "./archive/archive-ticks.ts";
import type { PageStore } from "./storage/page-store.ts";
import { Producers } from "./storage/producers.ts";
import type { SlotStore } from "./storage/slot-store.ts";
import type { StoredBatch } from "./storage/stored-batch.ts";

/** A snapshot is written before the next batch when this much has come since the last. */
export const SNAPSHOT_BATCHES = 64;
export const SNAPSHOT_TICKS = 10_000;
/** And after a batch when this many steps have closed: fewer than are kept for scoring after a restart. */
const SNAPSHOT_STEPS = 4096;
/** Steps that are scored and learned from at once: what they take of memory must not grow with a batch. */
const ROUND_STEPS = 4096;

/** A batch is taken in parts that close at least this many steps, and at most 300 more. */
const STEPS_AT_ONCE = 256;

/** Of a long replay only the newest steps are kept for scoring: those of the 2 h that slots are kept for, at 1 s. */
const MAX_REPLAYED_STEPS = 8192;

/** Where the companion's pages lie in the page store. */
export const COMPANION_PAGES = "monitor";

/** Version of the snapshot's own fields; the engine's buffer has its own. */
const META_VERSION = 1;

export interface Batch {
  /** Packed ticks, at least one. */
  readonly rows: Float64Array;
  readonly producer: string | null;
  readonly producerSeq: number | null;
}

/** State that follows the engine's, complete through the last batch whenever a snapshot is written. */
export interface Companion {
  dirtyPages(): Page[];
}

/** How a state came to be. */
export interface Recovery {
  /** `rebuilt`: the snapshot could not be read, and the slots were replayed without it. */
  readonly how: "new" | "snapshot" | "rebuilt";
  readonly replayedBatches: number;
  /** Slots that could not be read: their ticks are lost, what follows them is not. */
  readonly damagedBatches: number;
  /** Why the snapshot could not be used. */
  readonly reason: string | undefined;
}

/** A symbol's engine and bookkeeping over its store. */
export class SymbolState {
  readonly engine: FeatureEngine;
  recovery: Recovery;
  /** What `dirtyPages` of it says is written with each snapshot. */
  companion: Companion | undefined;
  /** What is not archived yet; `undefined` without a bucket. */
  archive: ArchiveLedger | undefined;
  /** Steps closed by the replayed batches, newest at most `MAX_REPLAYED_STEPS`: scored again by whoever needs scores. */
  readonly replayed: ClosedSteps[] = [];
  private readonly store: SlotStore;
  private readonly pages: PageStore;
  private readonly producers: Producers;
  private seq: number;
  private snapshotSeq: number;
  private ticksSinceSnapshot = 0;
  /** Steps that the engine had closed at the last snapshot. */
  private stepsAtSnapshot = 0;
  /** What a part of a batch closed. Reused: valid until the next part. */
  private closed: ClosedSteps;
  /** `VERDICT` of each tick of the last batch. Reused. */
  verdicts = new Uint8Array(1024);
  /** What the last batch decided about a tick that was held before it. */
  private heldVerdict: HeldVerdict | null = null;

  private constructor(store: SlotStore, pages: PageStore, parts: StateParts) {
    this.store = store;
    this.pages = pages;
    this.engine = parts.engine;
    this.producers = parts.producers;
    this.seq = parts.seq;
    this.snapshotSeq = parts.snapshotSeq;
    this.stepsAtSnapshot = parts.engine.stepsClosed;
    this.recovery = parts.recovery;
    this.closed = new ClosedSteps(this.engine.labelSpecs.length);
  }

  /**
   * A state for a symbol's first batch. What it is created for is written now and holds for ever.
   * @param archived as in `load`.
   */
  static create(
    store: SlotStore,
    pages: PageStore,
    symbol: string,
    config: EngineConfig,
    archived = false,
  ): SymbolState {
    store.saveIdentity(symbol, JSON.stringify(config));
    return SymbolState.load(store, pages, archived)!;
  }

  /**
   * The state as of the last acknowledged batch; `undefined` where no symbol was created.
   * @param archived whether batches are to be archived: none is then overwritten before.
   */
  static load(store: SlotStore, pages: PageStore, archived = false): SymbolState | undefined {
    const identity = store.loadIdentity();
    if (identity === undefined) return undefined;
    const parts = restore(store, parseEngineConfig(JSON.parse(identity.config)));
    const state = new SymbolState(store, pages, parts);
    if (archived) {
      const rebuilt = parts.recovery.how === "rebuilt";
      state.archive = new ArchiveLedger(store, pages, { ...parts, rebuilt });
    }
    let replayedBatches = 0;
    let damagedBatches = 0;
    for (const batch of store.after(parts.seq)) {
      state.seq = batch.seq;
      if (batch.rows === undefined) {
        damagedBatches += 1;
        continue;
      }
      for (const closed of state.parts(batch)) state.keepReplayed(closed);
      replayedBatches += 1;
    }
    state.archive?.resume(state.seq, state.engine.watermarkMs);
    state.recovery = { ...parts.recovery, replayedBatches, damagedBatches };
    return state;
  }

  /** Batches applied since creation. */
  get batches(): number {
    return this.seq;
  }

  /** Whether this batch was applied before. */
  isDuplicate(batch: Batch): boolean {
    const { producer, producerSeq } = batch;
    return producer !== null && producerSeq !== null && this.producers.isDuplicate(producer, producerSeq);
  }

  /**
   * Applies a batch and writes it, and before that a snapshot when one is due. Nothing awaits in here, and the answer
   * leaves only when the writes are durable. After a throw the store holds nothing of the batch, but the memory may: load
   * the state again.
   * @param onClosed takes the closed steps in parts of bounded size, in order; they are reused after it returns.
   * @param nowMs the time by the clock: the archive goes by it when ticks are few.
   */
  apply(batch: Batch, onClosed: (closed: ClosedSteps) => void, nowMs = Date.now()): void {
    this.begin();
    for (const closed of this.parts(batch)) onClosed(closed);
    this.finish(batch, nowMs);
  }

  /**
   * The same for a batch that may close very many steps, as one of ticks minutes apart does: `flush` is awaited whenever
   * `ROUND_STEPS` have been handed over and more come. The batch is still written at the end, so that a failure on the way
   * leaves nothing of it in the store. Only in a turn of its own.
   */
  async applyInRounds(
    batch: Batch,
    onClosed: (closed: ClosedSteps) => void,
    flush: () => Promise<void>,
    nowMs = Date.now(),
  ): Promise<void> {
    this.begin();
    let steps = 0;
    for (const closed of this.parts(batch)) {
      if (steps >= ROUND_STEPS) {
        await flush();
        steps = 0;
      }
      onClosed(closed);
      steps += closed.count;
    }
    this.finish(batch, nowMs);
  }

  private begin(): void {
    this.archive?.prepare(this.engine, this.seq);
    if (this.seq - this.snapshotSeq >= SNAPSHOT_BATCHES || this.ticksSinceSnapshot >= SNAPSHOT_TICKS) {
      this.saveSnapshot();
    }
  }

  private finish(batch: Batch, nowMs: number): void {
    this.seq += 1;
    const stored: StoredBatch = {
      ...batch,
      seq: this.seq,
      lastTsMs: maxTs(batch.rows),
      verdicts: this.verdictsToKeep(batch),
      heldVerdict: this.heldVerdict,
      watermarkMs: this.engine.watermarkMs,
      writtenAtMs: nowMs,
    };
    this.store.append(stored);
    this.archive?.addBatch(stored);
  }

  /**
   * Writes all state. Only while the companion has seen everything that the engine has. Needed by hand only when the label
   * specs or the scored models changed: slots do not say which were in use.
   */
  saveSnapshot(): void {
    const meta = JSON.stringify({ version: META_VERSION, producers: this.producers });
    this.store.atomically(() => {
      this.store.saveSnapshot({ seq: this.seq, meta, state: this.engine.save() });
      this.pages.save(COMPANION_PAGES, this.companion?.dirtyPages() ?? []);
      this.archive?.save(this.engine, this.seq);
      this.store.makeRoom(this.seq, SNAPSHOT_BATCHES + 1, this.engine.watermarkMs, this.archive?.progress.fromSeq);
    });
    this.snapshotSeq = this.seq;
    this.ticksSinceSnapshot = 0;
    this.stepsAtSnapshot = this.engine.stepsClosed;
  }

  /** Whether so many steps have closed since the last snapshot that a restart should not have to score them again. */
  get manySteps(): boolean {
    return this.engine.stepsClosed - this.stepsAtSnapshot >= SNAPSHOT_STEPS;
  }

  private keepReplayed(closed: ClosedSteps): void {
    this.replayed.push(closed.copy());
    let steps = this.replayed.reduce((sum, { count }) => sum + count, 0);
    while (steps > MAX_REPLAYED_STEPS) steps -= this.replayed.shift()!.count;
  }

  /** Applies a batch to the memory, and yields what it closed part by part; a part is reused for the next. */
  private *parts(batch: Batch): Generator<ClosedSteps, void, void> {
    const ticks = batch.rows.length / TICK_FIELDS;
    if (this.verdicts.length < ticks) this.verdicts = new Uint8Array(ticks * 2);
    const closed = this.closedForSpecs();
    const { holding, totals } = this.engine;
    const before = holding ? { ...totals } : undefined;
    for (let next = 0; next < ticks;) {
      closed.clear();
      next = this.engine.process(batch.rows, closed, this.verdicts, next, STEPS_AT_ONCE);
      if (closed.count === 0) continue;
      this.archive?.addSteps(closed);
      yield closed;
    }
    this.heldVerdict = before === undefined ? null : this.verdictOnHeld(before, ticks);
    if (batch.producer !== null && batch.producerSeq !== null) this.producers.update(batch.producer, batch.producerSeq);
    this.ticksSinceSnapshot += ticks;
  }

  /** The tick held before a batch has no row in it: what was decided about it shows in the totals alone. */
  private verdictOnHeld(before: Readonly<GridCounts>, ticks: number): HeldVerdict | null {
    const { totals } = this.engine;
    let accepted = totals.accepted - before.accepted;
    let outlier = totals.outlier - before.outlier;
    for (let i = 0; i < ticks; i++) {
      if (this.verdicts[i] === VERDICT.accepted) accepted -= 1;
      else if (this.verdicts[i] === VERDICT.outlier) outlier -= 1;
    }
    return accepted > 0 ? VERDICT.accepted : outlier > 0 ? VERDICT.outlier : null;
  }

  private verdictsToKeep(batch: Batch): Uint8Array | undefined {
    const verdicts = this.verdicts.subarray(0, batch.rows.length / TICK_FIELDS);
    return verdicts.every((verdict) => verdict === VERDICT.accepted) ? undefined : verdicts.slice();
  }

  private closedForSpecs(): ClosedSteps {
    const specs = this.engine.labelSpecs.length;
    if (this.closed.specCount !== specs) this.closed = new ClosedSteps(specs);
    return this.closed;
  }
}

interface StateParts {
  readonly engine: FeatureEngine;
  readonly producers: Producers;
  /** The last batch included. */
  readonly seq: number;
  readonly snapshotSeq: number;
  readonly recovery: Recovery;
}

function restore(store: SlotStore, config: EngineConfig): StateParts {
  const fresh = { engine: new FeatureEngine(config), producers: new Producers() };
  const recovery = { how: "new", replayedBatches: 0, damagedBatches: 0, reason: undefined } as const;
  try {
    const snapshot = store.loadSnapshot();
    if (snapshot === undefined) {
      if (store.oldestContiguous() === 1) return { ...fresh, seq: 0, snapshotSeq: 0, recovery };
      throw new TypeError("snapshot: none, though the first batches are gone");
    }
    const meta = JSON.parse(snapshot.meta) as { version?: unknown; producers?: unknown };
    if (meta.version !== META_VERSION) {
      throw new TypeError(`snapshot meta version: got ${String(meta.version)}, expected ${META_VERSION}`);
    }
    const producers = Producers.fromJSON(meta.producers);
    const engine = FeatureEngine.load(snapshot.state);
    return {
      engine,
      producers,
      seq: snapshot.seq,
      snapshotSeq: snapshot.seq,
      recovery: { ...recovery, how: "snapshot" },
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const seq = store.oldestContiguous() - 1;
    return { ...fresh, seq, snapshotSeq: seq, recovery: { ...recovery, how: "rebuilt", reason } };
  }
}

function maxTs(rows: Float64Array): number {
  let max = -Infinity;
  for (let at = 0; at < rows.length; at += TICK_FIELDS) max = Math.max(max, rows[at]!);
  return max;
}
