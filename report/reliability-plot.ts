// One model's reliability: the share of spikes where the model predicted p, with the rows of each bin counted below.
import { countText, decimals, intervalText, shortCount } from "./figure-text.ts";
import { html, type Content, type Markup } from "./html.ts";
import { niceEnd, type Scale } from "./linear-scale.ts";
import { plotFrame } from "./plot-frame.ts";
import { markerAt, type SeriesLook } from "./series-look.ts";

/** One bin of probabilities; only bins with rows are drawn. */
export interface ReliabilityPoint {
  readonly count: number;
  readonly meanProbability: number;
  /** Share of spikes among its rows. */
  readonly observed: number;
  /** Ends of the share's interval; absent or `null` where there is none. */
  readonly low?: number | null;
  readonly high?: number | null;
}

/** Half the width of a count such as `6.1k`, in units of the drawing. */
const HALF_LABEL = 13;
const LABEL_ROWS = 3;

/** The end of both axes that shows every bin of every model, so that the panels compare. */
export function reliabilityEnd(models: readonly (readonly ReliabilityPoint[])[]): number {
  const largest = models
    .flat()
    .reduce((max, bin) => Math.max(max, bin.meanProbability, bin.observed, bin.high ?? 0), 0);
  return Math.min(1, niceEnd(largest));
}

export interface ReliabilityOptions {
  /** Unique in the page. */
  readonly id: string;
  /** Where both axes end, see `reliabilityEnd`. */
  readonly end: number;
}

/** On the diagonal the probability is right; a point's area grows with its rows. */
export function reliabilityPlot(
  bins: readonly ReliabilityPoint[],
  look: SeriesLook,
  { id, end }: ReliabilityOptions,
): Markup {
  const rows = bins.reduce((sum, { count }) => sum + count, 0);
  return plotFrame(
    {
      id,
      title: `Reliability of ${look.name}`,
      description: bins.map(binWords).join("; "),
      width: 320,
      height: 312,
      margin: { top: 10, right: 14, bottom: 72, left: 44 },
      x: { label: "Mean probability in the bin", from: 0, to: end, ticks: 5 },
      y: { label: "Share that were spikes", from: 0, to: end, ticks: 5 },
    },
    (x, y) => [
      html`<path class="reference" d="M${x(0)} ${y(0)}L${x(end)} ${y(end)}" />`,
      html`<path class="${look.className} curve thin" d="${linePath(bins, x, y)}" />`,
      bins.map(
        (bin) =>
          html`<circle
            class="${look.className} bin"
            cx="${x(bin.meanProbability)}"
            cy="${y(bin.observed)}"
            r="${radius(bin.count, rows)}"
          />`,
      ),
      bins.map((bin) => intervalOf(bin, look, x, y)),
      bins.map((bin) => markerAt(look, x(bin.meanProbability), y(bin.observed))),
      countLabels(bins, x, y(0)),
    ],
  );
}

function linePath(bins: readonly ReliabilityPoint[], x: Scale, y: Scale): string {
  return bins.map((bin, i) => `${i === 0 ? "M" : "L"}${x(bin.meanProbability)} ${y(bin.observed)}`).join("");
}

function intervalOf(
  { meanProbability, low = null, high = null }: ReliabilityPoint,
  look: SeriesLook,
  x: Scale,
  y: Scale,
): Content {
  if (low === null || high === null) return null;
  return html`<path class="${look.className} whisker" d="M${x(meanProbability)} ${y(low)}V${y(high)}" />`;
}

/** From 4 to 16, the area beyond the smallest in proportion to the rows. */
function radius(count: number, rows: number): number {
  return Math.round(10 * (4 + 12 * Math.sqrt(count / Math.max(1, rows)))) / 10;
}

/** Each count under its point, in the first of three rows where it does not overlap another. */
function countLabels(bins: readonly ReliabilityPoint[], x: Scale, axis: number): Content {
  const ends = new Array<number>(LABEL_ROWS).fill(-Infinity);
  const labels = bins.map((bin) => {
    const at = x(bin.meanProbability);
    const free = ends.findIndex((end) => at - HALF_LABEL >= end);
    const row = free === -1 ? LABEL_ROWS - 1 : free;
    ends[row] = at + HALF_LABEL;
    return html`<text class="small" x="${at}" y="${axis + 29 + 10.5 * row}" text-anchor="middle"
      >${shortCount(bin.count)}</text
    >`;
  });
  return [html`<text class="small label" x="4" y="${axis + 29}">rows</text>`, labels];
}

function binWords({ count, meanProbability, observed, low = null, high = null }: ReliabilityPoint): string {
  const interval = low === null || high === null ? "" : ` ${intervalText({ value: observed, low, high }, 3)}`;
  return `${countText(count)} rows at ${decimals(meanProbability, 3)}: observed ${decimals(observed, 3)}${interval}`;
}
