// Precision–recall curves of several models in one plot, as steps, because straight lines between the points would be
// too optimistic.
import { decimals } from "./figure-text.ts";
import { html, type Content, type Markup } from "./html.ts";
import type { Scale } from "./linear-scale.ts";
import { plotFrame } from "./plot-frame.ts";
import { markerAt, type SeriesLook } from "./series-look.ts";

export interface PrecisionRecallPoint {
  readonly recall: number;
  readonly precision: number;
  /** Ends of the precision's interval at this recall; absent or `null` where there is none. */
  readonly low?: number | null;
  readonly high?: number | null;
}

/** From high threshold to low, so that recall ascends. */
export type PrecisionRecallPoints = readonly PrecisionRecallPoint[];

export interface PrecisionRecallCurve {
  readonly look: SeriesLook;
  readonly points: PrecisionRecallPoints;
  /** PR-AUC, for the description; `null` where it does not exist. */
  readonly area: number | null;
  /** Whether the intervals of its points are drawn as a band: more than two bands cover one another. */
  readonly banded?: boolean;
}

export interface PrecisionRecallOptions {
  /** Unique in the page. */
  readonly id: string;
  /** What a constant score reaches, as a dashed line; none is drawn for `NaN`. */
  readonly baseRate: number;
  /** Name of the curve that is drawn last and thick. */
  readonly emphasised: string;
}

/** Draws the curves in the order given, the emphasised one on top. */
export function precisionRecallPlot(
  curves: readonly PrecisionRecallCurve[],
  { id, baseRate, emphasised }: PrecisionRecallOptions,
): Markup {
  return plotFrame(
    {
      id,
      title: "Precision–recall curves",
      description: `${curves.map(curveWords).join("; ")}. Base rate ${decimals(baseRate, 4)}.`,
      width: 440,
      height: 350,
      margin: { top: 12, right: 14, bottom: 40, left: 46 },
      x: { label: "Recall: share of spikes caught", from: 0, to: 1, ticks: 5 },
      y: { label: "Precision: share of alerts that were spikes", from: 0, to: 1, ticks: 5 },
    },
    (x, y) => [
      Number.isFinite(baseRate)
        ? html`<path class="reference" d="M${x(0)} ${y(baseRate)}H${x(1)}" /><text
              class="reference-text"
              x="${x(1) - 4}"
              y="${y(baseRate) + 13}"
              text-anchor="end"
              >base rate ${decimals(baseRate, 3)}</text
            >`
        : null,
      curves.filter(({ banded }) => banded === true).map((curve) => band(curve, x, y)),
      emphasisedLast(curves, emphasised).map((curve, i) => drawnCurve(curve, curve.look.name === emphasised, i, x, y)),
    ],
  );
}

/**
 * The steps whose area is average precision: over recall (R_{k−1}, R_k] stands precision P_k.
 * stepPath([{ recall: 0.5, precision: 1 }, { recall: 1, precision: 0.4 }]) on unit scales is `M0 1H0.5V0.4H1`.
 */
function stepPath(points: PrecisionRecallPoints, x: Scale, y: Scale): string {
  return points
    .map(({ recall, precision }, i) =>
      i === 0 ? `M${x(0)} ${y(precision)}H${x(recall)}` : `V${y(precision)}H${x(recall)}`,
    )
    .join("");
}

/** The intervals between the steps of the curve, as one area for each run of points that have them. */
function band({ points, look }: PrecisionRecallCurve, x: Scale, y: Scale): Content {
  const areas: Markup[] = [];
  let [upper, lower, left] = ["", "", 0];
  const finish = (right: number): void => {
    if (upper !== "") areas.push(html`<path class="${look.className} band" d="${`M${upper}H${x(right)}${lower}Z`}" />`);
    [upper, lower] = ["", ""];
  };
  for (const { recall, low = null, high = null } of points) {
    if (low === null || high === null) finish(left);
    else {
      upper += `${upper === "" ? "" : "L"}${x(left)} ${y(high)}H${x(recall)}`;
      lower = `V${y(low)}H${x(left)}${lower}`;
    }
    left = recall;
  }
  finish(left);
  return areas;
}

function drawnCurve(curve: PrecisionRecallCurve, chosen: boolean, index: number, x: Scale, y: Scale): Content {
  const { points, look } = curve;
  const dash = look.dash === "" ? null : html` stroke-dasharray="${look.dash}"`;
  return html`<path
      class="${look.className} curve${chosen ? " chosen" : ""}"
      d="${stepPath(points, x, y)}"
      ${dash}
    />${markers(curve, index, x, y)} `;
}

/** Three markers a curve, at recalls that differ from curve to curve, so that they do not hide one another. */
function markers({ points, look }: PrecisionRecallCurve, index: number, x: Scale, y: Scale): Content {
  return [0.1, 0.4, 0.7].map((start) => {
    const recall = start + 0.033 * (index % 9);
    const point = points.find((candidate) => candidate.recall >= recall);
    return point === undefined ? null : markerAt(look, x(recall), y(point.precision));
  });
}

function emphasisedLast(curves: readonly PrecisionRecallCurve[], name: string): readonly PrecisionRecallCurve[] {
  return curves.toSorted((a, b) => Number(a.look.name === name) - Number(b.look.name === name));
}

function curveWords({ look, area }: PrecisionRecallCurve): string {
  return `${look.name}: area ${decimals(area, 3)}`;
}
