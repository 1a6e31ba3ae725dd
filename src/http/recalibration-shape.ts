// Recalibrations as answers show them.
import type { SymbolRecalibration } from "../durable/symbol/evaluation/symbol-recalibration.ts";
import type { CalibrationFigures } from "../recalibration/calibration-sums.ts";
import type { PooledPrior } from "../recalibration/pooled-prior.ts";
import type { RecalibrationFacts } from "../recalibration/recalibration-facts.ts";
import type { Immutable } from "./contract.ts";
import type {
  CalibrationAnswer,
  ModelRecalibration,
  PriorAnswer,
  RecalibrationAnswer,
} from "./recalibration-schema.ts";

export function shapeRecalibration({ eValue, sinceMs, ...facts }: RecalibrationFacts): RecalibrationAnswer {
  return { ...facts, e_value: eValue, since: sinceMs };
}

export function shapeModelRecalibration(
  { facts, prior, months, changes }: SymbolRecalibration,
  model: Immutable<ModelRecalibration["model"]>,
): Immutable<ModelRecalibration> {
  return {
    model,
    ...shapeRecalibration(facts),
    prior: shapePrior(prior),
    months: months.map(({ month, raw, recalibrated, served }) => {
      return { month, raw: shapeFigures(raw), recalibrated: shapeFigures(recalibrated), served: shapeFigures(served) };
    }),
    changes: changes.map(({ step, to, eValue, meanGain, rows }) => {
      return { step, to, e_value: eValue, mean_gain: meanGain, rows };
    }),
  };
}

/** @param prior `undefined` from an object of an older version. */
function shapePrior(prior: PooledPrior | null | undefined): PriorAnswer | null {
  if (prior === null || prior === undefined) return null;
  const { atMs, ...rest } = prior;
  return { ...rest, at: atMs };
}

function shapeFigures({ rows, positives, brier, brierSkill, ece }: CalibrationFigures): CalibrationAnswer {
  return { rows, spikes: positives, brier, brier_skill: brierSkill, ece };
}
