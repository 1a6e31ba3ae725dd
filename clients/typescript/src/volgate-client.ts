// The client: typed questions over HTTP, and the doors to the sender of ticks and the readers of streams.
import type { NoFields, Routes } from "./api-types.ts";
import { type ClientOptions, type Connection, connectionOf, type QueryValues, type TokenName } from "./connection.ts";
import { ask, type RequestOptions } from "./request.ts";
import { overviewStream, type OverviewOptions, type OverviewUpdate } from "./stream/overview-stream.ts";
import type { StreamEvent } from "./stream/stream-event.ts";
import { streamEvents, type StreamOptions } from "./stream/stream-events.ts";
import { TickSender } from "./ticks/tick-sender.ts";
import type { TickSenderOptions } from "./ticks/tick-sender-options.ts";

type RouteName = keyof Routes;
/** Parts that a route does not need may be left out. */
type Part<Name extends string, F> = NoFields extends F
  ? { readonly [K in Name]?: F | undefined }
  : { readonly [K in Name]: F };
type BodyPart<B> = undefined extends B ? { readonly body?: B } : { readonly body: B };

/** What a route takes. */
export type RequestOf<R extends RouteName> = Part<"params", Routes[R]["params"]> &
  Part<"query", Routes[R]["query"]> &
  BodyPart<Routes[R]["body"]> &
  RequestOptions;
export type AnswerOf<R extends RouteName> = Routes[R]["answer"];

type QueryOf<R extends RouteName> = Routes[R]["query"] & RequestOptions;
type SymbolQuery<R extends RouteName> = Partial<Omit<Routes[R]["query"], "symbol">> & RequestOptions;

/** A symbol's prediction, or why it has none. */
export type ManyAnswer = Extract<AnswerOf<"POST /predict">, { readonly predictions: unknown }>["predictions"][number];
/** Scores of rows. */
export type RowsAnswer = Exclude<AnswerOf<"POST /predict">, { readonly predictions: unknown }>;
type PredictBody = Routes["POST /predict"]["body"];

/** Routes whose 503 is an answer: it says what is wrong. */
export const ANSWERS_WITH_503: ReadonlySet<string> = new Set<RouteName>(["GET /health", "GET /health/ready"]);
/** Routes that take a request twice without a change. */
const REPEATABLE_POSTS: ReadonlySet<string> = new Set<RouteName>([
  "POST /predict",
  "POST /predict/legacy",
  "POST /feedback",
]);
const INGEST_ROUTES: ReadonlySet<string> = new Set<RouteName>(["POST /ingest", "POST /feedback"]);

/**
 * A gateway, asked and fed. Every method throws `VolgateError` with the gateway's `code`, and takes an `AbortSignal`.
 * What fails with 429, 5xx or without an answer is repeated for `giveUpAfterMs`, after the pause that the gateway asks
 * for (a minute at most); changes under `/admin` are sent once.
 *
 *     const client = new VolgateClient({ url: "http://127.0.0.1:8787" });
 *     const { probability } = await client.predict("BTC-USD");
 */
export class VolgateClient {
  private readonly connection: Connection;

  /** Throws `RangeError` for an option that cannot be. */
  constructor(options: ClientOptions) {
    this.connection = connectionOf(options);
  }

  /** Any route by its name in docs/api.md, e.g. `ask("GET /symbols/{symbol}", { params: { symbol: "BTC-USD" } })`. */
  async ask<R extends RouteName>(route: R, request: RequestOf<R>): Promise<AnswerOf<R>> {
    const [method, template] = route.split(" ") as [string, string];
    const { params = {}, query, body, ...options } = request as GivenRequest;
    const value = await ask(this.connection, {
      ...options,
      method,
      path: filledPath(template, params),
      query,
      body,
      token: tokenOf(route),
      repeat: method === "GET" || REPEATABLE_POSTS.has(route),
      isAnswer: (status, answer) => status === 503 && ANSWERS_WITH_503.has(route) && isHealth(answer),
    });
    return value as AnswerOf<R>;
  }

  /** The live prediction of a symbol. Throws `unknown_symbol` for one without ticks. */
  async predict(symbol: string, options: SymbolQuery<"GET /predict"> = {}): Promise<AnswerOf<"GET /predict">> {
    const [request, query] = split(options);
    return await this.ask("GET /predict", { query: { ...query, symbol }, ...request });
  }

  /** Predictions of up to 100 symbols, in order; a symbol without one has `code` and `error` instead. */
  async predictMany(
    symbols: readonly string[],
    options: Pick<PredictBody, "grid" | "horizon"> & RequestOptions = {},
  ): Promise<readonly ManyAnswer[]> {
    const [request, grid] = split(options);
    const answer = await this.ask("POST /predict", { body: { ...grid, symbols }, ...request });
    return (answer as Extract<typeof answer, { readonly predictions: unknown }>).predictions;
  }

  /** Stateless scores of rows, by the model that holds the alias `rows`. */
  async predictRows(rows: NonNullable<PredictBody["rows"]>, options: RequestOptions = {}): Promise<RowsAnswer> {
    return (await this.ask("POST /predict", { body: { rows }, ...options })) as RowsAnswer;
  }

  /** Names of all symbols. */
  async symbols(options: RequestOptions = {}): Promise<AnswerOf<"GET /symbols">> {
    return await this.ask("GET /symbols", options);
  }

  /** What the gateway knows of a symbol. */
  async symbol(symbol: string, options: QueryOf<"GET /symbols/{symbol}"> = {}) {
    return await this.askOf("GET /symbols/{symbol}", symbol, options);
  }

  /** Closed steps of a symbol for charts. */
  async history(symbol: string, options: QueryOf<"GET /symbols/{symbol}/history"> = {}) {
    return await this.askOf("GET /symbols/{symbol}/history", symbol, options);
  }

  /** Which features made the last prediction what it is. */
  async explanation(symbol: string, options: QueryOf<"GET /symbols/{symbol}/explanation"> = {}) {
    return await this.askOf("GET /symbols/{symbol}/explanation", symbol, options);
  }

  /** How good each served model was on a symbol. */
  async quality(symbol: string, options: QueryOf<"GET /symbols/{symbol}/quality"> = {}) {
    return await this.askOf("GET /symbols/{symbol}/quality", symbol, options);
  }

  /** Whether a symbol's rows differ from the training data. */
  async drift(symbol: string, options: QueryOf<"GET /symbols/{symbol}/drift"> = {}) {
    return await this.askOf("GET /symbols/{symbol}/drift", symbol, options);
  }

  /** The threshold of a symbol, and how it follows live labels. */
  async threshold(symbol: string, options: QueryOf<"GET /symbols/{symbol}/threshold"> = {}) {
    return await this.askOf("GET /symbols/{symbol}/threshold", symbol, options);
  }

  /** Alerts of a symbol, and why none fires. */
  async alerts(symbol: string, options: RequestOptions = {}): Promise<AnswerOf<"GET /symbols/{symbol}/alerts">> {
    return await this.ask("GET /symbols/{symbol}/alerts", { params: { symbol }, ...options });
  }

  /** Whether the gateway serves as it should, and why not: also when it answers 503. */
  async health(options: RequestOptions = {}): Promise<AnswerOf<"GET /health">> {
    return await this.ask("GET /health", options);
  }

  /** The version of the gateway, its grids and its limits. */
  async version(options: RequestOptions = {}): Promise<AnswerOf<"GET /version">> {
    return await this.ask("GET /version", options);
  }

  /** Reports what really happened, by `prediction_id`. One that is sent again counts once. */
  async feedback(
    body: Routes["POST /feedback"]["body"],
    options: RequestOptions = {},
  ): Promise<AnswerOf<"POST /feedback">> {
    return await this.ask("POST /feedback", { body, ...options });
  }

  /** A sender of ticks with a producer's name of its own. Close it, so that what waits is delivered. */
  ticks(options: TickSenderOptions = {}): TickSender {
    return new TickSender(this.connection, options);
  }

  /**
   * Predictions as they are made, labels as they resolve, alerts. It goes on after every drop, without a hole and
   * without an event twice. `event.cursor` is where a later call continues (`after`).
   */
  stream(options: StreamOptions): AsyncGenerator<StreamEvent, void, undefined> {
    return streamEvents(this.connection, options);
  }

  /** All symbols, then what changed, as `GET /overview` answers; by polling where sockets cannot be had. */
  overview(options: OverviewOptions = {}): AsyncGenerator<OverviewUpdate, void, undefined> {
    return overviewStream(this.connection, options);
  }

  private async askOf<R extends SymbolRoute>(route: R, symbol: string, options: QueryOf<R>): Promise<AnswerOf<R>> {
    const [request, query] = split(options);
    return await this.ask(route, { params: { symbol }, query, ...request } as unknown as RequestOf<R>);
  }
}

type SymbolRoute = Extract<RouteName, `GET /symbols/{symbol}${string}`>;

interface GivenRequest extends RequestOptions {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: QueryValues;
  readonly body?: unknown;
}

/** The options of the request itself, and the rest. */
function split<T extends RequestOptions>(options: T): [RequestOptions, Omit<T, keyof RequestOptions>] {
  const { signal, timeoutMs, giveUpAfterMs, ...rest } = options;
  return [{ signal, timeoutMs, giveUpAfterMs }, rest];
}

function filledPath(template: string, params: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = params[name];
    if (typeof value !== "string" || value === "")
      throw new RangeError(`${name}: got ${String(value)}, expected a text`);
    return encodeURIComponent(value);
  });
}

function tokenOf(route: RouteName): TokenName {
  if (route.includes(" /admin/")) return "adminToken";
  return INGEST_ROUTES.has(route) ? "token" : "readToken";
}

/** Told from the 503 of a proxy, and from the gateway's problem documents. */
function isHealth(value: unknown): boolean {
  return typeof value === "object" && value !== null && "reasons" in value && Array.isArray(value.reasons);
}
