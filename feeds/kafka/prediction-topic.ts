// Publishes the live predictions of symbols that have closed a step: after a batch, beside the ingest, each one once.
import { setTimeout as sleep } from "node:timers/promises";
import { GatewayError } from "../../gateway-client/gateway-error.ts";
import { fetchPrediction } from "../../gateway-client/gateway-queries.ts";
import type { TopicWriter } from "./topic-writer.ts";

export interface PredictionTopicOptions {
  readonly writer: Pick<TopicWriter, "write">;
  readonly baseUrl: string;
  readonly readToken: string | undefined;
  readonly signal: AbortSignal;
  readonly note: (line: string) => void;
}

/** A prediction's id is `<symbol>:<step>:<model>`: this many of a symbol's last ones are told apart. */
const REMEMBERED = 16;
/** A gateway answers from memory for 250 ms, and for a second while another reader asks: the step before, perhaps. */
const AGAIN_MS = 250;
const OLD_ANSWERS_MS = 1_250;

export class PredictionTopic {
  /** Predictions that are written. */
  published = 0;
  private readonly options: PredictionTopicOptions;
  private readonly ids = new Map<string, string[]>();
  /** Until when an answer may be of the step before, by symbol, ms. */
  private readonly due = new Map<string, number>();
  private working: Promise<void> | undefined;
  private refusal: string | undefined;

  constructor(options: PredictionTopicOptions) {
    this.options = options;
  }

  /** Notes symbols that closed a step. Steps that close while a prediction is under way give one more, the newest. */
  closed(symbols: Iterable<string>): void {
    for (const symbol of symbols) this.due.set(symbol, performance.now() + OLD_ANSWERS_MS);
    this.start();
  }

  /** Waits until nothing is due. */
  async flush(): Promise<void> {
    while (this.working !== undefined) await this.working;
  }

  private start(): void {
    this.working ??= this.publishDue().finally(() => {
      this.working = undefined;
      // A symbol that came after the last look.
      if (this.due.size > 0 && !this.options.signal.aborted) this.start();
    });
  }

  private async publishDue(): Promise<void> {
    const { signal } = this.options;
    while (this.due.size > 0 && !signal.aborted) {
      const asked = [...this.due];
      this.due.clear();
      for (const [symbol, untilMs] of asked) {
        const isOld = await this.publish(symbol).catch((error: unknown) => this.failed(symbol, error));
        if (isOld && !this.due.has(symbol) && performance.now() < untilMs) this.due.set(symbol, untilMs);
      }
      if (this.due.size > 0) await sleep(AGAIN_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Returns whether the answer is one that is written already. */
  private async publish(symbol: string): Promise<boolean> {
    const { writer, baseUrl, readToken, signal } = this.options;
    const prediction = await fetchPrediction(baseUrl, symbol, readToken);
    if (prediction === undefined || !("prediction_id" in prediction)) return false;
    const { prediction_id: id } = prediction;
    if (id === null) return false;
    const known = this.ids.get(symbol) ?? [];
    if (known.includes(id)) return true;
    // Before it is written: written again after a failure would be twice.
    this.ids.set(symbol, [...known, id].slice(-REMEMBERED));
    await writer.write([{ key: Buffer.from(symbol), value: Buffer.from(JSON.stringify(prediction)) }], signal);
    this.published += 1;
    return false;
  }

  /** The next step brings another one. */
  private failed(symbol: string, error: unknown): false {
    if (this.options.signal.aborted) return false;
    const why = error instanceof Error ? error.message : String(error);
    const text = error instanceof GatewayError ? why : `${symbol}: ${why}`;
    if (text !== this.refusal) this.options.note(`prediction not published: ${text}`);
    this.refusal = text;
    return false;
  }
}
