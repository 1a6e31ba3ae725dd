// What the Kafka tests do beside the feed: make topics, write ticks, read letters, and count at the gateway.
import { setTimeout as sleep } from "node:timers/promises";
import { Admin, Consumer, type MessageToProduce, Producer } from "@platformatic/kafka";
import type { BareWorkerd } from "../../bench/bare-workerd.ts";
import { symbolStateSchema } from "../../src/http/symbols-schema.ts";
import * as v from "valibot";

const countsSchema = v.pick(symbolStateSchema, ["ticks", "redelivered_ticks"]);

export async function createTopics(address: string, names: readonly string[], partitions: number): Promise<void> {
  const admin = new Admin({ clientId: "tests", bootstrapBrokers: [address] });
  try {
    await admin.createTopics({ topics: [...names], partitions, replicas: 1 });
  } finally {
    await admin.close();
  }
}

export interface TickMessages {
  readonly messages: readonly MessageToProduce[];
  /** Ticks that the gateway is to take, and messages that it is not. */
  readonly valid: number;
  readonly poison: number;
}

/**
 * Ticks of several symbols, each with an id of its own and 100 ms after the one before, keyed by symbol. Every 97th is
 * no JSON, and every 89th has a price of 0.
 */
export function tickMessages(topic: string, symbols: readonly string[], count: number): TickMessages {
  const fromMs = Date.now() - count * 100 - 60_000;
  let poison = 0;
  const messages = Array.from({ length: count }, (_, i) => {
    const symbol = symbols[i % symbols.length]!;
    const isNoJson = i % 97 === 96;
    const isFree = !isNoJson && i % 89 === 88;
    if (isNoJson || isFree) poison += 1;
    const tick = { symbol, ts: fromMs + i * 100, price: isFree ? 0 : 100 + Math.sin(i / 500), id: i };
    const value = isNoJson ? `no JSON: ${i}` : JSON.stringify(tick);
    return { topic, key: Buffer.from(symbol), value: Buffer.from(value) };
  });
  return { messages, valid: count - poison, poison };
}

/**
 * Writes messages to a topic, each once: the client repeats a request to a topic that has no leader yet.
 * @param before how many the topic has.
 */
export async function produce(
  address: string,
  topic: string,
  messages: readonly MessageToProduce[],
  before = 0,
): Promise<void> {
  const producer = new Producer({ clientId: "tests", bootstrapBrokers: [address], idempotent: true });
  const consumer = new Consumer({ clientId: "tests", groupId: "tests", bootstrapBrokers: [address] });
  try {
    for (let at = 0; at < messages.length; at += 500) await producer.send({ messages: messages.slice(at, at + 500) });
    const ends = (await consumer.listOffsets({ topics: [topic] })).get(topic)!;
    const written = Number(ends.reduce((sum, end) => sum + end, 0n));
    const expected = before + messages.length;
    if (written !== expected) throw new Error(`the topic has ${written} records, expected ${expected}`);
  } finally {
    await consumer.close();
    await producer.close();
  }
}

export interface ReadRecord {
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** All records of a topic, up to its present end. */
export async function recordsOf(address: string, topic: string): Promise<ReadRecord[]> {
  const consumer = new Consumer({ clientId: "tests", groupId: `read-${topic}`, bootstrapBrokers: [address] });
  const records: ReadRecord[] = [];
  try {
    const stream = await consumer.consume({ topics: [topic], mode: "earliest", autocommit: false, maxWaitTime: 100 });
    const ends = (await consumer.listOffsets({ topics: [topic] })).get(topic)!;
    const left = new Set(ends.flatMap((end, partition) => (end > 0n ? [partition] : [])));
    if (left.size > 0) {
      for await (const { key, value, headers, partition, offset } of stream) {
        const texts = [...headers].map(([name, text]) => [String(name), String(text)]);
        records.push({ key: String(key), value: String(value), headers: Object.fromEntries(texts) });
        if (offset + 1n >= ends[partition]!) left.delete(partition);
        if (left.size === 0) break;
      }
    }
  } finally {
    await consumer.close(true);
  }
  return records;
}

/** What the gateway has counted of symbols together. */
export interface TickCounts {
  readonly accepted: number;
  /** Ticks that were there already: equal ones, and those behind the open step. */
  readonly doubled: number;
  /** Ticks of batches that came again under their number. */
  readonly redelivered: number;
}

export async function countedTicks(gateway: BareWorkerd, symbols: readonly string[]): Promise<TickCounts> {
  const counts = { accepted: 0, doubled: 0, redelivered: 0 };
  for (const symbol of symbols) {
    const response = await fetch(`${gateway.url}/symbols/${symbol}`);
    // Before its first tick.
    if (response.status === 404) continue;
    const { ticks, redelivered_ticks: again } = v.parse(countsSchema, await response.json());
    counts.accepted += ticks.accepted;
    counts.doubled += ticks.duplicate + ticks.late;
    counts.redelivered += again;
  }
  return counts;
}

/** Waits until the gateway has accepted so many; a gateway that is away is asked again. */
export async function untilAccepted(
  gateway: BareWorkerd,
  symbols: readonly string[],
  least: number,
  withinMs = 180_000,
): Promise<TickCounts> {
  let counts: TickCounts | undefined;
  for (const until = performance.now() + withinMs; performance.now() < until;) {
    counts = await countedTicks(gateway, symbols).catch(() => counts);
    if (counts !== undefined && counts.accepted >= least) return counts;
    await sleep(20);
  }
  throw new Error(`the gateway has accepted ${counts?.accepted ?? "nothing"}, expected ${least}`);
}
