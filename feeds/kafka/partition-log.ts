// Reads one partition's log from its leader, over connections of its own. Finds the leader again when it has moved.
import { setTimeout as sleep } from "node:timers/promises";
import { type ConnectionPool, type Consumer, fetchV13, type ResponseError } from "@platformatic/kafka";
import { backoffMs } from "../../requests/retry-delay.ts";
import { committedRecords, offsetAfter } from "./committed-records.ts";
import { isAccessRefused, isKafkaError, kafkaErrorText } from "./kafka-connection.ts";
import type { LogPart } from "./kafka-record.ts";

type FetchedPartition = fetchV13.FetchResponsePartition;

/** Bytes that one read asks for at most; a larger batch of the log comes whole. */
const MAX_BYTES = 4 * 1024 * 1024;
/** No fetch session: each read says all that it wants. */
const NO_SESSION = { id: 0, epoch: -1 };
const READ_COMMITTED = 1;

/** The committed offset is not in the log, and nothing says which one to take instead. */
export class OffsetBeyondLogError extends Error {
  override name = "OffsetBeyondLogError";
}

export interface PartitionLogOptions {
  readonly consumer: Pick<Consumer, "metadata" | "clearMetadata">;
  readonly pool: ConnectionPool;
  readonly topic: string;
  readonly topicId: string;
  readonly partition: number;
  /** How long a read waits for `leastBytes`, ms. */
  readonly lingerMs: number;
  readonly leastBytes: number;
  /** Ends all waiting. */
  readonly signal: AbortSignal;
  /** Receives each failure after which it tries again. */
  readonly onRetry: (why: string) => void;
}

export class PartitionLog {
  private readonly options: PartitionLogOptions;

  constructor(options: PartitionLogOptions) {
    this.options = options;
  }

  /** Records from an offset on, perhaps none. Throws `OffsetBeyondLogError`. */
  async read(offset: number): Promise<LogPart> {
    const { signal, consumer, onRetry } = this.options;
    for (let failures = 1; ; failures++) {
      signal.throwIfAborted();
      try {
        return partOf(await this.fetch(offset), offset);
      } catch (error) {
        signal.throwIfAborted();
        if (isKafkaError(error, "OFFSET_OUT_OF_RANGE")) return this.outOfRange(error, offset);
        if (isAccessRefused(error)) throw error;
        consumer.clearMetadata();
        onRetry(kafkaErrorText(error));
        await sleep(backoffMs(failures), undefined, { signal }).catch(() => signal.throwIfAborted());
      }
    }
  }

  private async fetch(offset: number): Promise<FetchedPartition> {
    const { consumer, pool, topic, topicId, partition, lingerMs, leastBytes } = this.options;
    const { brokers, topics } = await consumer.metadata({ topics: [topic] });
    const broker = brokers.get(topics.get(topic)?.partitions[partition]?.leader ?? -1);
    if (broker === undefined) throw new Error(`partition ${partition} of ${topic} has no leader at the moment`);
    const from = { fetchOffset: BigInt(offset), currentLeaderEpoch: -1, lastFetchedEpoch: -1 };
    const wanted = [{ topicId, partitions: [{ partition, ...from, partitionMaxBytes: MAX_BYTES }] }];
    const limits = [lingerMs, leastBytes, MAX_BYTES, READ_COMMITTED] as const;
    const connection = await pool.get(broker);
    const answer = await fetchV13.api.async(connection, ...limits, NO_SESSION.id, NO_SESSION.epoch, wanted, [], "");
    const found = answer.responses[0]?.partitions[0];
    if (found === undefined) throw new Error(`the answer has nothing of partition ${partition}`);
    return found;
  }

  /** Records before the log's start were deleted; an offset behind its end is of another log. */
  private outOfRange(error: unknown, offset: number): LogPart {
    const { topic, partition } = this.options;
    const { responses } = (error as ResponseError)["response"] as fetchV13.FetchResponse;
    const { logStartOffset, highWatermark } = responses[0]!.partitions[0]!;
    const startOffset = Number(logStartOffset);
    if (startOffset > offset) return { records: [], nextOffset: startOffset, startOffset };
    throw new OffsetBeyondLogError(
      `${topic}, partition ${partition}: the group's offset is ${offset} and the log ends at ${highWatermark}: it was ` +
        "cut off or made anew. Set the group's offset with kafka-consumer-groups --reset-offsets",
    );
  }
}

function partOf({ records, abortedTransactions, logStartOffset }: FetchedPartition, offset: number): LogPart {
  const batches = records ?? [];
  return {
    records: committedRecords(batches, abortedTransactions ?? [], offset),
    nextOffset: offsetAfter(batches, offset),
    startOffset: Number(logStartOffset),
  };
}
