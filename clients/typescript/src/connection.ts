// Where a gateway is and how it is reached: address, tokens, and the runtime's `fetch` and `WebSocket` or the caller's.
import type { SocketConstructor } from "./socket-like.ts";

export interface ClientOptions {
  /** Address of the gateway, e.g. `http://127.0.0.1:8787`; a path before the routes may follow. */
  readonly url: string;
  /** INGEST_TOKEN, for ticks and labels. */
  readonly token?: string | undefined;
  /** READ_TOKEN, for all that reads; `adminToken` when not given, which may read too, or else `token`. */
  readonly readToken?: string | undefined;
  /** ADMIN_TOKEN, for routes under `/admin`. */
  readonly adminToken?: string | undefined;
  /** An attempt is cut off after this long; 20 s by default. */
  readonly timeoutMs?: number | undefined;
  /** A request is repeated for this long; 60 s by default. */
  readonly giveUpAfterMs?: number | undefined;
  /** The pause after the first failure, doubled with each further one up to the longest; 200 ms and 5 s by default. */
  readonly backoff?: { readonly firstMs: number; readonly longestMs: number } | undefined;
  /**
   * A socket on which nothing comes for so long is asked for a sign of life; without one it is dropped. 20 s by
   * default.
   */
  readonly keepAliveMs?: number | undefined;
  /** Instead of the runtime's. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Instead of the runtime's. Node 20 has none: give it that of the package `ws`, or use HTTP. */
  readonly WebSocket?: SocketConstructor | undefined;
}

/** Which token a request bears. */
export type TokenName = "token" | "readToken" | "adminToken";

export interface Connection {
  /** Without a slash at the end. */
  readonly url: string;
  readonly tokens: Readonly<Record<TokenName, string | undefined>>;
  readonly timeoutMs: number;
  readonly giveUpAfterMs: number;
  readonly keepAliveMs: number;
  readonly backoff: { readonly firstMs: number; readonly longestMs: number };
  readonly fetch: typeof globalThis.fetch;
  /** `undefined` where the runtime has none and none was given. */
  readonly WebSocket: SocketConstructor | undefined;
}

/** Checks the options once. Throws `RangeError` with the option, its value and what was expected. */
export function connectionOf(options: ClientOptions): Connection {
  const { url, token, adminToken, readToken = adminToken ?? token } = options;
  const { timeoutMs = 20_000, giveUpAfterMs = 60_000, keepAliveMs = 20_000 } = options;
  if (typeof url !== "string" || !/^https?:\/\/./.test(url) || !URL.canParse(url)) {
    throw new RangeError(`url: got ${String(url)}, expected http://… or https://…`);
  }
  requirePositive("timeoutMs", timeoutMs);
  requirePositive("giveUpAfterMs", giveUpAfterMs);
  requirePositive("keepAliveMs", keepAliveMs);
  const backoff = options.backoff ?? { firstMs: 200, longestMs: 5_000 };
  requirePositive("backoff.firstMs", backoff.firstMs);
  requirePositive("backoff.longestMs", backoff.longestMs);
  return {
    url: url.replace(/\/+$/, ""),
    tokens: { token, readToken, adminToken },
    timeoutMs,
    giveUpAfterMs,
    keepAliveMs,
    backoff,
    // A browser's `fetch` must be called as one of the window.
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    WebSocket: options.WebSocket ?? (globalThis as { WebSocket?: SocketConstructor }).WebSocket,
  };
}

/** Throws `RangeError` unless the value is above 0; `Infinity` may be. */
export function requirePositive(name: string, value: number): void {
  if (typeof value === "number" && value > 0) return;
  throw new RangeError(`${name}: got ${String(value)}, expected a number above 0`);
}

export type QueryValues = Readonly<Record<string, string | number | boolean | undefined>>;

/** The address of a path, with those parameters that have a value. */
export function addressOf({ url }: Pick<Connection, "url">, path: string, query: QueryValues = {}): string {
  const given = Object.entries(query).flatMap(([name, value]) => {
    return value === undefined ? [] : [[name, String(value)] as const];
  });
  const text = new URLSearchParams(Object.fromEntries(given)).toString();
  return `${url}${path}${text === "" ? "" : `?${text}`}`;
}

/** The header of a token; none without one. */
export function bearerHeaders(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { Authorization: `Bearer ${token}` };
}
