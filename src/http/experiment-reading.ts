// GET /experiment: what GET /admin/experiment answers, with the path of the e value and the last changes, for readers.
import { Hono } from "hono";
import { CachedReads } from "../clients/cached-reads.ts";
import { registryOf } from "../clients/registry.ts";
import { reportExperiment } from "../jobs/experiment/evaluate-experiment.ts";
import type { ExperimentReport } from "../jobs/experiment/experiment-report.ts";
import { eValueAt, type EvidencePoint } from "../quality/promotion/evidence-path.ts";
import { BLOCK_STEPS } from "../quality/step-ring.ts";
import { type Env, settingsOf } from "../settings.ts";
import type { AppEnv } from "./app-env.ts";
import { bearsAdminToken } from "./authorize.ts";
import { WITHHELD } from "./aliases-schema.ts";
import { changeShape, withoutWho } from "./change-shape.ts";
import type { Immutable } from "./contract.ts";
import { type ExperimentReading, experimentReadingContract } from "./experiment-reading-schema.ts";
import { reportShape } from "./experiment-shape.ts";
import { askedEnv } from "./grid-view.ts";
import { readRequest, sendAnswer } from "./read-request.ts";
import { watchShapes } from "./watch-shape.ts";

/** Changes that are shown. */
const MOST_CHANGES = 20;

type Whole = Immutable<Omit<ExperimentReading, "withheld">>;

/** Answers of this isolate by grid, as the administrator sees them, for `READ_CACHE_MS`. */
const kept = new CachedReads<Whole>(16);

export const experimentReading = new Hono<AppEnv>().get(experimentReadingContract.path, async (c) => {
  const env = askedEnv(c.env, (await readRequest(c, experimentReadingContract)).query.grid);
  const { readCacheMs: freshMs, grid = "" } = settingsOf(env);
  const entry = kept.of(grid, { freshMs, staleMs: 3 * freshMs, retryMs: freshMs });
  const whole = await entry.get(() => readWhole(env), freshMs);
  const isWhole = await bearsAdminToken(c);
  return sendAnswer(c, experimentReadingContract, {
    ...whole,
    changes: isWhole ? whole.changes : whole.changes.map(withoutWho),
    withheld: isWhole ? [] : [WITHHELD],
  });
});

async function readWhole(env: Env): Promise<Whole> {
  const registry = registryOf(env);
  const [report, changes, watches] = await Promise.all([
    reportExperiment(env),
    registry.readChanges(),
    registry.readWatches(),
  ]);
  const { demotes, engine } = settingsOf(env);
  const { comparison, ...shape } = reportShape(report);
  const path = report.comparison === null ? [] : pathShape(report.comparison, engine.grid.stepMs);
  return {
    ...shape,
    comparison: comparison && { ...comparison, pooled: { ...comparison.pooled, path } },
    demotion: demotes ? "auto" : "tell",
    watches: watchShapes(watches, engine.grid.stepMs),
    changes: changes.slice(-MOST_CHANGES).reverse().map(changeShape),
  };
}

function pathShape({ path }: NonNullable<ExperimentReport["comparison"]>, stepMs: number) {
  return path.map((point: EvidencePoint) => {
    const [block, blocks, logE] = point;
    const eValue = eValueAt(point);
    return {
      to: new Date((block + 1) * BLOCK_STEPS * stepMs).toISOString(),
      blocks,
      e_value: Number.isFinite(eValue) ? eValue : null,
      log_e: logE,
    };
  });
}
