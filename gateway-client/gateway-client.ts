// Sends batches of ticks to a gateway so that each is applied exactly once despite failures: a batch is repeated whole,
// under the same number, until it is acknowledged.
import { randomUUID } from "node:crypto";
import { describeFailure } from "../requests/describe-failure.ts";
import { type Attempt, type FailedAttempt, type GaveUp, retry } from "../requests/retry.ts";
import { faultText } from "../src/schemas/check.ts";
import type { Tick } from "../src/features/tick.ts";
import { type IngestAnswer, ingestAnswerSchema } from "../src/http/ingest-schema.ts";
import { describeProblem, GatewayError } from "./gateway-error.ts";
import { readAnswer } from "./read-answer.ts";
import { tickJson } from "./tick-json.ts";

export interface GatewayClientOptions {
  /** Where the gateway is, e.g. `http://127.0.0.1:8787`. */
  readonly baseUrl: string;
  /** Bearer token, where the gateway has one configured. */
  readonly token?: string | undefined;
  /** A batch is given up when it could not be delivered for this long; 60 s by default. */
  readonly giveUpAfterMs?: number;
  /** One attempt is cut off and repeated after this long; 20 s by default. */
  readonly attemptMs?: number;
  /** Ends a running `send` with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Receives each failed attempt that will be repeated; stderr by default. */
  readonly onRetry?: (why: string, waitMs: number) => void;
}

/** One producer, with a unique name and numbered batches. At most one batch is unacknowledged at a time. */
export class GatewayClient {
  readonly producer = `feed-${randomUUID()}`;
  private readonly options: GatewayClientOptions;
  private readonly url: string;
  private readonly giveUpAfterMs: number;
  private seq = 0;
  private sending = false;

  constructor(options: GatewayClientOptions) {
    if (!/^https?:\/\/./.test(options.baseUrl) || !URL.canParse(options.baseUrl)) {
      throw new RangeError(`baseUrl: got ${options.baseUrl}, expected http://… or https://…`);
    }
    this.options = options;
    this.url = `${options.baseUrl.replace(/\/+$/, "")}/ingest`;
    this.giveUpAfterMs = options.giveUpAfterMs ?? 60_000;
  }

  /**
   * Delivers one batch; repeats it on network errors, 429 and 5xx. When an attempt was applied but its answer got lost,
   * the repetition counts its ticks as `duplicate`.
   *
   * @throws GatewayError when the gateway refuses the batch, or `giveUpAfterMs` is over.
   * @throws Error when the previous batch is not acknowledged yet.
   */
  async send(ticks: readonly Tick[]): Promise<IngestAnswer> {
    if (this.sending) throw new Error("send: the previous batch is not acknowledged yet; await it first");
    this.sending = true;
    try {
      this.seq += 1;
      return await this.deliver(JSON.stringify(ticks.map(tickJson)));
    } finally {
      this.sending = false;
    }
  }

  private async deliver(body: string): Promise<IngestAnswer> {
    const { signal, onRetry } = this.options;
    return await retry((leftMs) => this.attempt(body, leftMs), {
      request: `POST ${this.url}, batch ${this.seq}`,
      errorOf: (gaveUp) => this.errorOf(gaveUp),
      giveUpAfterMs: this.giveUpAfterMs,
      signal,
      onWait: onRetry && (({ why, waitMs }) => onRetry(why, waitMs)),
    });
  }

  private errorOf({ failure: { status, why, isFinal }, attempts }: GaveUp<FailedAttempt>): GatewayError {
    if (isFinal) return new GatewayError("refused", status, `${this.url} refused the batch: ${why}`);
    const tries = `${attempts} ${attempts === 1 ? "attempt" : "attempts"} in ${this.giveUpAfterMs / 1000} s`;
    const code = status === 0 ? "unreachable" : "unavailable";
    return new GatewayError(code, status, `${this.url} did not take batch ${this.seq}, ${tries}: ${why}`);
  }

  private async attempt(body: string, leftMs: number): Promise<Attempt<IngestAnswer>> {
    const { signal, token, attemptMs = 20_000 } = this.options;
    const timeout = AbortSignal.timeout(Math.max(1, Math.min(attemptMs, leftMs)));
    const headers: Record<string, string> = {
      "Content-Type": "application/json",
      "X-Producer-Id": this.producer,
      "X-Producer-Seq": String(this.seq),
    };
    if (token !== undefined) headers["Authorization"] = `Bearer ${token}`;
    try {
      const response = await fetch(this.url, {
        method: "POST",
        headers,
        body,
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      });
      return attemptOf(response.status, await response.text(), response.headers.get("Retry-After"));
    } catch (error) {
      signal?.throwIfAborted();
      return { status: 0, why: describeFailure(error), isFinal: false };
    }
  }
}

function attemptOf(status: number, text: string, retryAfter: string | null): Attempt<IngestAnswer> {
  const read = status === 200 || status === 422 ? readAnswer(ingestAnswerSchema, text) : undefined;
  if (read?.ok === true) return { value: read.value };
  const why =
    describeProblem(status, text) + (status === 200 && read !== undefined ? ` (${faultText(read.fault)})` : "");
  // A production gateway without tokens answers 503 until it is configured, so a retry does not help.
  const repeatable = status === 429 || (status >= 500 && !text.includes('"not_configured"'));
  return { status, why, retryAfter, isFinal: !repeatable };
}
