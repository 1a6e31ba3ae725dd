// Reads the running experiment's stored evidence without asking any symbol.
import { SequentialEvidence } from "../../quality/promotion/sequential-evidence.ts";
import { type ChangeFigures } from "../../durable/registry/alias-history.ts";
import { changeFigures } from "../../durable/registry/change-aliases.ts";
import type { Env } from "../../settings.ts";
import { registryOf } from "../../clients/registry.ts";

/**
 * The figures of the last evaluation; before the first an e value of 1 and no blocks; `undefined` without an
 * experiment.
 */
export async function keptExperimentFigures(env: Env): Promise<ChangeFigures | undefined> {
  const registry = registryOf(env);
  const { experiment } = await registry.read();
  if (experiment === null) return undefined;
  const kept = await registry.readEvidence(experiment.id);
  return kept === undefined ? undefined : changeFigures(SequentialEvidence.from(kept.evidence).verdict());
}
