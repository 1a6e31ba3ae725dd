// Chunks of settled predictions in a symbol's database, each with a page of its own until its object is written, and
// the progress of their archive. Storage comes before memory.
import { logError } from "../../../log.ts";
import type { PageStore } from "../storage/page-store.ts";
import type { SlotStore } from "../storage/slot-store.ts";
import {
  decodePredictionProgress,
  encodePredictionProgress,
  NO_PROGRESS,
  type PredictionChunk,
  type PredictionProgress,
} from "./prediction-progress.ts";
import { PredictionRows } from "./prediction-rows.ts";

/** Most chunks that wait: at steps of 1 s those of three days. */
const MAX_CHUNKS = 64;

/** Where predictions lie in the page store. */
export interface PredictionPages {
  /** Prefix of the progress and of what is open. */
  readonly log: string;
  /** Prefix of the chunks. */
  readonly chunks: string;
}

/** @param grid name of a further grid; the symbol's own without. */
export function predictionPagesOf(grid?: string): PredictionPages {
  return grid === undefined
    ? { log: "predictions", chunks: "prediction-chunks" }
    : { log: `grid-${grid}-predictions`, chunks: `grid-${grid}-prediction-chunks` };
}

const PROGRESS = "progress";
const ROWS = "rows";

export class PredictionChunks {
  /** Whether the progress could not be read: then nobody knows which rows are archived. */
  readonly isDamaged: boolean = false;
  private readonly slots: SlotStore;
  private readonly pages: PageStore;
  private readonly prefixes: PredictionPages;
  private at: PredictionProgress = NO_PROGRESS;
  private saved = NO_PROGRESS;

  constructor(slots: SlotStore, pages: PageStore, prefixes: PredictionPages) {
    this.slots = slots;
    this.pages = pages;
    this.prefixes = prefixes;
    const bytes = pages.load(prefixes.log).get(PROGRESS);
    try {
      if (bytes !== undefined) this.at = this.saved = decodePredictionProgress(bytes);
    } catch (error) {
      logError("archived_predictions_unreadable", { error: String(error) });
      this.isDamaged = true;
      pages.remove(prefixes.chunks);
    }
  }

  get progress(): PredictionProgress {
    return this.at;
  }

  get oldest(): PredictionChunk | undefined {
    return this.at.chunks[0];
  }

  /** Rows in all chunks. */
  get rows(): number {
    return this.at.chunks.reduce((sum, { rows }) => sum + rows, 0);
  }

  /** Counts predictions that will not be archived. Stored with the next change, or by `save`. */
  addLost(count: number): void {
    if (count > 0) this.at = { ...this.at, lost: this.at.lost + count };
  }

  save(): void {
    if (this.at !== this.saved) this.advance(this.at);
  }

  /** Adds a chunk of settled rows, at least one; the oldest chunk is given up when there are too many. */
  add(rows: PredictionRows): void {
    const [firstStep, lastStep] = [rows.index[0]!, rows.index[rows.count - 1]!];
    const settledBy = rows.settledBy.subarray(0, rows.count).reduce((most, step) => Math.max(most, step));
    const chunk = { firstStep, lastStep, rows: rows.count, settledBy, key: null };
    const chunks = [...this.at.chunks, chunk];
    const dropped = chunks.length > MAX_CHUNKS ? chunks.shift() : undefined;
    const lost = this.at.lost + (dropped?.rows ?? 0);
    this.slots.atomically(() => {
      this.pages.save(this.pageOf(chunk), [{ id: ROWS, bytes: rows.encode({}) }]);
      if (dropped !== undefined) this.pages.remove(this.pageOf(dropped));
      this.advance({ ...this.at, chunks, lost, sealedThrough: lastStep });
    });
  }

  /** The rows of a chunk; `undefined` when its page is gone or damaged. */
  rowsOf(chunk: PredictionChunk): PredictionRows | undefined {
    const bytes = this.pages.load(this.pageOf(chunk)).get(ROWS);
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
      this.pages.remove(this.pageOf(chunk));
      this.advance({
        ...this.at,
        chunks: others,
        archived: archived + (isArchived ? chunk.rows : 0),
        lost: lost + (isArchived ? 0 : chunk.rows),
      });
    });
  }

  private advance(progress: PredictionProgress): void {
    this.pages.save(this.prefixes.log, [{ id: PROGRESS, bytes: encodePredictionProgress(progress) }]);
    this.at = this.saved = progress;
  }

  private pageOf({ firstStep }: PredictionChunk): string {
    return `${this.prefixes.chunks}/${firstStep}`;
  }
}
