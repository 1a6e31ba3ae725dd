// Volatility forecasts in the weekly report: their loss beside EWMA and HAR, and the quantiles' coverage.
import type { SymbolQuality } from "../../durable/symbol/evaluation/symbol-quality.ts";
import type { WindowName } from "../../quality/window-quality.ts";
import type { SigmaFigures } from "../../volatility/sigma-figures.ts";
import { countText, decimals, MISSING } from "../../../report/figure-text.ts";
import type { Content } from "../../../report/html.ts";
import { stacked, table } from "../../../report/table.ts";
import { modelName } from "./champion-figures.ts";

/** Nothing where no model gives a forecast, and for what an older version kept. */
export function volatilityPart(quality: SymbolQuality, window: WindowName): Content {
  const figures = quality.volatility?.[window] ?? [];
  if (figures.length === 0) return null;
  const columns = ["Horizons", "QLIKE", "EWMA, HAR", "At or below 10, 50, 90 %", "Inside 80 %", "Width"];
  return table({
    className: "compact",
    caption:
      "Forecasts of the volatility. QLIKE is lower for the better; EWMA and HAR are learnt by the symbol, on the same " +
      "horizons. Width is the mean of ln(q90 ÷ q10). Below each share that of the quantiles without correction.",
    columns: [{ head: "Model" }, ...columns.map((head) => ({ head, numeric: true }))],
    rows: figures.map((one) => sigmaCells(quality, one)),
  });
}

function sigmaCells(quality: SymbolQuality, figures: SigmaFigures): Content[] {
  const { sha256, labels, qlike, compared, corrected, uncorrected } = figures;
  const shares = (quantiles: typeof corrected): string =>
    quantiles === null ? MISSING : quantiles.coverage.map((share) => percent(share)).join(", ");
  return [
    modelName(quality, sha256),
    countText(labels),
    decimals(compared?.qlike ?? qlike, 3),
    compared === null ? MISSING : `${decimals(compared.ewma, 3)}, ${decimals(compared.har, 3)}`,
    stacked(shares(corrected), shares(uncorrected)),
    stacked(percent(corrected?.insideInterval), percent(uncorrected?.insideInterval)),
    stacked(decimals(corrected?.width ?? null, 2), decimals(uncorrected?.width ?? null, 2)),
  ];
}

function percent(share: number | undefined): string {
  return share === undefined ? MISSING : `${decimals(100 * share, 1)} %`;
}
