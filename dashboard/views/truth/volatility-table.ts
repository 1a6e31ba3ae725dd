// Forecasts of the horizon's volatility: their loss beside EWMA and HAR, and whether the quantiles cover what they say.
import { counted, countText, decimals } from "../../../report/figure-text.ts";
import { html, type Content } from "../../../report/html.ts";
import { stacked, table } from "../../../report/table.ts";
import type { VolatilityAnswer } from "../../../src/http/volatility-schema.ts";
import { modelTitle } from "./quality-answer.ts";

const COLUMNS = [
  "Horizons",
  "QLIKE",
  "EWMA",
  "HAR",
  "At or below q10",
  "q50",
  "q90",
  "Between q10 and q90",
  "ln(q90 ÷ q10)",
];

/** Nothing where no model gives a forecast. */
export function volatilityTable(volatility: readonly VolatilityAnswer[]): Content {
  if (volatility.length === 0) return null;
  return html`<h2>Volatility</h2>
    ${table({
      caption:
        "QLIKE of the variance, lower is better, against two baselines that the symbol learns by itself, on the same " +
        "horizons. Under each share the one without correction.",
      columns: [{ head: "Model" }, ...COLUMNS.map((head) => ({ head, numeric: true }))],
      rows: volatility.map(volatilityRow),
    })}`;
}

function volatilityRow({
  model,
  labels,
  qlike,
  compared,
  corrected,
  uncorrected,
  missing,
}: VolatilityAnswer): Content[] {
  const share = (read: (quantiles: NonNullable<typeof corrected>) => number): Content =>
    stacked(percent(corrected && read(corrected)), percent(uncorrected && read(uncorrected)));
  return [
    stacked(html`<span title="${model.sha256}">${modelTitle(model)}</span>`, missing),
    stacked(countText(labels), compared === null ? null : `${counted(compared.labels, "horizon")} compared`),
    decimals(compared?.qlike ?? qlike, 3),
    decimals(compared?.ewma ?? null, 3),
    decimals(compared?.har ?? null, 3),
    share(({ coverage }) => coverage["0.1"]),
    share(({ coverage }) => coverage["0.5"]),
    share(({ coverage }) => coverage["0.9"]),
    share((quantiles) => quantiles.inside_interval),
    stacked(decimals(corrected?.width ?? null, 2), decimals(uncorrected?.width ?? null, 2)),
  ];
}

function percent(share: number | null): string {
  return share === null ? decimals(null, 1) : `${decimals(100 * share, 1)} %`;
}
