// Facts of the experiment for the alert rule `challenger_ready`.
import type { AlertFacts } from "../quality/alerts/alert-facts.ts";
import type { ExperimentEvaluation } from "./experiment/evaluate-experiment.ts";

/**
 * The input of the alert rule `challenger_ready`. After a promotion there is no challenger, so its alert is resolved.
 * Without a comparison there are no facts about the challenger.
 */
export function challengerFacts({ experiment, code, comparison, promoted }: ExperimentEvaluation): AlertFacts {
  if (experiment === null || promoted) return { model: null };
  const model = experiment.challenger;
  if (comparison === null) return { model };
  const { eValue, blocks, episodes, meanGain } = comparison.pooled;
  return { model, challenger: { ready: code === "promote", eValue, blocks, episodes, meanGain } };
}
