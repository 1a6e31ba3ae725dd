// What becomes of a message that is not taken: the record as it came, with headers that say why.
import type { KafkaRecord } from "./kafka-record.ts";
import type { MessageRefusal } from "./message-lines.ts";

export interface DeadLetter {
  readonly record: KafkaRecord;
  readonly refusal: MessageRefusal;
}

/** Where a record stood. */
export interface RecordSource {
  /** The cluster's id. */
  readonly cluster: string;
  readonly topic: string;
  readonly partition: number;
}

/** A record for the dead-letter topic. */
export interface EncodedLetter {
  readonly key: Buffer | undefined;
  readonly value: Buffer;
  readonly headers: ReadonlyMap<Buffer, Buffer>;
}

/**
 * Key, value and headers as they came, and `volgate-…` headers: `id`, which is the same when the letter is written
 * again, `reason`, `field`, `got`, `expected`, and where and when the record stood in its topic.
 */
export function encodeLetter({ record, refusal }: DeadLetter, source: RecordSource): EncodedLetter {
  const { cluster, topic, partition } = source;
  const { offset, timestampMs, key, value } = record;
  const ours: Readonly<Record<string, string | number | undefined>> = {
    id: `${cluster}/${topic}/${partition}/${offset}`,
    reason: refusal.reason,
    field: refusal.field,
    got: refusal.got,
    expected: refusal.expected,
    topic,
    partition,
    offset,
    timestamp: timestampMs,
  };
  const headers = new Map<Buffer, Buffer>();
  for (const [name, text] of record.headers) headers.set(name ?? Buffer.alloc(0), text ?? Buffer.alloc(0));
  for (const [name, text] of Object.entries(ours)) {
    if (text !== undefined) headers.set(Buffer.from(`volgate-${name}`), Buffer.from(String(text)));
  }
  return { key: key ?? undefined, value: value ?? Buffer.alloc(0), headers };
}
