// A Kafka partition, its group and a gateway in memory, with the real gateway's rule of numbers. Every call may crash
// before or after its effect, or be overtaken by a new member of the group.
import { SeededRandom } from "../../src/features/seeded-random.ts";
import { Producers } from "../../src/durable/symbol/storage/producers.ts";
import { hashWithMessage, NO_CONTENT } from "../../src/http/content-hash.ts";
import type { DeliveredAnswer } from "../../gateway-client/delivered-answer.ts";
import { GatewayError } from "../../gateway-client/gateway-error.ts";
import { noCounts } from "../../gateway-client/ingest-counts.ts";
import { decodeNote, encodeNote } from "../../feeds/kafka/commit-note.ts";
import type { KafkaRecord } from "../../feeds/kafka/kafka-record.ts";
import {
  PartitionFeed,
  PartitionLost,
  type PartitionPorts,
  type PostedBatch,
} from "../../feeds/kafka/partition-feed.ts";

class Crash extends Error {}

export interface WorldOptions {
  readonly seed: number;
  /** Probability of a crash at each of a call's two ends. */
  readonly crashes: number;
  /** Probability that a new member takes over in the middle of a call, and the old one goes on afterwards. */
  readonly takeovers: number;
  /** Probability that a symbol fails in an answer. */
  readonly failures: number;
  /** Whether records are compacted away while the feed runs. */
  readonly compacts: boolean;
  readonly records: number;
  /** Records of a request at most, beyond which the gateway refuses it as too large. */
  readonly mostLines?: number;
}

interface Line {
  readonly symbol: string;
  readonly id: number;
  readonly price: number;
}

export class KafkaWorld {
  /** Ids of ticks in the order in which each symbol applied them. */
  readonly applied = new Map<string, number[]>();
  readonly letters = new Map<number, string>();
  readonly compacted = new Set<number>();
  readonly notes: string[] = [];
  readonly happened = { crashes: 0, takeovers: 0, recovered: 0, failures: 0 };
  private readonly random: SeededRandom;
  private readonly options: WorldOptions;
  private readonly log: KafkaRecord[] = [];
  private readonly producers = new Map<string, Producers>();
  private committed = { offset: 0, note: "" };
  private generation = 0;
  private produced = 0;
  private end = 0;

  constructor(options: WorldOptions) {
    this.options = options;
    this.random = new SeededRandom(`kafka ${options.seed}`);
  }

  /** Runs feeds until everything is sent: after a crash another one. */
  async run(): Promise<void> {
    for (;;) {
      try {
        await this.runMember(0);
        return;
      } catch (error) {
        if (!(error instanceof Crash) && !(error instanceof PartitionLost)) throw error;
      }
    }
  }

  private async runMember(depth: number): Promise<void> {
    const generation = ++this.generation;
    const { offset, note } = this.committed;
    const done = new AbortController();
    const feed = new PartitionFeed({
      ...{ topic: "ticks", topicId: "id", partition: 0 },
      committed: { offset, note: decodeNote(note) },
      rules: { query: "", symbolFromKey: false },
      limits: { records: 1 + Math.floor(this.random.uniform() * 12), bytes: 1e6 },
      ports: this.ports(generation, depth, done),
      watcher: {
        onBatch: ({ isRecovered }) => (this.happened.recovered += Number(isRecovered)),
        onLost: () => undefined,
        onNote: (text) => this.notes.push(text),
      },
    });
    await feed.run(done.signal);
  }

  private ports(generation: number, depth: number, done: AbortController): PartitionPorts {
    const call = async <T>(effect: () => T): Promise<T> => {
      await this.disturb(depth);
      const result = effect();
      await this.disturb(depth);
      return result;
    };
    return {
      read: (offset) => call(() => this.read(offset, done)),
      commit: (offset, note) =>
        call(() => {
          if (generation !== this.generation) throw new PartitionLost("an old generation");
          this.committed = { offset, note: encodeNote(note) };
        }),
      post: (batch) => call(() => ({ answer: this.post(batch), isRepeated: false })),
      pause: () => call(() => undefined),
      bury: (letters) =>
        call(() => letters.forEach(({ record, refusal }) => this.letters.set(idOf(record), refusal.reason))),
    };
  }

  private async disturb(depth: number): Promise<void> {
    if (this.random.uniform() < this.options.crashes) {
      this.happened.crashes += 1;
      throw new Crash("killed");
    }
    if (depth < 3 && this.random.uniform() < this.options.takeovers) {
      this.happened.takeovers += 1;
      await this.runMember(depth + 1).catch((error: unknown) => {
        if (!(error instanceof Crash) && !(error instanceof PartitionLost)) throw error;
      });
    }
  }

  private read(offset: number, done: AbortController) {
    this.produceSome();
    if (this.options.compacts) this.compactSome();
    const records = this.log.filter((record) => record.offset >= offset && !this.compacted.has(idOf(record)));
    const some = records.slice(0, 1 + Math.floor(this.random.uniform() * 20));
    const isAll = some.length === records.length;
    const nextOffset = isAll ? Math.max(offset, this.end) : some.at(-1)!.offset + 1;
    if (some.length === 0 && this.produced === this.options.records && offset >= this.end) done.abort();
    return { records: some, nextOffset, startOffset: 0 };
  }

  private produceSome(): void {
    const some = Math.floor(this.random.uniform() * 15);
    for (let i = 0; i < some && this.produced < this.options.records; i++) {
      const id = this.produced++;
      const symbol = ["A", "B", "C"][Math.floor(this.random.uniform() * 3)]!;
      const kind = this.random.uniform();
      const line = JSON.stringify({ symbol, id, price: kind < 0.05 ? -1 : 1 });
      const value = kind > 0.97 ? `{not json ${id}` : line;
      this.log.push({
        offset: this.end,
        timestampMs: 0,
        key: Buffer.from(String(id)),
        value: Buffer.from(value),
        headers: [],
      });
      // The end of a transaction takes an offset of its own.
      this.end += this.random.uniform() < 0.1 ? 2 : 1;
    }
  }

  private compactSome(): void {
    for (const record of this.log.slice(0, -5)) {
      if (this.random.uniform() < 0.01) this.compacted.add(idOf(record));
    }
  }

  /** As `POST /ingest` does: each symbol takes all its ticks or none. */
  private post({ body, producer, seq }: PostedBatch): DeliveredAnswer {
    const lines = body.split("\n").map((text) => JSON.parse(text) as Line);
    const { mostLines = Infinity } = this.options;
    if (lines.length > mostLines) throw new GatewayError("refused", 413, "too large");
    const answer: DeliveredAnswer = { ...noCounts(), symbols: {}, errors: [], errors_omitted: 0 };
    const hashes = new Map<string, number>();
    const valid = new Map<string, number[]>();
    for (const [index, line] of lines.entries()) {
      hashes.set(line.symbol, hashWithMessage(hashes.get(line.symbol) ?? NO_CONTENT, line));
      answer.symbols[line.symbol] ??= { ...noCounts(), steps_closed: 0, failed: undefined, warnings: undefined };
      if (line.price > 0) valid.set(line.symbol, [...(valid.get(line.symbol) ?? []), line.id]);
      else {
        answer.rejected += 1;
        answer.symbols[line.symbol]!.rejected += 1;
        const refusal = {
          symbol: line.symbol,
          reason: "price_not_positive",
          field: "price",
          got: "-1",
          expected: "> 0",
        };
        if (answer.errors.length < 100) answer.errors.push({ index, ...refusal });
        else answer.errors_omitted += 1;
      }
    }
    for (const [symbol, ids] of valid) this.apply(answer, symbol, ids, { producer, seq, hash: hashes.get(symbol)! });
    return answer;
  }

  private apply(
    answer: DeliveredAnswer,
    symbol: string,
    ids: readonly number[],
    { producer, seq, hash }: { readonly producer: string; readonly seq: number; readonly hash: number },
  ): void {
    const ofSymbol = answer.symbols[symbol]!;
    const fail = (code: string, retryAfterS: number | null): void => {
      ofSymbol.failed = { code, detail: code, ticks: ids.length, retry_after_s: retryAfterS };
    };
    if (this.random.uniform() < this.options.failures) {
      this.happened.failures += 1;
      return fail("symbol_failed", 1);
    }
    let known = this.producers.get(symbol);
    if (known === undefined) this.producers.set(symbol, (known = new Producers()));
    const verdict = known.judge(producer, seq, hash);
    if (verdict === "sequence_conflict" || verdict === "sequence_too_old") return fail(verdict, null);
    ofSymbol[verdict === "new" ? "accepted" : "duplicate"] += ids.length;
    if (verdict === "duplicate") return;
    known.update(producer, seq, hash);
    this.applied.set(symbol, [...(this.applied.get(symbol) ?? []), ...ids]);
  }
}

function idOf({ key }: KafkaRecord): number {
  return Number(String(key));
}
