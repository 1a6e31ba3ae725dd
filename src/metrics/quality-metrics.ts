// Live quality and drift of each symbol, as its object knows them. Symbols are bounded by the directory, aliases, windows,
// outcomes and verdicts by their lists.
import type { Family, Labels } from "./exposition.ts";

type Numbers<K extends string> = Readonly<Record<K, number>>;
type Measures<K extends string> = Readonly<Record<K, number | null>>;

/** What is measured of a model in a window. */
export interface MeasuredAlias
  extends
    Measures<"prAuc" | "rocAuc" | "brier" | "ece" | "lift" | "baseRate" | "expectedBaseRate">,
    Numbers<"resolved" | "episodes" | "blocks"> {
  readonly alias: string;
  readonly window: string;
}

/** What a symbol's object tells of its monitor. */
export interface MeasuredMonitor {
  readonly aliases: readonly MeasuredAlias[];
  readonly stats: Numbers<"resolved" | "voids" | "unresolved" | "uncounted">;
  readonly drift: readonly {
    readonly window: string;
    readonly verdict: string;
    readonly driftedShare: number | null;
    readonly threshold: number | null;
    readonly largestRatio: number | null;
    readonly ratioThreshold: number | null;
  }[];
  readonly damagedPages: number;
  readonly monitorErrors: number;
}

/** `monitor` is `undefined` when the object did not answer, or has no tick yet. */
export interface MonitorFigures {
  readonly symbol: string;
  readonly monitor: MeasuredMonitor | undefined;
}

const STANDS_ON =
  "Labels of the symbol's own ticks, by alias, over the blocks of the window; without an interval, which " +
  "/symbols/:symbol/quality has: read it beside volgate_episodes and volgate_base_rate. None with fewer than two blocks. A day and a month are looked " +
  "through once in 15 minutes of event time.";

const ALIAS_CATALOGUE: readonly (readonly [string, string, (alias: MeasuredAlias) => number | null])[] = [
  ["volgate_pr_auc", `Area under precision and recall, from 128 score bins. ${STANDS_ON}`, (a) => a.prAuc],
  ["volgate_roc_auc", `Area under the ROC curve, from 128 score bins. ${STANDS_ON}`, (a) => a.rocAuc],
  ["volgate_brier", `Mean squared error of the probabilities. ${STANDS_ON}`, (a) => a.brier],
  ["volgate_ece", `Expected calibration error over 10 bins of equal width. ${STANDS_ON}`, (a) => a.ece],
  ["volgate_lift", `PR-AUC over the base rate; 1 is chance. ${STANDS_ON}`, (a) => a.lift],
  ["volgate_base_rate", "Share of spikes among the resolved steps that the alias scored.", (a) => a.baseRate],
  [
    "volgate_expected_base_rate",
    "Share of spikes that the probabilities promise, over resolved and waiting steps: known before any label.",
    (a) => a.expectedBaseRate,
  ],
  [
    "volgate_episodes",
    "Separate events among the spikes: what figures of a window really stand on.",
    (a) => a.episodes,
  ],
  ["volgate_resolved", "Steps of the window that the alias scored and that have a label.", (a) => a.resolved],
  ["volgate_quality_blocks", "Blocks with resolved steps, from which intervals are drawn.", (a) => a.blocks],
];

const OUTCOMES = { resolved: "resolved", void: "voids", unresolved: "unresolved", uncounted: "uncounted" } as const;
const JUDGEMENTS = ["ok", "drift", "uncalibrated", "no_reference", "too_few_rows"];

/** Families over all symbols; a value that does not exist gives no sample. */
export function qualityFamilies(figures: readonly MonitorFigures[]): Family[] {
  const known = figures.flatMap(({ symbol, monitor }) => (monitor === undefined ? [] : [{ symbol, monitor }]));
  type Read = (monitor: MeasuredMonitor) => readonly (readonly [labels: Labels, value: number | null])[];
  const family = (name: string, type: "counter" | "gauge", help: string, read: Read): Family => ({
    name,
    type,
    help,
    samples: known.flatMap(({ symbol, monitor }) =>
      read(monitor).flatMap(([labels, value]) => (value === null ? [] : [{ labels: { symbol, ...labels }, value }])),
    ),
  });
  return [
    ...ALIAS_CATALOGUE.map(([name, help, read]) =>
      family(name, "gauge", help, ({ aliases }) =>
        aliases.map((a) => [{ alias: a.alias, window: a.window }, read(a)] as const),
      ),
    ),
    family(
      "volgate_labels_total",
      "counter",
      "Labels by outcome since creation, per label spec: resolved, void (too many holes), unresolved (the segment ended " +
        "first), and uncounted predictions (the row was stale or unobserved).",
      ({ stats }) => Object.entries(OUTCOMES).map(([outcome, key]) => [{ outcome }, stats[key]] as const),
    ),
    family(
      "volgate_drift_share",
      "gauge",
      "Share of drifted features in the last closed window, each against its own null-calibrated threshold.",
      ({ drift }) => drift.map(({ window, driftedShare }) => [{ window }, driftedShare] as const),
    ),
    family(
      "volgate_drift_threshold",
      "gauge",
      "The share above which the window is judged to have drifted: the model's manifest has it from training windows.",
      ({ drift }) => drift.map(({ window, threshold }) => [{ window }, threshold] as const),
    ),
    family(
      "volgate_drift_ratio",
      "gauge",
      "Largest distance of a feature over its own null-calibrated threshold in the last closed window.",
      ({ drift }) => drift.map(({ window, largestRatio }) => [{ window }, largestRatio] as const),
    ),
    family(
      "volgate_drift_ratio_threshold",
      "gauge",
      "The ratio above which the window is judged to have drifted, however few features did: from training windows.",
      ({ drift }) => drift.map(({ window, ratioThreshold }) => [{ window }, ratioThreshold] as const),
    ),
    family(
      "volgate_drift_verdict",
      "gauge",
      "What was said of the last closed window: 1 for that verdict, 0 for the others.",
      ({ drift }) =>
        drift.flatMap(({ window, verdict }) =>
          JUDGEMENTS.map((one) => [{ window, verdict: one }, Number(one === verdict)] as const),
        ),
    ),
    family(
      "volgate_monitor_errors_total",
      "counter",
      "Batches that could not be learned from, since the object was loaded: a fault, never bad data.",
      ({ monitorErrors }) => [[{}, monitorErrors]],
    ),
    family(
      "volgate_damaged_pages",
      "gauge",
      "Stored pages of quality and drift that could not be read when the object was loaded.",
      ({ damagedPages }) => [[{}, damagedPages]],
    ),
  ];
}
