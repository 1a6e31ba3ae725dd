// Reads and writes a group's committed offsets with the text beside each, in the name of one generation of the group: a
// member whose generation is over is refused by the broker, which the library's own commit would hide.
import {
  type Connection,
  type ConnectionPool,
  type Consumer,
  offsetCommitV8,
  offsetFetchV8,
} from "@platformatic/kafka";
import { backoffMs } from "../../requests/retry-delay.ts";
import { setTimeout as sleep } from "node:timers/promises";
import { isAccessRefused, isLost, kafkaErrorText } from "./kafka-connection.ts";
import { PartitionLost } from "./partition-feed.ts";

/** A member of a group, between two rebalances. */
export interface Membership {
  readonly groupId: string;
  readonly memberId: string;
  readonly generationId: number;
}

export interface CommittedOffset {
  /** `undefined` when the group has none of the partition. */
  readonly offset: number | undefined;
  readonly metadata: string | null;
}

export interface GroupOffsetsOptions {
  readonly consumer: Pick<Consumer, "findGroupCoordinator" | "metadata" | "clearMetadata">;
  readonly pool: ConnectionPool;
  readonly membership: Membership;
  readonly topic: string;
  /** Ends all waiting. */
  readonly signal: AbortSignal;
  /** Receives each failure after which it tries again. */
  readonly onRetry: (why: string) => void;
}

export class GroupOffsets {
  private readonly options: GroupOffsetsOptions;

  constructor(options: GroupOffsetsOptions) {
    this.options = options;
  }

  async read(partition: number): Promise<CommittedOffset> {
    const { topic, membership } = this.options;
    const { groupId } = membership;
    return await this.repeated(async (connection) => {
      const topics = [{ name: topic, partitionIndexes: [partition] }];
      const { groups } = await offsetFetchV8.api.async(connection, [{ groupId, memberEpoch: -1, topics }], true);
      const found = groups[0]?.topics[0]?.partitions[0];
      if (found === undefined) throw new Error(`the answer has no offset of partition ${partition}`);
      const offset = found.committedOffset < 0n ? undefined : Number(found.committedOffset);
      return { offset, metadata: found.metadata ?? null };
    });
  }

  /** Repeats until the broker has it. Throws `PartitionLost` when the generation is over. */
  async commit(partition: number, offset: number, committedMetadata: string): Promise<void> {
    const { topic, membership } = this.options;
    const { groupId, generationId, memberId } = membership;
    const committed = { committedOffset: BigInt(offset), committedLeaderEpoch: -1, committedMetadata };
    const topics = [{ name: topic, partitions: [{ partitionIndex: partition, ...committed }] }];
    await this.repeated((connection) =>
      offsetCommitV8.api.async(connection, groupId, generationId, memberId, null, topics),
    );
  }

  private async repeated<T>(ask: (connection: Connection) => Promise<T>): Promise<T> {
    const { signal, onRetry } = this.options;
    for (let failures = 1; ; failures++) {
      signal.throwIfAborted();
      try {
        return await ask(await this.coordinator());
      } catch (error) {
        signal.throwIfAborted();
        if (isLost(error)) throw new PartitionLost(kafkaErrorText(error));
        if (isAccessRefused(error)) throw error;
        onRetry(kafkaErrorText(error));
        await sleep(backoffMs(failures), undefined, { signal }).catch(() => signal.throwIfAborted());
      }
    }
  }

  private async coordinator(): Promise<Connection> {
    const { consumer, pool, topic } = this.options;
    const id = await consumer.findGroupCoordinator();
    const { brokers } = await consumer.metadata({ topics: [topic] });
    const broker = brokers.get(id);
    if (broker === undefined) throw new Error(`the group's coordinator, broker ${id}, is not known`);
    return await pool.get(broker);
  }
}
