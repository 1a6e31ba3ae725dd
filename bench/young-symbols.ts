// Symbols that begin with what others have learnt against symbols that begin with nothing, on the same labels. The
// others are the series' own past, so they are related as closely as any two symbols can be.
import { LABEL } from "../src/features/label-window.ts";
import { ModelRecalibration } from "../src/recalibration/model-recalibration.ts";
import type { PooledPrior } from "../src/recalibration/pooled-prior.ts";
import { type Calibrated, calibrationOf } from "./recalibration-figures.ts";
import type { ScoreSeries } from "./score-series.ts";

const DAY_MS = 86_400_000;

/** When symbols begin, and over which days they are looked at. */
interface Young {
  readonly learnFromMs: number;
  readonly startsMs: readonly number[];
  readonly days: readonly number[];
}

interface Begun {
  readonly candidate: Float32Array;
  readonly served: Float32Array;
  readonly provenMs: number;
}

/** One line for each span, with and without a prior: means over the starts. */
export function ofYoungSymbols(series: ScoreSeries, families: readonly string[], young: Young): void {
  console.log(
    "family       days     ECE: raw  recalibrated: alone  prior    served: alone  prior    Brier skill: raw  recalibrated: alone  prior    served: alone  prior",
  );
  for (const family of families) {
    const priors = priorsAt(series, family, young);
    const runs = young.startsMs.map((startMs, i) => {
      const from = placeAt(series, startMs);
      const to = placeAt(series, startMs + young.days.at(-1)! * DAY_MS);
      return {
        from,
        startMs,
        alone: begin(series, family, from, to),
        prior: begin(series, family, from, to, priors[i]),
      };
    });
    for (const days of young.days) {
      const rows = runs.map(({ from, startMs, alone, prior }) => {
        const count = placeAt(series, startMs + days * DAY_MS) - from;
        const labels = series.label.subarray(from, from + count);
        const of = (values: ArrayLike<number>): Calibrated => calibrationOf(values, labels, { from: 0, to: count });
        const raw = of(series.probability[family]!.subarray(from, from + count));
        return [raw, of(alone.candidate), of(prior.candidate), of(alone.served), of(prior.served)];
      });
      const means = (figure: keyof Calibrated) =>
        [0, 1, 2, 3, 4].map((k) =>
          (rows.reduce((sum, row) => sum + row[k]![figure], 0) / rows.length).toFixed(4).padEnd(9),
        );
      const text = (figure: keyof Calibrated): string => means(figure).join("   ");
      console.log(`${family.padEnd(12)} ${days.toFixed(2).padEnd(8)} ${text("ece")}   ${text("skill")}`);
    }
    const proven = (kind: "alone" | "prior") => {
      const hours = runs.map((run) => (run[kind].provenMs - run.startMs) / 3_600_000).sort((a, b) => a - b);
      const share = hours.filter(Number.isFinite).length / hours.length;
      return `${(100 * share).toFixed(0)} %, median of these ${hours[Math.floor((share * hours.length) / 2)]?.toFixed(2) ?? "none"} h`;
    };
    console.log(`${family}: ${runs.length} symbols, proven alone ${proven("alone")}; with a prior ${proven("prior")}`);
  }
  console.log("");
}

/** The line in force at each start, of a symbol that has learnt since `learnFromMs`. */
function priorsAt(series: ScoreSeries, family: string, { learnFromMs, startsMs }: Young): PooledPrior[] {
  const places = startsMs.map((ms) => placeAt(series, ms));
  const priors: PooledPrior[] = [];
  const from = placeAt(series, learnFromMs);
  begin(series, family, from, places.at(-1)! + 1, undefined, (k, one) => {
    if (k === places[priors.length])
      priors.push({ ...one.line, symbols: 2, horizons: 2 * one.learnt.horizons, atMs: 0 });
  });
  return priors;
}

function begin(
  { step, label, stepMs, horizonSteps, probability }: ScoreSeries,
  family: string,
  from: number,
  to: number,
  prior?: PooledPrior,
  look: (k: number, one: ModelRecalibration) => void = () => undefined,
): Begun {
  const one = new ModelRecalibration({ sha256: family, labelText: "label", horizonSteps }, stepMs, prior);
  const [candidate, served] = [new Float32Array(to - from), new Float32Array(to - from)];
  const due = new Map<number, number>();
  for (let index = step[from]!, k = from; k < to; index++) {
    one.advance(index, due.get(index) ?? LABEL.none);
    due.delete(index);
    if (step[k] !== index) continue;
    look(k, one);
    const answer = one.answer(probability[family]![k]!, true);
    one.park(index, probability[family]![k]!, answer);
    due.set(index + horizonSteps, label[k] === 1 ? LABEL.spike : LABEL.calm);
    candidate[k - from] = answer.candidate;
    served[k - from] = answer.served;
    k += 1;
  }
  const [first] = one.proof.journal;
  return { candidate, served, provenMs: first === undefined ? Infinity : first.step * stepMs };
}

/** Place of the first row at `ms` or later. */
function placeAt({ step, stepMs }: ScoreSeries, ms: number): number {
  let [low, high] = [0, step.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (step[middle]! * stepMs < ms) low = middle + 1;
    else high = middle;
  }
  return low;
}
