// The recent batches of each producer: which sequence numbers were applied, and a hash of what was sent. Tells a
// batch that is delivered again from a number that is used twice, and from one that is too old to know.

/** Most producers kept per symbol; the least recently seen is dropped first. */
const MAX_PRODUCERS = 64;
/** Sequence numbers remembered per producer: the highest ones that were applied. */
const PRODUCER_WINDOW = 128;

/**
 * - `new`: the number was not seen; the batch is to be applied.
 * - `duplicate`: the number was seen with the same content, or its content is not known.
 * - `sequence_conflict`: the number was seen with other content.
 * - `sequence_too_old`: the number is below the window, so whether it was seen is unknown.
 */
export type SequenceVerdict = "new" | "duplicate" | "sequence_conflict" | "sequence_too_old";

/** One producer's window. */
interface Window {
  /** Of numbers up to here it is unknown whether they were seen. */
  floor: number;
  /** Content hash by number; `null` when only the number is known. */
  readonly hashes: Map<number, number | null>;
}

/** Windows by producer, least recently seen first. */
export class Producers {
  private readonly windows = new Map<string, Window>();

  judge(producer: string, seq: number, contentHash: number | undefined): SequenceVerdict {
    const window = this.windows.get(producer);
    if (window === undefined) return "new";
    const hash = window.hashes.get(seq);
    if (hash === undefined) return seq > window.floor ? "new" : "sequence_too_old";
    return hash === null || contentHash === undefined || hash === contentHash ? "duplicate" : "sequence_conflict";
  }

  /**
   * Records an applied batch.
   * @param isComplete false when earlier batches are missing: nothing is known below a new producer's first number.
   */
  update(producer: string, seq: number, contentHash: number | undefined, isComplete = true): void {
    const window = this.windows.get(producer) ?? { floor: isComplete ? -1 : seq - 1, hashes: new Map() };
    this.remember(producer, window);
    window.hashes.set(seq, contentHash ?? null);
    if (window.hashes.size <= PRODUCER_WINDOW) return;
    const lowest = Math.min(...window.hashes.keys());
    window.hashes.delete(lowest);
    window.floor = Math.max(window.floor, lowest);
  }

  /** `[producer, floor, [seq, hash, seq, hash, …]]` each. */
  toJSON(): [string, number, (number | null)[]][] {
    return [...this.windows].map(([producer, { floor, hashes }]) => [producer, floor, [...hashes].flat()]);
  }

  /**
   * Throws `TypeError` for a value that `toJSON` did not write.
   * @param hasContent false for version 2, whose hashes are of the accepted ticks: only the numbers count.
   */
  static fromJSON(value: unknown, hasContent = true): Producers {
    const producers = new Producers();
    for (const entry of listOf(value)) {
      const [producer, floor, numbers] = listOf(entry);
      if (typeof producer !== "string" || typeof floor !== "number") throw malformed();
      const hashes = new Map<number, number | null>();
      const values = listOf(numbers);
      for (let i = 0; i < values.length; i += 2) {
        const [seq, hash] = [values[i], values[i + 1]];
        if (typeof seq !== "number" || (typeof hash !== "number" && hash !== null)) throw malformed();
        hashes.set(seq, hasContent ? hash : null);
      }
      producers.remember(producer, { floor, hashes });
    }
    return producers;
  }

  /** From `[producer, last number]` each, as snapshots of version 1 have it. Throws `TypeError` for another value. */
  static fromLastNumbers(value: unknown): Producers {
    const producers = new Producers();
    for (const entry of listOf(value)) {
      const [producer, last] = listOf(entry);
      if (typeof producer !== "string" || typeof last !== "number") throw malformed();
      producers.remember(producer, { floor: last - 1, hashes: new Map([[last, null]]) });
    }
    return producers;
  }

  private remember(producer: string, window: Window): void {
    this.windows.delete(producer);
    this.windows.set(producer, window);
    if (this.windows.size > MAX_PRODUCERS) this.windows.delete(this.windows.keys().next().value!);
  }
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value as readonly unknown[];
  throw malformed();
}

function malformed(): TypeError {
  return new TypeError("producers: not what a snapshot writes");
}
