// Two producers of one symbol over HTTP that take turns: the next one sends when the batch before is acknowledged, so
// that the order of the ticks is known. A batch is sent again until it has its last answer.
import { setTimeout as sleep } from "node:timers/promises";
import { tickJson } from "../gateway-client/tick-json.ts";
import type { SentBatch, SentLog } from "./sent-log.ts";

/** A client's own deadline. */
const ANSWER_WITHIN_MS = 20_000;
const AGAIN_AFTER_MS = 100;
/** A batch that is not settled after so long ends the trial. */
export const SETTLED_WITHIN_MS = 120_000;
/** These answers are the last ones. */
const FINAL = new Set([400, 409, 413, 422]);

export interface ProducerOptions {
  /** Asked at each sending: a deploy changes it. */
  readonly url: () => string;
  /** Pause after an acknowledgement, ms. */
  readonly pauseMs: number;
}

export class HttpProducers {
  readonly log: SentLog;
  private readonly options: ProducerOptions;
  private readonly numbers = [0, 0];

  constructor(log: SentLog, options: ProducerOptions) {
    this.log = log;
    this.options = options;
  }

  /** Sends until `stop` is aborted, and then until the batch that is on its way has its last answer. */
  async run(stop: AbortSignal, count = Infinity): Promise<void> {
    for (let sent = 0; sent < count && !stop.aborted; sent++) {
      const turn = this.log.batches.length % 2;
      await this.settle(this.log.next(), `chaos-${turn}`, ++this.numbers[turn]!);
      await sleep(this.options.pauseMs);
    }
  }

  private async settle(batch: SentBatch, producer: string, number: number): Promise<void> {
    const startedAt = performance.now();
    for (;;) {
      const answer = await postBatch(this.options.url(), batch, { producer, number });
      if (answer?.status === 200) {
        batch.acknowledged = true;
        batch.hadBeenApplied = batch.resent > 0 && answer.body.duplicate === batch.ticks.length;
        batch.waitedMs = performance.now() - startedAt;
        return;
      }
      if (answer !== undefined && FINAL.has(answer.status)) {
        batch.refused = answer.body.code ?? String(answer.status);
        return;
      }
      if (performance.now() - startedAt > SETTLED_WITHIN_MS) {
        throw new Error(`${this.log.symbol}: a batch has no last answer after ${SETTLED_WITHIN_MS / 1000} s`);
      }
      batch.resent += 1;
      await sleep(AGAIN_AFTER_MS);
    }
  }
}

interface PostedAnswer {
  readonly status: number;
  readonly body: { readonly code?: string; readonly duplicate?: number; readonly symbols?: unknown };
}

interface PostOptions {
  readonly producer?: string;
  readonly number?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The client's deadline, ms. */
  readonly withinMs?: number;
}

/** `undefined` when no whole answer came. */
export async function postBatch(
  url: string,
  { ticks }: Pick<SentBatch, "ticks">,
  { producer, number, headers = {}, withinMs = ANSWER_WITHIN_MS }: PostOptions = {},
): Promise<PostedAnswer | undefined> {
  const named = producer === undefined ? {} : { "X-Producer-Id": producer, "X-Producer-Seq": String(number) };
  try {
    const response = await fetch(`${url}/ingest`, {
      method: "POST",
      headers: { ...named, ...headers },
      body: JSON.stringify(ticks.map(tickJson)),
      signal: AbortSignal.timeout(withinMs),
    });
    return { status: response.status, body: (await response.json()) as PostedAnswer["body"] };
  } catch {
    return undefined;
  }
}
