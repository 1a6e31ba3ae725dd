// The plots of one label: precision–recall of every model with bands for champion and challenger, PR-AUC beside it, and
// reliability panels with intervals.
import { precisionRecallTable, reliabilityTable, tableBehind } from "../../../report/curve-tables.ts";
import { counted, decimals } from "../../../report/figure-text.ts";
import { html, type Content, type Markup } from "../../../report/html.ts";
import { intervalPlot } from "../../../report/interval-plot.ts";
import { legend } from "../../../report/legend.ts";
import { precisionRecallPlot } from "../../../report/precision-recall-plot.ts";
import { reliabilityEnd, reliabilityPlot, type ReliabilityPoint } from "../../../report/reliability-plot.ts";
import { seriesLooks, type SeriesLook } from "../../../report/series-look.ts";
import { isContender, type LabelFigures, modelTitle, type ModelFigures } from "./quality-answer.ts";

interface Drawn {
  readonly figures: ModelFigures;
  readonly look: SeriesLook;
}

/** @param models in the order to be shown, the champion first; @param id begins the ids of the plots. */
export function labelCurves(label: LabelFigures, models: readonly ModelFigures[], id: string): Content {
  const contenders = new Set(models.filter(({ model }) => isContender(model)).map(({ model }) => modelTitle(model)));
  const looks = seriesLooks(
    models.map(({ model }) => modelTitle(model)),
    (name) => !contenders.has(name),
  );
  const all = models.map((figures) => ({ figures, look: looks.get(modelTitle(figures.model))! }));
  const champion = modelTitle(models[0]?.model ?? { aliases: [], name: null, version: null, sha256: "" });
  return [curvePart(label, all, champion, id), reliabilityPart(label, all, id)];
}

function curvePart(label: LabelFigures, all: readonly Drawn[], champion: string, id: string): Content {
  const curves = all.flatMap(({ figures, look }) => {
    const points = figures.curves?.precision_recall ?? [];
    const area = figures.pr_auc?.value ?? null;
    return points.length === 0 ? [] : [{ look, points, area, banded: isContender(figures.model) }];
  });
  if (curves.length === 0) {
    return html`<h2>Precision and recall</h2>
      <p class="empty">There is no curve: it needs two blocks, and both spikes and calm steps.</p>`;
  }
  const words = `${counted(label.episodes, "episode")}. Bands are 95 % intervals of champion and challenger, each step on its own.`;
  return html`<h2>Precision and recall</h2>
    <div class="beside">
      <figure>
        ${precisionRecallPlot(curves, {
          id: `${id}-precision-recall`,
          baseRate: label.base_rate ?? Number.NaN,
          emphasised: champion,
        })}
      </figure>
      <div>
        ${legend(
          curves.map(({ look }) => look),
          champion,
        )}
        <p>${words}</p>
        ${areaFigure(label, all, champion, id)}
        ${tableBehind(precisionRecallTable(curves, `Precision at a recall, ${counted(label.episodes, "episode")}.`))}
      </div>
    </div>`;
}

function reliabilityPart(label: LabelFigures, all: readonly Drawn[], id: string): Content {
  const panels = all.flatMap(({ figures, look }) => {
    const points = reliabilityPoints(figures);
    return points.length === 0 ? [] : [{ figures, look, points }];
  });
  if (panels.length === 0) return null;
  const end = reliabilityEnd(panels.map(({ points }) => points));
  return html`<h2>Reliability</h2>
    <p>
      On the dashed line a probability means what it says; above it the model is too timid, below too bold. Upright
      lines are 95 % intervals. ${counted(label.episodes, "episode")}.
    </p>
    <div class="panels">${panels.map((panel) => reliabilityPanel(panel, end, `${id}-${panel.look.id}`))}</div>`;
}

interface ReliabilityPanel extends Drawn {
  readonly points: readonly ReliabilityPoint[];
}

function reliabilityPanel({ figures, look, points }: ReliabilityPanel, end: number, id: string): Markup {
  return html`<figure>
    <h3>
      ${look.name}
      <small>ECE ${decimals(figures.ece?.value ?? null, 4)} · ${counted(figures.episodes, "episode")}</small>
    </h3>
    ${reliabilityPlot(points, look, { id, end })} ${tableBehind(reliabilityTable(points, `Bins of ${look.name}`))}
  </figure>`;
}

/** With intervals where there are any; empty bins have no point. */
function reliabilityPoints({ curves, reliability }: ModelFigures): ReliabilityPoint[] {
  const bins = curves?.reliability ?? reliability.map((bin) => ({ ...bin, low: null, high: null }));
  return bins.flatMap(({ count, mean_probability: meanProbability, spike_share: observed, low, high }) =>
    meanProbability === null || observed === null ? [] : [{ count, meanProbability, observed, low, high }],
  );
}

/** PR-AUC of every model with its interval; nothing where none has one. */
function areaFigure(label: LabelFigures, all: readonly Drawn[], champion: string, id: string): Content {
  const rows = all.flatMap(({ figures: { pr_auc: figure }, look }) =>
    figure === null ? [] : [{ name: look.name, figure, look, emphasised: look.name === champion }],
  );
  if (rows.length === 0) return null;
  const { base_rate: baseRate } = label;
  return html`<figure class="narrow">
    ${intervalPlot(rows, {
      id: `${id}-pr-auc`,
      title: "PR-AUC of every model",
      axisLabel: "PR-AUC with 95 % interval",
      reference: baseRate === null ? null : { at: baseRate, label: `base rate ${decimals(baseRate, 3)}` },
    })}
    <figcaption>
      ${counted(label.episodes, "episode")}. Intervals that overlap do not show that two models are equal; the paired
      gains below do the comparing.
    </figcaption>
  </figure>`;
}
