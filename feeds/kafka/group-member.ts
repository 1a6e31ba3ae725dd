// One member of a consumer group: joins, feeds the partitions that it gets, begins anew at each rebalance, and leaves.
import { Consumer, type ConnectionPool } from "@platformatic/kafka";
import { setTimeout as sleep } from "node:timers/promises";
import { clientOptions, connectionPool, type KafkaConnection } from "./kafka-connection.ts";
import { GroupOffsets, type Membership } from "./group-offsets.ts";
import { PartitionLost } from "./partition-feed.ts";

export interface GroupMemberOptions {
  readonly connection: KafkaConnection;
  readonly groupId: string;
  readonly topic: string;
  /** After this long without a heartbeat the group gives the partitions to others, ms. */
  readonly sessionMs: number;
  /** Ends it after the batches in flight. */
  readonly stop: AbortSignal;
  /** Ends it at once. */
  readonly abandon: AbortSignal;
  readonly note: (line: string) => void;
  /** Feeds one partition until `stop`; throws `PartitionLost` when the generation is over. */
  readonly feed: (partition: AssignedPartition) => Promise<void>;
}

/** A partition that is ours for one generation. */
export interface AssignedPartition {
  readonly partition: number;
  readonly consumer: Consumer;
  readonly offsets: GroupOffsets;
  /** Ends when the generation does. */
  readonly over: AbortSignal;
}

/** The partitions of one generation, at work. */
interface Generation {
  readonly over: AbortController;
  readonly done: Promise<void>;
}

/** Heartbeats in one session, so that two lost ones do not end it. */
const HEARTBEATS = 4;
/** A member whose group gives up on it comes back within this, ms. */
const REBALANCE_MS = 30_000;

export class GroupMember {
  private readonly options: GroupMemberOptions;
  private readonly consumer: Consumer;
  private readonly pool: ConnectionPool;
  private generation: Generation | undefined;
  /** Generations begin one after the other. */
  private beginning: Promise<void> = Promise.resolve();
  private isEnding = false;
  private fail: (error: unknown) => void = () => undefined;

  constructor(options: GroupMemberOptions) {
    const { connection, groupId, sessionMs } = options;
    this.options = options;
    const timing = { sessionTimeout: sessionMs, heartbeatInterval: Math.floor(sessionMs / HEARTBEATS) };
    const group = { groupId, autocommit: false, rebalanceTimeout: REBALANCE_MS, ...timing };
    this.consumer = new Consumer({ ...clientOptions(connection), ...group });
    this.pool = connectionPool(connection);
  }

  /**
   * Runs until `stop` or `abandon`. Throws what ended it before: an error of Kafka after which a new member may do
   * better, or one of `feed`.
   */
  async run(): Promise<void> {
    const { topic, stop, abandon } = this.options;
    const failed = new Promise<never>((_, reject) => (this.fail = reject));
    failed.catch(() => undefined);
    this.consumer.topics.track(topic);
    this.consumer.on("error", (error: unknown) => this.fail(error));
    this.consumer.on("consumer:heartbeat:stalled", () => this.fail(new Error("the group does not answer heartbeats")));
    this.consumer.on("consumer:group:join", ({ memberId, generationId = 0 }) =>
      this.begin({ groupId: this.options.groupId, memberId, generationId }),
    );
    try {
      await Promise.race([failed, this.consumer.joinGroup({}), aborted(abandon)]);
      await Promise.race([failed, aborted(stop), aborted(abandon)]);
      await Promise.race([failed, this.finished(), aborted(abandon)]);
    } finally {
      await this.leave();
    }
  }

  /** The feeds end by themselves once `stop` is aborted. */
  private async finished(): Promise<void> {
    this.isEnding = true;
    await this.beginning;
    await this.generation?.done;
  }

  private begin(membership: Membership): void {
    if (this.isEnding) return;
    // What the old generation has in flight is sent again by whoever owns the partition now.
    this.generation?.over.abort(new PartitionLost("the group was rebalanced"));
    this.beginning = this.beginning.then(() => this.beginGeneration(membership)).catch((error) => this.fail(error));
  }

  private async beginGeneration(membership: Membership): Promise<void> {
    await this.generation?.done.catch(() => undefined);
    const { topic, note, feed } = this.options;
    if (membership.generationId !== this.consumer.generationId || this.isEnding) return;
    const partitions = this.consumer.assignments?.find((assigned) => assigned.topic === topic)?.partitions ?? [];
    note(
      partitions.length === 0
        ? `generation ${membership.generationId}: no partition of ${topic}; other members have them`
        : `generation ${membership.generationId}: partitions ${partitions.join(", ")} of ${topic}`,
    );
    const over = new AbortController();
    const offsets = new GroupOffsets({
      ...{ consumer: this.consumer, pool: this.pool, membership, topic, signal: over.signal },
      onRetry: (why) => note(`Kafka: ${why}; the offset is committed again`),
    });
    const feeds = partitions.map((partition) =>
      feed({ partition, consumer: this.consumer, offsets, over: over.signal }).catch((error: unknown) => {
        // The broker tells the member by its heartbeat; the other partitions end by themselves.
        if (!(error instanceof PartitionLost) && !over.signal.aborted) this.fail(error);
      }),
    );
    this.generation = { over, done: Promise.all(feeds).then(() => undefined) };
  }

  private async leave(): Promise<void> {
    this.isEnding = true;
    this.generation?.over.abort(new PartitionLost("the member ends"));
    await this.beginning;
    await this.generation?.done;
    // A broker that is away cannot be told; the group then waits for the session's end.
    await Promise.race([this.consumer.close(true), sleep(5_000, undefined, { ref: false })]).catch(() => undefined);
    await this.pool.close().catch(() => undefined);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
