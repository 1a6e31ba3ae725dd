// The experiment as the alert rule `challenger_ready` sees it.
import type { AlertFacts } from "../quality/alerts/alert-facts.ts";
import type { ExperimentEvaluation } from "./experiment/evaluate-experiment.ts";

/**
 * What the alert rule `challenger_ready` looks at. A challenger that was just promoted is none any more: what fired for
 * it is resolved. Without a comparison nothing is said of the one there is.
 */
export function challengerFacts({ experiment, code, comparison, promoted }: ExperimentEvaluation): AlertFacts {
  if (experiment === null || promoted) return { model: null };
  const model = experiment.challenger;
  if (comparison === null) return { model };
  const { eValue, blocks, episodes, meanGain } = comparison.pooled;
  return { model, challenger: { ready: code === "promote", eValue, blocks, episodes, meanGain } };
}
