// One symbol's live drift: thinned rows of the open 1 h and 24 h windows, a verdict when one closes, and the earlier
// verdicts. Event time only; thresholds come with the champion's reference.
import { fnv1aOfText } from "../features/fnv1a.ts";
import { decodePage, encodePage, type Page } from "../features/page-buffer.ts";
import { StateFormatError } from "../features/binary-container.ts";
import { DriftHistory } from "./drift-history.ts";
import { DriftRatios, type RatiosByFeature } from "./drift-ratios.ts";
import type { DriftSummary, DriftVerdict } from "./drift-verdict.ts";
import { judgeWindow } from "./judge-window.ts";
import { type DriftReference, type DriftWindowName, PROBABILITY } from "./drift-reference.ts";
import { driftWindowPlan } from "./drift-window-plan.ts";
import { OwnMoments } from "./own-moments.ts";
import { placed } from "./placement.ts";
import { learnedReference, ownPart, type SymbolReference, trainedReference } from "./symbol-reference.ts";
import { WindowRows } from "./window-rows.ts";

const KIND = "drift-windows 1";
const VERDICT_KIND = "drift-verdict 2";
const STATE_PAGE = "windows";
const OWN_PAGE = "own";
const OWN_KIND = "drift-own 1";
const NONE: readonly DriftVerdict[] = [];
/**
 * Steps of a segment in which columns may still be without values: twice the 60 values that a column needs at most, as
 * a step may have none.
 */
const SETTLING_STEPS = 120;

/**
 * Takes every closed step in order. Windows are aligned to the epoch, so that they do not depend on restarts or the
 * symbol. A window that is open when the stream pauses closes with the next step; windows without steps get no verdict.
 */
export class DriftWindows {
  /** Saved pages that could not be read: their rows or verdicts are lost. */
  damagedPages = 0;
  private readonly columnNames: readonly string[];
  private readonly stepMs: number;
  private readonly layout: string;
  private readonly windows: readonly WindowRows[];
  private reference: DriftReference | null = null;
  private symbol = "";
  /** What the columns of a symbol that the model was not trained on look like in its first windows. */
  private own: OwnMoments;
  private ownChanged = false;
  private modelSha: string | null = null;
  private lastIndex = -Infinity;
  /** The first step of the segment that is no longer settling. */
  private settledFrom = -Infinity;
  /** Rows of the open windows that are of settling steps. */
  private readonly settlingRows: Float64Array;
  private readonly latestOf = new Map<DriftWindowName, DriftVerdict>();
  private readonly fresh = new Set<DriftWindowName>();
  private past = new DriftHistory();
  private ratios: DriftRatios;
  private changed = true;

  /**
   * @param columnNames all columns of the row, then `probability`.
   * @param relativeTo what rows are divided by, as the text of a label spec: saved rows relative to another spec are
   * discarded.
   * @throws RangeError unless `stepMs` is a positive whole number and the last column is `probability`.
   */
  constructor(stepMs: number, columnNames: readonly string[], relativeTo = "") {
    if (columnNames[columnNames.length - 1] !== PROBABILITY) {
      throw new RangeError(`columnNames: got ${columnNames.join(", ")}, expected "${PROBABILITY}" as the last`);
    }
    this.stepMs = stepMs;
    this.columnNames = columnNames;
    this.layout = hashOf([...columnNames, relativeTo].join("\n"));
    this.own = new OwnMoments(columnNames.length);
    this.ratios = new DriftRatios(columnNames);
    this.windows = driftWindowPlan(stepMs).map((plan) => new WindowRows(plan, stepMs, columnNames.length, this.layout));
    this.settlingRows = new Float64Array(this.windows.length);
  }

  /**
   * Sets the champion's training distribution and the champion itself. After a change of model the rows are kept and
   * the scores cleared, so that one window never mixes two models' scores.
   * @param reference `null` when its manifest has none. @param symbol as the manifest names it: where the reference has
   * symbols and this is none of them, its first windows under this model say where its values lie.
   */
  setReference(reference: DriftReference | null, modelSha: string, symbol = ""): void {
    this.reference = reference;
    this.symbol = symbol;
    if (modelSha === this.modelSha) return;
    if (this.own.most > 0) {
      this.own = new OwnMoments(this.columnNames.length);
      this.ownChanged = true;
    }
    for (const rows of this.windows) rows.clearColumn(this.columnNames.length - 1);
    this.modelSha = modelSha;
    this.changed = true;
  }

  /**
   * Says that the next step begins a segment: statistics have begun anew, so for some time columns without values say
   * nothing of the feed. A step at or before the last one is ignored.
   */
  startSegment(index: number): void {
    if (!(index > this.lastIndex)) return;
    this.settledFrom = index + SETTLING_STEPS;
    this.changed = true;
  }

  /**
   * Adds a closed step. A step at or before the last one is ignored.
   * @param row one value per column, `NaN` where there is none; copied.
   * @param counts whether the row counts, as in training; others only advance the time.
   * @returns the verdicts of the windows that this step closed, usually none.
   */
  update(index: number, row: Float32Array, counts: boolean): readonly DriftVerdict[] {
    if (!(index > this.lastIndex)) return NONE;
    this.lastIndex = index;
    let closed: DriftVerdict[] | undefined;
    for (const [w, rows] of this.windows.entries()) {
      const number = rows.windowOf(index);
      if (number !== rows.number) {
        if (!Number.isNaN(rows.number)) (closed ??= []).push(this.close(rows, this.settlingRows[w]!));
        rows.start(number);
        this.settlingRows[w] = 0;
        this.changed = true;
      }
      if (!counts || !rows.samples(index)) continue;
      rows.add(index, row);
      if (index < this.settledFrom) this.settlingRows[w]! += 1;
    }
    return closed ?? NONE;
  }

  /** Whether some window samples this step. Only such steps need a row. */
  samples(index: number): boolean {
    return this.windows.some((rows) => rows.samples(index));
  }

  /** The verdict on the last closed window of this length; `null` before the first. */
  latest(name: DriftWindowName): DriftVerdict | null {
    return this.latestOf.get(name) ?? null;
  }

  /** The last 175 verdicts of both lengths, a week of them, oldest first. */
  get history(): readonly DriftSummary[] {
    return this.past.lines;
  }

  /** How far each feature was in a window of the history, see `DriftRatios.of`. */
  ratiosOf(line: Pick<DriftSummary, "window" | "toMs">): RatiosByFeature | null {
    return this.ratios.of(line);
  }

  private close(rows: WindowRows, settlingRows: number): DriftVerdict {
    const used = this.symbolReference();
    const verdict = judgeWindow(
      {
        plan: rows.plan,
        number: rows.number,
        rows: rows.size,
        settlingRows,
        modelSha: this.modelSha ?? "",
        column: (name) => {
          const column = this.columnNames.indexOf(name);
          if (column < 0) return null;
          const placement = used?.placements[used.reference.features.findIndex((feature) => feature.name === name)];
          return placement ? placed(rows.column(column), placement) : rows.column(column);
        },
      },
      used?.reference ?? null,
    );
    if (this.isForeign && rows.plan.name === "1h") this.learn(rows);
    this.latestOf.set(verdict.window, verdict);
    this.fresh.add(verdict.window);
    this.past.add(verdict);
    this.ratios.add(verdict);
    return verdict;
  }

  /** Whether the reference has symbols and this is none of them. */
  private get isForeign(): boolean {
    return this.reference !== null && ownPart(this.reference, this.symbol) === null;
  }

  private symbolReference(): SymbolReference | null {
    if (this.reference === null) return null;
    const own = ownPart(this.reference, this.symbol);
    if (own === undefined) return { reference: this.reference, placements: [] };
    if (own !== null) return trainedReference(this.reference, own);
    return learnedReference(this.reference, this.own, (name) => this.columnNames.indexOf(name));
  }

  private learn(rows: WindowRows): void {
    for (const column of this.columnNames.keys()) {
      if (this.own.add(column, rows.column(column), rows.plan.minRows)) this.ownChanged = true;
    }
  }

  /**
   * All pages that changed since the last call: `windows` with the open windows, the parts of their rows, and, when one
   * has closed, `verdict-<window>`, `history` and `ratios`; `own` after a window that was learned from.
   */
  dirtyPages(): Page[] {
    const pages = this.windows.flatMap((rows) => rows.dirtyPages());
    for (const name of this.fresh) {
      const numbers = { ...this.belongsTo(), verdict: JSON.stringify(this.latestOf.get(name)) };
      pages.push({ id: `verdict-${name}`, bytes: encodePage(VERDICT_KIND, { numbers, arrays: [] }) });
    }
    this.fresh.clear();
    pages.push(...this.past.dirtyPages(this.belongsTo()), ...this.ratios.dirtyPages(this.belongsTo()));
    if (this.ownChanged) {
      const arrays = [this.own.numbers];
      pages.push({ id: OWN_PAGE, bytes: encodePage(OWN_KIND, { numbers: this.belongsTo(), arrays }) });
      this.ownChanged = false;
    }
    if (this.changed || pages.length > 0) pages.push({ id: STATE_PAGE, bytes: this.encodeState() });
    this.changed = false;
    return pages;
  }

  /**
   * Restores the pages from all calls of `dirtyPages`; call `setReference` afterwards. The content of a missing or
   * damaged page is lost. Pages of another step length, of other columns or relative to another spec are ignored.
   */
  static load(
    stepMs: number,
    columnNames: readonly string[],
    pages: ReadonlyMap<string, ArrayBuffer>,
    relativeTo = "",
  ): DriftWindows {
    const loaded = new DriftWindows(stepMs, columnNames, relativeTo);
    const open = loaded.readState(pages);
    for (const [k, rows] of loaded.windows.entries()) {
      loaded.damagedPages += rows.restore(pages, open[k] ?? NaN);
      loaded.readVerdict(pages, rows.plan.name);
    }
    const own = loaded.readPage(pages.get(OWN_PAGE), OWN_KIND)?.arrays[0];
    if (own instanceof Float64Array && own.length === loaded.own.numbers.length) {
      loaded.own = new OwnMoments(columnNames.length, own);
    }
    const history = loaded.readPage(pages.get(DriftHistory.PAGE_ID), DriftHistory.KIND);
    if (history !== null) loaded.past = DriftHistory.read(history);
    const ratios = loaded.readPage(pages.get(DriftRatios.PAGE_ID), DriftRatios.KIND);
    if (ratios !== null) loaded.ratios = DriftRatios.read(ratios, columnNames);
    return loaded;
  }

  private encodeState(): ArrayBuffer {
    const numbers = {
      ...this.belongsTo(),
      modelSha: this.modelSha,
      lastIndex: Number.isFinite(this.lastIndex) ? this.lastIndex : null,
      settledFrom: Number.isFinite(this.settledFrom) ? this.settledFrom : null,
    };
    const open = Float64Array.from(this.windows, (rows) => rows.number);
    return encodePage(KIND, { numbers, arrays: [open, this.settlingRows] });
  }

  /** Numbers of the open windows; none without a readable page. */
  private readState(pages: ReadonlyMap<string, ArrayBuffer>): ArrayLike<number> {
    const page = this.readPage(pages.get(STATE_PAGE), KIND);
    if (page === null) return [];
    const { modelSha, lastIndex, settledFrom } = page.numbers;
    this.modelSha = typeof modelSha === "string" ? modelSha : null;
    if (typeof lastIndex === "number") this.lastIndex = lastIndex;
    // Older pages do not say what is settling, and hold rows without a threshold: such windows are not judged by it.
    if (typeof settledFrom === "number") this.settledFrom = settledFrom;
    const settlingRows = page.arrays[1];
    if (settlingRows?.length === this.settlingRows.length) this.settlingRows.set(settlingRows);
    else this.settlingRows.fill(Infinity);
    this.changed = false;
    return page.arrays[0] ?? [];
  }

  private readVerdict(pages: ReadonlyMap<string, ArrayBuffer>, name: DriftWindowName): void {
    const page = this.readPage(pages.get(`verdict-${name}`), VERDICT_KIND);
    if (page === null) return;
    const { features, ...verdict } = JSON.parse(String(page.numbers["verdict"])) as DriftVerdict;
    // Verdicts of older versions say nothing of presence.
    this.latestOf.set(name, {
      ...verdict,
      features: features.map((one) => ({ ...one, presence: one.presence ?? null })),
    });
  }

  /** Identifies a page's columns and step, so that other pages can be ignored. */
  private belongsTo(): { readonly layout: string; readonly stepMs: number } {
    return { layout: this.layout, stepMs: this.stepMs };
  }

  /** `null` for a missing, damaged or foreign page. */
  private readPage(bytes: ArrayBuffer | undefined, kind: string): ReturnType<typeof decodePage> | null {
    if (bytes === undefined) return null;
    try {
      const page = decodePage(kind, bytes);
      const { layout, stepMs } = this.belongsTo();
      return page.numbers["layout"] === layout && page.numbers["stepMs"] === stepMs ? page : null;
    } catch (error) {
      if (!(error instanceof StateFormatError || error instanceof SyntaxError)) throw error;
      this.damagedPages += 1;
      return null;
    }
  }
}

/** Hash as hexadecimal digits, short enough to be stored in every page. */
function hashOf(text: string): string {
  return fnv1aOfText(text).toString(16);
}
