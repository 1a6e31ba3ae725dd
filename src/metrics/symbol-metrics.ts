// The figures of each symbol, as its object knows them: exact across restarts, since they are part of its state.
import type { Family, MetricType } from "./exposition.ts";

/** What a symbol's object tells; the fields of its summary that are measured. */
export interface MeasuredSummary {
  readonly ticks: {
    readonly accepted: number;
    readonly duplicate: number;
    readonly late: number;
    readonly outlier: number;
  };
  readonly redeliveredTicks: number;
  readonly batches: number;
  readonly stepsClosed: number;
  readonly watermarkMs: number | null;
  readonly observedShare: number | null;
  readonly rv60Bps: number | null;
  readonly spreadBps: number | null;
  readonly threshold: { readonly have: number };
  readonly scoringErrors: number;
  readonly storageBytes: number;
  readonly recovery: { readonly how: string };
  /** `null` without a bucket. */
  readonly archive?: MeasuredArchive | null;
  readonly prediction: {
    readonly probability: number | null;
    readonly tauBps: number | null;
    readonly tsMs: number;
    readonly stale: boolean;
  } | null;
}

/** What is told of a symbol's ticks in the bucket. */
export interface MeasuredArchive {
  readonly archivedTicks: number;
  readonly lagMs: number;
  readonly failures: number;
  readonly paritySteps: number;
  readonly parityMismatches: number;
}

/** `summary` is `undefined` when the object did not answer. */
export interface SymbolFigures {
  readonly symbol: string;
  readonly summary: MeasuredSummary | undefined;
}

type Read = (summary: MeasuredSummary) => number | null | undefined;

const CATALOGUE: readonly (readonly [string, MetricType, string, Read])[] = [
  [
    "volgate_redelivered_ticks_total",
    "counter",
    "Ticks of batches delivered again, since the object was loaded.",
    (s) => s.redeliveredTicks,
  ],
  ["volgate_batches_total", "counter", "Acknowledged batches.", (s) => s.batches],
  ["volgate_steps_closed_total", "counter", "Closed steps.", (s) => s.stepsClosed],
  ["volgate_watermark_seconds", "gauge", "Event time of the newest applied tick.", (s) => seconds(s.watermarkMs)],
  [
    "volgate_observed_share",
    "gauge",
    "Share of event time in which the newest tick was fresh.",
    (s) => s.observedShare,
  ],
  ["volgate_rv_60_bps", "gauge", "Realized volatility of the last 60 steps.", (s) => s.rv60Bps],
  ["volgate_spread_bps", "gauge", "Bid-ask spread over mid.", (s) => s.spreadBps],
  ["volgate_tau_bps", "gauge", "Threshold of a spike.", (s) => s.prediction?.tauBps],
  ["volgate_threshold_values", "gauge", "Volatilities that the threshold stands on.", (s) => s.threshold.have],
  ["prediction_score", "gauge", "Probability of the live prediction.", (s) => s.prediction?.probability],
  [
    "last_prediction_timestamp",
    "gauge",
    "Event time of the live prediction in seconds.",
    (s) => seconds(s.prediction?.tsMs),
  ],
  [
    "volgate_prediction_stale",
    "gauge",
    "1 when the last step was closed long after its end.",
    (s) => (s.prediction ? Number(s.prediction.stale) : null),
  ],
  [
    "volgate_scoring_errors_total",
    "counter",
    "Failed model runs, since the object was loaded.",
    (s) => s.scoringErrors,
  ],
  ["volgate_storage_bytes", "gauge", "Size of the symbol's database.", (s) => s.storageBytes],
  [
    "volgate_snapshot_rebuilt",
    "gauge",
    "1 when the state had to be rebuilt from slots.",
    (s) => Number(s.recovery.how === "rebuilt"),
  ],
  ["volgate_archived_ticks_total", "counter", "Accepted ticks in the archive.", (s) => s.archive?.archivedTicks],
  [
    "volgate_archive_lag_seconds",
    "gauge",
    "Event time from the end of what is archived to the newest tick.",
    (s) => seconds(s.archive?.lagMs),
  ],
  [
    "volgate_archive_failures_total",
    "counter",
    "Archive objects that could not be written, since the object was loaded.",
    (s) => s.archive?.failures,
  ],
  [
    "volgate_parity_steps_total",
    "counter",
    "Served steps that were computed again from archived ticks.",
    (s) => s.archive?.paritySteps,
  ],
  [
    "volgate_parity_mismatch_total",
    "counter",
    "Of these the ones that differ from what was served: always 0.",
    (s) => s.archive?.parityMismatches,
  ],
];

const OUTCOMES = ["accepted", "duplicate", "late", "outlier"] as const;

/** Families over all symbols; a value that does not exist gives no sample. */
export function symbolFamilies(figures: readonly SymbolFigures[]): Family[] {
  const up = figures.map(({ symbol, summary }) => ({ labels: { symbol }, value: summary === undefined ? 0 : 1 }));
  const ticks = figures.flatMap(({ symbol, summary }) =>
    summary === undefined
      ? []
      : OUTCOMES.map((outcome) => ({ labels: { symbol, outcome }, value: summary.ticks[outcome] })),
  );
  return [
    { name: "volgate_symbol_up", help: "1 when the symbol's object answered.", type: "gauge", samples: up },
    { name: "volgate_ticks_total", help: "Ticks by outcome, since creation.", type: "counter", samples: ticks },
    ...CATALOGUE.map(([name, type, help, read]): Family => {
      const samples = figures.flatMap(({ symbol, summary }) => {
        const value = summary === undefined ? null : read(summary);
        return value === null || value === undefined ? [] : [{ labels: { symbol }, value }];
      });
      return { name, type, help, samples };
    }),
  ];
}

function seconds(ms: number | null | undefined): number | null {
  return ms === null || ms === undefined ? null : ms / 1000;
}
