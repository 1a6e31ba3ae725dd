// The verdicts of the last week, one line each. Saved in a separate page, because it changes only when a window closes.
import { encodePage, type Page, type PageContent } from "../features/page-buffer.ts";
import type { DriftJudgement, DriftSummary, DriftVerdict } from "./drift-verdict.ts";
import type { DriftWindowName } from "./drift-reference.ts";

/** Most lines over both window lengths: a week of hours and of days. */
export const HISTORY_LINES = 175;
const WINDOWS: readonly DriftWindowName[] = ["1h", "24h"];
const JUDGEMENTS: readonly DriftJudgement[] = ["ok", "drift", "uncalibrated", "no_reference", "too_few_rows"];
/** Numbers of a line in the page. */
const WIDTH = 7;

/** The last 175 verdicts of both lengths. */
export class DriftHistory {
  static readonly PAGE_ID = "history";
  static readonly KIND = "drift-history 1";
  private kept: DriftSummary[] = [];
  private changed = false;

  /** Oldest first. */
  get lines(): readonly DriftSummary[] {
    return this.kept;
  }

  add({ window, toMs, driftedShare, datasetThreshold, largestRatio, datasetRatioThreshold, verdict }: DriftVerdict) {
    const limits = { threshold: datasetThreshold, ratioThreshold: datasetRatioThreshold };
    this.kept.push({ window, toMs, driftedShare, largestRatio, ...limits, verdict });
    if (this.kept.length > HISTORY_LINES) this.kept.shift();
    this.changed = true;
  }

  /**
   * The page `history`, 56 bytes a line, if a line was added since the last call.
   * @param numbers identify the page's owner.
   */
  dirtyPages(numbers: Readonly<Record<string, number | string>>): Page[] {
    if (!this.changed) return [];
    this.changed = false;
    const lines = this.kept.flatMap((line) => [
      WINDOWS.indexOf(line.window),
      line.toMs,
      line.driftedShare ?? NaN,
      line.threshold ?? NaN,
      line.largestRatio ?? NaN,
      line.ratioThreshold ?? NaN,
      JUDGEMENTS.indexOf(line.verdict),
    ]);
    return [
      {
        id: DriftHistory.PAGE_ID,
        bytes: encodePage(DriftHistory.KIND, { numbers, arrays: [Float64Array.from(lines)] }),
      },
    ];
  }

  /** Reads a page of `dirtyPages`; a line with an unknown window or verdict is left out. */
  static read(page: PageContent): DriftHistory {
    const history = new DriftHistory();
    const numbers = page.arrays[0] ?? new Float64Array(0);
    for (let at = 0; at < numbers.length; at += WIDTH) {
      const line = lineOf(numbers.subarray(at, at + WIDTH));
      if (line !== null) history.kept.push(line);
    }
    return history;
  }
}

function lineOf(numbers: ArrayLike<number>): DriftSummary | null {
  const window = WINDOWS[numbers[0]!];
  const verdict = JUDGEMENTS[numbers[6]!];
  if (window === undefined || verdict === undefined) return null;
  const orNull = (k: number): number | null => (Number.isNaN(numbers[k]!) ? null : numbers[k]!);
  return {
    window,
    toMs: numbers[1]!,
    driftedShare: orNull(2),
    threshold: orNull(3),
    largestRatio: orNull(4),
    ratioThreshold: orNull(5),
    verdict,
  };
}
