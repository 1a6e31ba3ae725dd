// The price, drawn by lightweight-charts: a line where every step is a point, candles where a point is many steps;
// spikes are marked where they were confirmed, over a band of the time that they are about.
import {
  CandlestickSeries,
  ColorType,
  createChart,
  createSeriesMarkers,
  CrosshairMode,
  type IChartApi,
  type ISeriesApi,
  type ISeriesMarkersPluginApi,
  LineSeries,
  type LogicalRange,
  type Time,
  type UTCTimestamp,
} from "lightweight-charts";
import type { Observed } from "../app/observed.ts";
import type { Theme } from "../app/theme.ts";
import { formatPrice, priceDecimals } from "../format/number-format.ts";
import { formatDateTime } from "../format/time-format.ts";
import { ChartFrame } from "./chart-frame.ts";
import { styleToken, translucent } from "./style-token.ts";
import { TimeBands } from "./time-bands.ts";

export interface PriceColumns {
  /** Ends of buckets, ms, all equally far apart. */
  readonly ts: readonly number[];
  readonly open: readonly (number | null)[];
  readonly high: readonly (number | null)[];
  readonly low: readonly (number | null)[];
  readonly price: readonly (number | null)[];
}

export interface PriceData {
  readonly columns: PriceColumns;
  /** Whether a bucket is more than one step: then it has an extent. */
  readonly isBucketed: boolean;
  /** Times in ms. */
  readonly spikes: readonly { readonly fromMs: number; readonly toMs: number; readonly confirmedMs: number }[];
}

export interface PriceChartOptions {
  readonly theme: Observed<Theme>;
  readonly axisWidthPx: number;
  /** The reader scrolled or zoomed. Ends in ms. */
  readonly onRange: (fromMs: number, toMs: number) => void;
  readonly onCursor: (index: number | null) => void;
}

const HEIGHT_PX = 280;
const TABLE_ROWS = 120;
/** The chart reports a change within this time. */
const REPORTED_MS = 100;

export class PriceChart {
  readonly element: HTMLElement;
  readonly #options: PriceChartOptions;
  readonly #frame: ChartFrame;
  readonly #chart: IChartApi;
  readonly #line: ISeriesApi<"Line">;
  readonly #candles: ISeriesApi<"Candlestick">;
  readonly #bands = new TimeBands(() => translucent("--hue-1", 0.14));
  readonly #markers: readonly ISeriesMarkersPluginApi<Time>[];
  readonly #unwatch: () => void;
  #data: PriceData = { columns: { ts: [], open: [], high: [], low: [], price: [] }, isBucketed: false, spikes: [] };
  /** Until when a change of the range is the reader's wish: the chart reports its own ones too, a frame later. */
  #readerUntilMs = 0;
  #isPressed = false;

  constructor(options: PriceChartOptions) {
    this.#options = options;
    this.#frame = new ChartFrame({
      title: "Price",
      legend: [
        { label: "price", colour: "--hue-0" },
        { label: "spike confirmed", colour: "--alarm", mark: "▼" },
        { label: "the time it is about", colour: "--hue-1", mark: "▒" },
      ],
      table: () => this.#table(),
    });
    this.element = this.#frame.element;
    this.#chart = createChart(this.#frame.plot, {
      height: HEIGHT_PX,
      autoSize: false,
      layout: { attributionLogo: false, fontSize: 11, background: { type: ColorType.Solid, color: "transparent" } },
      leftPriceScale: { visible: true, borderVisible: false, minimumWidth: options.axisWidthPx },
      rightPriceScale: { visible: false },
      timeScale: {
        timeVisible: true,
        secondsVisible: false,
        borderVisible: false,
        shiftVisibleRangeOnNewBar: false,
        rightOffset: 0,
        minBarSpacing: 0.1,
        fixRightEdge: false,
      },
      crosshair: { mode: CrosshairMode.Magnet, horzLine: { visible: false, labelVisible: false } },
      // A wheel over the chart scrolls the page; with Ctrl, or by a pinch, it zooms.
      kineticScroll: { touch: false, mouse: false },
      handleScroll: { mouseWheel: false, vertTouchDrag: false },
      handleScale: { mouseWheel: false, axisPressedMouseMove: false },
      localization: { priceFormatter: formatPrice },
    });
    const shared = { priceScaleId: "left", priceLineVisible: false, lastValueVisible: true } as const;
    this.#line = this.#chart.addSeries(LineSeries, { ...shared, lineWidth: 2, crosshairMarkerRadius: 3 });
    this.#candles = this.#chart.addSeries(CandlestickSeries, { ...shared, borderVisible: false });
    this.#line.attachPrimitive(this.#bands);
    this.#markers = [createSeriesMarkers(this.#line, []), createSeriesMarkers(this.#candles, [])];
    this.#chart.timeScale().subscribeVisibleLogicalRangeChange((range) => this.#onRange(range));
    this.#chart.subscribeCrosshairMove(({ time }) => this.#onCursor(time));
    const { plot } = this.#frame;
    plot.addEventListener("wheel", (event) => this.#onWheel(event), { passive: false });
    plot.addEventListener("pointerdown", () => (this.#isPressed = true));
    addEventListener("pointerup", this.#onRelease);
    addEventListener("pointercancel", this.#onRelease);
    this.#unwatch = options.theme.watch(() => this.#paint());
    this.#resized.observe(this.#frame.plot);
  }

  readonly #resized = new ResizeObserver(() => {
    const width = this.#frame.plot.clientWidth;
    if (width === 0) return;
    this.#chart.resize(width, HEIGHT_PX);
  });

  /** Shows the data, and of it the part from `fromMs` to `toMs`. */
  setData(data: PriceData, fromMs: number, toMs: number): void {
    this.#data = data;
    this.#fill();
    this.setRange(fromMs, toMs);
    this.#frame.tableChanged();
    this.#showValue(null);
  }

  setRange(fromMs: number, toMs: number): void {
    const { ts } = this.#data.columns;
    const first = ts[0];
    const second = ts[1];
    if (first === undefined || second === undefined) return;
    // The reader holds it: the chart is where the wish comes from.
    if (this.#isReader()) return;
    const everyMs = second - first;
    this.#chart.timeScale().setVisibleLogicalRange({ from: (fromMs - first) / everyMs, to: (toMs - first) / everyMs });
  }

  /** Puts the cursor where another chart has it. */
  setCursor(index: number | null): void {
    const ts = index === null ? undefined : this.#data.columns.ts[index];
    const price = index === null ? null : (this.#data.columns.price[index] ?? null);
    this.#showValue(index);
    if (ts === undefined || price === null) this.#chart.clearCrosshairPosition();
    else this.#chart.setCrosshairPosition(price, timeOf(ts), this.#data.isBucketed ? this.#candles : this.#line);
  }

  /** Of the axis at the left, as wide as its prices need. */
  get axisWidthPx(): number {
    return this.#chart.priceScale("left").width() || this.#options.axisWidthPx;
  }

  setDescription(description: string): void {
    this.#frame.setDescription(description);
  }

  close(): void {
    removeEventListener("pointerup", this.#onRelease);
    removeEventListener("pointercancel", this.#onRelease);
    this.#unwatch();
    this.#resized.disconnect();
    this.#chart.remove();
  }

  #fill(): void {
    const { columns, isBucketed, spikes } = this.#data;
    const { ts, open, high, low, price } = columns;
    const at = (i: number): { time: UTCTimestamp } => ({ time: timeOf(ts[i] ?? 0) });
    const lastPrice = price.findLast((value) => value !== null) ?? 1;
    const decimals = priceDecimals(lastPrice);
    const priceFormat = { type: "price", precision: decimals, minMove: 10 ** -decimals } as const;
    this.#line.applyOptions({ priceFormat });
    this.#candles.applyOptions({ priceFormat });
    this.#line.setData(
      isBucketed
        ? []
        : ts.map((_, i) => {
            const value = price[i] ?? null;
            return value === null ? at(i) : { ...at(i), value };
          }),
    );
    this.#candles.setData(
      isBucketed
        ? ts.map((_, i) => {
            const [o, h, l, c] = [open[i] ?? null, high[i] ?? null, low[i] ?? null, price[i] ?? null];
            if (o === null || h === null || l === null || c === null) return at(i);
            return { ...at(i), open: o, high: h, low: l, close: c };
          })
        : [],
    );
    const alarm = styleToken("--alarm");
    const [first = Number.POSITIVE_INFINITY, second = first + 1] = ts;
    const placeOf = (tsMs: number): number => (tsMs - first) / (second - first);
    this.#bands.set(spikes.map(({ fromMs, toMs }) => ({ from: placeOf(fromMs), to: placeOf(toMs) })));
    const marks = spikes
      .filter(({ confirmedMs }) => confirmedMs >= first)
      .map(({ confirmedMs }) => ({
        time: timeOf(confirmedMs),
        position: "aboveBar" as const,
        shape: "arrowDown" as const,
        color: alarm,
        size: 1,
      }));
    this.#markers[0]?.setMarkers(isBucketed ? [] : marks);
    this.#markers[1]?.setMarkers(isBucketed ? marks : []);
  }

  #paint(): void {
    const [muted, line, up, down] = ["--muted", "--line", "--hue-0", "--grey-0"].map((token) =>
      styleToken(token as `--${string}`),
    ) as [string, string, string, string];
    this.#chart.applyOptions({
      layout: { textColor: muted },
      grid: { vertLines: { color: line }, horzLines: { color: line } },
      crosshair: { vertLine: { color: muted, labelBackgroundColor: muted } },
    });
    this.#line.applyOptions({ color: up });
    this.#candles.applyOptions({ upColor: up, wickUpColor: up, downColor: down, wickDownColor: down });
    if (this.#data.columns.ts.length > 0) this.#fill();
  }

  #onRange(range: LogicalRange | null): void {
    const { ts } = this.#data.columns;
    const [first, second] = ts;
    if (!this.#isReader() || range === null || first === undefined || second === undefined) return;
    const everyMs = second - first;
    this.#options.onRange(first + range.from * everyMs, first + range.to * everyMs);
  }

  readonly #onRelease = (): void => {
    if (this.#isPressed) this.#readerUntilMs = performance.now() + REPORTED_MS;
    this.#isPressed = false;
  };

  #isReader(): boolean {
    return this.#isPressed || performance.now() < this.#readerUntilMs;
  }

  #onCursor(time: Time | undefined): void {
    const index = time === undefined ? -1 : this.#data.columns.ts.indexOf(Number(time) * 1000);
    this.#showValue(index < 0 ? null : index);
    this.#options.onCursor(index < 0 ? null : index);
  }

  #onWheel(event: WheelEvent): void {
    const { ts } = this.#data.columns;
    const range = this.#chart.timeScale().getVisibleLogicalRange();
    const isSideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
    if (range === null || ts.length < 2 || !(event.ctrlKey || isSideways)) return;
    event.preventDefault();
    this.#readerUntilMs = performance.now() + REPORTED_MS;
    const width = range.to - range.from;
    if (isSideways) {
      const shift = (event.deltaX / this.#frame.plot.clientWidth) * width;
      this.#chart.timeScale().setVisibleLogicalRange({ from: range.from + shift, to: range.to + shift });
      return;
    }
    const factor = Math.exp(Math.min(100, Math.max(-100, event.deltaY)) / 200);
    const rect = this.#frame.plot.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - rect.left) / rect.width));
    const pivot = range.from + width * share;
    this.#chart
      .timeScale()
      .setVisibleLogicalRange({ from: pivot - width * share * factor, to: pivot + width * (1 - share) * factor });
  }

  #showValue(index: number | null): void {
    const { price } = this.#data.columns;
    const value = index === null ? (price.findLast((one) => one !== null) ?? null) : (price[index] ?? null);
    this.#frame.setValues([formatPrice(value)]);
  }

  #table(): { columns: string[]; rows: string[][]; note?: string } {
    const { columns, spikes } = this.#data;
    const confirmed = new Set(spikes.map(({ confirmedMs }) => confirmedMs));
    const indexes = columns.ts.map((_, i) => i).filter((i) => columns.price[i] !== null);
    const shown = indexes.slice(-TABLE_ROWS).reverse();
    return {
      columns: ["Time (UTC)", "First", "Highest", "Lowest", "Last", "Spike"],
      rows: shown.map((i) => [
        formatDateTime(columns.ts[i] ?? null),
        ...[columns.open, columns.high, columns.low, columns.price].map((column) => formatPrice(column[i] ?? null)),
        confirmed.has(columns.ts[i] ?? 0) ? "confirmed" : "",
      ]),
      ...(shown.length < indexes.length ? { note: `the newest ${shown.length} of ${indexes.length}` } : {}),
    };
  }
}

function timeOf(tsMs: number): UTCTimestamp {
  return (tsMs / 1000) as UTCTimestamp;
}
