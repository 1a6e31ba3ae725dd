// Which model is compared under which alias of the temporary gateway.
import { labelSpecText } from "../../src/features/label-spec.ts";
import type { NamedGrid } from "../../src/features/grid-name.ts";
import type { EngineConfig } from "../../src/features/feature-engine.ts";
import { schemaText } from "../../src/features/schema.ts";
import type { Artifact } from "../../model-artifacts/artifact.ts";
import { sha256Hex } from "../../model-artifacts/sha256.ts";
import { UserError } from "../../command-line/user-error.ts";
import { SCORED, type ScoredAlias } from "./step-columns.ts";

/** Models by the alias that they are given. */
export type PlacedModels = ReadonlyMap<ScoredAlias, Artifact>;

/** The models of one of these horizons, by their label; none of a grid that is there for no horizon. */
export function modelsOf(grids: readonly NamedGrid[], models: readonly Artifact[]): Artifact[] {
  return models.filter(({ manifest: { label } }) =>
    grids.some(({ stepMs, horizonMs }) => label.horizonSteps * stepMs === horizonMs),
  );
}

/**
 * The first model is champion. Each further one takes the alias of its own family when that is a free baseline's, else
 * the first free one: all are scored on every step, whatever an alias is called.
 * @throws UserError for more models than aliases, and for one that was made for another grid or label.
 */
export function placeModels(models: readonly Artifact[], config: EngineConfig): PlacedModels {
  if (models.length > SCORED.length) {
    throw new UserError(`--model: got ${models.length}, expected at most ${SCORED.length}`);
  }
  const placed = new Map<ScoredAlias, Artifact>();
  for (const model of models) {
    requireFit(model, config);
    const free = SCORED.filter((alias) => !placed.has(alias));
    const own = free.find((alias) => placed.size > 0 && alias === model.manifest.family);
    placed.set(own ?? free[0]!, model);
  }
  return placed;
}

function requireFit({ manifest }: Artifact, { grid, label }: EngineConfig): void {
  const { name, version, row, schemaHash } = manifest;
  if (schemaHash !== sha256Hex(schemaText(row, grid, manifest.label.horizonSteps))) {
    const steps = `steps of ${grid.stepMs} ms of the price ${grid.source}`;
    throw new UserError(
      `--model ${name} ${version}: made for another grid than ${steps} or another horizon; see --step, --source`,
    );
  }
  const [own, asked] = [labelSpecText(manifest.label), labelSpecText(label)];
  if (own !== asked) throw new UserError(`--model ${name} ${version}: made for the label "${own}", not "${asked}"`);
}
