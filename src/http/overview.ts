// GET /overview: what changed of all symbols since the reader looked last.
import { Hono } from "hono";
import { overviewSince } from "../clients/overview.ts";
import { cursorText, type OverviewDelta } from "../overview/overview-table.ts";
import type { AppEnv } from "./app-env.ts";
import type { Immutable } from "./contract.ts";
import { askedGrid } from "./grid-view.ts";
import { overviewContract, type OverviewRowAnswer } from "./overview-schema.ts";
import { readRequest, sendAnswer } from "./read-request.ts";

/** Points of all rows together: a long list gets shorter charts, not a longer answer. */
const MAX_POINTS = 40_000;

export const overview = new Hono<AppEnv>().get(overviewContract.path, async (c) => {
  const { since, ...asked } = (await readRequest(c, overviewContract)).query;
  const { delta, stepMs, known, unreadBuckets, oldestAsOfMs } = await overviewSince(
    c.env,
    askedGrid(c.env, asked),
    since,
  );
  const points = Math.floor(MAX_POINTS / Math.max(1, delta.rows.length));
  const answer = {
    cursor: cursorText(delta.epoch, delta.version),
    server_time_ms: Date.now(),
    step_ms: stepMs,
    reset: delta.isReset,
    symbols: delta.rows.map((row) => shape(row, points)),
    removed: delta.removed.map(({ symbol }) => symbol),
    unread_buckets: unreadBuckets,
    known,
    oldest_as_of_ms: oldestAsOfMs,
  };
  return sendAnswer(c, overviewContract, answer, { headers: { "Cache-Control": "no-store" } });
});

function shape({ row, asOfMs, points }: OverviewDelta["rows"][number], most: number): Immutable<OverviewRowAnswer> {
  const recent = points.slice(-most).map(({ tsMs, probability }): [number, number | null] => [tsMs, probability]);
  return { ...row, as_of_ms: asOfMs, recent };
}
