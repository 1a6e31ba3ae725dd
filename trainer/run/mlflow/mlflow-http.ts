// Requests to an MLflow server: a deadline for each, a few retries of transient failures, and errors that name request
// and answer. Runs and models are left to the caller.
import { describeFailure } from "../../../requests/describe-failure.ts";
import { type Clock, type FailedAttempt, retry } from "../../../requests/retry.ts";

/** A request that failed for good. `code` is MLflow's own, such as `RESOURCE_ALREADY_EXISTS`, where it sent one. */
export class MlflowError extends Error {
  override name = "MlflowError";
  readonly code: string | undefined;
  /** Whether the server could not be reached or did not answer in time: further requests are useless. */
  readonly unreachable: boolean;

  constructor(message: string, code?: string, unreachable = false) {
    super(message);
    this.code = code;
    this.unreachable = unreachable;
  }
}

export interface RequestLimits {
  /** For one try; an upload gets 1 s more per 100 kB. */
  readonly timeoutMs: number;
  /**
   * Pauses before the second try, the third and so on, where the server asks for no longer ones; their number bounds
   * the retries.
   */
  readonly pausesMs: readonly number[];
  readonly clock?: Clock;
}

export const DEFAULT_LIMITS: RequestLimits = { timeoutMs: 10_000, pausesMs: [500, 2000] };

interface RequestBody {
  readonly content: string | Uint8Array<ArrayBuffer>;
  readonly type: string;
}

type Answer = Readonly<Record<string, unknown>>;

interface RawAnswer {
  readonly status: number;
  readonly text: string;
  readonly retryAfter: string | null;
}

interface FailedRequest extends FailedAttempt {
  /** MLflow's own, where it sent one. */
  readonly code: string | undefined;
}

const UPLOAD_BYTES_PER_MS = 100;
/** Longest piece of a server's answer that goes into a message. */
const SHOWN_CHARACTERS = 300;

/** A server with its credentials. Every method answers the JSON object that came, and throws `MlflowError`. */
export class MlflowHttp {
  private readonly uri: string;
  private readonly headers: Readonly<Record<string, string>>;
  private readonly limits: RequestLimits;

  constructor(uri: string, authorization: string | undefined, limits: RequestLimits) {
    this.uri = uri;
    this.headers = authorization === undefined ? {} : { authorization };
    this.limits = limits;
  }

  async get(path: string, query: Readonly<Record<string, string>>): Promise<Answer> {
    return await this.retried("GET", `${path}?${new URLSearchParams(query)}`, undefined, isPassing);
  }

  async post(path: string, body: unknown): Promise<Answer> {
    return await this.retried("POST", path, json(body), isPassing);
  }

  /**
   * As `post`, for requests that make something new each time: tried again only when the server refused to work at all.
   */
  async postOnce(path: string, body: unknown): Promise<Answer> {
    return await this.retried("POST", path, json(body), (status) => status === 429 || status === 503);
  }

  async put(path: string, content: Uint8Array): Promise<Answer> {
    return await this.retried("PUT", path, { content: content.slice(), type: "application/octet-stream" }, isPassing);
  }

  private async retried(
    method: string,
    path: string,
    body: RequestBody | undefined,
    again: (status: number) => boolean,
  ): Promise<Answer> {
    const { pausesMs, clock } = this.limits;
    const request = `${method} ${shown(path)}`;
    return await retry<Answer, FailedRequest>(
      async () => {
        const answer = await this.once(method, path, body);
        const value = answered(answer);
        return value === undefined ? failed(answer, !again(answer.status)) : { value };
      },
      {
        request: `${method} ${this.uri}${shown(path)}`,
        errorOf: ({ failure, attempts }) =>
          new MlflowError(
            `${request}: ${failure.why}${attempts > 1 ? `, after ${attempts} attempts` : ""}`,
            failure.code,
          ),
        attempts: pausesMs.length + 1,
        pauseMs: (failures) => pausesMs[failures - 1] ?? 0,
        clock,
      },
    );
  }

  private async once(method: string, path: string, body: RequestBody | undefined): Promise<RawAnswer> {
    const timeoutMs = this.limits.timeoutMs + Math.round((body?.content.length ?? 0) / UPLOAD_BYTES_PER_MS);
    try {
      const response = await fetch(this.uri + path, {
        method,
        headers: { ...this.headers, ...(body === undefined ? {} : { "content-type": body.type }) },
        body: body?.content ?? null,
        signal: AbortSignal.timeout(timeoutMs),
      });
      return { status: response.status, text: await response.text(), retryAfter: response.headers.get("Retry-After") };
    } catch (error) {
      throw new MlflowError(`${method} ${shown(path)}: ${describeFailure(error)}`, undefined, true);
    }
  }
}

function isPassing(status: number): boolean {
  return status === 429 || status >= 500;
}

function json(body: unknown): RequestBody {
  return { content: JSON.stringify(body), type: "application/json" };
}

/** The JSON object of a successful answer, `undefined` for any other. */
function answered({ status, text }: RawAnswer): Answer | undefined {
  return status >= 200 && status < 300 ? parseObject(text) : undefined;
}

function failed({ status, text, retryAfter }: RawAnswer, isFinal: boolean): FailedRequest {
  const answer = parseObject(text);
  const code = typeof answer?.["error_code"] === "string" ? answer["error_code"] : undefined;
  const message = typeof answer?.["message"] === "string" ? answer["message"] : text;
  const said = `${code ?? ""} ${message}`.trim().slice(0, SHOWN_CHARACTERS) || "nothing";
  return { status, why: `got ${status}, ${said}`, retryAfter, isFinal, code };
}

/** An empty body counts as an empty object: uploads are answered so. */
function parseObject(text: string): Answer | undefined {
  try {
    const value: unknown = JSON.parse(text === "" ? "{}" : text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Answer) : undefined;
  } catch {
    return undefined;
  }
}

/** The path without its query, which can hold names from outside. */
function shown(path: string): string {
  return path.split("?")[0]!;
}
