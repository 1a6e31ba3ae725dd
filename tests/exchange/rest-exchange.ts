// REST services of the venues that can be told to fail: for tests, in the place of the network or behind a server.
import { answerOf } from "./rest-answers.ts";
import type { RestMarket } from "./rest-market.ts";

/** What comes in place of the true answer to one request. */
export type RestFault =
  | { readonly kind: "status"; readonly status: number; readonly retryAfterS?: number; readonly body?: unknown }
  /** The connection breaks. */
  | { readonly kind: "drop" }
  /** The first half of the true answer. */
  | { readonly kind: "half" }
  /** Another body with status 200. */
  | { readonly kind: "body"; readonly body: unknown };

export class RestExchange {
  market: RestMarket;
  /** Path and query of what was asked, in order. */
  readonly asked: string[] = [];
  /** Name of the client of each request. */
  readonly clients: (string | null)[] = [];
  /** Of the next requests, in order; `undefined` for a true answer. */
  faults: (RestFault | undefined)[] = [];

  constructor(market: RestMarket) {
    this.market = market;
  }

  /** The answer to a request; throws for a connection that breaks. */
  answer(
    url: URL,
    headers: Headers,
  ): { readonly status: number; readonly headers: Record<string, string>; readonly text: string } {
    this.asked.push(url.pathname + url.search);
    this.clients.push(headers.get("User-Agent"));
    const fault = this.faults.shift();
    const json = { "Content-Type": "application/json" };
    if (fault?.kind === "drop") throw new Error("the connection was reset");
    if (fault?.kind === "status") {
      const retry = fault.retryAfterS === undefined ? {} : { "Retry-After": String(fault.retryAfterS) };
      return { status: fault.status, headers: { ...json, ...retry }, text: JSON.stringify(fault.body ?? {}) };
    }
    if (fault?.kind === "body") return { status: 200, headers: json, text: JSON.stringify(fault.body) };
    const { status, body } = answerOf(this.market, url);
    const text = JSON.stringify(body);
    return { status, headers: json, text: fault?.kind === "half" ? text.slice(0, text.length / 2) : text };
  }

  /** In the place of `fetch`. */
  fetch(input: Request | URL | string, init?: RequestInit): Promise<Response> {
    const url = new URL(input instanceof Request ? input.url : String(input));
    try {
      const { status, headers, text } = this.answer(url, new Headers(init?.headers));
      return Promise.resolve(new Response(text, { status, headers }));
    } catch (error) {
      return Promise.reject(error);
    }
  }
}
