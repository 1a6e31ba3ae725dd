// Closed steps → probabilities: the ready rows of a batch are collected part by part, then scored in one run per artifact.
import type { ClosedSteps } from "../../features/closed-steps.ts";
import type { FeatureEngine } from "../../features/feature-engine.ts";
import { type LabelSpec, labelSpecText } from "../../features/label-spec.ts";
import type { RowName } from "../../features/schema.ts";
import { type Scorer, isProbability, isSigmaRatio } from "../../model/artifact.ts";
import type { Alias, ServedModels } from "../../model/model-host.ts";
import { logError } from "../../log.ts";

/** Rows of one run at most; more are scored in several, with the same result. */
const MAX_ROWS_PER_RUN = 1024;

/** Why an alias gives no probability for a symbol. */
export type NoScore = "no_model" | "schema_differs" | "label_spec_refused" | "scoring_error";

/** The scored aliases: every one but `rows`, which answers stateless requests. */
export type ScoredAlias = Exclude<Alias, "rows">;
export const SCORED: readonly ScoredAlias[] = ["champion", "challenger", "zscore", "persistence", "threshold-only"];

/** What one alias made of a batch. */
export interface AliasScores {
  readonly scorer: Scorer | undefined;
  /** Steps that were ready, as places among the batch's closed steps, rising. */
  readonly places: readonly number[];
  /** The probability of each of them; `NaN` where the model gave none. */
  readonly values: Float32Array;
  /** What the model expects of their horizons, over τ; `NaN` where it gave nothing usable. Absent without such an output. */
  readonly sigmaRatios: Float32Array | undefined;
  /** The last closed step's probability, `NaN` when it is not ready. */
  readonly last: number;
  /** The last closed step's, `NaN` likewise. */
  readonly lastSigmaRatio: number;
  /** Why the last step has no score although it is ready, or none of them can have one. */
  readonly noScore: NoScore | undefined;
  readonly error: string | undefined;
}

export type BatchScores = Readonly<Record<ScoredAlias, AliasScores>>;

/**
 * Takes the label specs of the served models into use and drops those that none uses. Returns whether anything changed.
 */
export function adoptLabelSpecs(engine: FeatureEngine, models: ServedModels): boolean {
  const wanted = SCORED.flatMap((alias) => models.byAlias[alias]?.manifest.label ?? []);
  const before = engine.labelSpecs.map(labelSpecText).join();
  // The last spec cannot be dropped before another one is there, and a third not added before one is gone.
  dropUnused(engine, wanted);
  for (const label of wanted) engine.addLabelSpec(label);
  dropUnused(engine, wanted);
  return engine.labelSpecs.map(labelSpecText).join() !== before;
}

function dropUnused(engine: FeatureEngine, wanted: readonly LabelSpec[]): void {
  const texts = new Set(wanted.map(labelSpecText));
  for (const spec of [...engine.labelSpecs]) if (!texts.has(labelSpecText(spec))) engine.removeLabelSpec(spec);
}

/**
 * The rows of one batch. `collect` copies what it needs of each part, so that the next part, or the next batch, may reuse
 * the closed steps while models run.
 */
export class BatchScoring {
  /** Steps collected. */
  steps = 0;
  private readonly jobs: readonly Job[];
  private held: readonly ((() => Promise<void>) | undefined)[] | undefined;

  constructor(engine: FeatureEngine, models: ServedModels, hashes: Readonly<Record<RowName, string>>) {
    this.jobs = SCORED.map((alias) => new Job(engine, models.byAlias[alias], hashes));
  }

  collect(closed: ClosedSteps): void {
    for (const job of this.jobs) job.collect(closed, this.steps);
    this.steps += closed.count;
  }

  /** Keeps the models usable until `run` is done: a swap meanwhile releases what it replaces. */
  hold(): void {
    this.held ??= this.jobs.map(({ scorer }) => scorer?.hold());
  }

  /**
   * Scores what was collected, and never throws for a model: one that fails leaves the others alone. Call it, or `hold`,
   * without an `await` before.
   */
  async run(): Promise<BatchScores> {
    this.hold();
    try {
      const results: Partial<Record<ScoredAlias, AliasScores>> = {};
      for (const [i, alias] of SCORED.entries()) results[alias] = await this.jobs[i]!.run(this.steps);
      return results as BatchScores;
    } finally {
      await this.letGo();
    }
  }

  /** Gives the models free, where nothing was run. */
  async letGo(): Promise<void> {
    const { held } = this;
    this.held = undefined;
    for (const release of held ?? []) await release?.().catch(logRelease);
  }
}

/** Memory that is not given back is no reason to lose a batch's scores. */
function logRelease(error: unknown): void {
  logError("model_release_failed", { error: String(error) });
}

/** One alias's ready rows. */
class Job {
  readonly scorer: Scorer | undefined;
  private readonly spec: number;
  private readonly noScore: NoScore | undefined;
  private readonly places: number[] = [];
  private rows = new Float32Array(0);

  constructor(engine: FeatureEngine, scorer: Scorer | undefined, hashes: Readonly<Record<RowName, string>>) {
    this.scorer = scorer;
    this.spec = scorer === undefined ? -1 : engine.indexOfLabelSpec(scorer.manifest.label);
    if (scorer === undefined) this.noScore = "no_model";
    else if (scorer.manifest.schemaHash !== hashes[scorer.manifest.row]) this.noScore = "schema_differs";
    else if (this.spec < 0) this.noScore = "label_spec_refused";
  }

  /** @param from place of the part's first step among the batch's. */
  collect(closed: ClosedSteps, from: number): void {
    const { scorer, spec, places } = this;
    if (scorer === undefined || this.noScore !== undefined) return;
    const { manifest, columns } = scorer;
    const width = columns.length;
    this.reserve((places.length + closed.count) * width);
    for (let k = 0; k < closed.count; k++) {
      if (!closed.ready(k, spec)) continue;
      closed.row(manifest.row, k, spec, columns, this.rows, places.length * width);
      places.push(from + k);
    }
  }

  async run(steps: number): Promise<AliasScores> {
    const { scorer, places } = this;
    const values = new Float32Array(places.length).fill(NaN);
    const hasSigma = scorer?.manifest.sigmaOutput !== undefined;
    const sigmaRatios = hasSigma ? new Float32Array(places.length).fill(NaN) : undefined;
    let error: string | undefined;
    if (scorer !== undefined && places.length > 0) {
      try {
        error = await this.score(scorer, values, sigmaRatios);
      } catch (thrown) {
        values.fill(NaN);
        sigmaRatios?.fill(NaN);
        error = String(thrown);
      }
    }
    const isLastReady = places.length > 0 && places.at(-1) === steps - 1;
    const last = isLastReady ? values.at(-1)! : NaN;
    const lastSigmaRatio = isLastReady && sigmaRatios !== undefined ? sigmaRatios.at(-1)! : NaN;
    const failed = isLastReady && Number.isNaN(last) ? "scoring_error" : undefined;
    return { scorer, places, values, sigmaRatios, last, lastSigmaRatio, noScore: this.noScore ?? failed, error };
  }

  /**
   * A bad output is its row's alone, and of that output alone: a score must not depend on what shared its run. Returns
   * what was wrong last.
   */
  private async score(
    scorer: Scorer,
    values: Float32Array,
    sigmaRatios: Float32Array | undefined,
  ): Promise<string | undefined> {
    const width = scorer.columns.length;
    let error: string | undefined;
    for (let from = 0; from < values.length; from += MAX_ROWS_PER_RUN) {
      const to = Math.min(values.length, from + MAX_ROWS_PER_RUN);
      const scores = await scorer.score(this.rows.slice(from * width, to * width));
      scores.probabilities.forEach((p, i) => {
        if (isProbability(p)) values[from + i] = p;
        else error = `output: got ${p}, expected a probability`;
      });
      if (sigmaRatios === undefined) continue;
      scores.sigmaRatios?.forEach((ratio, i) => {
        if (isSigmaRatio(ratio)) sigmaRatios[from + i] = ratio;
        else error = `sigma output: got ${ratio}, expected a finite number of at least 0`;
      });
    }
    return error;
  }

  private reserve(length: number): void {
    if (length <= this.rows.length) return;
    const grown = new Float32Array(Math.max(length, this.rows.length * 2));
    grown.set(this.rows);
    this.rows = grown;
  }
}
