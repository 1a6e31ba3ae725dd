// Which calibration a learned score gets: the simplest that held-out rows do not clearly contradict.
import type { Calibration } from "../../src/model/manifest-calibration.ts";
import { stretchSample } from "../rows/stretch-sample.ts";
import { fitPlatt } from "./platt.ts";
import { fitShrunkLine } from "./fit-shrunk-line.ts";
import { type PairedGain, pairedGain } from "./paired-gain.ts";
import {
  type FoldScores,
  heldOutBefore,
  IDENTITY,
  type Line,
  onLine,
  type ScoredRows,
  weightsOf,
} from "./scored-rows.ts";

/**
 * How many standard errors a gain must exceed. Gains of neighbouring blocks are alike, so that the error from blocks is
 * 1.4 to 1.7 times too small on real markets: three of these are two real ones.
 */
const STANDARD_ERRORS = 3;

/** From the simplest on. */
const METHODS = ["none", "training rows", "shrunk", "forward"] as const;
type Method = (typeof METHODS)[number];

export interface CalibrationEvidence {
  /** Scores of the rows that the model was fitted on, with both outcomes; a sample of them will do. */
  readonly onTrain: ScoredRows;
  /** How many rows the model was fitted on. */
  readonly fittedRows: number;
  /** In order of time. */
  readonly folds: readonly FoldScores[];
  /** 1 / horizon steps. */
  readonly rowWeight: number;
  /** Whether scores are log-odds already, so that they can be left as they are. */
  readonly logOdds: boolean;
}

/**
 * The candidates, from the simplest on:
 * - none: scores that are log-odds stay as they are;
 * - training rows: Platt on the rows that the model was fitted on;
 * - shrunk: fitted on held-out rows, with the simplest as prior (`fitShrunkLine`);
 * - forward: Platt on held-out rows.
 *
 * Each is judged forward: fitted for fold k on what was known before its block, which are the fold's own training rows
 * and the blocks held out before it, and judged by log loss on that block. A candidate replaces a simpler one when its
 * loss is lower on every judged block, and by more than three standard errors both over all of them and on the last.
 * The last block counts by itself because its model was fitted on nearly as many rows as the final one. Models of fewer
 * rows are overconfident, and their calibration is not the final model's.
 */
export function chooseCalibration(evidence: CalibrationEvidence): { calibration: Calibration; note: string } {
  const { onTrain, folds, logOdds } = evidence;
  const methods = METHODS.slice(logOdds ? 0 : 1);
  const judged = folds.slice(1).map((fold, k) => {
    const { rows, every } = thinned(heldOutBefore(folds, k + 1));
    const lines = new Lines(fold.own, rows, { ...evidence, fittedRows: fold.fittedRows, every });
    return { fold, lines };
  });
  let best = methods[0]!;
  const tried: string[] = [];
  for (const method of methods.slice(1)) {
    const gains = judged.flatMap(({ fold, lines }) => {
      const [before, after] = [lines.of(best), lines.of(method)];
      return before === undefined || after === undefined
        ? []
        : [{ ...pairedGain(before, after, fold), rows: fold.blocks.length }];
    });
    if (gains.length === 0) continue;
    tried.push(`${method} less ${best} ${gainText(gains)}, on the last block ${gainText(gains.slice(-1))}`);
    if (isClear(gains)) best = method;
  }
  const heldOut = heldOutBefore(folds, folds.length);
  const all = new Lines(onTrain, heldOut, { ...evidence, every: 1 });
  const line = all.of(best);
  // What was judged on some held-out rows can be fitted on all of them.
  if (line === undefined) throw new Error(`calibration ${best}: nothing to fit it on`);
  const calibration: Calibration = best === "none" ? { method: "none" } : { method: "platt", ...line };
  const why = tried.length === 0 ? "no held-out rows to judge others by" : tried.join("; ");
  return { calibration, note: `calibration: ${best} (gain of log loss per 1,000 rows: ${why})` };
}

/** At most this many rows are fitted for a judgement. */
const JUDGED_ROWS = 100_000;

/** A sample over all of the rows' time, and how many rows each stands for. */
function thinned(all: ScoredRows): { readonly rows: ScoredRows; readonly every: number } {
  const { scores, labels, symbols } = all;
  if (labels.length <= JUDGED_ROWS) return { rows: all, every: 1 };
  const kept = stretchSample(labels.length, JUDGED_ROWS);
  return {
    rows: {
      scores: Float64Array.from(kept, (i) => scores[i]!),
      labels: Uint8Array.from(kept, (i) => labels[i]!),
      symbols: symbols && Uint16Array.from(kept, (i) => symbols[i]!),
    },
    every: labels.length / kept.length,
  };
}

/** Every candidate's line on some rows, fitted when it is asked for. */
class Lines {
  private readonly own: ScoredRows;
  private readonly heldOut: ScoredRows;
  private readonly rules: LineRules;
  private readonly fitted = new Map<Method, Line | undefined>();

  constructor(own: ScoredRows, heldOut: ScoredRows, rules: LineRules) {
    this.own = own;
    this.heldOut = heldOut;
    this.rules = rules;
  }

  /** `undefined` where the held-out rows lack an outcome that the method needs. */
  of(method: Method): Line | undefined {
    if (!this.fitted.has(method)) this.fitted.set(method, this.fit(method));
    return this.fitted.get(method);
  }

  private fit(method: Method): Line | undefined {
    const { own, heldOut, rules } = this;
    switch (method) {
      case "none":
        return IDENTITY;
      case "training rows":
        return fitPlatt(own.scores, own.labels, weightsOf(own));
      case "shrunk": {
        const base = this.of(rules.logOdds ? "none" : "training rows")!;
        const priorRows = rules.fittedRows * rules.rowWeight;
        return composed(base, fitShrunkLine(onLine(base, heldOut), priorRows, rules.rowWeight * rules.every));
      }
      case "forward":
        return heldOut.labels.includes(1) && heldOut.labels.includes(0)
          ? fitPlatt(heldOut.scores, heldOut.labels, weightsOf(heldOut))
          : undefined;
    }
  }
}

interface LineRules extends Pick<CalibrationEvidence, "rowWeight" | "logOdds"> {
  readonly fittedRows: number;
  /** How many held-out rows each of the given ones stands for. */
  readonly every: number;
}

/** First `inner`, then `outer`. */
function composed(inner: Line, outer: Line): Line {
  return { slope: outer.slope * inner.slope, intercept: outer.slope * inner.intercept + outer.intercept };
}

interface FoldGain extends PairedGain {
  readonly rows: number;
}

function isClear(gains: readonly FoldGain[]): boolean {
  const tests = [summed(gains), gains.at(-1)!];
  return (
    gains.every(({ gain }) => gain > 0) &&
    tests.every(({ gain, variance }) => gain > STANDARD_ERRORS * Math.sqrt(variance))
  );
}

function summed(gains: readonly FoldGain[]): FoldGain {
  return gains.reduce((a, b) => ({
    gain: a.gain + b.gain,
    variance: a.variance + b.variance,
    rows: a.rows + b.rows,
  }));
}

/** Per 1,000 rows, with its standard error: e.g. "-0.12 ± 0.05". */
function gainText(gains: readonly FoldGain[]): string {
  const { gain, variance, rows } = summed(gains);
  return [gain, Math.sqrt(variance)].map((x) => ((1000 * x) / rows).toFixed(2)).join(" ± ");
}
