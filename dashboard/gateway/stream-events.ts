// What the gateway's stream tells, as far as the page shows it: see docs/stream.md.

export interface PredictionEvent {
  readonly type: "prediction";
  readonly symbol: string;
  /** End of the step, ms. */
  readonly ts: number;
  readonly probability: number;
  readonly threshold: number | null;
  readonly alert: boolean;
  readonly sigma_bps: number | null;
  readonly tau_bps: number | null;
  /** The first 12 digits of its SHA-256. */
  readonly model: string | null;
  readonly prediction_id: string | null;
  readonly cursor: string;
}

export interface LabelEvent {
  readonly type: "label";
  readonly symbol: string;
  /** Whether it was a spike. */
  readonly label: boolean;
  /** End of the step that confirmed it. */
  readonly resolved_ts: number;
  readonly cursor: string;
}

export interface AlertEvent {
  readonly type: "alert";
  readonly id: string;
  readonly symbol: string;
  readonly rule: string;
  readonly state: "firing" | "resolved";
  readonly at: string;
  readonly summary: string;
  readonly cursor: string;
}

interface GapEvent {
  readonly type: "gap";
  readonly reason: string;
  readonly cursor: string;
}

interface HelloEvent {
  readonly type: "hello";
  readonly symbols: readonly string[];
  readonly cursor: string;
}

export type StreamEvent = PredictionEvent | LabelEvent | AlertEvent | GapEvent | HelloEvent;
