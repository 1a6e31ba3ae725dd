// Recalibrations as answers show them.
import type { SymbolRecalibration } from "../durable/symbol/evaluation/symbol-recalibration.ts";
import type { CalibrationFigures } from "../recalibration/calibration-sums.ts";
import type { RecalibrationFacts } from "../recalibration/recalibration-facts.ts";
import type { Immutable } from "./contract.ts";
import type { CalibrationAnswer, ModelRecalibration, RecalibrationAnswer } from "./recalibration-schema.ts";

export function shapeRecalibration({ eValue, sinceMs, ...facts }: RecalibrationFacts): RecalibrationAnswer {
  return { ...facts, e_value: eValue, since: sinceMs };
}

export function shapeModelRecalibration(
  { facts, months, changes }: SymbolRecalibration,
  model: Immutable<ModelRecalibration["model"]>,
): Immutable<ModelRecalibration> {
  return {
    model,
    ...shapeRecalibration(facts),
    months: months.map(({ month, raw, recalibrated, served }) => {
      return { month, raw: shapeFigures(raw), recalibrated: shapeFigures(recalibrated), served: shapeFigures(served) };
    }),
    changes: changes.map(({ step, to, eValue, meanGain, rows }) => {
      return { step, to, e_value: eValue, mean_gain: meanGain, rows };
    }),
  };
}

function shapeFigures({ rows, positives, brier, brierSkill, ece }: CalibrationFigures): CalibrationAnswer {
  return { rows, spikes: positives, brier, brier_skill: brierSkill, ece };
}
