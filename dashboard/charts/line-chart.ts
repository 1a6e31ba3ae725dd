// Lines over time or over any other number, drawn by uPlot: colours by the style sheet, a shared cursor, bands for
// intervals, levels, and the table behind it.
import uPlot from "uplot";
import type { Observed } from "../app/observed.ts";
import type { Theme } from "../app/theme.ts";
import { formatDateTime } from "../format/time-format.ts";
import { ChartFrame, type ChartTable } from "./chart-frame.ts";
import { type StyleToken, styleToken, translucent } from "./style-token.ts";
import { timeAxisTexts } from "./time-axis-texts.ts";

export interface ChartSeries {
  readonly label: string;
  readonly colour: StyleToken;
  readonly format: (value: number | null) => string;
  readonly unit?: string;
  readonly dash?: readonly number[];
  readonly widthPx?: number;
  /** Filled down to the axis. */
  readonly fill?: boolean;
  /** Drawn as points; `only` without a line. */
  readonly points?: "too" | "only";
  /** Holds its value until the next one. */
  readonly stepped?: boolean;
  /** The legend shows no value of it. */
  readonly noValue?: boolean;
  /** Not named in the legend: one of a band's edges. */
  readonly unnamed?: boolean;
}

/** An area between two series, each by its place in the list. */
export interface ChartBand {
  readonly high: number;
  readonly low: number;
  readonly colour: StyleToken;
}

/** A horizontal line. */
export interface ChartLevel {
  readonly value: number;
  readonly label: string;
  readonly colour: StyleToken;
}

export interface LineChartOptions {
  readonly title: string;
  readonly words?: string;
  readonly theme: Observed<Theme>;
  /** Times are in ms. */
  readonly x:
    | { readonly kind: "time" }
    | {
        readonly kind: "number";
        readonly label: string;
        readonly format: (value: number) => string;
        readonly range?: readonly [number, number];
      };
  readonly y: {
    readonly format: (value: number) => string;
    /** Always this range. */
    readonly range?: readonly [number, number];
    /** Values that the range takes in, whatever the data. */
    readonly includes?: readonly number[];
    readonly log?: boolean;
  };
  readonly series: readonly ChartSeries[];
  readonly bands?: readonly ChartBand[];
  readonly levels?: readonly ChartLevel[];
  readonly heightPx?: number;
  /** Of the axis at the left: charts that stand below each other have the same. */
  readonly axisWidthPx?: () => number;
  /** Charts with the same key share the cursor. */
  readonly cursorKey?: string;
  /** The reader marked a part of the x axis; without it nothing can be marked. */
  readonly onRange?: (from: number, to: number) => void;
  /** Draws behind the lines. */
  readonly paint?: (plot: uPlot) => void;
  /** The cursor stands on this entry; null when it left. */
  readonly onCursor?: (index: number | null) => void;
}

export type ChartColumns = readonly [readonly number[], ...(readonly (number | null)[])[]];

/** Rows of the table behind it at most: it is for reading, not for export. */
const TABLE_ROWS = 120;
const HEIGHT_PX = 180;
const LEFT_AXIS_PX = 58;

export class LineChart {
  readonly element: HTMLElement;
  readonly #frame: ChartFrame;
  readonly #options: LineChartOptions;
  readonly #plot: uPlot;
  readonly #resized: ResizeObserver;
  readonly #unwatch: () => void;
  #columns: ChartColumns;
  #range: readonly [number, number] | null = null;

  constructor(options: LineChartOptions) {
    this.#options = options;
    this.#columns = [[], ...options.series.map(() => [])];
    this.#frame = new ChartFrame({
      title: options.title,
      ...(options.words === undefined ? {} : { words: options.words }),
      legend: options.series
        .filter(({ unnamed }) => unnamed !== true)
        .map(({ label, colour, unit, dash }) => ({
          label,
          colour,
          dashed: dash !== undefined,
          ...(unit === undefined ? {} : { unit }),
        })),
      table: () => this.#table(),
    });
    this.element = this.#frame.element;
    this.#plot = new uPlot(this.#uplotOptions(), this.#data(), this.#frame.plot);
    this.#resized = new ResizeObserver(() => {
      const width = this.#frame.plot.clientWidth;
      if (width > 0 && width !== this.#plot.width) this.#plot.setSize({ width, height: options.heightPx ?? HEIGHT_PX });
    });
    this.#resized.observe(this.#frame.plot);
    this.#unwatch = options.theme.watch(() => this.#plot.redraw(false, true));
  }

  /** The x column and one column a series; null where nothing is known. `range` keeps the x axis at a part of it. */
  setData(columns: ChartColumns, range: readonly [number, number] | null = this.#range): void {
    this.#columns = columns;
    this.#range = range;
    this.#plot.setData(this.#data(), true);
    this.#showValues(null);
    this.#frame.tableChanged();
  }

  setRange(range: readonly [number, number] | null): void {
    this.#range = range;
    this.#plot.setData(this.#data(), true);
  }

  /** Puts the cursor on an entry, as another chart has it; null takes it away. */
  setCursor(index: number | null): void {
    const x = index === null ? undefined : this.#columns[0][index];
    const left = x === undefined ? -10 : this.#plot.valToPos(x, "x");
    this.#plot.setCursor({ left, top: 0 });
  }

  setWords(words: string): void {
    this.#frame.setWords(words);
  }

  /** What a screen reader says beside the title. */
  setDescription(description: string): void {
    this.#frame.setDescription(description);
  }

  close(): void {
    this.#unwatch();
    this.#resized.disconnect();
    this.#plot.destroy();
  }

  #data(): uPlot.AlignedData {
    const [x, ...y] = this.#columns;
    return [x as number[], ...(y as (number | null)[][])];
  }

  #uplotOptions(): uPlot.Options {
    const { x, y, series, bands, heightPx, cursorKey, onRange } = this.#options;
    const axis = (): Partial<uPlot.Axis> => ({
      stroke: () => styleToken("--muted"),
      grid: { stroke: () => styleToken("--line"), width: 1 },
      ticks: { show: false },
      font: "11px system-ui, sans-serif",
    });
    return {
      width: 600,
      height: heightPx ?? HEIGHT_PX,
      ms: 1,
      tzDate: (ts) => uPlot.tzDate(new Date(ts), "Etc/UTC"),
      legend: { show: false },
      padding: [8, 0, 0, 0],
      scales: {
        x: { time: x.kind === "time", range: (_plot, min, max) => this.#xRange(min, max) },
        y: { range: (_plot, min, max) => this.#yRange(min, max), ...(y.log === true ? { distr: 3, log: 10 } : {}) },
      },
      axes: [
        {
          ...axis(),
          ...(x.kind === "time"
            ? { values: (_plot, splits, _axis, _space, every) => timeAxisTexts(splits, every), space: 76 }
            : {
                values: (_plot, splits) => splits.map((value) => x.format(value)),
                label: x.label,
                labelSize: 22,
                labelFont: "11px system-ui, sans-serif",
              }),
          size: 28,
        },
        {
          ...axis(),
          values: (_plot, splits) => splits.map((value) => (value === null ? "" : y.format(value))),
          size: () => this.#options.axisWidthPx?.() ?? LEFT_AXIS_PX,
        },
      ],
      series: [{}, ...series.map((one) => uplotSeries(one))],
      bands: (bands ?? []).map(({ high, low, colour }) => ({
        series: [high + 1, low + 1] as [number, number],
        fill: () => translucent(colour, 0.18),
      })),
      cursor: {
        y: false,
        points: { size: 6 },
        drag: { x: onRange !== undefined, y: false, setScale: false },
        ...(cursorKey === undefined ? {} : { sync: { key: cursorKey } }),
      },
      hooks: {
        drawAxes: [(plot) => this.#options.paint?.(plot)],
        draw: [(plot) => this.#drawLevels(plot)],
        setCursor: [(plot) => this.#onCursor(plot.cursor.idx ?? null)],
        setSelect: [(plot) => this.#onSelect(plot)],
      },
    };
  }

  #xRange(min: number | null, max: number | null): uPlot.Range.MinMax {
    const { x } = this.#options;
    if (this.#range !== null) return [...this.#range];
    if (x.kind === "number" && x.range !== undefined) return [...x.range];
    return [min ?? 0, max ?? 1];
  }

  #yRange(min: number | null, max: number | null): uPlot.Range.MinMax {
    const { y, levels } = this.#options;
    if (y.range !== undefined) return [...y.range];
    const values = [min, max, ...(y.includes ?? []), ...(levels ?? []).map(({ value }) => value)].filter(
      (value) => value !== null,
    );
    if (values.length === 0) return [y.log === true ? 0.1 : 0, 1];
    const [low, high] = [Math.min(...values), Math.max(...values)];
    if (y.log === true) return [low / 1.2, high * 1.2];
    const margin = (high - low || Math.abs(high) || 1) * 0.08;
    return [y.includes?.includes(low) === true ? low : low - margin, high + margin];
  }

  #drawLevels(plot: uPlot): void {
    const { ctx, bbox } = plot;
    for (const { value, label, colour } of this.#options.levels ?? []) {
      const y = Math.round(plot.valToPos(value, "y", true)) + 0.5;
      if (y < bbox.top || y > bbox.top + bbox.height) continue;
      ctx.save();
      ctx.strokeStyle = ctx.fillStyle = styleToken(colour);
      ctx.lineWidth = uPlot.pxRatio;
      ctx.setLineDash([5 * uPlot.pxRatio, 4 * uPlot.pxRatio]);
      ctx.beginPath();
      ctx.moveTo(bbox.left, y);
      ctx.lineTo(bbox.left + bbox.width, y);
      ctx.stroke();
      ctx.font = `${11 * uPlot.pxRatio}px system-ui, sans-serif`;
      ctx.textAlign = "right";
      ctx.fillText(label, bbox.left + bbox.width, y - 4 * uPlot.pxRatio);
      ctx.restore();
    }
  }

  #onSelect(plot: uPlot): void {
    const { left, width } = plot.select;
    if (width < 4) return;
    const [from, to] = [plot.posToVal(left, "x"), plot.posToVal(left + width, "x")];
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.#options.onRange?.(from, to);
  }

  #onCursor(index: number | null): void {
    this.#showValues(index);
    this.#options.onCursor?.(index);
  }

  /** Values under the cursor; without one, the last that are known. */
  #showValues(index: number | null): void {
    const texts: string[] = [];
    this.#options.series.forEach((series, i) => {
      if (series.unnamed === true) return;
      const column = this.#columns[i + 1] ?? [];
      const value = index === null ? (column.findLast((one) => one !== null) ?? null) : (column[index] ?? null);
      texts.push(series.noValue === true ? "" : series.format(value));
    });
    this.#frame.setValues(texts);
  }

  #table(): ChartTable {
    const { x, series } = this.#options;
    const [xs, ...columns] = this.#columns;
    const indexes = xs.map((_, i) => i).filter((i) => columns.some((column) => column[i] !== null));
    const shown = x.kind === "time" ? indexes.slice(-TABLE_ROWS).reverse() : indexes.slice(0, TABLE_ROWS);
    const cut =
      shown.length < indexes.length
        ? `${x.kind === "time" ? "the newest" : "the first"} ${shown.length} of ${indexes.length}`
        : undefined;
    const atX = (value: number): string => (x.kind === "time" ? formatDateTime(value) : x.format(value));
    return {
      columns: [
        x.kind === "time" ? "Time (UTC)" : x.label,
        ...series.map(({ label, unit }) => (unit === undefined ? label : `${label} (${unit})`)),
      ],
      rows: shown.map((i) => [
        atX(xs[i] ?? Number.NaN),
        ...series.map(({ format }, j) => format(columns[j]?.[i] ?? null)),
      ]),
      ...(cut === undefined ? {} : { note: cut }),
    };
  }
}

function uplotSeries({ colour, dash, widthPx, fill, points, stepped, unnamed }: ChartSeries): uPlot.Series {
  const onlyPoints = points === "only";
  return {
    stroke: () => (unnamed === true ? "transparent" : styleToken(colour)),
    width: onlyPoints ? 0 : (widthPx ?? 1.5),
    ...(dash === undefined ? {} : { dash: [...dash] }),
    ...(fill === true ? { fill: () => translucent(colour, 0.12) } : {}),
    ...(stepped === true && uPlot.paths.stepped !== undefined ? { paths: uPlot.paths.stepped({ align: 1 }) } : {}),
    ...(onlyPoints ? { paths: () => null } : {}),
    points: {
      show: points !== undefined,
      size: 7,
      width: 1.5,
      stroke: () => styleToken(colour),
      fill: () => styleToken(colour),
    },
    spanGaps: false,
  };
}
