// The models of one piece of work. They stay usable until it is done, even if models are swapped meanwhile.
import type { ClosedSteps } from "../../features/closed-steps.ts";
import type { FeatureEngine } from "../../features/feature-engine.ts";
import type { RowName } from "../../features/schema.ts";
import { logError } from "../../log.ts";
import type { Scorer } from "../../model/artifact.ts";
import type { ServedModels } from "../../model/model-host.ts";
import { schemaHashes } from "../../model/schema-hashes.ts";
import { loadedScorer } from "../../model/scorer-at-threshold.ts";
import { SCORED, type ScoredAlias } from "../../model/scored-alias.ts";
import { scoreAlias, type AliasScores, type StepScores } from "./scoring.ts";

export class RetainedModels {
  readonly served: ServedModels;
  /** The rows that these models take. */
  readonly rows: ReadonlySet<RowName>;
  private readonly releases: readonly (() => Promise<void>)[];

  /** Call it without an `await` after reading `served`: a swap releases models that are not retained. */
  constructor(served: ServedModels) {
    this.served = served;
    this.rows = new Set(SCORED.flatMap((alias) => served.byAlias[alias]?.manifest.row ?? []));
    this.releases = SCORED.flatMap((alias) => served.byAlias[alias]?.retain() ?? []);
  }

  /**
   * Scores closed steps with every alias, each model once even if it holds several. Never throws for a model: a failing
   * model does not affect the others. The steps must not change until this has returned.
   * @param features the engine that closed the steps; it has the position of each model's label spec. A model made for
   * another grid than its own, or with the row `default-2` for another horizon, gives no score.
   */
  async score(steps: ClosedSteps, features: FeatureEngine): Promise<StepScores> {
    const scores: Partial<Record<ScoredAlias, AliasScores>> = {};
    const done = new Map<Scorer, AliasScores>();
    const hashes = await schemaHashes(features.config);
    for (const alias of SCORED) {
      const scorer = this.served.byAlias[alias];
      const same = scorer && done.get(loadedScorer(scorer));
      const found = same ? { ...same, scorer } : await scoreAlias(scorer, steps, features, hashes);
      if (scorer !== undefined) done.set(loadedScorer(scorer), found);
      scores[alias] = found;
    }
    return scores as StepScores;
  }

  /** Releases the models. Never throws: a memory leak must not fail a batch. */
  async release(): Promise<void> {
    for (const release of this.releases) {
      await release().catch((error: unknown) => logError("model_release_failed", { error: String(error) }));
    }
  }
}
