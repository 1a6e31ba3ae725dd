// A symbol's three charts over the same time, with one cursor: price, volatility, probability.
import type uPlot from "uplot";
import type { Observed } from "../../app/observed.ts";
import type { Theme } from "../../app/theme.ts";
import { LineChart } from "../../charts/line-chart.ts";
import { PriceChart } from "../../charts/price-chart.ts";
import { type StyleToken, translucent } from "../../charts/style-token.ts";
import { element } from "../../dom/element.ts";
import { formatBps, formatFixed, formatProbability } from "../../format/number-format.ts";
import { formatDuration } from "../../format/time-format.ts";
import type { HistoryAnswer } from "../../gateway/answers.ts";
import type { TimeRange } from "./history-window.ts";
import { type SpikeEpisode, spikeEpisodes } from "./spike-episodes.ts";

const AXIS_WIDTH_PX = 72;

export interface SymbolChartsOptions {
  readonly theme: Observed<Theme>;
  /** The reader scrolled, zoomed or marked a part. */
  readonly onRange: (range: TimeRange) => void;
}

export class SymbolCharts {
  readonly element: HTMLElement;
  readonly #price: PriceChart;
  readonly #volatility: LineChart;
  readonly #probability: LineChart;
  #history: HistoryAnswer | null = null;
  #spikes: readonly SpikeEpisode[] = [];
  /** The cursor is carried to the other charts, which report it again. */
  #isCarried = false;
  #axisWidthPx = AXIS_WIDTH_PX;
  #isClosed = false;

  constructor({ theme, onRange }: SymbolChartsOptions) {
    const shared = {
      theme,
      x: { kind: "time" },
      axisWidthPx: () => this.#axisWidthPx,
      onRange: (fromMs: number, toMs: number) => onRange({ fromMs, toMs }),
      onCursor: (index: number | null) => this.#carry(index, "lines"),
      paint: (plot: uPlot) => this.#paintSpikes(plot),
      cursorKey: "symbol",
    } as const;
    this.#price = new PriceChart({
      theme,
      axisWidthPx: AXIS_WIDTH_PX,
      onRange: (fromMs, toMs) => onRange({ fromMs, toMs }),
      onCursor: (index) => this.#carry(index, "price"),
    });
    this.#volatility = new LineChart({
      ...shared,
      title: "Volatility",
      y: { format: (value) => formatFixed(value, value < 10 ? 1 : 0), includes: [0] },
      series: [
        { label: "realized", unit: "bps", colour: "--hue-0", format: formatBps },
        { label: "τ", unit: "bps", colour: "--muted", dash: [5, 4], format: formatBps },
        { label: "expected σ of the horizon", unit: "bps", colour: "--hue-2", format: formatBps },
      ],
    });
    this.#probability = new LineChart({
      ...shared,
      title: "Probability of a spike",
      y: { format: (value) => formatFixed(value, 2), includes: [0] },
      series: [
        { label: "probability", colour: "--hue-0", fill: true, format: formatProbability },
        { label: "threshold", colour: "--muted", dash: [5, 4], stepped: true, format: formatProbability },
        {
          label: "alert",
          colour: "--alarm",
          widthPx: 2.5,
          noValue: true,
          format: (value) => (value === null ? "no" : "yes"),
        },
      ],
    });
    const charts = [this.#price, this.#volatility, this.#probability];
    this.element = element("div", { class: "symbol-charts" }, ...charts.map((chart) => chart.element));
  }

  show(history: HistoryAnswer, range: TimeRange): void {
    this.#history = history;
    this.#spikes = spikeEpisodes(history);
    const { columns } = history;
    this.#price.setData(
      { columns, isBucketed: history.every_ms > history.step_ms, spikes: this.#spikes },
      range.fromMs,
      range.toMs,
    );
    const seen: [number, number] = [range.fromMs, range.toMs];
    this.#volatility.setData([columns.ts, columns.rv_bps, columns.tau_bps, columns.sigma_bps], seen);
    const alerting = columns.probability.map((probability, i) => (columns.alert[i] === true ? probability : null));
    this.#probability.setData([columns.ts, columns.probability, columns.threshold, alerting], seen);
    this.#describe(history);
    this.#align(range);
  }

  /** The price's axis takes its width a frame later; below it stand the others. */
  #align({ fromMs, toMs }: TimeRange): void {
    const before = this.#axisWidthPx;
    requestAnimationFrame(() => {
      this.#axisWidthPx = this.#price.axisWidthPx;
      if (this.#axisWidthPx === before || this.#isClosed) return;
      this.#volatility.setRange([fromMs, toMs]);
      this.#probability.setRange([fromMs, toMs]);
    });
  }

  setRange({ fromMs, toMs }: TimeRange): void {
    this.#price.setRange(fromMs, toMs);
    this.#volatility.setRange([fromMs, toMs]);
    this.#probability.setRange([fromMs, toMs]);
  }

  close(): void {
    this.#isClosed = true;
    this.#price.close();
    this.#volatility.close();
    this.#probability.close();
  }

  #carry(index: number | null, from: "price" | "lines"): void {
    if (this.#isCarried) return;
    this.#isCarried = true;
    if (from === "lines") this.#price.setCursor(index);
    else {
      this.#volatility.setCursor(index);
      this.#probability.setCursor(index);
    }
    this.#isCarried = false;
  }

  /** What the drawings show, for those who do not see them. */
  #describe({ columns, horizon_steps, step_ms }: HistoryAnswer): void {
    const alerts = columns.alert.filter((alert) => alert === true).length;
    const spikes = this.#spikes.length;
    this.#price.setDescription(
      `${spikes} ${spikes === 1 ? "spike" : "spikes"} confirmed in what is loaded. The table has the figures.`,
    );
    this.#volatility.setDescription(
      `The horizon is ${formatDuration(horizon_steps * step_ms)}. The table has the figures.`,
    );
    this.#probability.setDescription(`${alerts} of ${columns.ts.length} points alert. The table has the figures.`);
  }

  #paintSpikes(plot: uPlot): void {
    if (this.#history === null) return;
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    const colour: StyleToken = "--hue-1";
    ctx.fillStyle = translucent(colour, 0.14);
    for (const { fromMs, toMs } of this.#spikes) {
      const left = plot.valToPos(fromMs, "x", true);
      const right = plot.valToPos(toMs, "x", true);
      ctx.fillRect(left, bbox.top, right - left, bbox.height);
    }
    ctx.restore();
  }
}
