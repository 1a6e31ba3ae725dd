// GET /overview: what changed of all symbols since the reader looked last; a WebSocket is told each change as it comes.
import { Hono } from "hono";
import { overviewSince, overviewSocket } from "../clients/overview.ts";
import { overviewAnswer } from "../overview/overview-answer.ts";
import type { AppEnv } from "./app-env.ts";
import { askedGrid } from "./grid-view.ts";
import { overviewContract } from "./overview-schema.ts";
import { readRequest, sendAnswer } from "./read-request.ts";
import { acceptedSocketHeaders } from "./socket-upgrade.ts";

export const overview = new Hono<AppEnv>().get(overviewContract.path, async (c) => {
  const { since, ...asked } = (await readRequest(c, overviewContract)).query;
  const grid = askedGrid(c.env, asked);
  if (c.req.header("Upgrade") !== undefined) {
    const headers = acceptedSocketHeaders(c.req.raw);
    headers.set("Cache-Control", "no-store");
    return new Response(null, { status: 101, headers, webSocket: await overviewSocket(c.env, grid, since) });
  }
  const { delta, ...facts } = await overviewSince(c.env, grid, since);
  const answer = overviewAnswer(delta, facts, Date.now());
  return sendAnswer(c, overviewContract, answer, { headers: { "Cache-Control": "no-store" } });
});
