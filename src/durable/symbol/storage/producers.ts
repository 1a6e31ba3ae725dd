// The last sequence number of each recent producer, used to recognise batches that are delivered again.

/** Most producers kept per symbol; the least recently seen is dropped first. */
const MAX_PRODUCERS = 64;

/** Sequence numbers by producer, least recently seen first. */
export class Producers {
  private readonly lastSeq = new Map<string, number>();

  /** Whether a batch was applied before: its number is not above the producer's last. */
  isDuplicate(producer: string, seq: number): boolean {
    const last = this.lastSeq.get(producer);
    return last !== undefined && seq <= last;
  }

  update(producer: string, seq: number): void {
    this.lastSeq.delete(producer);
    this.lastSeq.set(producer, seq);
    if (this.lastSeq.size > MAX_PRODUCERS) this.lastSeq.delete(this.lastSeq.keys().next().value!);
  }

  toJSON(): [string, number][] {
    return [...this.lastSeq];
  }

  /** Throws `TypeError` for a value that `toJSON` did not write. */
  static fromJSON(value: unknown): Producers {
    const producers = new Producers();
    if (!Array.isArray(value)) throw new TypeError("producers: expected a list");
    for (const entry of value as unknown[]) {
      const [producer, seq] = Array.isArray(entry) ? (entry as unknown[]) : [];
      if (typeof producer !== "string" || typeof seq !== "number") throw new TypeError("producers: expected [id, seq]");
      producers.update(producer, seq);
    }
    return producers;
  }
}
