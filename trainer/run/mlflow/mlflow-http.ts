// Requests to an MLflow server: a deadline for each, a few retries for what passes, and errors that say what was asked
// and what came. It knows nothing of runs and models.
import { setTimeout as sleep } from "node:timers/promises";

/** A request that failed for good. `code` is MLflow's own, such as `RESOURCE_ALREADY_EXISTS`, where it sent one. */
export class MlflowError extends Error {
  override name = "MlflowError";
  readonly code: string | undefined;
  /** Whether the server could not be reached or did not answer in time: there is no use in asking more. */
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
  /** Pauses before the second try, the third and so on; their number bounds the retries. */
  readonly pausesMs: readonly number[];
}

export const DEFAULT_LIMITS: RequestLimits = { timeoutMs: 10_000, pausesMs: [500, 2000] };

interface RequestBody {
  readonly content: string | Uint8Array<ArrayBuffer>;
  readonly type: string;
}

type Answer = Readonly<Record<string, unknown>>;

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
    for (const pauseMs of this.limits.pausesMs) {
      const answer = await this.once(method, path, body);
      if (answer.status < 400 || !again(answer.status)) return finished(method, path, answer);
      await sleep(pauseMs);
    }
    return finished(method, path, await this.once(method, path, body));
  }

  private async once(method: string, path: string, body: RequestBody | undefined) {
    const timeoutMs = this.limits.timeoutMs + Math.round((body?.content.length ?? 0) / UPLOAD_BYTES_PER_MS);
    try {
      const response = await fetch(this.uri + path, {
        method,
        headers: { ...this.headers, ...(body === undefined ? {} : { "content-type": body.type }) },
        body: body?.content ?? null,
        signal: AbortSignal.timeout(timeoutMs),
      });
      return { status: response.status, text: await response.text() };
    } catch (error) {
      throw new MlflowError(`${method} ${shown(path)}: ${reasonOf(error)}`, undefined, true);
    }
  }
}

function isPassing(status: number): boolean {
  return status === 429 || status >= 500;
}

function json(body: unknown): RequestBody {
  return { content: JSON.stringify(body), type: "application/json" };
}

function finished(method: string, path: string, { status, text }: { status: number; text: string }): Answer {
  const answer = parseObject(text);
  if (status >= 200 && status < 300 && answer !== undefined) return answer;
  const code = typeof answer?.["error_code"] === "string" ? answer["error_code"] : undefined;
  const message = typeof answer?.["message"] === "string" ? answer["message"] : text;
  const said = `${code ?? ""} ${message}`.trim().slice(0, SHOWN_CHARACTERS) || "nothing";
  throw new MlflowError(`${method} ${shown(path)}: got ${status}, ${said}`, code);
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

/** The path without its query, which holds names of other people's making. */
function shown(path: string): string {
  return path.split("?")[0]!;
}

/** `fetch` hides what happened in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return "no answer in time";
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
