// The models of one piece of work: they stay usable until it is done, whatever is swapped meanwhile.
import type { ClosedSteps } from "../../features/closed-steps.ts";
import type { FeatureEngine } from "../../features/feature-engine.ts";
import type { RowName } from "../../features/schema.ts";
import { logError } from "../../log.ts";
import type { ServedModels } from "../../model/model-host.ts";
import { scoreAlias, SCORED, type ScoredAlias, type AliasScores, type StepScores } from "./scoring.ts";

export class RetainedModels {
  readonly served: ServedModels;
  private readonly hashes: Readonly<Record<RowName, string>>;
  private readonly releases: readonly (() => Promise<void>)[];

  /**
   * Call it without an `await` since `served` was read: a swap releases what nobody retains.
   * @param hashes of the schemas on the symbol's grid: a model made for another grid gives no score.
   */
  constructor(served: ServedModels, hashes: Readonly<Record<RowName, string>>) {
    this.served = served;
    this.hashes = hashes;
    this.releases = SCORED.flatMap((alias) => served.byAlias[alias]?.retain() ?? []);
  }

  /**
   * Scores closed steps with every alias. Never throws for a model: one that fails leaves the others alone. The steps must
   * not change until the scores are there.
   * @param features the engine that closed the steps: it knows the place of each model's label spec.
   */
  async score(steps: ClosedSteps, features: FeatureEngine): Promise<StepScores> {
    const scores: Partial<Record<ScoredAlias, AliasScores>> = {};
    for (const alias of SCORED) {
      scores[alias] = await scoreAlias(this.served.byAlias[alias], steps, features, this.hashes);
    }
    return scores as StepScores;
  }

  /** Gives the models free. Never throws: memory that is not given back is no reason to fail a batch. */
  async release(): Promise<void> {
    for (const release of this.releases) {
      await release().catch((error: unknown) => logError("model_release_failed", { error: String(error) }));
    }
  }
}
