// A whole Kafka feed, without the process around it: it checks the topics, joins the group, and after a fault again.
import { setTimeout as sleep } from "node:timers/promises";
import { Admin, type ClusterMetadata } from "@platformatic/kafka";
import type { SendingContext } from "../../command-line/sending-context.ts";
import { UserError } from "../../command-line/user-error.ts";
import { GatewayError } from "../../gateway-client/gateway-error.ts";
import { FeedTotals } from "./feed-totals.ts";
import { GroupMember } from "./group-member.ts";
import { clientOptions, isAccessRefused, isUnknownTopic, kafkaErrorText } from "./kafka-connection.ts";
import type { KafkaFeedOptions } from "./kafka-options.ts";
import { NumberInUseError } from "./partition-feed.ts";
import { type FeedContext, feedPartition } from "./partition-ports.ts";
import { OffsetBeyondLogError } from "./partition-log.ts";
import { PredictionTopic } from "./prediction-topic.ts";
import { TopicWriter } from "./topic-writer.ts";

/** Between two looks at what was done. */
const STATUS_MS = 10_000;
/** Before it joins the group again after a fault: 1, 2, 4 … s up to this. */
const LONGEST_PAUSE_MS = 30_000;
/** Producers that a symbol of the gateway remembers. */
const MOST_PARTITIONS = 64;
/** The same remark is made once in this time, ms. */
const REMARK_MS = 5_000;

/**
 * Feeds until `stop`; prints what was done even when it fails.
 *
 * @returns true when no batch in flight was left.
 * @throws UserError for a cluster or topic that is not there, or not for us; a fault that no retry mends.
 */
export async function runKafkaFeed(options: KafkaFeedOptions, context: SendingContext): Promise<boolean> {
  const note = seldom(context.note);
  const metadata = await checkTopics(options);
  const { topic, deadLetterTopic, predictionTopic, connection, isQuiet } = options;
  const { id: topicId, partitionsCount } = metadata.topics.get(topic)!;
  if (partitionsCount > MOST_PARTITIONS) {
    note(
      `${topic} has ${partitionsCount} partitions: ticks of one symbol must be in ${MOST_PARTITIONS} of them at most, ` +
        "else a batch that is sent again may be applied twice",
    );
  }
  const totals = new FeedTotals();
  const over = new AbortController();
  const signal = AbortSignal.any([context.abandon, over.signal]);
  const letters = deadLetterTopic === undefined ? undefined : writer(deadLetterTopic, "at_least");
  const published = predictionTopic === undefined ? undefined : writer(predictionTopic, "at_most");
  const predictions =
    published &&
    new PredictionTopic({ writer: published, baseUrl: options.gateway, readToken: options.readToken, signal, note });
  let unfinished = 0;
  const feed: FeedContext = {
    ...{ options, cluster: { id: metadata.id, topicId }, letters, stop: context.stop, abandon: context.abandon, note },
    watcher: {
      onBatch: (batch) => {
        totals.add(batch);
        predictions?.closed(batch.outcome.closed);
      },
      onLost: (from, to) => {
        totals.lost += to - from;
        note(`${topic}: offsets ${from} to ${to - 1} were deleted before they were read`);
      },
      onNote: note,
    },
    onUnfinished: (partition, why) => {
      unfinished += 1;
      note(`partition ${partition}: ${why}; the batch in flight is sent at the next start`);
    },
  };
  const status = isQuiet ? undefined : setInterval(() => context.note(totals.line()), STATUS_MS);
  try {
    if (!(await keepJoining(options, feed, context.note))) unfinished += 1;
    await predictions?.flush();
  } finally {
    clearInterval(status);
    over.abort();
    await Promise.all([letters?.close(), published?.close()]);
    const place = deadLetterTopic === undefined ? "skipped" : `written to ${deadLetterTopic}`;
    totals.lines(place).forEach(context.print);
    if (predictions !== undefined)
      context.print(`${predictions.published} predictions published to ${predictionTopic}`);
  }
  return unfinished === 0 && !context.abandon.aborted;

  function writer(name: string, once: "at_least" | "at_most"): TopicWriter {
    return new TopicWriter({ connection, topic: name, once, note });
  }
}

/** A new member after each fault that time may mend. Returns whether the last one ended as it should. */
async function keepJoining(
  options: KafkaFeedOptions,
  feed: FeedContext,
  note: (line: string) => void,
): Promise<boolean> {
  const { connection, groupId, topic, sessionMs } = options;
  const { stop, abandon } = feed;
  for (let failures = 0; !stop.aborted && !abandon.aborted; failures++) {
    const startedMs = Date.now();
    try {
      const member = { connection, groupId, topic, sessionMs, stop, abandon, note };
      await new GroupMember({ ...member, feed: (assigned) => feedPartition(assigned, feed) }).run();
      return true;
    } catch (error) {
      if (isFinal(error)) throw error;
      if (Date.now() - startedMs > LONGEST_PAUSE_MS) failures = 0;
      const waitMs = Math.min(LONGEST_PAUSE_MS, 1000 * 2 ** failures);
      note(`Kafka: ${kafkaErrorText(error)}; joining again in ${waitMs / 1000} s`);
      const signal = AbortSignal.any([stop, abandon]);
      await sleep(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }
  return false;
}

function isFinal(error: unknown): boolean {
  const kinds = [GatewayError, UserError, NumberInUseError, OffsetBeyondLogError, RangeError, TypeError];
  return kinds.some((kind) => error instanceof kind) || isAccessRefused(error);
}

/** Throws `UserError` when no broker answers, or a topic is not there. */
async function checkTopics(options: KafkaFeedOptions): Promise<ClusterMetadata> {
  const { connection, topic, deadLetterTopic, predictionTopic } = options;
  const admin = new Admin(clientOptions(connection));
  const brokers = connection.bootstrapBrokers.map(String).join(", ");
  try {
    let metadata: ClusterMetadata | undefined;
    for (const name of [predictionTopic, deadLetterTopic, topic]) {
      if (name === undefined) continue;
      metadata = await admin.metadata({ topics: [name] }).catch((error: unknown) => {
        if (!isUnknownTopic(error)) throw error;
        throw new UserError(`there is no topic ${name} at ${brokers}: create it, or correct its name`);
      });
    }
    return metadata!;
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`no access to Kafka at ${brokers}: ${kafkaErrorText(error)}`);
  } finally {
    await admin.close().catch(() => undefined);
  }
}

/** Passes a line on unless the same one came just before: many partitions may wait for one gateway. */
function seldom(note: (line: string) => void): (line: string) => void {
  const lastMs = new Map<string, number>();
  return (line) => {
    const nowMs = Date.now();
    for (const [text, atMs] of lastMs) if (nowMs - atMs > REMARK_MS) lastMs.delete(text);
    if (lastMs.has(line)) return;
    lastMs.set(line, nowMs);
    note(line);
  };
}
