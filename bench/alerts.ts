// `npm run bench -- alerts`: false alarms a quiet month of the rules on live quality, and the delay until a real fall
// is told, by evidence and by the doubled intervals of before.
import { EXIT } from "../command-line/exit-code.ts";
import { option } from "../command-line/option.ts";
import { parseCommandLine } from "../command-line/parse-command-line.ts";
import type { Program } from "../command-line/program.ts";
import { text, wholeNumber } from "../command-line/value-types.ts";
import { RandomDeviates } from "../simulator/random-deviates.ts";
import type { Figure } from "../src/model/manifest-evaluation.ts";
import { AlertEvidence } from "../src/quality/alert-evidence/alert-evidence.ts";
import { DEFAULT_ALERT_LIMITS } from "../src/quality/alerts/alert-limits.ts";
import { averagePrecisionOfBins } from "../src/quality/bin-curves.ts";
import { SCORE_BINS, ScoreBins } from "../src/quality/score-bins.ts";
import { type LabelledRow, LabelMaker, type ScorePaths, shifted, stretchedRows } from "./alert-streams.ts";
import { benchCommand } from "./bench-command.ts";
import { DoubledIntervals, type QualityRule } from "./doubled-intervals.ts";
import { type ScoreSeries, scoreSeries } from "./score-series.ts";

const DAY_MS = 86_400_000;
const MONTH_MS = 30 * DAY_MS;
const RULES: readonly QualityRule[] = ["calibration", "not_better_than_baseline", "pr_auc_fell"];
/** Where a change comes, after the beginning of a stream, and how long its alert is waited for. */
const CHANGE_MS = 10 * DAY_MS;
const WAIT_MS = 20 * DAY_MS;

const ALERTS = benchCommand(
  "alerts",
  `
How often the alert rules on live quality fire in a month in which nothing is wrong, and how soon they tell a real fall:
by evidence, and by intervals made twice as wide, as before.`,
  {
    months: option(wholeNumber(1), "quiet months of each kind", { default: "1000" }),
    doubled: option(wholeNumber(1), "of them, months that the doubled intervals see too: they are slow", {
      default: "100",
    }),
    only: option(text("TEXT"), "only the lines whose name has this in it", { default: "" }),
    runs: option(wholeNumber(1), "runs of each fall", { default: "40" }),
    seed: option(wholeNumber(1), "seed of all of them", { default: "1" }),
  },
);

export const program: Program = {
  command: ALERTS,
  run: async (args) => {
    const { months, doubled, only, runs, seed } = parseCommandLine(ALERTS, args).values;
    const [bars, regime] = [await scoreSeries("bars"), await scoreSeries("regime")];
    console.log(`seed ${seed}; a rule's limit is for 1 % a quiet month; Wilson's 95 % intervals`);
    console.log("doubled: 95 % intervals of a day, doubled, three looks (the gain's is not doubled, as it was)\n");
    console.log(`false alarms a quiet month, in %: ${"".padEnd(32)} ${heads(["by evidence", "doubled intervals"])}`);
    const simulated = usualMarket(regime!);
    const quiet: Quiet[] = [
      { name: "AR(1) scores, one minute", paths: formulaPaths(0, seed), ...CALIBRATED, correlation: 0 },
      { name: "simulated market, 10 s", paths: simulated, ...CALIBRATED, correlation: 0, stretchMs: DAY_MS / 6 },
    ];
    if (bars === undefined) console.log("(no bars: ../shared is not there)");
    else {
      const paths = pathsOf(bars, "gbdt", "har");
      const correlation = latentCorrelation(paths);
      quiet.push(
        { name: "bars of 2019, calibrated", paths, ...CALIBRATED, correlation: 0 },
        { name: `the same, latent AR(1) ${correlation.toFixed(2)}`, paths, ...CALIBRATED, correlation },
        { name: "reference as good: the gain alone", paths, labels: "between", correlation, stretchMs: 7 * DAY_MS },
        { name: "weeks of 2019 as they were", paths, labels: "real", correlation: 0, stretchMs: 7 * DAY_MS },
      );
    }
    for (const one of quiet)
      if (one.name.includes(only)) falseAlarms(one, months, Math.min(doubled, months), `${seed}:${one.name}`);
    console.log(`\nhours until a fall is told: median, 90 % of ${runs} runs (− : not within 20 days)`);
    for (const fall of falls(simulated, bars)) if (fall.name.includes(only)) delays(fall, runs, `${seed}:${fall.name}`);
    if ("change of regime".includes(only)) regimeDelays(regime!);
    return EXIT.done;
  },
};

interface Quiet {
  readonly name: string;
  readonly paths: ScorePaths;
  /** Labels by the champion's probability, by the mean of both models', or as they came. */
  readonly labels: "champion" | "between" | "real";
  readonly correlation: number;
  readonly stretchMs: number;
}
const CALIBRATED = { labels: "champion", stretchMs: 7 * DAY_MS } as const;

function heads(names: readonly string[]): string {
  return names.map((name) => `${name}: ${RULES.join(", ")}`.padEnd(72)).join("");
}

/** Both kinds of rules on one stream. */
class BothRules {
  readonly doubled: DoubledIntervals;
  private readonly evidence: AlertEvidence;
  private readonly told: Record<QualityRule, boolean> = {
    calibration: false,
    not_better_than_baseline: false,
    pr_auc_fell: false,
  };
  private readonly groupSteps: number;
  private group = -1;

  constructor({ stepMs, horizonSteps }: ScorePaths, manifest: Figure, edges: readonly number[]) {
    const threshold = edges[64]!;
    this.evidence = new AlertEvidence(stepMs, DEFAULT_ALERT_LIMITS);
    this.groupSteps = Math.max(900_000 / stepMs, 15 * horizonSteps);
    this.doubled = new DoubledIntervals(this.groupSteps, new ScoreBins(threshold, edges), manifest);
    this.evidence.setModel({
      ...{ sha256: "c", labelText: "", horizonSteps, threshold, edges, prAuc: manifest, reference: "r" },
    });
  }

  /** @returns the rules that begin to fire, by evidence and by the doubled intervals. */
  update(
    row: LabelledRow,
    withDoubled = true,
  ): readonly [evidence: readonly QualityRule[], doubled: readonly QualityRule[]] {
    this.evidence.update(row.step, row.champion, row.reference, row.label);
    const doubled = withDoubled ? this.doubled.update(row) : [];
    const group = Math.floor(row.step / this.groupSteps);
    if (group === this.group) return [[], doubled];
    this.group = group;
    const { calibration, referenceGain, prAuc } = this.evidence.facts!;
    const now: Record<QualityRule, boolean> = {
      calibration: calibration.more.phase === "told" || calibration.fewer.phase === "told",
      not_better_than_baseline: referenceGain?.phase === "told",
      pr_auc_fell: prAuc?.phase === "told",
    };
    const begun = RULES.filter((rule) => now[rule] && !this.told[rule]);
    Object.assign(this.told, now);
    return [begun, doubled];
  }
}

function falseAlarms(
  { name, paths, labels, correlation, stretchMs }: Quiet,
  months: number,
  doubledMonths: number,
  seed: string,
): void {
  const { stepMs, horizonSteps, champion, reference, label } = paths;
  const counts = RULES.map(() => [0, 0]);
  const rows = stretchedRows(champion.length, Math.round(stretchMs / stepMs), `${seed}:rows`);
  const maker = new LabelMaker(horizonSteps, { correlation }, `${seed}:labels`);
  const labelOf = (i: number): number => {
    if (labels === "real") return label[i]!;
    return maker.next(labels === "champion" ? champion[i]! : (champion[i]! + reference[i]!) / 2);
  };
  const [manifest, edges] = manifestOf(paths, labels === "real" ? undefined : labelOf);
  const monthSteps = MONTH_MS / stepMs;
  const both = new BothRules(paths, manifest, edges);
  for (let step = 0; step < months * monthSteps; step++) {
    const i = rows.next().value as number;
    const row = { step, label: labelOf(i), champion: champion[i]!, reference: reference[i]! };
    const begun = both.update(row, step < doubledMonths * monthSteps);
    begun.forEach((rules, kind) => {
      for (const rule of rules) counts[RULES.indexOf(rule)]![kind]! += 1;
    });
  }
  const seen = [months, doubledMonths];
  const cells = seen.flatMap((of, kind) => counts.map((hits) => rate(hits[kind]!, of).padEnd(24)));
  console.log(`${name.padEnd(34)} ${`${months}, ${doubledMonths}`.padStart(10)} months  ${cells.join("")}`);
}

/** PR-AUC over two years of the path, and the edges of 128 bins that hold as many scores each. */
function manifestOf(
  { champion, label }: ScorePaths,
  labelOf: ((i: number) => number) | undefined,
): [manifest: Figure, edges: number[]] {
  const sorted = Float64Array.from(champion).sort();
  const edges = [
    ...new Set(Array.from({ length: 127 }, (_, b) => sorted[Math.floor(((b + 1) / 128) * sorted.length)]!)),
  ];
  while (edges.length < 127) edges.push(1 + edges.length);
  const bins = new ScoreBins(edges[64]!, edges);
  const [calm, spike] = [new Float64Array(SCORE_BINS), new Float64Array(SCORE_BINS)];
  for (let round = 0; round < (labelOf === undefined ? 1 : 2); round++) {
    champion.forEach((score, i) => {
      const counts = (labelOf?.(i) ?? label[i]!) === 1 ? spike : calm;
      counts[bins.bin(score)]! += 1;
    });
  }
  const value = averagePrecisionOfBins(calm, spike);
  return [{ value, low: 0.98 * value, high: 1.02 * value }, edges];
}

interface Fall {
  readonly name: string;
  readonly paths: ScorePaths;
  /** What is watched for it. */
  readonly rule: QualityRule;
  /** The champion's score after the change. */
  readonly changed: (score: number, random: RandomDeviates, paths: ScorePaths) => number;
}

const halfShuffled = (score: number, random: RandomDeviates, { champion }: ScorePaths): number =>
  random.uniform() < 0.5 ? champion[Math.floor(random.uniform() * champion.length)]! : score;

function falls(simulated: ScorePaths, bars: ScoreSeries | undefined): Fall[] {
  const paths: (readonly [name: string, of: ScorePaths])[] = [["simulated", simulated]];
  if (bars !== undefined) paths.push(["bars", pathsOf(bars, "gbdt", "har")]);
  return paths.flatMap(([name, of]): Fall[] => [
    ...[-0.5, 0.5, -1, 1].map((by): Fall => {
      const changed = (score: number): number => shifted(score, by);
      return { name: `${name}: logits moved by ${by}`, paths: of, rule: "calibration", changed };
    }),
    { name: `${name}: half of the scores shuffled`, paths: of, rule: "pr_auc_fell", changed: halfShuffled },
    {
      name: `${name}: half of the scores shuffled`,
      paths: of,
      rule: "not_better_than_baseline",
      changed: halfShuffled,
    },
  ]);
}

function delays({ name, paths, rule, changed }: Fall, runs: number, seed: string): void {
  const { stepMs, horizonSteps, champion, reference } = paths;
  const hours: [number[], number[]] = [[], []];
  for (let run = 0; run < runs; run++) {
    const random = new RandomDeviates(`${seed}:${run}`);
    const maker = new LabelMaker(horizonSteps, { correlation: 0 }, `${seed}:${run}:labels`);
    const labelOf = (i: number): number => maker.next(champion[i]!);
    const [manifest, edges] = manifestOf(paths, run === 0 ? labelOf : (i) => maker.next(champion[i]!));
    const both = new BothRules(paths, manifest, edges);
    const rows = stretchedRows(
      champion.length,
      Math.round((DAY_MS / stepMs) * (stepMs < 60_000 ? 1 / 6 : 7)),
      `${seed}:${run}:rows`,
    );
    const at: [number, number] = [NaN, NaN];
    for (let step = 0; step * stepMs < CHANGE_MS + WAIT_MS && at.some(Number.isNaN); step++) {
      const i = rows.next().value as number;
      const isChanged = step * stepMs >= CHANGE_MS;
      const score = isChanged ? changed(champion[i]!, random, paths) : champion[i]!;
      const begun = both.update({ step, label: labelOf(i), champion: score, reference: reference[i]! });
      begun.forEach((rules, kind) => {
        if (isChanged && Number.isNaN(at[kind]) && rules.includes(rule))
          at[kind] = (step * stepMs - CHANGE_MS) / 3_600_000;
      });
    }
    at.forEach((one, kind) => hours[kind]!.push(one));
  }
  console.log(`${name.padEnd(34)} ${rule.padEnd(25)} evidence ${spread(hours[0])}  doubled ${spread(hours[1])}`);
}

function spread(hours: readonly number[]): string {
  const sorted = hours.map((one) => (Number.isNaN(one) ? Infinity : one)).sort((a, b) => a - b);
  const at = (share: number): string => {
    const one = sorted[Math.ceil(share * sorted.length) - 1]!;
    return one === Infinity ? "−" : one.toFixed(1);
  };
  return `${at(0.5)}, ${at(0.9)}`.padEnd(14);
}

/** The simulator's change of regime, as the models and labels were. */
function regimeDelays(series: ScoreSeries): void {
  for (const model of ["persistence", "har", "logistic"]) {
    const paths = pathsOf(series, model, "recent");
    const before = Math.max(
      0,
      series.step.findIndex((step) => step * series.stepMs >= series.changeMs),
    );
    const usual = { ...paths, champion: paths.champion.slice(0, before), label: paths.label.slice(0, before) };
    const [manifest, edges] = manifestOf(usual, undefined);
    const both = new BothRules(paths, manifest, edges);
    const first = RULES.map((): [string, string] => ["−", "−"]);
    series.step.forEach((step, i) => {
      const row = { step, label: series.label[i]!, champion: paths.champion[i]!, reference: paths.reference[i]! };
      both.update(row).forEach((rules, kind) => {
        for (const rule of rules) {
          const cell = first[RULES.indexOf(rule)]!;
          if (cell[kind] === "−") cell[kind] = ((step * series.stepMs - series.changeMs) / 3_600_000).toFixed(1);
        }
      });
    });
    const cells = RULES.map((rule, r) => `${rule} ${first[r]![0]} / ${first[r]![1]}`);
    console.log(`change of regime, ${model.padEnd(12)} evidence / doubled: ${cells.join(", ")}`);
  }
}

function pathsOf({ stepMs, horizonSteps, probability, label }: ScoreSeries, champion: string, reference: string) {
  return { stepMs, horizonSteps, champion: probability[champion]!, reference: probability[reference]!, label };
}

/** The usual market before the change, each tenth second: its horizon is six steps. */
function usualMarket(series: ScoreSeries): ScorePaths {
  const { stepMs, horizonSteps, champion, reference, label } = pathsOf(series, "logistic", "recent");
  const before = series.step.findIndex((step) => step * stepMs >= series.changeMs);
  const thin = (values: Float64Array): Float64Array => values.slice(0, before).filter((_, i) => i % 10 === 0);
  return {
    ...{ stepMs: 10 * stepMs, horizonSteps: horizonSteps / 10 },
    ...{ champion: thin(champion), reference: thin(reference), label: thin(label) },
  };
}

/** A year of minutes, logits an AR(1) of 0.98 about that of 0.08; the reference sees them with noise. */
function formulaPaths(shift: number, seed: number): ScorePaths {
  const random = new RandomDeviates(`${seed}:formula`);
  const rows = 365 * 1440;
  const [champion, reference] = [new Float64Array(rows), new Float64Array(rows)];
  let state = 0;
  for (let i = 0; i < rows; i++) {
    state = 0.98 * state + Math.sqrt(1 - 0.98 ** 2) * random.normal();
    champion[i] = shifted(0.07, 1.2 * state + shift);
    reference[i] = shifted(champion[i]!, 0.5 * random.normal());
  }
  return { stepMs: 60_000, horizonSteps: 1, champion, reference, label: new Float64Array(rows) };
}

/** That of the latent normals with which the champion's labels have their autocorrelation. */
function latentCorrelation({ champion, label }: ScorePaths): number {
  const residual = (labels: (i: number) => number): number => {
    let [products, squares, before] = [0, 0, 0];
    champion.forEach((p, i) => {
      const one = (labels(i) - p) / Math.sqrt(p * (1 - p));
      products += one * before;
      squares += one * one;
      before = one;
    });
    return products / squares;
  };
  const real = residual((i) => label[i]!);
  let found = 0;
  for (let correlation = 0; correlation < 0.95; correlation += 0.05) {
    const maker = new LabelMaker(1, { correlation }, "latent");
    if (residual((i) => maker.next(champion[i]!)) > real) break;
    found = correlation;
  }
  return found;
}

/** A rate with Wilson's 95 % interval, in %. */
function rate(hits: number, months: number): string {
  const z = 1.959963984540054;
  const p = Math.min(hits / months, 1);
  const middle = (p + (z * z) / (2 * months)) / (1 + (z * z) / months);
  const reach = (z * Math.sqrt((p * (1 - p)) / months + (z * z) / (4 * months * months))) / (1 + (z * z) / months);
  const percent = (x: number): string => (100 * Math.max(x, 0)).toFixed(2);
  return `${((100 * hits) / months).toFixed(2)} [${percent(middle - reach)}, ${percent(middle + reach)}]`;
}
