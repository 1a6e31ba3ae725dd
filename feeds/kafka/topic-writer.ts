// Writes records to a topic, acknowledged by all replicas in sync.
import { setTimeout as sleep } from "node:timers/promises";
import { Producer } from "@platformatic/kafka";
import { backoffMs } from "../../requests/retry-delay.ts";
import {
  clientOptions,
  isAccessRefused,
  isKafkaError,
  kafkaErrorText,
  type KafkaConnection,
} from "./kafka-connection.ts";

export interface TopicRecord {
  readonly key?: Buffer | undefined;
  readonly value: Buffer;
  readonly headers?: ReadonlyMap<Buffer, Buffer> | undefined;
}

const ALL_IN_SYNC = -1;
const TOO_LARGE = ["MESSAGE_TOO_LARGE", "RECORD_LIST_TOO_LARGE"] as const;

export interface TopicWriterOptions {
  readonly connection: KafkaConnection;
  readonly topic: string;
  /**
   * `at_least`: a write is repeated until it is acknowledged, so records may be there twice. `at_most`: a write that
   * fails may have been done, and is not repeated.
   */
  readonly once: "at_least" | "at_most";
  readonly note: (line: string) => void;
}

export class TopicWriter {
  private readonly options: TopicWriterOptions;
  private readonly producer: Producer;

  constructor(options: TopicWriterOptions) {
    this.options = options;
    const retries = options.once === "at_most" ? { retries: 0, repeatOnStaleMetadata: false } : {};
    this.producer = new Producer({ ...clientOptions(options.connection), acks: ALL_IN_SYNC, ...retries });
  }

  /**
   * Writes all. A record that the topic does not take for its size is written without its value, with a header that
   * says how large it was.
   */
  async write(records: readonly TopicRecord[], signal: AbortSignal): Promise<void> {
    for (let failures = 1; ; failures++) {
      signal.throwIfAborted();
      try {
        await this.producer.send({ messages: records.map((record) => this.message(record)), acks: ALL_IN_SYNC });
        return;
      } catch (error) {
        signal.throwIfAborted();
        if (TOO_LARGE.some((apiId) => isKafkaError(error, apiId))) {
          if (records.length > 1) for (const record of records) await this.write([record], signal);
          else await this.write([withoutValue(records[0]!)], signal);
          return;
        }
        const { once, note, topic } = this.options;
        if (once === "at_most" || isAccessRefused(error)) throw error;
        note(`Kafka: ${topic}: ${kafkaErrorText(error)}; written again`);
        await sleep(backoffMs(failures), undefined, { signal }).catch(() => signal.throwIfAborted());
      }
    }
  }

  async close(): Promise<void> {
    await this.producer.close().catch(() => undefined);
  }

  private message({ key, value, headers = new Map() }: TopicRecord) {
    return { topic: this.options.topic, value, headers: new Map(headers), ...(key !== undefined && { key }) };
  }
}

function withoutValue({ key, value, headers = new Map() }: TopicRecord): TopicRecord {
  const cut = [Buffer.from("volgate-cut"), Buffer.from(`${value.length} bytes`)] as const;
  if (value.length === 0) throw new RangeError("the topic does not even take the record's key and headers");
  return { key, value: Buffer.alloc(0), headers: new Map([...headers, cut]) };
}
