// Cuts records of a partition into batches, and makes the request of one: its lines, and which record each came from.
import { createHash } from "node:crypto";
import type { KafkaRecord } from "./kafka-record.ts";
import { messageLines, type MessageRefusal } from "./message-lines.ts";

export interface BatchLimits {
  /** Records of a request at most; at least 1. */
  readonly records: number;
  /** Bytes of their values at most; a larger record goes alone. */
  readonly bytes: number;
}

/** How many of the first records make the next batch. */
export function batchLength(records: readonly KafkaRecord[], limits: BatchLimits): number {
  let bytes = 0;
  for (const [at, { value }] of records.entries()) {
    bytes += value?.length ?? 0;
    if (at > 0 && (at >= limits.records || bytes > limits.bytes)) return at;
  }
  return records.length;
}

/** How values are read. */
export interface ReadingRules {
  /** The query of the request, e.g. `?format=kraken`; empty for none. */
  readonly query: string;
  /** Whether a message without a symbol gets the record's key as one. */
  readonly symbolFromKey: boolean;
}

export interface BatchRequest {
  /** NDJSON; empty when no record has anything to send. */
  readonly body: string;
  /** The record of each line. */
  readonly recordOfLine: readonly KafkaRecord[];
  /** Records of which something cannot be sent. */
  readonly refused: ReadonlyMap<KafkaRecord, MessageRefusal>;
  /** Records without a value. */
  readonly tombstones: number;
  /** Of query and body. */
  readonly hash: string;
}

export function batchRequest(records: readonly KafkaRecord[], { query, symbolFromKey }: ReadingRules): BatchRequest {
  const texts: string[] = [];
  const recordOfLine: KafkaRecord[] = [];
  const refused = new Map<KafkaRecord, MessageRefusal>();
  let tombstones = 0;
  for (const record of records) {
    if (record.value === null) {
      tombstones += 1;
      continue;
    }
    const symbol = symbolFromKey ? record.key?.toString("utf8") : undefined;
    const { lines, refusal } = messageLines(record.value, symbol);
    if (refusal !== undefined) refused.set(record, refusal);
    for (const line of lines) {
      texts.push(line);
      recordOfLine.push(record);
    }
  }
  const body = texts.join("\n");
  const hash = createHash("sha256").update(`${query}\n${body}`).digest("base64url").slice(0, 16);
  return { body, recordOfLine, refused, tombstones, hash };
}
