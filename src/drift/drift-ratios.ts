// How far each feature was from the training data in the windows of the last week, as multiples of its own threshold. A
// page of its own beside the history: states of older versions have none.
import { encodePage, type Page, type PageContent } from "../features/page-buffer.ts";
import { HISTORY_LINES } from "./drift-history.ts";
import type { DriftWindowName } from "./drift-reference.ts";
import type { DriftSummary, DriftVerdict, FeatureDrift } from "./drift-verdict.ts";

/** By feature; `null` for one without a threshold or without a distance. */
export type RatiosByFeature = Readonly<Record<string, number | null>>;

const WINDOWS: readonly DriftWindowName[] = ["1h", "24h"];
/** What stands for a column that is no feature of the model. */
const NO_FEATURE = -1;

interface Line {
  readonly window: DriftWindowName;
  readonly toMs: number;
  /** One number a column: `NaN` for no ratio, `NO_FEATURE` for no feature. */
  readonly ratios: Float32Array;
}

/** As many lines as the history has, four bytes a column. */
export class DriftRatios {
  static readonly PAGE_ID = "ratios";
  static readonly KIND = "drift-ratios 1";
  private readonly columnNames: readonly string[];
  private lines: Line[] = [];
  private changed = false;

  constructor(columnNames: readonly string[]) {
    this.columnNames = columnNames;
  }

  add({ window, toMs, features }: DriftVerdict): void {
    const ratios = new Float32Array(this.columnNames.length).fill(NO_FEATURE);
    for (const feature of features) {
      const column = this.columnNames.indexOf(feature.name);
      if (column >= 0) ratios[column] = ratioOf(feature) ?? NaN;
    }
    this.lines.push({ window, toMs, ratios });
    if (this.lines.length > HISTORY_LINES) this.lines.shift();
    this.changed = true;
  }

  /**
   * Those of a line of the history, to six digits; `null` if they were not kept: the line is of an older version, or
   * the model had no training distribution.
   */
  of({ window, toMs }: Pick<DriftSummary, "window" | "toMs">): RatiosByFeature | null {
    const line = this.lines.findLast((one) => one.window === window && one.toMs === toMs);
    if (line === undefined) return null;
    const named = this.columnNames.flatMap((name, column): [string, number | null][] => {
      const ratio = line.ratios[column]!;
      if (ratio === NO_FEATURE) return [];
      return [[name, Number.isNaN(ratio) ? null : Number(ratio.toPrecision(6))]];
    });
    return named.length === 0 ? null : Object.fromEntries(named);
  }

  /**
   * The page `ratios`, if a line was added since the last call.
   * @param numbers identify the page's owner.
   */
  dirtyPages(numbers: Readonly<Record<string, number | string>>): Page[] {
    if (!this.changed) return [];
    this.changed = false;
    const width = this.columnNames.length;
    const places = Float64Array.from(this.lines.flatMap(({ window, toMs }) => [WINDOWS.indexOf(window), toMs]));
    const ratios = new Float32Array(this.lines.length * width);
    this.lines.forEach((line, k) => ratios.set(line.ratios, k * width));
    const bytes = encodePage(DriftRatios.KIND, { numbers, arrays: [places, ratios] });
    return [{ id: DriftRatios.PAGE_ID, bytes }];
  }

  /** Reads a page of `dirtyPages` with the same columns; nothing of one that has another size. */
  static read(page: PageContent, columnNames: readonly string[]): DriftRatios {
    const read = new DriftRatios(columnNames);
    const [places, ratios] = page.arrays;
    const width = columnNames.length;
    const count = (places?.length ?? 0) / 2;
    if (places === undefined || !(ratios instanceof Float32Array) || ratios.length !== count * width) return read;
    for (let k = 0; k < count; k++) {
      const window = WINDOWS[places[2 * k]!];
      if (window === undefined) continue;
      read.lines.push({ window, toMs: places[2 * k + 1]!, ratios: ratios.slice(k * width, (k + 1) * width) });
    }
    return read;
  }
}

/** The distance over the feature's own threshold where it is counted; as in `largestRatio`. */
function ratioOf({ wasserstein, threshold, drifted }: FeatureDrift): number | null {
  if (drifted === null || wasserstein === null || threshold === null) return null;
  return Number.isFinite(wasserstein) && threshold > 0 && threshold < Infinity ? wasserstein / threshold : null;
}
