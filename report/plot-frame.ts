// The box that a plot is drawn in: title and description for screen readers, axes, ticks and grid lines.
import { html, type Content, type Markup } from "./html.ts";
import { linearScale, niceTicks, tickDigits, type Scale } from "./linear-scale.ts";
import { decimals } from "./figure-text.ts";

interface Axis {
  readonly label: string;
  readonly from: number;
  readonly to: number;
  /** About so many ticks; 0 leaves them to the plot. */
  readonly ticks: number;
  /** How a tick is written; as many decimals as the ticks differ by unless given. */
  readonly text?: (x: number) => string;
}

export interface PlotOptions {
  /** Unique in the page. */
  readonly id: string;
  readonly title: string;
  /** What the plot shows, in words and numbers. */
  readonly description: string;
  readonly width: number;
  readonly height: number;
  readonly margin: { readonly top: number; readonly right: number; readonly bottom: number; readonly left: number };
  readonly x: Axis;
  readonly y: Axis;
  /** Keeps its size and scrolls, instead of shrinking with the page. */
  readonly fixed?: boolean;
}

/** Draws the frame and lets `draw` fill it, with the scales of both axes. */
export function plotFrame(options: PlotOptions, draw: (x: Scale, y: Scale) => Content): Markup {
  const { id, title, description, width, height, margin, fixed = false } = options;
  const [right, bottom] = [width - margin.right, height - margin.bottom];
  const x = linearScale(options.x.from, options.x.to, margin.left, right);
  const y = linearScale(options.y.from, options.y.to, bottom, margin.top);
  const size = fixed ? html` width="${width}" height="${height}"` : null;
  return html`<svg
    class="plot"
    role="img"
    viewBox="0 0 ${width} ${height}"
    ${size}
    aria-labelledby="${id}-title ${id}-desc"
  >
    <title id="${id}-title">${title}</title>
    <desc id="${id}-desc">${description}</desc>
    ${axisTicks(options.y, (tick) => html`<path class="grid" d="M${margin.left} ${y(tick.at)}H${right}" /><text x="${margin.left - 6}" y="${y(tick.at) + 3.5}" text-anchor="end">${tick.text}</text>`)}
    ${axisTicks(options.x, (tick) => html`<path class="tick" d="M${x(tick.at)} ${bottom}v4" /><text x="${x(tick.at)}" y="${bottom + 15}" text-anchor="middle">${tick.text}</text>`)}
    <path class="axis" d="M${margin.left} ${bottom}H${right}" />
    <text class="label" x="${(margin.left + right) / 2}" y="${height - 4}" text-anchor="middle">
      ${options.x.label}
    </text>
    <text class="label" transform="translate(11 ${(margin.top + bottom) / 2}) rotate(-90)" text-anchor="middle">
      ${options.y.label}
    </text>
    ${draw(x, y)}
  </svg>`;
}

function axisTicks(axis: Axis, draw: (tick: { at: number; text: string }) => Markup): Markup[] {
  if (axis.ticks === 0) return [];
  const digits = tickDigits(axis.from, axis.to, axis.ticks);
  const { text = (x: number) => decimals(x, digits) } = axis;
  return niceTicks(axis.from, axis.to, axis.ticks).map((at) => draw({ at, text: text(at) }));
}
