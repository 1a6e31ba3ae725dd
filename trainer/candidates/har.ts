// The heterogeneous autoregressive model of volatility (Corsi 2009) as a logistic regression: logarithms of volatility
// over a short, a middle and a long memory, in the label's own measure, and nothing else.
import type { LabelSpec } from "../../src/features/label-spec.ts";
import type { RowName } from "../../src/features/schema.ts";
import type { Candidate } from "./candidate.ts";
import { finiteMean, rowColumn } from "./column-score.ts";
import { logisticOn } from "./logistic.ts";
import { refusalWithoutRow } from "./refusal-without-row.ts";

const MEASURES = ["rv", "parkinson"] as const;

/** Columns of a row for forecasts of volatility: a short, a middle and a long memory, by returns and by ranges. */
export function harForecastColumns(row: RowName): ReadonlySet<string> {
  const names =
    row === "default-2" || row === "custom"
      ? harColumns
      : (measure: LabelSpec["measure"]) => STEPS.map((w) => `${measure}_${w}_over_tau`);
  return new Set(MEASURES.flatMap(names));
}

/** Windows of `default-1`, in steps. */
const STEPS = [10, 60, 300] as const;

/** Columns of `default-2`: the last horizon, five of them, and an EWMA with a half-life of thirty. */
export function harColumns(measure: LabelSpec["measure"]): readonly string[] {
  return [`${measure}_h1_over_tau`, `${measure}_h5_over_tau`, `ewma_${measure}_h30_over_tau`];
}

/** A column without a finite training value is a reason to refuse: a HAR of fewer would be another, weaker baseline. */
export const har: Candidate = {
  family: "har",
  baseline: true,
  needsEpisodes: true,
  logOdds: true,
  calibrateOn: "out-of-fold",
  prepare(context, train, folds) {
    const { data } = context;
    const refusal = refusalWithoutRow(data, "default-2");
    if (refusal !== undefined) return refusal;
    const names = harColumns(data.config.label.measure);
    const missing = names.filter((name) => Number.isNaN(finiteMean(data, rowColumn("default-2", name), train)));
    if (missing.length > 0) return { refused: `no finite training value of ${missing.join(", ")}` };
    return logisticOn("har", new Set(names)).prepare({ ...context, row: "default-2" }, train, folds);
  },
};
