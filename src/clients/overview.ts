// The overview as an isolate keeps it: a copy of the object's table, brought up to date when somebody asks and the copy
// is half a second old. So the object sees two polls a second of an isolate, however many readers that has.
import type { OverviewFacts } from "../overview/overview-answer.ts";
import { type OverviewDelta, OverviewTable } from "../overview/overview-table.ts";
import { type Env, settingsOf } from "../settings.ts";
import { CachedRead } from "./cached-read.ts";
import { deadlined } from "./deadlined.ts";
import { DirectoryUnavailableError } from "./directory.ts";

/** How long a copy is served without a poll, ms; `READ_CACHE_MS` where that is less. */
const FRESH_MS = 500;
/** And meanwhile, where another request polls. */
const STALE_MS = 2_000;

interface Copy {
  readonly table: OverviewTable;
  readonly read: CachedRead<OverviewFacts>;
}

/** By the name of the grid; "" is the default one. */
const copies = new Map<string, Copy>();

/**
 * What changed since a cursor. Throws `DirectoryUnavailableError` or `ObjectTimeoutError`.
 * @param grid one of the gateway's; `undefined` for the default one.
 */
export async function overviewSince(
  env: Env,
  grid: string | undefined,
  since: string | undefined,
): Promise<OverviewFacts & { readonly delta: OverviewDelta }> {
  const { table, read } = copyOf(grid ?? "");
  const freshMs = Math.min(FRESH_MS, settingsOf(env).readCacheMs);
  const facts = await read.get(() => poll(env, grid, table), freshMs);
  return { ...facts, delta: table.since(since) };
}

function copyOf(grid: string): Copy {
  const known = copies.get(grid);
  if (known !== undefined) return known;
  const copy = {
    table: new OverviewTable("none"),
    read: new CachedRead<OverviewFacts>({ freshMs: FRESH_MS, staleMs: STALE_MS }),
  };
  copies.set(grid, copy);
  return copy;
}

/**
 * A reader's end of a socket that the object holds. Throws `ObjectTimeoutError`.
 * @param grid likewise. @param since the cursor of the last answer that the reader has.
 */
export async function overviewSocket(
  env: Env,
  grid: string | undefined,
  since: string | undefined,
): Promise<WebSocket> {
  const query = new URLSearchParams({
    ...(grid === undefined ? {} : { grid }),
    ...(since === undefined ? {} : { since }),
  });
  const upgrade = new Request(`https://overview/?${query.toString()}`, { headers: { Upgrade: "websocket" } });
  const { webSocket } = await overviewOf(env, grid).fetch(upgrade);
  if (webSocket === null) throw new Error("overview: no socket came");
  return webSocket;
}

function overviewOf(env: Env, grid: string | undefined): ReturnType<Env["OVERVIEW"]["get"]> {
  const stub = env.OVERVIEW.get(env.OVERVIEW.idFromName(grid ?? "default"));
  return deadlined(stub, { kind: "overview", object: "overview", ms: settingsOf(env).objectDeadlineMs });
}

async function poll(env: Env, grid: string | undefined, table: OverviewTable): Promise<OverviewFacts> {
  const answer = await overviewOf(env, grid).poll(grid, table.cursor);
  if (!answer.ok) throw new DirectoryUnavailableError("directory: no bucket answers");
  const { delta, stepMs, known, unreadBuckets, oldestAsOfMs } = answer;
  table.apply(delta);
  return { stepMs, known, unreadBuckets, oldestAsOfMs };
}
