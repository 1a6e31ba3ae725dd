// The records of a fetched part of a log that consumers may see: without control records and aborted transactions.
import type { RecordsBatch } from "@platformatic/kafka";
import type { KafkaRecord } from "./kafka-record.ts";

/** Bits of a batch's attributes. */
const IS_TRANSACTIONAL = 0x10;
const IS_CONTROL = 0x20;
/** The type in the key of a control record that ends an aborted transaction. */
const ABORT = 0;

export interface AbortedTransaction {
  readonly producerId: bigint;
  readonly firstOffset: bigint;
}

/**
 * Records from `offset` on, in order. An aborted transaction lasts from its first offset to its control record.
 *
 * The library's own filter keeps one transaction a producer, and lets one pass whose end is in another answer.
 */
export function committedRecords(
  batches: readonly RecordsBatch[],
  aborted: readonly AbortedTransaction[],
  offset: number,
): KafkaRecord[] {
  const toBegin = [...aborted].sort((a, b) => Number(a.firstOffset - b.firstOffset));
  const open = new Set<bigint>();
  const records: KafkaRecord[] = [];
  for (const batch of batches) {
    while (toBegin.length > 0 && toBegin[0]!.firstOffset <= lastOffset(batch)) open.add(toBegin.shift()!.producerId);
    if ((batch.attributes & IS_CONTROL) !== 0) {
      if (batch.records[0]?.key?.readInt16BE(2) === ABORT) open.delete(batch.producerId);
      continue;
    }
    if ((batch.attributes & IS_TRANSACTIONAL) !== 0 && open.has(batch.producerId)) continue;
    for (const { offsetDelta, timestampDelta, key, value, headers } of batch.records) {
      const at = Number(batch.firstOffset) + offsetDelta;
      const timestampMs = Number(batch.firstTimestamp + timestampDelta);
      if (at >= offset) records.push({ offset: at, timestampMs, key, value, headers });
    }
  }
  return records;
}

/** The offset after the last one of the batches; `offset` without any. */
export function offsetAfter(batches: readonly RecordsBatch[], offset: number): number {
  const last = batches.at(-1);
  return last === undefined ? offset : Math.max(offset, Number(lastOffset(last)) + 1);
}

function lastOffset({ firstOffset, lastOffsetDelta }: RecordsBatch): bigint {
  return firstOffset + BigInt(lastOffsetDelta);
}
