// Closed steps → probabilities: one run per artifact for all rows of a batch, and the live prediction of the last step.
import type { ClosedSteps } from "../features/closed-steps.ts";
import type { FeatureEngine } from "../features/feature-engine.ts";
import type { RowName } from "../features/schema.ts";
import { type Scorer, isProbability } from "../model/artifact.ts";
import type { Alias, ServedModels } from "../model/model-host.ts";

/** Rows of one run at most; more are scored in several, with the same result. */
const MAX_ROWS_PER_RUN = 1024;

/** Why an alias gives no probability for a symbol. */
export type NoScore = "no_model" | "schema_differs" | "label_spec_refused" | "scoring_error";

/** The scored aliases: every one but `rows`, which answers stateless requests. */
export type ScoredAlias = Exclude<Alias, "rows">;
export const SCORED: readonly ScoredAlias[] = ["champion", "zscore", "persistence", "threshold-only"];

/** What one alias made of a batch: a probability per closed step, `NaN` where the step is not ready. */
export interface AliasScores {
  readonly scorer: Scorer | undefined;
  readonly scores: Float32Array;
  /** Why the last step has no score although it is ready, or none of them can have one. */
  readonly noScore: NoScore | undefined;
  readonly error: string | undefined;
}

export type BatchScores = Readonly<Record<ScoredAlias, AliasScores>>;

/** Takes the label specs of the served models into use. Returns whether the engine's specs changed. */
export function adoptLabelSpecs(engine: FeatureEngine, models: ServedModels): boolean {
  const before = engine.labelSpecs.length;
  const wanted = SCORED.flatMap((alias) => models.byAlias[alias]?.manifest.label ?? []);
  let changed = false;
  for (const spec of engine.labelSpecs.slice(1)) {
    if (wanted.some((label) => engine.indexOfLabelSpec(label) === engine.indexOfLabelSpec(spec))) continue;
    engine.removeLabelSpec(spec);
    changed = true;
  }
  for (const label of wanted) engine.addLabelSpec(label);
  return changed || engine.labelSpecs.length !== before;
}

/** Scores every ready row of `closed` by every alias. A model that fails leaves the others alone. */
export async function scoreSteps(
  closed: ClosedSteps,
  engine: FeatureEngine,
  models: ServedModels,
  hashes: Readonly<Record<RowName, string>>,
): Promise<BatchScores> {
  // Rows are gathered before the first run: a later batch reuses `closed` while a run is under way.
  const jobs = SCORED.map((alias) => gather(closed, engine, models.byAlias[alias], hashes));
  // A swap meanwhile releases what it replaces.
  const letGo = jobs.map(({ scorer }) => scorer?.hold());
  try {
    return await runJobs(jobs);
  } finally {
    for (const release of letGo) await release?.();
  }
}

async function runJobs(jobs: readonly Job[]): Promise<BatchScores> {
  const results: Partial<Record<ScoredAlias, AliasScores>> = {};
  const done = new Map<Scorer, AliasScores>();
  for (const [i, alias] of SCORED.entries()) {
    const job = jobs[i]!;
    const same = job.scorer && done.get(job.scorer);
    const result = same ?? (await runJob(job));
    results[alias] = result;
    if (job.scorer !== undefined) done.set(job.scorer, result);
  }
  return results as BatchScores;
}

interface Job {
  readonly scorer: Scorer | undefined;
  readonly noScore: NoScore | undefined;
  readonly rows: Float32Array;
  /** Place of each row among the closed steps. */
  readonly places: readonly number[];
  readonly steps: number;
}

function gather(
  closed: ClosedSteps,
  engine: FeatureEngine,
  scorer: Scorer | undefined,
  hashes: Readonly<Record<RowName, string>>,
): Job {
  const none = { scorer, rows: new Float32Array(0), places: [], steps: closed.count };
  if (scorer === undefined) return { ...none, noScore: "no_model" };
  const { manifest, columns } = scorer;
  if (manifest.schemaHash !== hashes[manifest.row]) return { ...none, noScore: "schema_differs" };
  const spec = engine.indexOfLabelSpec(manifest.label);
  if (spec < 0) return { ...none, noScore: "label_spec_refused" };
  const places: number[] = [];
  for (let k = 0; k < closed.count; k++) if (closed.ready(k, spec)) places.push(k);
  const rows = new Float32Array(places.length * columns.length);
  places.forEach((k, i) => closed.row(manifest.row, k, spec, columns, rows, i * columns.length));
  return { scorer, noScore: undefined, rows, places, steps: closed.count };
}

async function runJob(job: Job): Promise<AliasScores> {
  const { scorer, rows, places } = job;
  const scores = new Float32Array(job.steps).fill(NaN);
  if (scorer === undefined || job.noScore !== undefined || places.length === 0) {
    return { scorer, scores, noScore: job.noScore, error: undefined };
  }
  const width = scorer.columns.length;
  let error: string | undefined;
  try {
    for (let from = 0; from < places.length; from += MAX_ROWS_PER_RUN) {
      const to = Math.min(places.length, from + MAX_ROWS_PER_RUN);
      const output = await scorer.score(rows.slice(from * width, to * width));
      for (let i = from; i < to; i++) {
        const p = output[i - from]!;
        // A bad row is that row's alone: a score must not depend on what shared its run.
        if (isProbability(p)) scores[places[i]!] = p;
        else error = `output: got ${p}, expected a probability`;
      }
    }
  } catch (thrown) {
    scores.fill(NaN);
    error = String(thrown);
  }
  const lastFailed = places.at(-1) === job.steps - 1 && Number.isNaN(scores[job.steps - 1]!);
  return { scorer, scores, noScore: lastFailed ? "scoring_error" : undefined, error };
}
