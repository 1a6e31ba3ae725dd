// A server on the loopback that stands in for the gateway: the dashboard's files as they were built, and answers of a
// market of any size. It can fall silent, fail or ask for a token, as a gateway may.
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { extname, join, normalize } from "node:path";
import { freePort } from "../../local-gateway/free-port.ts";
import { fixtureThreshold } from "./fixture-learning.ts";
import { FixtureMarket } from "./fixture-market.ts";
import { FixtureSockets } from "./fixture-sockets.ts";

const ASSETS = join(import.meta.dirname, "..", "..", "dist", "assets");

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
};

/** What is answered of a path that the market does not know: views bring their own canned answers. */
export type CannedAnswer = (url: URL, body: string) => unknown;

export interface FixtureGatewayOptions {
  readonly symbols: number;
  readonly nowMs?: () => number;
  /** Reads need it when given. */
  readonly readToken?: string;
  /** By path; the longest prefix that fits answers. */
  readonly answers?: Readonly<Record<string, CannedAnswer>>;
}

export class FixtureGateway {
  /** Questions by path. */
  readonly questions = new Map<string, number>();
  readonly #options: FixtureGatewayOptions;
  readonly market: FixtureMarket;
  readonly sockets: FixtureSockets;
  #server: Server | undefined;
  #port: number | undefined;

  constructor(options: FixtureGatewayOptions) {
    this.#options = options;
    this.market = new FixtureMarket({ symbols: options.symbols, nowMs: options.nowMs ?? (() => Date.now()) });
    this.sockets = new FixtureSockets(this.market, options.readToken);
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Listens, on the port of before if it was stopped. */
  async start(): Promise<void> {
    const server = createServer((request, response) => void this.#answer(request, response));
    this.#server = server;
    server.on("upgrade", (request, socket, head) => this.sockets.accept(request, socket, head));
    this.#port ??= await freePort();
    await new Promise<void>((resolve) => server.listen(this.#port, "127.0.0.1", resolve));
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    this.sockets.dropAll();
    server?.closeAllConnections();
    await new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve())));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", this.origin);
    this.questions.set(url.pathname, (this.questions.get(url.pathname) ?? 0) + 1);
    if (url.pathname === "/" || url.pathname.startsWith("/dashboard/")) return await sendFile(url.pathname, response);
    const { readToken } = this.#options;
    if (readToken !== undefined && request.headers.authorization !== `Bearer ${readToken}`) {
      return sendJson(response, 401, problem("unauthorized", "the token is missing or wrong"));
    }
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const value = this.#value(url, body);
    if (value === undefined) sendJson(response, 404, problem("not_found", `${url.pathname}: there is no such route`));
    else sendJson(response, 200, value);
  }

  #value(url: URL, body: string): unknown {
    const canned = Object.entries(this.#options.answers ?? {})
      .filter(([path]) => url.pathname.startsWith(path))
      .sort(([a], [b]) => b.length - a.length)[0];
    if (canned !== undefined) return canned[1](url, body);
    if (url.pathname === "/overview") return this.market.overview(url.searchParams.get("since"));
    if (url.pathname === "/predict") return this.market.prediction(url.searchParams.get("symbol") ?? "");
    const [, name, part] = /^\/symbols\/([^/]+)\/(history|explanation|threshold)$/.exec(url.pathname) ?? [];
    const symbol = decodeURIComponent(name ?? "");
    if (part === "history") return this.market.history(symbol, url.searchParams);
    if (part === "explanation") return this.market.explanation(symbol);
    if (part === "threshold") return fixtureThreshold(symbol);
    return undefined;
  }
}

async function sendFile(path: string, response: ServerResponse): Promise<void> {
  const file = join(ASSETS, normalize(path === "/" ? "/index.html" : path));
  const body = await readFile(file).catch(() => null);
  if (body === null) return sendJson(response, 404, problem("not_found", `${path}: there is no such file`));
  const headers = await headersOf(path);
  response.writeHead(200, { ...headers, "Content-Type": MEDIA_TYPES[extname(file)] ?? "application/octet-stream" });
  response.end(body);
}

/** What `_headers` says of a path, as far as it is read here: exact paths, and those that end in `*`. */
async function headersOf(path: string): Promise<Record<string, string>> {
  const headers: Record<string, string> = {};
  let fits = false;
  for (const line of (await readFile(join(ASSETS, "_headers"), "utf8")).split("\n")) {
    const [, name, value] = /^ {2}([\w-]+): (.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) {
      if (fits) headers[name] = value;
    } else fits = line.endsWith("*") ? path.startsWith(line.slice(0, -1)) : path === line;
  }
  return headers;
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "Content-Type": "application/json", "Cache-Control": "no-store" });
  response.end(JSON.stringify(value));
}

function problem(code: string, message: string): unknown {
  return { type: `urn:volgate:error:${code}`, code, error: message, detail: message };
}
