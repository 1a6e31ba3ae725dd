// The closed steps of one grid of a symbol, for charts: the newest chunk in memory, those before it in pages. Written
// with the snapshot, in its transaction, so that a restart replays what came after it into the same chunks.
import { LABEL } from "../../../features/label-window.ts";
import { fnv1aOfText } from "../../../features/fnv1a.ts";
import type { ClosedSteps } from "../../../features/closed-steps.ts";
import { logError } from "../../../log.ts";
import { CHUNK_STEPS, chunkOf, STEP_FLAG, StepChunk } from "../../../steps/step-chunk.ts";
import type { ServedAnswers } from "../archive/served-answers.ts";
import type { PageStore } from "../storage/page-store.ts";

/** Chunks kept before the newest: 48 h at 1 s, 120 days at 60 s, 5.1 MB. */
export const KEPT_CHUNKS = 576;
/** Chunks that wait for a snapshot at most: the steps that a restart scores again. The oldest of more are not kept. */
const MAX_WAITING = Math.ceil(8192 / CHUNK_STEPS);
/** Points of `recent` at most. */
const RECENT_STEPS = 40;

/** A step's end and its probability; `null` without one. */
export interface RecentPoint {
  readonly tsMs: number;
  readonly probability: number | null;
}

export class StepLog {
  private readonly pages: PageStore;
  private readonly prefix: string;
  /** The chunk of the newest step. */
  private current: StepChunk | undefined;
  /** Complete ones before it that no snapshot has, in order. */
  private waiting: StepChunk[] = [];
  private isDirty = false;
  private lastStep: number;
  /** The oldest chunk that storage may have. */
  private keptFrom = -Infinity;

  /** Continues what storage has. @param prefix of its pages: a grid's own. */
  constructor(pages: PageStore, prefix: string) {
    this.pages = pages;
    this.prefix = prefix;
    const newest = pages.newest(prefix);
    this.current = newest && decoded(newest.bytes, newest.id);
    this.lastStep = this.current?.lastKnown ?? -Infinity;
  }

  /**
   * Adds closed steps; those that it has already are left out: a restart may replay them.
   * Never throws: a fault here must not fail a batch.
   * @param answers what was answered for them; `undefined` where nothing was, `lost` where it is not known any more.
   */
  add(steps: ClosedSteps, answers: (() => ServedAnswers) | "lost" | undefined): void {
    try {
      const known = answers === "lost" ? answers : answers?.();
      for (let k = 0; k < steps.count; k++) if (steps.index[k]! > this.lastStep) this.addStep(steps, k, known);
    } catch (error) {
      logError("steps_not_kept", { pages: this.prefix, error: String(error) });
    }
  }

  private addStep(steps: ClosedSteps, k: number, given: ServedAnswers | "lost" | undefined): void {
    const answers = given === "lost" ? undefined : given;
    const step = steps.index[k]!;
    const chunk = this.chunkFor(step);
    const at = step - chunk.firstStep;
    const answered = answers?.modelOf(k);
    const column = answered?.column ?? 0;
    const place = k * steps.specCount + column;
    const tau = column < 0 ? NaN : steps.tau[place]!;
    const label = column < 0 ? LABEL.none : steps.label[place]!;
    let flags: number = given === "lost" ? STEP_FLAG.known | STEP_FLAG.lost : STEP_FLAG.known;
    if (label === LABEL.spike) flags |= STEP_FLAG.spike;
    else if (label === LABEL.calm) flags |= STEP_FLAG.calm;
    chunk.price[at] = steps.price[k]!;
    chunk.rvBps[at] = steps.rv60[k]! * 10_000;
    chunk.tauBps[at] = tau * 10_000;
    if (answers !== undefined && answered !== undefined) {
      const probability = answers.scores[k]!;
      const { threshold, sha256, labelText } = answered.model;
      chunk.probability[at] = probability;
      chunk.threshold[at] = threshold;
      chunk.sigmaBps[at] = answers.sigmaRatios[k]! * tau * 10_000;
      if (probability >= threshold) flags |= STEP_FLAG.alert;
      chunk.setModel(at, { sha12: sha256.slice(0, 12), labelHash: labelHashOf(labelText) });
    }
    chunk.flags[at] = flags;
    this.lastStep = step;
    this.isDirty = true;
  }

  /** The chunk of a step that is newer than all others. */
  private chunkFor(step: number): StepChunk {
    const number = chunkOf(step);
    if (this.current?.number === number) return this.current;
    if (this.current !== undefined && this.isDirty) this.waiting.push(this.current);
    if (this.waiting.length > MAX_WAITING) this.waiting.shift();
    return (this.current = new StepChunk(number));
  }

  /** Call it in the snapshot's transaction. */
  save(): void {
    if (!this.isDirty || this.current === undefined) return;
    for (const chunk of [...this.waiting, this.current]) {
      this.pages.save(this.prefix, [{ id: idOf(chunk.number), bytes: chunk.encode() }]);
    }
    this.waiting = [];
    this.isDirty = false;
    const from = this.current.number - KEPT_CHUNKS;
    if (from > this.keptFrom) this.pages.removeBefore(this.prefix, idOf(Math.max(0, from)));
    this.keptFrom = from;
  }

  /** The newest step; `undefined` without any. */
  get newest(): number | undefined {
    return this.current === undefined ? undefined : this.lastStep;
  }

  /**
   * The chunks that have steps between two steps, both included, the oldest first. A damaged one is left out.
   * @param onDamaged called with the number of such a chunk, in its place.
   */
  *between(fromStep: number, toStep: number, onDamaged?: (number: number) => void): Generator<StepChunk, void, void> {
    const inMemory = [...this.waiting, ...(this.current === undefined ? [] : [this.current])];
    const newest = this.current?.number ?? -1;
    const from = Math.max(chunkOf(fromStep), newest - KEPT_CHUNKS, 0);
    const to = Math.min(chunkOf(toStep), newest);
    if (from <= to) {
      const known = new Set(inMemory.map(({ number }) => idOf(number)));
      for (const { id, bytes } of this.pages.range(this.prefix, idOf(from), idOf(to))) {
        if (known.has(id)) continue;
        const chunk = decoded(bytes, id);
        if (chunk === undefined) onDamaged?.(Number(id));
        else yield chunk;
      }
    }
    for (const chunk of inMemory) if (chunk.number >= from && chunk.number <= to) yield chunk;
  }

  /** The oldest and the newest step; `undefined` without any. */
  get extent(): { readonly first: number; readonly last: number } | undefined {
    if (this.current === undefined) return undefined;
    const last = this.lastStep;
    for (const chunk of this.between(0, last)) {
      const first = chunk.firstKnown;
      if (first !== undefined) return { first, last };
    }
    return undefined;
  }

  /**
   * The last steps with their probabilities, the oldest first.
   * @param sinceMs those that end after it alone. @param throughMs those that end at it at the latest.
   */
  recent(stepMs: number, sinceMs: number, throughMs: number): RecentPoint[] {
    const to = Math.round(throughMs / stepMs) - 1;
    const from = Math.max(to - RECENT_STEPS + 1, Math.round(sinceMs / stepMs));
    const points: RecentPoint[] = [];
    if (!(from <= to)) return points;
    for (const chunk of this.between(from, to)) {
      for (let at = Math.max(0, from - chunk.firstStep); at < CHUNK_STEPS && chunk.firstStep + at <= to; at++) {
        if (!chunk.isKnown(at)) continue;
        const probability = chunk.probability[at]!;
        const known = Number.isNaN(probability) ? null : Number(probability.toPrecision(7));
        points.push({ tsMs: (chunk.firstStep + at + 1) * stepMs, probability: known });
      }
    }
    return points;
  }
}

/** Where the pages of a grid's log lie. @param name of a further grid. */
export function stepPagesOf(name?: string): string {
  return name === undefined ? "steps" : `grid-${name}-steps`;
}

/** In the order of time: numbers have at most ten digits until the year 5000 at 100 ms. */
function idOf(number: number): string {
  return String(number).padStart(10, "0");
}

/** The same texts come at each step. */
const labelHashes = new Map<string, string>();

function labelHashOf(labelText: string): string {
  const known = labelHashes.get(labelText) ?? fnv1aOfText(labelText).toString(16);
  if (labelHashes.size < 100) labelHashes.set(labelText, known);
  return known;
}

function decoded(bytes: ArrayBuffer, id: string): StepChunk | undefined {
  try {
    return StepChunk.decode(bytes);
  } catch (error) {
    logError("step_chunk_unreadable", { chunk: id, error: String(error) });
    return undefined;
  }
}
