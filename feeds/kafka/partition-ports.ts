// Connects one assigned partition with Kafka and the gateway, and feeds it until its generation is over.
import { setTimeout as sleep } from "node:timers/promises";
import type { ConnectionPool } from "@platformatic/kafka";
import { GatewayClient } from "../../gateway-client/gateway-client.ts";
import { backoffMs, MOST_OBEYED_MS } from "../../requests/retry-delay.ts";
import { decodeNote, encodeNote } from "./commit-note.ts";
import { encodeLetter, type DeadLetter } from "./dead-letter.ts";
import type { AssignedPartition } from "./group-member.ts";
import { connectionPool } from "./kafka-connection.ts";
import type { KafkaFeedOptions } from "./kafka-options.ts";
import { logEnd } from "./log-ends.ts";
import { type Committed, PartitionFeed, type PartitionPorts, type PartitionWatcher } from "./partition-feed.ts";
import { PartitionLog } from "./partition-log.ts";
import type { TopicWriter } from "./topic-writer.ts";

export interface FeedContext {
  readonly options: KafkaFeedOptions;
  readonly cluster: { readonly id: string; readonly topicId: string };
  /** `undefined`: messages that are refused are dropped. */
  readonly letters: Pick<TopicWriter, "write"> | undefined;
  readonly watcher: PartitionWatcher;
  readonly stop: AbortSignal;
  readonly abandon: AbortSignal;
  readonly note: (line: string) => void;
  /** Called when a batch in flight is left to the next program at the end, and why. */
  readonly onUnfinished: (partition: number, why: string) => void;
}

/** The batch in flight waits for a gateway that is away, and the program is to end. */
class StoppedWhileAway extends Error {}

/** Feeds until `stop`, or throws: `PartitionLost` when the generation is over. */
export async function feedPartition(assigned: AssignedPartition, context: FeedContext): Promise<void> {
  const { options, cluster, stop, abandon, watcher } = context;
  const { connection, topic, rules, limits } = options;
  const { partition, over } = assigned;
  const pool = connectionPool(connection);
  const waiting = new AbortController();
  try {
    const work = { ...context, assigned, pool, waiting, signal: AbortSignal.any([over, abandon, waiting.signal]) };
    const committed = await committedOf(work);
    const ports = portsOf(work);
    const position = { topic, topicId: cluster.topicId, partition, committed };
    const isFinished = await new PartitionFeed({ ...position, rules, limits, ports, watcher }).run(stop);
    if (!isFinished) context.onUnfinished(partition, "the log does not have its batch");
  } catch (error) {
    if (!(waiting.signal.reason instanceof StoppedWhileAway) || over.aborted || abandon.aborted) throw error;
    context.onUnfinished(partition, "the gateway is away");
  } finally {
    await pool.close().catch(() => undefined);
  }
}

interface PartitionWork extends FeedContext {
  readonly assigned: AssignedPartition;
  readonly pool: ConnectionPool;
  /** Ends what waits for the gateway when the program is to end. */
  readonly waiting: AbortController;
  /** Ends all work. */
  readonly signal: AbortSignal;
}

async function committedOf({ assigned, options, cluster, note }: PartitionWork): Promise<Committed> {
  const { partition, offsets, consumer } = assigned;
  const { topic, from } = options;
  const { offset, metadata } = await offsets.read(partition);
  const found = decodeNote(metadata);
  const isOfOtherTopic = found !== undefined && found.topicId !== cluster.topicId;
  if (offset !== undefined && !isOfOtherTopic) return { offset, note: found };
  if (isOfOtherTopic)
    note(`partition ${partition}: the group's offset is of another topic of this name; from the start`);
  const start = await logEnd(consumer, isOfOtherTopic ? "earliest" : from, { topic, partition });
  return { offset: start, note: undefined, isNew: true };
}

function portsOf(work: PartitionWork): PartitionPorts {
  const { assigned, options, cluster, pool, signal, note, letters } = work;
  const { topic, lingerMs, limits } = options;
  const { partition, offsets } = assigned;
  const log = new PartitionLog({
    ...{ consumer: assigned.consumer, pool, topic, topicId: cluster.topicId, partition, lingerMs, signal },
    leastBytes: limits.bytes,
    onRetry: (why) => note(`Kafka: ${topic}, partition ${partition}: ${why}; read again`),
  });
  const source = { cluster: cluster.id, topic, partition };
  return {
    read: (offset) => log.read(offset),
    commit: (offset, commitNote) => offsets.commit(partition, offset, encodeNote(commitNote)),
    post: (batch) => post(work, batch),
    pause: async ({ symbols, why, retryAfterS }, failures) => {
      const waitMs = Math.max(backoffMs(failures), Math.min(retryAfterS * 1000, MOST_OBEYED_MS));
      const names =
        symbols.length > 5 ? `${symbols.slice(0, 5).join(", ")} and ${symbols.length - 5} more` : symbols.join(", ");
      note(`gateway: ${names}: ${why}; again in ${(waitMs / 1000).toFixed(1)} s`);
      await untilStop(work, () => sleep(waitMs, undefined, { signal }).catch(() => signal.throwIfAborted()));
    },
    bury: async (dead: readonly DeadLetter[]) => {
      await letters?.write(
        dead.map((letter) => encodeLetter(letter, source)),
        signal,
      );
    },
  };
}

/** Sends until the gateway answers. */
async function post(work: PartitionWork, batch: Parameters<PartitionPorts["post"]>[0]) {
  const { options, signal, note, assigned } = work;
  let isRepeated = false;
  let endWait = (): void => undefined;
  const client = new GatewayClient({
    ...{ baseUrl: options.gateway, token: options.token, signal, giveUpAfterMs: Infinity },
    onRetry: (why, waitMs) => {
      isRepeated = true;
      endWait();
      endWait = giveUpAtStop(work);
      note(`gateway: ${why}; partition ${assigned.partition} waits, again in ${(waitMs / 1000).toFixed(1)} s`);
    },
  });
  try {
    const answer = await client.sendBody({ ...batch, contentType: "application/x-ndjson" });
    return { answer, isRepeated };
  } finally {
    endWait();
  }
}

async function untilStop(work: PartitionWork, wait: () => Promise<unknown>): Promise<void> {
  const endWait = giveUpAtStop(work);
  try {
    await wait();
  } finally {
    endWait();
  }
}

/** From now on `stop` ends the partition's work. Returns a function after which it no longer does. */
function giveUpAtStop({ stop, waiting }: PartitionWork): () => void {
  const give = (): void => waiting.abort(new StoppedWhileAway("stopped while the gateway is away"));
  if (stop.aborted) give();
  stop.addEventListener("abort", give, { once: true });
  return () => stop.removeEventListener("abort", give);
}
