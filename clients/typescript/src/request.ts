// One request over HTTP: timeouts, which answers are worth another attempt, and the error of one that failed for good.
import { describeFailure } from "../../../requests/describe-failure.ts";
import { retryAfterMs } from "../../../requests/retry-delay.ts";
import type { Problem } from "./api-types.ts";
import { addressOf, bearerHeaders, type Connection, type QueryValues, type TokenName } from "./connection.ts";
import { VolgateError } from "./volgate-error.ts";
import { pauseMs, wait } from "./wait.ts";

export interface RequestOptions {
  /** Ends the request with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Instead of the client's. */
  readonly timeoutMs?: number | undefined;
  readonly giveUpAfterMs?: number | undefined;
}

export interface Question extends RequestOptions {
  readonly method: string;
  readonly path: string;
  readonly query?: QueryValues | undefined;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly token: TokenName;
  /** Whether an attempt without an answer is repeated: not where it would change something twice. */
  readonly repeat: boolean;
  /** Whether an answer of another status than 2xx is one all the same. */
  readonly isAnswer?: (status: number, value: unknown) => boolean;
}

/** The JSON of the answer. Throws `VolgateError`, or the signal's reason. */
export async function ask(connection: Connection, question: Question): Promise<unknown> {
  const { method, path, signal, repeat, isAnswer = () => false } = question;
  const giveUpAtMs = Date.now() + (question.giveUpAfterMs ?? connection.giveUpAfterMs);
  let last: Answer | undefined;
  for (let attempts = 1; ; attempts++) {
    signal?.throwIfAborted();
    const answer = await attempt(connection, question, giveUpAtMs - Date.now());
    // What came says more than that nothing came in the time that was left.
    if (answer.status !== 0) last = answer;
    if (answer.value !== undefined && (isSuccess(answer.status) || isAnswer(answer.status, answer.value))) {
      return answer.value;
    }
    const pause = pauseMs(connection.backoff, attempts, answer.askedMs);
    const mayRepeat = answer.status === 429 || (repeat && isRepeatable(answer));
    if (!mayRepeat || Date.now() + pause >= giveUpAtMs) {
      throw errorOf(`${method} ${path}`, last ?? answer, attempts);
    }
    await wait(pause, signal);
  }
}

/** What came of one attempt. */
export interface Answer {
  /** 0 without an answer. */
  readonly status: number;
  /** The body's JSON; `undefined` where it is none. */
  readonly value: unknown;
  /** The body, or why there is no answer. */
  readonly text: string;
  /** What `Retry-After` asks for. */
  readonly askedMs: number;
  readonly requestId?: string | undefined;
  readonly cause?: unknown;
}

/** Sends a request once. Rejects with the signal's reason only. */
export async function attempt(connection: Connection, question: Question, mostMs = Infinity): Promise<Answer> {
  const { method, path, query, body, token, signal } = question;
  const timeoutMs = Math.max(1, Math.min(question.timeoutMs ?? connection.timeoutMs, mostMs));
  const timeout = AbortSignal.timeout(Math.min(timeoutMs, 2 ** 31 - 1));
  try {
    const response = await connection.fetch(addressOf(connection, path, query), {
      method,
      headers: {
        Accept: "application/json",
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...bearerHeaders(connection.tokens[token]),
        ...question.headers,
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
    return await answerOf(response);
  } catch (error) {
    signal?.throwIfAborted();
    return { status: 0, value: undefined, text: describeFailure(error), askedMs: 0, cause: error };
  }
}

/** Reads an answer's body. */
export async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  const askedMs = retryAfterMs(response.headers.get("Retry-After"), Date.now());
  const requestId = response.headers.get("X-Correlation-ID") ?? undefined;
  return { status: response.status, value: parsedJson(text), text, askedMs, requestId };
}

/** The value, `undefined` for a text that is no JSON. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** A gateway without tokens answers 503 until an operator sets them: a retry does not help. */
export function isRepeatable(answer: Answer): boolean {
  const { status } = answer;
  if (status === 0 || status === 429) return true;
  return status >= 500 && problemOf(answer).code !== "not_configured";
}

/** The error of the last answer. */
export function errorOf(what: string, answer: Answer, attempts = 1): VolgateError {
  const problem = problemOf(answer);
  const { status, text, requestId, cause } = answer;
  const code = problem.code ?? (status === 0 ? "unreachable" : "unreadable");
  const detail = problem.detail ?? (text.trim().slice(0, 200) || "an empty answer");
  return new VolgateError(what, { code, status, detail, problem, requestId, attempts, cause });
}

function problemOf({ status, value }: Answer): Partial<Problem> {
  if (status < 400 || typeof value !== "object" || value === null) return {};
  const { code, detail, request_id } = value as Readonly<Record<string, unknown>>;
  const texts = { code, detail, request_id };
  const isText = Object.values(texts).every((text) => text === undefined || typeof text === "string");
  return isText ? value : {};
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}
