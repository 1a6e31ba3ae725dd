// Reads the running experiment's stored evidence without asking any symbol.
import { SequentialEvidence } from "../../quality/promotion/sequential-evidence.ts";
import { type ChangeFigures } from "../../durable/registry/alias-history.ts";
import { changeFigures } from "../../durable/registry/change-aliases.ts";
import type { Env } from "../../settings.ts";
import { registryOf } from "../../clients/registry.ts";

export interface KeptFigures extends ChangeFigures {
  /** Comparisons with this champion, this one included, and the e value that it therefore needs. */
  readonly tries: number;
  readonly neededEValue: number;
}

/**
 * The figures of the last evaluation; before the first an e value of 1 and no blocks; `undefined` without an
 * experiment.
 */
export async function keptExperimentFigures(env: Env): Promise<KeptFigures | undefined> {
  const registry = registryOf(env);
  const { experiment } = await registry.read();
  if (experiment === null) return undefined;
  const kept = await registry.readEvidence(experiment.id);
  if (kept === undefined) return undefined;
  const { tries } = experiment;
  const verdict = SequentialEvidence.from(kept.evidence).verdict(tries);
  return { ...changeFigures(verdict), tries, neededEValue: verdict.needs.eValue };
}
