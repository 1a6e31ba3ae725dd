// One partition's way to the gateway: read, cut a batch, commit what is about to be sent, send it, write dead letters,
// go on. A program that takes over after any crash sends the same batch under the same number (decision 0074).
import { randomBytes } from "node:crypto";
import type { DeliveredAnswer } from "../../gateway-client/delivered-answer.ts";
import { GatewayError } from "../../gateway-client/gateway-error.ts";
import { batchLength, type BatchLimits, batchRequest, type BatchRequest, type ReadingRules } from "./batch.ts";
import { BatchOutcome, type FailedSymbols } from "./batch-outcome.ts";
import type { CommitNote, Intent, ProducerPosition } from "./commit-note.ts";
import type { DeadLetter } from "./dead-letter.ts";
import type { KafkaRecord, LogPart } from "./kafka-record.ts";
import type { MessageRefusal } from "./message-lines.ts";

/** What the partition's consumer group has committed. */
export interface Committed {
  readonly offset: number;
  readonly note: CommitNote | undefined;
  /** Whether the offset was chosen just now, so that it is still to be committed. */
  readonly isNew?: boolean;
}

/** A request as the gateway gets it. */
export interface PostedBatch extends ProducerPosition {
  readonly body: string;
  readonly query: string;
}

/** Kafka and the gateway as a partition sees them. Each call repeats itself until it has an answer, or throws. */
export interface PartitionPorts {
  /** Records from an offset on; waits a little for some. */
  read(offset: number): Promise<LogPart>;
  /** Stores offset and note at once. Throws `PartitionLost` when another member may own the partition. */
  commit(offset: number, note: CommitNote): Promise<void>;
  /** @param isRepeated told whether any attempt before the answered one may have reached the gateway. */
  post(batch: PostedBatch): Promise<{ readonly answer: DeliveredAnswer; readonly isRepeated: boolean }>;
  /** Waits before failed symbols are sent again. */
  pause(failed: FailedSymbols, failures: number): Promise<void>;
  /** Writes dead letters. */
  bury(letters: readonly DeadLetter[]): Promise<void>;
}

/** Receives what happens. */
export interface PartitionWatcher {
  /** A batch was taken; its dead letters are written, and its end is not committed yet. */
  onBatch(batch: FedBatch): void;
  /** Records were deleted before they were read. */
  onLost(from: number, to: number): void;
  /** Something that a person should know. */
  onNote(text: string): void;
}

export interface FedBatch {
  readonly records: number;
  readonly tombstones: number;
  readonly outcome: BatchOutcome;
  /** Why messages were refused, one each. */
  readonly refusals: readonly MessageRefusal[];
  /** Whether an earlier program had announced it. */
  readonly isRecovered: boolean;
}

export interface PartitionOptions {
  readonly topic: string;
  readonly topicId: string;
  readonly partition: number;
  readonly committed: Committed;
  readonly rules: ReadingRules;
  readonly limits: BatchLimits;
  readonly ports: PartitionPorts;
  readonly watcher: PartitionWatcher;
}

/** The group has given the partition to another member, or is about to. */
export class PartitionLost extends Error {
  override name = "PartitionLost";
}

/** The gateway has seen this producer's number with other ticks although nobody else may use it. */
export class NumberInUseError extends Error {
  override name = "NumberInUseError";
}

export class PartitionFeed {
  private readonly options: PartitionOptions;
  /** The next record to be sent. */
  private position: number;
  private producer: ProducerPosition;
  /** Read and not sent. */
  private waiting: readonly KafkaRecord[] = [];
  /** Where the next read begins. */
  private readFrom: number;
  private isCommitted: boolean;

  constructor(options: PartitionOptions) {
    const { committed, topicId } = options;
    this.options = options;
    this.position = committed.offset;
    this.readFrom = committed.offset;
    const { note, isNew = false } = committed;
    this.isCommitted = !isNew;
    this.producer = note?.topicId === topicId ? note : this.newProducer();
  }

  /**
   * Feeds until `stop` is aborted, and then commits how far it came. Throws what the ports throw; whatever it has
   * announced is then sent by the next one.
   * @returns false when it was stopped before it could read an announced batch, which stays announced.
   */
  async run(stop: AbortSignal): Promise<boolean> {
    const { note } = this.options.committed;
    if (note?.intent !== undefined && note.topicId === this.options.topicId) {
      if (!(await this.readAnnounced(note.intent.end, stop))) return false;
      await this.recover(note.intent);
    }
    while (!stop.aborted) {
      if (this.waiting.length > 0) await this.feed();
      else {
        await this.commitPosition();
        await this.readMore();
      }
    }
    await this.commitPosition();
    return true;
  }

  private newProducer(): ProducerPosition {
    const { topic, partition } = this.options;
    return { producer: `kafka.${topic.slice(0, 30)}.${partition}.${randomBytes(6).toString("hex")}`, seq: 0 };
  }

  /** Reads up to the end of the announced batch. Returns false, and leaves it announced, when stopped before. */
  private async readAnnounced(end: number, stop: AbortSignal): Promise<boolean> {
    const { partition, watcher } = this.options;
    while (this.readFrom < end) {
      if (stop.aborted) return false;
      const from = this.readFrom;
      await this.readMore();
      if (this.readFrom > from) continue;
      // Not its records so far: in a new batch they would be applied twice.
      watcher.onNote(
        `partition ${partition}: waits for offsets ${from} to ${end - 1}, which a batch was announced for`,
      );
    }
    return true;
  }

  /** Sends the batch that an earlier program announced, whether or not it was sent. */
  private async recover({ end, hash }: Intent): Promise<void> {
    const { rules, watcher } = this.options;
    const length = this.waiting.filter(({ offset }) => offset < end).length;
    const records = this.waiting.slice(0, length);
    this.waiting = this.waiting.slice(length);
    const request = batchRequest(records, rules);
    if (request.hash !== hash) {
      watcher.onNote(
        `offsets ${this.position} to ${end - 1} are not what was announced: deleted, compacted, or read by other options since`,
      );
    }
    await this.send(records, request, true);
  }

  /** @param most records at most. */
  private async feed(most = this.options.limits.records): Promise<void> {
    const { rules, limits } = this.options;
    const length = batchLength(this.waiting, { ...limits, records: most });
    const records = this.waiting.slice(0, length);
    this.waiting = this.waiting.slice(length);
    const request = batchRequest(records, rules);
    if (request.body !== "") {
      this.producer = { ...this.producer, seq: this.producer.seq + 1 };
      await this.commit({ end: this.handledTo(), hash: request.hash });
    }
    await this.send(records, request, false);
  }

  /** The first offset that is not in the batch that was taken out of `waiting`, nor before it. */
  private handledTo(): number {
    return this.waiting[0]?.offset ?? this.readFrom;
  }

  private async send(records: readonly KafkaRecord[], request: BatchRequest, isRecovered: boolean): Promise<void> {
    const { ports, watcher } = this.options;
    const outcome = new BatchOutcome();
    const refused = new Map(request.refused);
    if (request.body !== "") {
      try {
        await this.deliver(request, outcome, isRecovered);
      } catch (error) {
        if (!isTooLarge(error)) throw error;
        // Nothing of it was taken: its parts go under numbers of their own.
        if (records.length > 1) {
          this.waiting = [...records, ...this.waiting];
          return this.feed(Math.ceil(records.length / 2));
        }
        refused.set(records[0]!, { reason: "too_large", field: "value", got: error.message, expected: "one request" });
      }
      for (const [line, refusal] of outcome.refusals) {
        const record = request.recordOfLine[line];
        if (record !== undefined && !refused.has(record)) refused.set(record, refusal);
      }
    }
    const letters = records.flatMap((record) => {
      const refusal = refused.get(record);
      return refusal === undefined ? [] : [{ record, refusal }];
    });
    if (letters.length > 0) await ports.bury(letters);
    this.position = this.handledTo();
    this.isCommitted = false;
    const { length } = records;
    const { tombstones } = request;
    const refusals = letters.map(({ refusal }) => refusal);
    watcher.onBatch({ records: length, tombstones, outcome, refusals, isRecovered });
  }

  /** Sends until every symbol has taken its ticks. */
  private async deliver(request: BatchRequest, outcome: BatchOutcome, isRecovered: boolean): Promise<void> {
    const { ports, rules, watcher } = this.options;
    const batch = { ...this.producer, body: request.body, query: rules.query };
    let mayBeKnown = isRecovered;
    let isFullyDescribed = true;
    for (let failures = 1; ; failures++) {
      const { answer, isRepeated } = await ports.post(batch);
      mayBeKnown ||= isRepeated;
      const failed = outcome.add(answer);
      if (outcome.usedNumber.length > 0 && !mayBeKnown) await this.refuseNumber(outcome.usedNumber);
      if (answer.errors_omitted > 0) isFullyDescribed = false;
      if (failed === undefined) break;
      mayBeKnown = true;
      await ports.pause(failed, failures);
    }
    if (outcome.usedNumber.length > 0) {
      watcher.onNote(`batch ${batch.seq} was applied before: ${outcome.usedNumber.join(", ")}`);
    }
    if (!isFullyDescribed) await this.describe(batch, outcome);
  }

  /**
   * Asks why the rest was refused: without the lines that are described, until nothing new is. Answers name refusals in
   * the order in which the symbols answered. Under a number that was applied, the gateway applies nothing more.
   */
  private async describe(batch: PostedBatch, { refusals }: BatchOutcome): Promise<void> {
    const lines = batch.body.split("\n");
    for (let known = -1; known < refusals.size && refusals.size < lines.length;) {
      known = refusals.size;
      const left = [...lines.keys()].filter((line) => !refusals.has(line));
      const { answer } = await this.options.ports.post({ ...batch, body: left.map((line) => lines[line]).join("\n") });
      for (const { index, reason, field, got, expected } of answer.errors) {
        const line = left[index];
        if (line !== undefined && !refusals.has(line)) refusals.set(line, { reason, field, got, expected });
      }
      if (answer.errors_omitted === 0) return;
    }
  }

  /** A number of ours was used by somebody else: the batch is left to be sent under another name. */
  private async refuseNumber(symbols: readonly string[]): Promise<never> {
    const { producer, seq } = this.producer;
    this.producer = this.newProducer();
    await this.commit(undefined);
    throw new NumberInUseError(
      `batch ${seq} of ${producer} was refused for ${symbols.join(", ")}: other ticks came under its number, so another ` +
        "program sends under this name, perhaps by a copy of the group's offsets. The batch goes under a new name at the " +
        "next start; symbols that took it then count its ticks as late or duplicate",
    );
  }

  private async readMore(): Promise<void> {
    const { ports, watcher } = this.options;
    const { records, nextOffset, startOffset } = await ports.read(this.readFrom);
    if (startOffset > this.readFrom) {
      watcher.onLost(this.readFrom, startOffset);
      if (this.waiting.length === 0) this.moveTo(startOffset);
    }
    if (this.waiting.length === 0 && records.length === 0 && nextOffset > this.readFrom) this.moveTo(nextOffset);
    this.waiting = [...this.waiting, ...records];
    this.readFrom = Math.max(this.readFrom, nextOffset, startOffset);
  }

  /** Past offsets that hold no record to send. */
  private moveTo(offset: number): void {
    this.position = offset;
    this.isCommitted = false;
  }

  private async commitPosition(): Promise<void> {
    if (!this.isCommitted) await this.commit(undefined);
  }

  private async commit(intent: Intent | undefined): Promise<void> {
    await this.options.ports.commit(this.position, { ...this.producer, topicId: this.options.topicId, intent });
    this.isCommitted = true;
  }
}

function isTooLarge(error: unknown): error is GatewayError {
  return error instanceof GatewayError && error.status === 413;
}
