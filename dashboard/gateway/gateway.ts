// Questions to the gateway that served this page. Every answer, good or bad, tells the connection's state.
import type { Connection } from "./connection.ts";
import { GatewayRefusal } from "./gateway-refusal.ts";
import type { SessionTokens, TokenName } from "./session-tokens.ts";

export type Query = Readonly<Record<string, string | number | null | undefined>>;

/** A question without an answer by then has failed. */
const DEADLINE_MS = 20_000;

export class Gateway {
  readonly #connection: Connection;
  readonly #tokens: SessionTokens;

  constructor(connection: Connection, tokens: SessionTokens) {
    this.#connection = connection;
    this.#tokens = tokens;
  }

  /** The JSON of a GET. Throws `GatewayRefusal` for an answer that is no success, other errors without an answer. */
  async get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
    return await this.#ask<T>("GET", pathWith(path, query), "READ_TOKEN", signal);
  }

  /** The same with the admin token where it was typed in: to who bears it the gateway tells more. */
  async getAsAdmin<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
    const token = this.#tokens.get("ADMIN_TOKEN") === null ? "READ_TOKEN" : "ADMIN_TOKEN";
    return await this.#ask<T>("GET", pathWith(path, query), token, signal);
  }

  /** The JSON of a POST with the admin token. */
  async post<T>(path: string, body: unknown, query: Query = {}): Promise<T> {
    return await this.#ask<T>("POST", pathWith(path, query), "ADMIN_TOKEN", undefined, JSON.stringify(body));
  }

  async #ask<T>(method: string, path: string, token: TokenName, signal?: AbortSignal, body?: string): Promise<T> {
    // `AbortSignal.timeout` would keep each question in memory until its deadline.
    const question = new AbortController();
    const giveUp = (): void => question.abort();
    const deadline = setTimeout(giveUp, DEADLINE_MS);
    signal?.addEventListener("abort", giveUp);
    const value = this.#tokens.get(token);
    const headers: Record<string, string> = { Accept: "application/json" };
    if (value !== null) headers["Authorization"] = `Bearer ${value}`;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    let answer: Response;
    let text: string;
    try {
      answer = await fetch(path, {
        method,
        headers,
        signal: question.signal,
        cache: "no-store",
        ...(body === undefined ? {} : { body }),
      });
      text = await answer.text();
    } catch (error) {
      // Nobody waits any more: it says nothing of the connection.
      if (signal?.aborted !== true) {
        this.#connection.lost(
          question.signal.aborted ? `no answer within ${DEADLINE_MS / 1000} s` : "the gateway does not answer",
        );
      }
      throw error;
    } finally {
      clearTimeout(deadline);
      signal?.removeEventListener("abort", giveUp);
    }
    return this.#read<T>(answer, text, token);
  }

  #read<T>(answer: Response, text: string, token: TokenName): T {
    if (answer.ok) {
      const value = JSON.parse(text) as T;
      this.#connection.answered();
      return value;
    }
    const refusal = refusalOf(answer.status, text);
    if (token === "READ_TOKEN" && (answer.status === 401 || answer.status === 403))
      this.#connection.refused(refusal.message);
    else if (isProxyError(answer.status, refusal.code)) this.#connection.lost(refusal.message);
    else this.#connection.answered();
    throw refusal;
  }
}

/** The path with what of the query is given. */
export function pathWith(path: string, query: Query): string {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return search === "" ? path : `${path}?${search}`;
}

/** Whether something before the gateway answered in its place: its own errors have a code. */
function isProxyError(status: number, code: string): boolean {
  return status >= 502 && status <= 504 && code === `http_${status}`;
}

function refusalOf(status: number, text: string): GatewayRefusal {
  const fallback = new GatewayRefusal(status, `http_${status}`, `the gateway answered ${status}`);
  try {
    const body = JSON.parse(text) as { code?: unknown; error?: unknown } | null;
    if (typeof body?.code !== "string" || typeof body.error !== "string") return fallback;
    return new GatewayRefusal(status, body.code, body.error);
  } catch {
    return fallback;
  }
}
