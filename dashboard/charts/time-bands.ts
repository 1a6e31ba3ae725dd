// Bands over parts of a price chart's time, behind everything else.
import type {
  IPanePrimitivePaneView,
  IPrimitivePaneRenderer,
  ISeriesPrimitive,
  PrimitivePaneViewZOrder,
  SeriesAttachedParameter,
  Time,
} from "lightweight-charts";

type DrawTarget = Parameters<IPrimitivePaneRenderer["draw"]>[0];

/** A part of the time as places among the chart's points, which need not be whole. */
export interface TimeBand {
  readonly from: number;
  readonly to: number;
}

export class TimeBands implements ISeriesPrimitive<Time> {
  #bands: readonly TimeBand[] = [];
  #chart: SeriesAttachedParameter<Time>["chart"] | undefined;
  #update: (() => void) | undefined;
  readonly #colour: () => string;
  readonly #views: readonly IPanePrimitivePaneView[];

  constructor(colour: () => string) {
    this.#colour = colour;
    const renderer: IPrimitivePaneRenderer = { draw: (target) => this.#draw(target) };
    this.#views = [{ zOrder: (): PrimitivePaneViewZOrder => "bottom", renderer: () => renderer }];
  }

  set(bands: readonly TimeBand[]): void {
    this.#bands = bands;
    this.#update?.();
  }

  attached({ chart, requestUpdate }: SeriesAttachedParameter<Time>): void {
    this.#chart = chart;
    this.#update = requestUpdate;
  }

  detached(): void {
    this.#chart = undefined;
    this.#update = undefined;
  }

  paneViews(): readonly IPanePrimitivePaneView[] {
    return this.#views;
  }

  #draw(target: DrawTarget): void {
    const range = this.#chart?.timeScale().getVisibleLogicalRange() ?? null;
    if (range === null) return;
    target.useBitmapCoordinateSpace(({ context, bitmapSize: { width, height } }) => {
      // The sight's ends are the pane's: half a point is before the first and after the last.
      const at = (place: number): number => ((place - range.from + 0.5) / (range.to - range.from + 1)) * width;
      context.fillStyle = this.#colour();
      for (const { from, to } of this.#bands) {
        const [left, right] = [Math.max(0, at(from)), Math.min(width, at(to))];
        if (right > left) context.fillRect(left, 0, right - left, height);
      }
    });
  }
}
