// The overview as an isolate keeps it: a copy of the object's table, brought up to date when somebody asks and the copy
// is half a second old. So the object sees two polls a second of an isolate, however many readers that has.
import type { OverviewAnswer } from "../durable/overview/object.ts";
import { type OverviewDelta, OverviewTable } from "../overview/overview-table.ts";
import { type Env, settingsOf } from "../settings.ts";
import { CachedRead } from "./cached-read.ts";
import { deadlined } from "./deadlined.ts";
import { DirectoryUnavailableError } from "./directory.ts";

/** How long a copy is served without a poll, ms; `READ_CACHE_MS` where that is less. */
const FRESH_MS = 500;
/** And meanwhile, where another request polls. */
const STALE_MS = 2_000;

type Facts = Omit<Extract<OverviewAnswer, { ok: true }>, "ok" | "delta">;

interface Copy {
  readonly table: OverviewTable;
  readonly read: CachedRead<Facts>;
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
): Promise<Facts & { readonly delta: OverviewDelta }> {
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
    read: new CachedRead<Facts>({ freshMs: FRESH_MS, staleMs: STALE_MS }),
  };
  copies.set(grid, copy);
  return copy;
}

async function poll(env: Env, grid: string | undefined, table: OverviewTable): Promise<Facts> {
  const stub = env.OVERVIEW.get(env.OVERVIEW.idFromName(grid ?? "default"));
  const ms = settingsOf(env).objectDeadlineMs;
  const answer = await deadlined(stub, { kind: "overview", object: "overview", ms }).poll(grid, table.cursor);
  if (!answer.ok) throw new DirectoryUnavailableError("directory: no bucket answers");
  const { delta, stepMs, known, unreadBuckets, oldestAsOfMs } = answer;
  table.apply(delta);
  return { stepMs, known, unreadBuckets, oldestAsOfMs };
}
