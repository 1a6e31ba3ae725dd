// Figures with their intervals one under another, with reference lines, so that overlaps are easy to see.
import type { Figure } from "../src/model/manifest-evaluation.ts";
import { decimals, intervalText } from "./figure-text.ts";
import { html, type Markup } from "./html.ts";
import { niceEnd, niceTicks } from "./linear-scale.ts";
import { plotFrame } from "./plot-frame.ts";
import { markerAt, type SeriesLook } from "./series-look.ts";

const ROW = 27;
/** Width of the part that the intervals are drawn in. */
const BODY = 316;
const LEAST_LEFT = 108;
/** Width of a letter, generously. */
const LETTER = 7;

export interface IntervalRow {
  readonly name: string;
  readonly figure: Figure;
  readonly look: SeriesLook;
  readonly emphasised: boolean;
}

export interface IntervalPlotOptions {
  readonly id: string;
  readonly title: string;
  readonly axisLabel: string;
  /** A line from top to bottom, as the base rate or a baseline's figure. */
  readonly reference: { readonly at: number; readonly label: string } | null;
  /** Decimals of the figures in the description; 3 unless given. */
  readonly digits?: number;
}

/** The axis starts at 0 unless a figure is below it. */
export function intervalPlot(rows: readonly IntervalRow[], options: IntervalPlotOptions): Markup {
  const { id, title, axisLabel, reference, digits = 3 } = options;
  const ends = rows.flatMap(({ figure }) => [figure.low, figure.high, figure.value]);
  if (reference !== null) ends.push(reference.at);
  const low = Math.min(0, ...ends);
  const longest = Math.max(0, ...rows.map(({ name }) => name.length));
  const margin = { top: 20, right: 16, bottom: 40, left: Math.max(LEAST_LEFT, longest * LETTER + 14) };
  return plotFrame(
    {
      id,
      title,
      description: rows
        .map(({ name, figure }) => `${name} ${decimals(figure.value, digits)} ${intervalText(figure, digits)}`)
        .join("; "),
      width: margin.left + BODY + margin.right,
      height: margin.top + margin.bottom + ROW * rows.length,
      margin,
      x: { label: axisLabel, from: low < 0 ? -niceEnd(-low) : 0, to: niceEnd(Math.max(0, ...ends)), ticks: 5 },
      y: { label: "", from: rows.length, to: 0, ticks: 0 },
    },
    (x, y) => [
      niceTicks(low, niceEnd(Math.max(0, ...ends)), 5).map(
        (at) => html`<path class="grid" d="M${x(at)} ${y(0)}V${y(rows.length)}" />`,
      ),
      reference === null
        ? null
        : html`<path class="reference" d="M${x(reference.at)} ${y(0)}V${y(rows.length)}" /><text
              class="reference-text"
              x="${x(reference.at)}"
              y="${y(0) - 7}"
              text-anchor="middle"
              >${reference.label}</text
            >`,
      rows.map(({ name, figure, look, emphasised }, i) => {
        const at = y(i + 0.5);
        return html`<text class="${emphasised ? "strong" : ""}" x="${margin.left - 10}" y="${at + 4}" text-anchor="end"
            >${name}</text
          ><path
            class="${look.className} whisker${emphasised ? " chosen" : ""}"
            d="M${x(figure.low)} ${at}H${x(figure.high)}"
          />${markerAt(look, x(figure.value), at)} `;
      }),
    ],
  );
}
