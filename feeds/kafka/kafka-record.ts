// A record of a Kafka partition as the feed reads it, and a part of the partition's log.

export interface KafkaRecord {
  readonly offset: number;
  readonly timestampMs: number;
  readonly key: Buffer | null;
  /** `null` is a tombstone of a compacted topic. */
  readonly value: Buffer | null;
  readonly headers: readonly (readonly [Buffer | null, Buffer | null])[];
}

/** What one read found. Offsets may be missing: compaction and transactions leave holes. */
export interface LogPart {
  /** In the order of their offsets. */
  readonly records: readonly KafkaRecord[];
  /** Where the next read begins. */
  readonly nextOffset: number;
  /** The first offset that the log still has. Later than where the read began: records were deleted unread. */
  readonly startOffset: number;
}
