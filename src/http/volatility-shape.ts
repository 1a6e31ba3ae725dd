// Figures of volatility forecasts as answers show them.
import type { NamedModel } from "../model/named-models.ts";
import type { QuantileFigures, SigmaFigures } from "../volatility/sigma-figures.ts";
import type { Immutable } from "./contract.ts";
import { nameOf } from "./model-name.ts";
import type { ByLevel, VolatilityAnswer } from "./volatility-schema.ts";

export function volatilityShape(models: readonly NamedModel[], figures: SigmaFigures): Immutable<VolatilityAnswer> {
  const { sha256, labels, qlike, compared, quantileLabels, corrected, uncorrected, missingLabels } = figures;
  return {
    model: nameOf(models, sha256),
    labels,
    qlike,
    compared,
    quantile_labels: quantileLabels,
    corrected: corrected && quantileShape(corrected),
    uncorrected: uncorrected && quantileShape(uncorrected),
    missing: missingLabels === 0 ? null : `labels: ${missingLabels} more are needed before there are quantiles`,
  };
}

/** Three values by level, as JSON names them. */
export function byLevel(values: readonly number[]): ByLevel {
  const [low = 0, middle = 0, high = 0] = values;
  return { "0.1": low, "0.5": middle, "0.9": high };
}

function quantileShape({ coverage, insideInterval, pinball, width }: QuantileFigures) {
  return { coverage: byLevel(coverage), inside_interval: insideInterval, pinball: byLevel(pinball), width };
}
