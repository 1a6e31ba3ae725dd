// Training-serving skew: compares the steps that a symbol served with the steps computed from its archived ticks.
// Restarts when the two cannot be compared: after other label specs, a rebuilt state, or a difference.
import type { ClosedSteps } from "../../../features/closed-steps.ts";
import { FeatureEngine } from "../../../features/feature-engine.ts";
import { labelSpecText } from "../../../features/label-spec.ts";
import { decodePage, encodePage } from "../../../features/page-buffer.ts";
import { StepHashes } from "./archive-hashes.ts";
import { compareSteps, openStep, type ParityOutcome } from "./archive-parity.ts";
import type { PageStore } from "../storage/page-store.ts";
import { logError } from "../../../log.ts";

/** The state at the last snapshot; later batches will be replayed onto it. */
export interface LoadedState {
  readonly engine: FeatureEngine;
  readonly snapshotSeq: number;
  readonly rebuilt: boolean;
}

/** Steps compared, steps that differed, and steps that could not be compared, since the archive began. */
export interface SkewTotals {
  readonly steps: number;
  readonly mismatches: number;
  readonly skipped: number;
}

/** Where a comparison continues. Its checkpoint, the engine's state, stays in storage. */
interface Anchor {
  /** The last batch that the checkpoint includes. */
  readonly seq: number;
  /** Steps before this grid index have been compared. */
  readonly comparedBefore: number;
}

const KIND = "archive-skew 1";
/** Prefix of the pages in the page store, and their ids. */
const PAGES = "skew";
const WATCH = "watch";
const HASHES = "hashes";

export class SkewWatch {
  private readonly pages: PageStore;
  private counts: SkewTotals = { steps: 0, mismatches: 0, skipped: 0 };
  private anchor: Anchor | undefined;
  private hashes = new StepHashes();
  private specs: string;

  /**
   * Restores the state at the snapshot; then call `add` for the batches after it. A missing or damaged page restarts
   * it.
   */
  constructor(pages: PageStore, { engine, snapshotSeq, rebuilt }: LoadedState) {
    this.pages = pages;
    this.specs = specsOf(engine);
    const kept = pages.load(PAGES);
    const watch = readWatch(kept.get(WATCH));
    if (watch === undefined) return;
    this.counts = watch.counts;
    const { anchor } = watch;
    // The checkpoint and the snapshot began the columns of `default-2`, or own ones, at different steps.
    if (anchor === undefined || rebuilt || engine.isFromOlderState) return;
    const { lastStep } = engine;
    const isServed = lastStep.count > 0 && lastStep.index[0]! >= anchor.comparedBefore;
    const hashes = isServed ? StepHashes.load(kept.get(HASHES), snapshotSeq) : new StepHashes();
    if (hashes === undefined) return;
    hashes.dropBefore(anchor.comparedBefore);
    this.hashes = hashes;
    this.anchor = anchor;
  }

  get totals(): SkewTotals {
    return this.counts;
  }

  /** The batch after which the comparison begins; `undefined` without a comparison. */
  get anchorSeq(): number | undefined {
    return this.anchor?.seq;
  }

  /** Call it before a batch: starts a comparison if none is running. @param seq the last batch applied. */
  prepare(engine: FeatureEngine, seq: number): void {
    if (this.anchor !== undefined) return;
    this.anchor = { seq, comparedBefore: openStep(engine) };
    this.writeWatch(withoutHeld(engine));
  }

  /** Adds the steps that a batch closed, whether live or replayed. */
  add(closed: ClosedSteps): void {
    if (this.anchor !== undefined && !this.hashes.add(closed, this.anchor.comparedBefore)) this.restart();
  }

  /** Writes its part of a snapshot, in the snapshot's transaction. Other label specs give other hashes. */
  save(engine: FeatureEngine, seq: number): void {
    const specs = specsOf(engine);
    if (specs !== this.specs) {
      this.specs = specs;
      this.restart();
      this.prepare(engine, seq);
    }
    if (this.anchor !== undefined && this.hashes.count > 0) {
      this.pages.save(PAGES, [{ id: HASHES, bytes: this.hashes.save(seq) }]);
    }
  }

  /**
   * Compares the served steps with the steps computed from archived ticks, and stores the outcome.
   * @param throughSeq the last batch of these ticks.
   * @param rows accepted ticks of the batches after `anchorSeq`, sorted by time.
   * @returns `undefined` while there is no comparison.
   */
  check(throughSeq: number, rows: Float64Array): ParityOutcome | undefined {
    const engine = this.anchor && readWatch(this.pages.load(PAGES).get(WATCH))?.engine;
    if (engine === undefined) {
      this.restart();
      return undefined;
    }
    const outcome = compareSteps(engine, rows, this.hashes);
    const { steps, mismatches, skipped } = this.counts;
    this.counts = { steps: steps + outcome.steps, mismatches: mismatches + outcome.mismatches, skipped };
    this.hashes.dropBefore(outcome.comparedBefore);
    if (outcome.mismatches > 0) {
      this.restart();
      this.writeWatch();
    } else {
      this.anchor = { seq: throughSeq, comparedBefore: outcome.comparedBefore };
      this.writeWatch(engine.save());
    }
    return outcome;
  }

  /** Abandons the running comparison: the steps served since the last check count as skipped. */
  restart(): void {
    this.counts = { ...this.counts, skipped: this.counts.skipped + this.hashes.count };
    this.hashes.clear();
    this.anchor = undefined;
  }

  private writeWatch(checkpoint?: ArrayBuffer): void {
    const numbers = { ...this.counts, ...(this.anchor ?? NO_ANCHOR) };
    const arrays = checkpoint === undefined ? [] : [new Uint8Array(checkpoint)];
    this.pages.save(PAGES, [{ id: WATCH, bytes: encodePage(KIND, { numbers, arrays }) }]);
  }
}

const NO_ANCHOR: Anchor = { seq: -1, comparedBefore: 0 };

interface StoredWatch {
  readonly counts: SkewTotals;
  readonly anchor: Anchor | undefined;
  /** The engine's state after the anchor's batch. */
  readonly engine: FeatureEngine | undefined;
}

function readWatch(bytes: ArrayBuffer | undefined): StoredWatch | undefined {
  if (bytes === undefined) return undefined;
  try {
    const { numbers, arrays } = decodePage(KIND, bytes);
    const { steps, mismatches, skipped, seq, comparedBefore } = numbers as unknown as SkewTotals & Anchor;
    const counts = { steps, mismatches, skipped };
    const [checkpoint] = arrays;
    if (checkpoint === undefined) return { counts, anchor: undefined, engine: undefined };
    const engine = FeatureEngine.load(checkpoint.buffer as ArrayBuffer);
    return { counts, anchor: { seq, comparedBefore }, engine };
  } catch (error) {
    logError("archive_skew_unreadable", { error: String(error) });
    return undefined;
  }
}

function specsOf(engine: FeatureEngine): string {
  return engine.labelSpecs.map(labelSpecText).join("\n");
}

/** The engine's state without its held tick, because ticks that are not archived may decide that tick. */
function withoutHeld(engine: FeatureEngine): ArrayBuffer {
  const state = engine.save();
  if (!engine.holding) return state;
  const copy = FeatureEngine.load(state);
  copy.dropHeld();
  return copy.save();
}
