// Publishes the live predictions of symbols that have closed a step: after a batch, beside the ingest, each one once.
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

export class PredictionTopic {
  /** Predictions that are written. */
  published = 0;
  private readonly options: PredictionTopicOptions;
  private readonly ids = new Map<string, string[]>();
  private readonly due = new Set<string>();
  private working: Promise<void> | undefined;
  private refusal: string | undefined;

  constructor(options: PredictionTopicOptions) {
    this.options = options;
  }

  /** Notes symbols that closed a step. Steps that close while a prediction is under way give one more, the newest. */
  closed(symbols: Iterable<string>): void {
    for (const symbol of symbols) this.due.add(symbol);
    this.working ??= this.publishDue().finally(() => (this.working = undefined));
  }

  /** Waits until nothing is due. */
  async flush(): Promise<void> {
    while (this.working !== undefined) await this.working;
  }

  private async publishDue(): Promise<void> {
    while (this.due.size > 0 && !this.options.signal.aborted) {
      const symbols = [...this.due];
      this.due.clear();
      for (const symbol of symbols) await this.publish(symbol).catch((error: unknown) => this.failed(symbol, error));
    }
  }

  private async publish(symbol: string): Promise<void> {
    const { writer, baseUrl, readToken, signal } = this.options;
    const prediction = await fetchPrediction(baseUrl, symbol, readToken);
    if (prediction === undefined || !("prediction_id" in prediction)) return;
    const { prediction_id: id } = prediction;
    const known = this.ids.get(symbol) ?? [];
    if (id === null || known.includes(id)) return;
    // Before it is written: written again after a failure would be twice.
    this.ids.set(symbol, [...known, id].slice(-REMEMBERED));
    await writer.write([{ key: Buffer.from(symbol), value: Buffer.from(JSON.stringify(prediction)) }], signal);
    this.published += 1;
  }

  /** The next step brings another one. */
  private failed(symbol: string, error: unknown): void {
    if (this.options.signal.aborted) return;
    const why = error instanceof Error ? error.message : String(error);
    const text = error instanceof GatewayError ? why : `${symbol}: ${why}`;
    if (text !== this.refusal) this.options.note(`prediction not published: ${text}`);
    this.refusal = text;
  }
}
