// GET /stream: brings a reader to a hub, which holds its socket or writes its Server-Sent Events.
import { type Context, Hono } from "hono";
import { symbolExists } from "../clients/directory.ts";
import { openStream } from "../clients/streams.ts";
import { settingsOf } from "../settings.ts";
import { shown } from "../schemas/shown.ts";
import { EXPECTED_CURSOR, parseCursor } from "../stream/stream-cursor.ts";
import { STREAM_KINDS, type StreamKind } from "../stream/stream-event.ts";
import type { Opening } from "../stream/subscription.ts";
import type { AppEnv } from "./app-env.ts";
import { type AskedGrid, askedGrid, gridOfOthers } from "./grid-view.ts";
import { Problem } from "./problem.ts";
import { readRequest } from "./read-request.ts";
import { acceptedSocketHeaders } from "./socket-upgrade.ts";
import { streamContract, symbolStreamContract } from "./stream-schema.ts";
import { unknownSymbol } from "./unknown-symbol.ts";

export const stream = new Hono<AppEnv>()
  .get(streamContract.path, async (c) => {
    const { query } = await readRequest(c, streamContract);
    return await openFor(c, query.symbols, query);
  })
  .get(symbolStreamContract.path, async (c) => {
    const { params, query } = await readRequest(c, symbolStreamContract);
    return await openFor(c, [params.symbol], query);
  });

interface Asked extends AskedGrid {
  readonly events?: readonly StreamKind[] | undefined;
  readonly after?: [string, number][] | undefined;
}

async function openFor(c: Context<AppEnv>, asked: readonly string[], query: Asked): Promise<Response> {
  const { env } = c;
  const isSocket = c.req.header("Upgrade")?.toLowerCase() === "websocket";
  if (isSocket) requireReadableOrigin(c);
  const headers = isSocket ? acceptedSocketHeaders(c.req.raw) : new Headers();
  const grid = askedGrid(env, query);
  const exist = await Promise.all(asked.map((symbol) => symbolExists(env, symbol)));
  const symbols = asked.filter((_, i) => exist[i] === true);
  if (symbols.length === 0) throw unknownSymbol(asked.join(", "));
  const opening: Omit<Opening, "hub"> = {
    subscription: { symbols, grid: grid ?? "", kinds: [...(query.events ?? STREAM_KINDS)] },
    unknown: asked.filter((_, i) => exist[i] === false),
    after: lastEventId(c) ?? query.after ?? [],
  };
  const answer = await openStream(env, (hub) => requestFor({ hub, ...opening }, isSocket));
  if (answer === undefined) {
    const detail = `every hub has ${settingsOf(env).streamHubReaders} readers`;
    throw new Problem("stream_full", detail, { headers: { "Retry-After": "10" } });
  }
  if (answer.status === 404) throw refusal(await answer.json<Lacking>(), grid);
  if (isSocket) return new Response(null, { status: 101, webSocket: answer.webSocket, headers });
  if (!answer.ok) throw new Error(`a hub of the stream answered ${answer.status}`);
  // Caches and proxies between must hand on each event as it comes.
  const ofEvents = { "Content-Type": "text/event-stream; charset=utf-8", "X-Accel-Buffering": "no" };
  return new Response(answer.body, { headers: { ...ofEvents, "Cache-Control": "no-store, no-transform" } });
}

function requestFor(opening: Opening, isSocket: boolean): Request {
  const upgrade = isSocket ? { Upgrade: "websocket" } : {};
  return new Request("https://hub/", { headers: { "X-Opening": JSON.stringify(opening), ...upgrade } });
}

/** What a hub says of symbols of which it follows none. */
interface Lacking {
  readonly noGrid: readonly string[];
  readonly unknown: readonly string[];
  readonly unavailable: readonly string[];
}

function refusal({ noGrid, unknown, unavailable }: Lacking, grid: string | undefined): Problem {
  const [failed] = unavailable;
  if (failed !== undefined) {
    const detail = `symbol ${failed}: its object does not answer, the log says why`;
    return new Problem("symbol_failed", detail, { headers: { "Retry-After": "1" } });
  }
  const [without] = noGrid;
  return without === undefined ? unknownSymbol(unknown.join(", ")) : gridOfOthers(without, grid);
}

/** What a browser that connects again had last. */
function lastEventId(c: Context<AppEnv>): [string, number][] | undefined {
  const text = c.req.header("Last-Event-ID");
  if (text === undefined || text === "") return undefined;
  const positions = parseCursor(text);
  if (positions === undefined) {
    throw new Problem("after_malformed", `Last-Event-ID: got ${shown(text)}, expected ${EXPECTED_CURSOR}`);
  }
  return [...positions];
}

/** A WebSocket obeys no CORS: a page of another origin may open one where it may read. */
function requireReadableOrigin(c: Context<AppEnv>): void {
  const origin = c.req.header("Origin");
  const { corsOrigins } = settingsOf(c.env);
  if (origin === undefined || corsOrigins.includes("*") || corsOrigins.includes(origin)) return;
  if (URL.parse(origin)?.host === new URL(c.req.url).host) return;
  throw new Problem("origin_refused", `Origin: got ${shown(origin)}, expected one of CORS_ORIGINS`);
}
