// The plots of one label in the weekly report: PR-AUC of every model, and whether the champion's probabilities mean
// what they say.
import type { SymbolQuality } from "../../durable/symbol/evaluation/symbol-quality.ts";
import type { LabelQuality, SeriesQuality } from "../../quality/window-quality.ts";
import { reliabilityTable, tableBehind } from "../../../report/curve-tables.ts";
import { counted, decimals } from "../../../report/figure-text.ts";
import { finiteFigure } from "../../quality/finite-figure.ts";
import { html, type Content } from "../../../report/html.ts";
import { intervalPlot } from "../../../report/interval-plot.ts";
import { reliabilityEnd, reliabilityPlot, type ReliabilityPoint } from "../../../report/reliability-plot.ts";
import { seriesLooks } from "../../../report/series-look.ts";
import { BASELINE_ALIASES } from "../../model/manifest.ts";
import { isChampion, modelName } from "./champion-figures.ts";

const BASELINES: readonly string[] = BASELINE_ALIASES;

/** Side by side; nothing where no model has figures. @param id begins the ids of the plots. */
export function labelPlots(quality: SymbolQuality, label: LabelQuality, id: string): Content {
  const looks = seriesLooks(
    label.series.map(({ sha256 }) => modelName(quality, sha256)),
    (name) => name.split(", ").every((alias) => BASELINES.includes(alias)),
  );
  const rows = label.series.flatMap(({ sha256, prAuc }) => {
    const name = modelName(quality, sha256);
    const figure = finiteFigure(prAuc);
    return figure === null ? [] : [{ name, figure, look: looks.get(name)!, emphasised: isChampion(quality, sha256) }];
  });
  const champion = label.series.find(({ sha256 }) => isChampion(quality, sha256));
  const points = champion === undefined ? [] : reliabilityPoints(champion);
  if (rows.length === 0 && points.length === 0) return null;
  return html`<div class="plots">
    ${
      rows.length === 0
        ? null
        : html`<figure>
            ${intervalPlot(rows, { id: `${id}-pr-auc`, title: "PR-AUC of every model", axisLabel: "PR-AUC with 95 % interval", reference: chance(label) })}
            <figcaption>${counted(label.episodes, "episode")}.</figcaption>
          </figure>`
    }
    ${
      points.length === 0
        ? null
        : html`<figure class="small-plot">
            ${reliabilityPlot(points, looks.get(modelName(quality, champion!.sha256))!, { id: `${id}-reliability`, end: reliabilityEnd([points]) })}
            <figcaption>
              Reliability of the champion. On the dashed line a probability means what it says.
              ${counted(label.episodes, "episode")}.
            </figcaption>
            ${tableBehind(reliabilityTable(points, "Bins of the champion"))}
          </figure>`
    }
  </div>`;
}

/** The base rate, which a constant score reaches; `null` without a resolved step. */
function chance({ resolved, positives }: LabelQuality): { readonly at: number; readonly label: string } | null {
  if (resolved === 0) return null;
  const at = positives / resolved;
  return { at, label: `base rate ${decimals(at, 3)}` };
}

function reliabilityPoints({ reliability }: SeriesQuality): ReliabilityPoint[] {
  return reliability.flatMap(({ count, meanProbability, positiveShare }) =>
    meanProbability === null || positiveShare === null ? [] : [{ count, meanProbability, observed: positiveShare }],
  );
}
