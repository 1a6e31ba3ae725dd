// Sends numbered batches of ticks to a gateway: a request that fails as a whole is repeated under the same number until
// it is answered. What to do about symbols that failed in an answer is left to TickSender.
import { randomUUID } from "node:crypto";
import { describeFailure } from "../requests/describe-failure.ts";
import { type Attempt, type FailedAttempt, type GaveUp, retry } from "../requests/retry.ts";
import { faultText } from "../src/schemas/check.ts";
import type { Tick } from "../src/features/tick.ts";
import { describeProblem, GatewayError } from "./gateway-error.ts";
import { type DeliveredAnswer, deliveredAnswerSchema } from "./delivered-answer.ts";
import { readAnswer } from "./read-answer.ts";
import { tickJson } from "./tick-json.ts";

/** Statuses whose body has what became of every tick. */
const ANSWERS: readonly number[] = [200, 207, 422];

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

/** A body as `POST /ingest` takes it, and the name and number by which the gateway applies it once. */
export interface NumberedBody {
  readonly body: string;
  readonly contentType: "application/json" | "application/x-ndjson";
  readonly producer: string;
  readonly seq: number;
  /** What the request says of all its messages, e.g. `?format=kraken`. */
  readonly query?: string;
}

/** One producer, with a unique name and numbered batches. */
export class GatewayClient {
  readonly producer = `feed-${randomUUID()}`;
  private readonly options: GatewayClientOptions;
  private readonly url: string;
  private readonly giveUpAfterMs: number;
  private seq = 0;

  constructor(options: GatewayClientOptions) {
    if (!/^https?:\/\/./.test(options.baseUrl) || !URL.canParse(options.baseUrl)) {
      throw new RangeError(`baseUrl: got ${options.baseUrl}, expected http://… or https://…`);
    }
    this.options = options;
    this.url = `${options.baseUrl.replace(/\/+$/, "")}/ingest`;
    this.giveUpAfterMs = options.giveUpAfterMs ?? 60_000;
  }

  /** The number of a new batch. */
  nextNumber(): number {
    this.seq += 1;
    return this.seq;
  }

  /**
   * Delivers one batch; repeats it on network errors, 429 and 5xx. When an attempt was applied but its answer got lost,
   * the repetition counts its ticks as `duplicate`. Symbols that failed have `failed` in the answer; send their ticks
   * again under the same number.
   *
   * @throws GatewayError when the gateway refuses the batch, or `giveUpAfterMs` is over.
   */
  async send(ticks: readonly Tick[], seq = this.nextNumber()): Promise<DeliveredAnswer> {
    const body = JSON.stringify(ticks.map(tickJson));
    return await this.sendBody({ body, contentType: "application/json", producer: this.producer, seq });
  }

  /** Delivers a body under a name and number of the caller's, as `send` does. */
  async sendBody(request: NumberedBody): Promise<DeliveredAnswer> {
    const { signal, onRetry } = this.options;
    return await retry((leftMs) => this.attempt(request, leftMs), {
      request: `POST ${this.url}, batch ${request.seq}`,
      errorOf: (gaveUp) => this.errorOf(gaveUp, request.seq),
      giveUpAfterMs: this.giveUpAfterMs,
      signal,
      onWait: onRetry && (({ why, waitMs }) => onRetry(why, waitMs)),
    });
  }

  private errorOf({ failure: { status, why, isFinal }, attempts }: GaveUp<FailedAttempt>, seq: number): GatewayError {
    if (isFinal) return new GatewayError("refused", status, `${this.url} refused the batch: ${why}`);
    const tries = `${attempts} ${attempts === 1 ? "attempt" : "attempts"} in ${this.giveUpAfterMs / 1000} s`;
    const code = status === 0 ? "unreachable" : "unavailable";
    return new GatewayError(code, status, `${this.url} did not take batch ${seq}, ${tries}: ${why}`);
  }

  private async attempt(request: NumberedBody, leftMs: number): Promise<Attempt<DeliveredAnswer>> {
    const { body, contentType, producer, seq, query = "" } = request;
    const { signal, token, attemptMs = 20_000 } = this.options;
    const timeout = AbortSignal.timeout(Math.max(1, Math.min(attemptMs, leftMs)));
    const headers: Record<string, string> = {
      "Content-Type": contentType,
      "X-Producer-Id": producer,
      "X-Producer-Seq": String(seq),
    };
    if (token !== undefined) headers["Authorization"] = `Bearer ${token}`;
    try {
      const response = await fetch(`${this.url}${query}`, {
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

function attemptOf(status: number, text: string, retryAfter: string | null): Attempt<DeliveredAnswer> {
  const read = readAnswer(deliveredAnswerSchema, text);
  const isAnswer = ANSWERS.includes(status);
  if (read.ok && (isAnswer || hasFailures(read.value))) return { value: read.value };
  const why = describeProblem(status, text) + (status < 300 && !read.ok ? ` (${faultText(read.fault)})` : "");
  // A production gateway without tokens answers 503 until it is configured, so a retry does not help.
  const repeatable = status === 429 || (status >= 500 && !text.includes('"not_configured"'));
  return { status, why, retryAfter, isFinal: !repeatable };
}

/** Any status: when no symbol took its ticks, the gateway answers with that of the gravest failure. */
function hasFailures({ symbols }: DeliveredAnswer): boolean {
  return Object.values(symbols).some(({ failed }) => failed !== undefined);
}
