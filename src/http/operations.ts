// GET /operations: what an operator looks at, in one answer that costs little however many look.
import { type Context, Hono } from "hono";
import build from "../../dist/build.json" with { type: "json" };
import { alertsOf } from "../clients/alerts.ts";
import { CachedReads } from "../clients/cached-reads.ts";
import { readCountFigures } from "../clients/metrics.ts";
import { registryOf } from "../clients/registry.ts";
import { archiveSums } from "../jobs/operations/archive-sums.ts";
import { type Env, gridNamesOf, settingsOf } from "../settings.ts";
import { alertShape, resolvedShape } from "./alert-shape.ts";
import { WITHHELD } from "./aliases-schema.ts";
import type { AppEnv } from "./app-env.ts";
import { askParts, UnknownPartError } from "./ask-parts.ts";
import { bearsAdminToken } from "./authorize.ts";
import { changeShape, withoutWho } from "./change-shape.ts";
import type { Immutable } from "./contract.ts";
import { ingestShape, latencyShape } from "./count-shape.ts";
import { currentHealth } from "./current-health.ts";
import { askedEnv } from "./grid-view.ts";
import { healthShape } from "./health-shape.ts";
import { keptReports } from "./kept-reports.ts";
import { type OperationsAnswer, operationsContract } from "./operations-schema.ts";
import { reachedFeeds } from "./reached-feeds.ts";
import { readRequest, sendAnswer } from "./read-request.ts";
import { redacted, secretsOf } from "./redact.ts";

/** How long the answer waits for a part. */
const PART_MS = 5_000;
/** Changes and reports that are shown. */
const MOST_LISTED = 20;

type Whole = Immutable<Omit<OperationsAnswer, "withheld">>;
type Parts = {
  readonly [
    Name in "health" | "feeds" | "alerts" | "archive" | "changes" | "reports" | "ingest" | "latency"
  ]: NonNullable<Whole[Name]>;
};

/** Answers of this isolate by grid, as the administrator sees them, for `READ_CACHE_MS`. */
const kept = new CachedReads<Whole>(16);

export const operations = new Hono<AppEnv>().get(operationsContract.path, async (c) => {
  const env = askedEnv(c.env, (await readRequest(c, operationsContract)).query);
  const { readCacheMs: freshMs, grid = "" } = settingsOf(env);
  const entry = kept.of(grid, { freshMs, staleMs: 3 * freshMs, retryMs: freshMs });
  const whole = await entry.get(() => readWhole(c, env), freshMs);
  const isWhole = await bearsAdminToken(c);
  return sendAnswer(c, operationsContract, {
    ...whole,
    changes: isWhole ? whole.changes : (whole.changes?.map(withoutWho) ?? null),
    withheld: isWhole || whole.changes === null ? [] : [WITHHELD],
  });
});

/** @param env that of the asked grid. */
async function readWhole(c: Context<AppEnv>, env: Env): Promise<Whole> {
  // One read for both parts.
  const counted = readCountFigures(c.env);
  const { values, unknown } = await askParts<Parts>(
    {
      health: async () => healthShape(c.env, await currentHealth({ env: c.env, executionCtx: c.executionCtx })),
      ingest: async () => ingestShape(await counted),
      latency: async () => latencyShape(await counted),
      feeds: () => reachedFeeds(c.env),
      alerts: () => readAlerts(c.env),
      archive: () => readArchive(c),
      changes: async () => (await registryOf(env).readChanges()).slice(-MOST_LISTED).reverse().map(changeShape),
      reports: () => readReports(c.env),
    },
    PART_MS,
  );
  const settings = settingsOf(env);
  const whole: Whole = {
    timestamp: new Date().toISOString(),
    environment: c.env.ENVIRONMENT,
    gateway_version: build.version,
    sha: build.commit,
    step_ms: settings.engine.grid.stepMs,
    grids: gridNamesOf(c.env),
    ...values,
    unknown,
  };
  return redacted<Whole>(whole, secretsOf(settings));
}

async function readAlerts(env: Env): Promise<Parts["alerts"]> {
  const { active, recent } = await alertsOf(env).list();
  return { active: active.map(alertShape), resolved: recent.map(resolvedShape) };
}

/** A read that takes longer than the answer waits goes on: the next answer has it. */
async function readArchive({ env, executionCtx }: Context<AppEnv>): Promise<Parts["archive"]> {
  if (settingsOf(env).archive === undefined) {
    throw new UnknownPartError("nothing is archived: no bucket is bound, or ARCHIVE is off");
  }
  const read = archiveSums(env);
  executionCtx.waitUntil(read.catch(() => undefined));
  const { largestLagMs, largestLagSymbol, waitingBytes, ...sums } = await read;
  const furthest = { largest_lag_s: largestLagMs / 1000, largest_lag_symbol: largestLagSymbol };
  return { ...sums, ...furthest, waiting_bytes: waitingBytes };
}

async function readReports(env: Env): Promise<Parts["reports"]> {
  // A gateway may be deployed without it, despite the type.
  const bucket: R2Bucket | undefined = env.BUCKET;
  if (bucket === undefined) throw new UnknownPartError("no bucket is bound, without which no report is kept");
  return (await keptReports(bucket, settingsOf(env).readCacheMs)).slice(0, MOST_LISTED);
}
