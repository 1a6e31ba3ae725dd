// What the gateway answers, as the views see it.

export type SymbolState = "live" | "warming_up" | "stale" | "silent" | "too_sparse" | "flat" | "unreachable";

/** One symbol of `GET /overview`. Numbers are null when unknown. */
export interface OverviewRow {
  readonly symbol: string;
  readonly venue: string | null;
  readonly state: SymbolState;
  /** What is not there yet, in words. */
  readonly missing: readonly string[];
  readonly price: number | null;
  readonly sigma_bps: number | null;
  readonly rv_60_bps: number | null;
  readonly tau_bps: number | null;
  readonly probability: number | null;
  readonly threshold: number | null;
  readonly alert: boolean | null;
  /** End of the last closed step. */
  readonly ts: number | null;
  readonly horizon_s: number | null;
  readonly watermark_ms: number | null;
  /** When the gateway knew this. */
  readonly as_of_ms: number | null;
  /** Alerts that fire. */
  readonly firing: number | null;
  /** [ts, probability] of the last steps, or of those that are new. */
  readonly recent: readonly (readonly [number, number | null])[];
}

export interface OverviewAnswer {
  readonly cursor: string;
  readonly server_time_ms: number;
  readonly step_ms: number;
  /** Whether `symbols` is the whole table. */
  readonly reset: boolean;
  readonly symbols: readonly OverviewRow[];
  readonly removed: readonly string[];
  readonly unread_buckets: number;
  readonly known: number;
  readonly oldest_as_of_ms: number | null;
}

type Column<T> = readonly (T | null)[];

export interface HistoryAnswer {
  readonly symbol: string;
  readonly step_ms: number;
  readonly horizon_steps: number;
  readonly from: number | null;
  readonly to: number | null;
  readonly every_ms: number;
  readonly earliest_ms: number | null;
  readonly latest_ms: number | null;
  readonly columns: {
    readonly ts: readonly number[];
    readonly open: Column<number>;
    readonly high: Column<number>;
    readonly low: Column<number>;
    readonly price: Column<number>;
    readonly rv_bps: Column<number>;
    readonly tau_bps: Column<number>;
    readonly probability: Column<number>;
    readonly threshold: Column<number>;
    readonly sigma_bps: Column<number>;
    readonly alert: Column<boolean>;
    /** The label that was confirmed in this bucket: it is about the step one horizon earlier. */
    readonly spike: Column<boolean>;
  };
}

export interface ExplanationAnswer {
  readonly symbol: string;
  readonly ts: number;
  readonly prediction_id: string | null;
  readonly probability: number | null;
  readonly threshold: number | null;
  readonly model: {
    readonly name: string;
    readonly version: string;
    readonly sha256: string;
    readonly evidence: string;
  } | null;
  readonly method: string;
  readonly features: readonly {
    readonly name: string;
    readonly value: number | null;
    readonly reference: number | null;
    readonly contribution: number | null;
  }[];
  readonly missing: readonly string[];
}
