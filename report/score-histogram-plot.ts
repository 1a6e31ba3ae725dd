// One model's probabilities by outcome: calm rows filled, spikes as an outline, each as shares of its own outcome.
import { countText, decimals } from "./figure-text.ts";
import { html, type Markup } from "./html.ts";
import { niceEnd, type Scale } from "./linear-scale.ts";
import { plotFrame } from "./plot-frame.ts";
import type { SeriesLook } from "./series-look.ts";

/** Rows per bin of [0, 1] cut into equal widths, by outcome. */
export interface ScoreHistogram {
  readonly calm: readonly number[];
  readonly spike: readonly number[];
}

/** The probability up to which any model has rows, rounded up to a tick, so that the panels compare. */
export function histogramEnd(histograms: readonly ScoreHistogram[]): number {
  const ends = histograms
    .flatMap(({ calm, spike }) => [calm, spike])
    .map((counts) => {
      const last = counts.findLastIndex((count) => count > 0);
      return (last + 1) / Math.max(1, counts.length);
    });
  return Math.min(1, niceEnd(Math.max(0, ...ends)));
}

/** @param end where the probability axis ends, see `histogramEnd`. An outcome without rows has no bars. */
export function scoreHistogramPlot(histogram: ScoreHistogram, look: SeriesLook, end: number): Markup {
  const [calm, spike] = [shares(histogram.calm), shares(histogram.spike)];
  const top = Math.max(0, ...calm, ...spike);
  return plotFrame(
    {
      id: `histogram-${look.id}`,
      title: `Probabilities that ${look.name} gave, by outcome`,
      description: `${outcomeWords("calm", histogram.calm)}; ${outcomeWords("spike", histogram.spike)}.`,
      width: 320,
      height: 230,
      margin: { top: 10, right: 14, bottom: 40, left: 52 },
      x: { label: "Probability", from: 0, to: end, ticks: 5 },
      y: { label: "Share of the outcome", from: 0, to: niceEnd(top, 4), ticks: 4 },
    },
    (x, y) => [
      html`<path class="calm" d="${outline(calm, end, x, y)}Z" />`,
      html`<path class="${look.className} spike" d="${outline(spike, end, x, y)}" />`,
    ],
  );
}

/** The outline of the bars up to `end`: from the axis, over each bin, back to the axis; empty without rows. */
function outline(values: readonly number[], end: number, x: Scale, y: Scale): string {
  const n = values.length;
  const last = Math.min(n, Math.ceil(end * n - 1e-9));
  if (values.every((value) => value === 0)) return `M${x(0)} ${y(0)}`;
  return `M${x(0)} ${y(0)}${values
    .slice(0, last)
    .map((value, i) => `V${y(value)}H${x((i + 1) / n)}`)
    .join("")}V${y(0)}`;
}

function shares(counts: readonly number[]): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => (total === 0 ? 0 : count / total));
}

/** Where half of the rows lie below, by bins. */
function outcomeWords(name: string, counts: readonly number[]): string {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return `no ${name} rows`;
  let below = 0;
  const median = counts.findIndex((count) => (below += count) >= total / 2);
  return `${countText(total)} ${name} rows, half of them below ${decimals((median + 1) / counts.length, 2)}`;
}
