// WS /ticks and WS /symbols/:symbol/ticks: checks the upgrade and hands the socket to its object.
import { type Context, Hono } from "hono";
import { openTickSocket } from "../clients/tick-sockets.ts";
import { splitKey, symbolKey } from "../features/symbol-name.ts";
import type { AppEnv } from "./app-env.ts";
import { authorize } from "./authorize.ts";
import { Problem } from "./problem.ts";
import { readRequest } from "./read-request.ts";
import { acceptedSocketHeaders } from "./socket-upgrade.ts";
import { symbolTickSocketContract, tickSocketContract } from "./tick-socket-schema.ts";

export const tickSockets = new Hono<AppEnv>()
  .get(tickSocketContract.path, authorize("ingestToken"), async (c) => {
    const { query } = await readRequest(c, tickSocketContract);
    return await opened(c, null, query);
  })
  .get(symbolTickSocketContract.path, authorize("ingestToken"), async (c) => {
    const { params, query } = await readRequest(c, symbolTickSocketContract);
    const symbol = symbolKey(params.symbol, query.venue);
    if (symbol !== undefined) return await opened(c, symbol, { ...query, venue: splitKey(symbol).venue });
    throw new Problem("venue_malformed", `venue: got ${query.venue}, expected that of the symbol ${params.symbol}`);
  });

async function opened(
  c: Context<AppEnv>,
  symbol: string | null,
  { producer, venue }: { readonly producer?: string | undefined; readonly venue?: string | undefined },
): Promise<Response> {
  const headers = acceptedSocketHeaders(c.req.raw);
  const { webSocket } = await openTickSocket(c.env, {
    symbol,
    venue: venue ?? null,
    producer: producer ?? null,
    requestId: c.get("requestId"),
  });
  return new Response(null, { status: 101, webSocket, headers });
}
