// Written by `npm run docs` from the OpenAPI document: do not edit. The schemas by name, and each route by its
// method and path.

/** A route without such parameters. */
export type NoFields = Readonly<Record<never, never>>;

export type Problem = {
  /** `urn:volgate:error:<code>` */
  readonly type: string;
  /** The status in words */
  readonly title: string;
  readonly status: number;
  /** For people: the field, what came and what was expected */
  readonly detail: string;
  /** For machines: see docs/errors.md */
  readonly code: string;
  /** Also the answer's `X-Correlation-ID` */
  readonly request_id: string;
  /** `detail` again */
  readonly error: string;
};

export type InferenceError = {
  /** For people: the field, what came and what was expected */
  readonly error: string;
};

export type Figure = {
  readonly value: number;
  readonly low: number;
  readonly high: number;
};

export type Tick = {
  /** 1 to 64 of A-Z a-z 0-9 . _ : / = ^ -, beginning with one of A-Z a-z 0-9 ^. Case does not count; the answer has the name as sent */
  readonly symbol: string;
  /** 1 to 32 of A-Z a-z 0-9 . _ -, beginning with a letter or digit. Keeps a symbol of two venues apart */
  readonly venue?: (string | null) | undefined;
  /** Event time from 2009 to 2100: ms since 1970 UTC, also as digits, or ISO 8601; without a zone it is UTC */
  readonly ts: number | string;
  /** Last trade, 1e-15 to 1e15; absent in a quote alone */
  readonly price?: ((number | string) | null) | undefined;
  readonly bid?: ((number | string) | null) | undefined;
  readonly ask?: ((number | string) | null) | undefined;
  readonly bidSize?: ((number | string) | null) | undefined;
  readonly askSize?: ((number | string) | null) | undefined;
  readonly size?: ((number | string) | null) | undefined;
  /** Distinguishes ticks that agree in all else. Above 2^53 send it as text: JSON numbers are rounded there */
  readonly id?: ((string | number) | null) | undefined;
  /** Who took the trade: buy or sell */
  readonly side?: ((string | number) | null) | undefined;
  /** Trades in the bar that this tick ends */
  readonly barTrades?: ((number | string) | null) | undefined;
  /** Volume of that bar, in units of the base */
  readonly barVolume?: ((number | string) | null) | undefined;
  /** Volume of that bar, in units of the quote */
  readonly barQuoteVolume?: ((number | string) | null) | undefined;
  /** Volume of that bar that buyers took, in units of the base */
  readonly barTakerVolume?: ((number | string) | null) | undefined;
};

export type IngestAnswer = {
  /** Applied */
  readonly accepted: number;
  /** Received before; not applied again */
  readonly duplicate: number;
  /** Older than what is closed; not applied */
  readonly late: number;
  /** 1 when the last tick of a symbol waits for the next one to agree: it is more than 300 steps ahead, or ahead or away in price beyond what the symbol's own rate and volatility explain */
  readonly held: number;
  /** Ticks that an earlier batch left held and that were applied now */
  readonly released: number;
  /** Refused */
  readonly rejected: number;
  readonly symbols: Readonly<
    Record<
      string,
      {
        /** Applied */
        readonly accepted: number;
        /** Received before; not applied again */
        readonly duplicate: number;
        /** Older than what is closed; not applied */
        readonly late: number;
        /** 1 when the last tick of a symbol waits for the next one to agree: it is more than 300 steps ahead, or ahead or away in price beyond what the symbol's own rate and volatility explain */
        readonly held: number;
        /** Ticks that an earlier batch left held and that were applied now */
        readonly released: number;
        /** Refused */
        readonly rejected: number;
        /** Present when none of its valid ticks was taken */
        readonly failed?:
          | {
              readonly code:
                | "symbol_failed"
                | "symbol_timeout"
                | "archive_backlog"
                | "symbol_busy"
                | "champion_unknown"
                | "sequence_conflict"
                | "sequence_too_old"
                | "trace_too_large";
              readonly detail: string;
              /** Its valid ticks, which are in no other count */
              readonly ticks: number;
              /** When the same ticks can be sent again; null when that cannot help */
              readonly retry_after_s: number | null;
            }
          | undefined;
        /** `late_ticks`: ticks were too old to be applied; `receive_time`: messages without a time were given that of their receipt */
        readonly warnings?:
          | readonly {
              readonly code: "late_ticks" | "receive_time";
              readonly detail: string;
            }[]
          | undefined;
        /** Steps that the batch closed */
        readonly steps_closed: number;
        /** With the header `X-Volgate-Trace: steps`: what was computed */
        readonly trace?: readonly StepTrace[] | undefined;
        /** With the same header: what was computed on each further grid that closed a step, by its name */
        readonly grid_traces?: Readonly<Record<string, readonly StepTrace[]>> | undefined;
      }
    >
  >;
  /** The first 100 refused ticks */
  readonly errors: readonly {
    /** Place of its message in the request */
    readonly index: number;
    readonly symbol?: string | undefined;
    readonly reason:
      | "not_an_object"
      | "symbol_missing"
      | "symbol_malformed"
      | "ts_missing"
      | "ts_malformed"
      | "ts_out_of_range"
      | "ts_in_future"
      | "ts_outlier"
      | "price_missing"
      | "price_not_finite"
      | "price_not_positive"
      | "price_out_of_range"
      | "price_outside_quote"
      | "price_outlier"
      | "bid_not_finite"
      | "bid_not_positive"
      | "bid_out_of_range"
      | "ask_not_finite"
      | "ask_not_positive"
      | "ask_out_of_range"
      | "crossed_quote"
      | "bid_size_not_finite"
      | "bid_size_negative"
      | "bid_size_out_of_range"
      | "ask_size_not_finite"
      | "ask_size_negative"
      | "ask_size_out_of_range"
      | "size_not_finite"
      | "size_negative"
      | "size_out_of_range"
      | "id_malformed"
      | "venue_malformed"
      | "side_malformed"
      | "bar_trades_malformed"
      | "bar_trades_not_finite"
      | "bar_trades_negative"
      | "bar_trades_out_of_range"
      | "bar_volume_not_finite"
      | "bar_volume_negative"
      | "bar_volume_out_of_range"
      | "bar_quote_volume_not_finite"
      | "bar_quote_volume_negative"
      | "bar_quote_volume_out_of_range"
      | "bar_taker_volume_not_finite"
      | "bar_taker_volume_negative"
      | "bar_taker_volume_out_of_range"
      | "not_json"
      | "not_of_format"
      | "ambiguous_format"
      | "symbol_not_allowed"
      | "symbol_limit";
    readonly field: string;
    readonly got?: string | undefined;
    readonly expected: string;
  }[];
  /** Refused ticks beyond those */
  readonly errors_omitted: number;
  /** Native messages without a tick, as heartbeats; absent without any */
  readonly skipped?: number | undefined;
  /** Names of fields that were not read, at most 20; absent without any */
  readonly ignored?: readonly string[] | undefined;
};

export type StepTrace = {
  readonly count: number;
  /** Little-endian bytes in base64 */
  readonly index: string;
  /** Little-endian bytes in base64 */
  readonly flags: string;
  readonly rows: Readonly<Record<string, string>>;
  /** Little-endian bytes in base64 */
  readonly tau: string;
  /** Little-endian bytes in base64 */
  readonly label: string;
  /** Little-endian bytes in base64 */
  readonly horizonVolatility: string;
  readonly scores: Readonly<
    Record<
      string,
      {
        readonly sha256: string | null;
        /** Float32 probabilities as they are answered, NaN without one */
        readonly values: string;
        /** Float32 probabilities of the model itself, before they are recalibrated */
        readonly raw: string;
        readonly sigmas: string | null;
        readonly sigmaQuantiles: string | null;
        readonly thresholds: string | null;
      }
    >
  >;
};

export type Prediction =
  | {
      /** `<symbol>:<step>:<12 digits of the model's SHA-256>`; null without a probability */
      readonly prediction_id: string | null;
      /** As the request spelled it */
      readonly symbol: string;
      /** In lower case; null for a symbol without one */
      readonly venue?: (string | null) | undefined;
      /** End of the last closed step, ms since 1970 UTC */
      readonly ts: number;
      readonly horizon_s: number;
      /** Calibrated probability that the horizon's volatility exceeds τ */
      readonly probability: number | null;
      /** The model's own, before it was recalibrated from this symbol's labels */
      readonly probability_raw: number | null;
      /** What recalibrates the answering model from this symbol's own labels: docs/recalibration.md */
      readonly recalibration: {
        /** `learning`: not shown to gain yet. `serving`: `probability` is recalibrated. `shadow`: proven, and `RECALIBRATION` keeps it from serving. `undone`: harm was shown, and it must prove itself anew. `fault`: it failed, and begins again with the next batch */
        readonly state: "off" | "learning" | "shadow" | "serving" | "undone" | "fault";
        /** Of the line in log-odds: logit(q) = slope · logit(p) + level */
        readonly slope: number;
        readonly level: number;
        /** Labels that it has learnt from */
        readonly labels: number;
        /** Evidence for the next change: for a gain, and for harm while it serves; 20 is enough */
        readonly e_value: number;
        /** `ts` of the first prediction that the state holds for; null before the first change */
        readonly since: number | null;
      };
      /** From which probability on `alert` is true */
      readonly threshold: number | null;
      /** The model's own, an operator's choice, or one that follows the live labels; null without a model */
      readonly threshold_source: ("manifest" | "operator" | "followed") | null;
      /** What the threshold is for, in words */
      readonly goal: string | null;
      /** Whether the probability reaches the threshold; null without a probability and when `expired` */
      readonly alert: boolean | null;
      /** Volatility to expect of the horizon */
      readonly sigma_bps: number | null;
      /** Quantiles of that volatility, ascending: over time 10, 50 and 90 % of the horizons are at most so volatile. Null with `sigma_quantiles_missing` */
      readonly sigma_quantiles_bps: {
        readonly "0.1": number;
        readonly "0.5": number;
        readonly "0.9": number;
      } | null;
      /** Without quantiles: why */
      readonly sigma_quantiles_missing?: string | undefined;
      /** Threshold τ of a spike */
      readonly tau_bps: number | null;
      readonly model: {
        readonly name: string;
        readonly version: string;
        readonly sha256: string;
        /** Whether its training data are recordings of a market or simulated: `simulated` proves nothing */
        readonly evidence: "simulated" | "recorded" | "unknown";
      } | null;
      /** Which of an experiment's models answered */
      readonly variant: "champion" | "challenger";
      /** Whether the model serves in place of the one that the registry names: see `/health` */
      readonly stand_in: boolean;
      /** `reference` is the strongest of them by the champion's training rows */
      readonly baselines: {
        readonly zscore: number | null;
        readonly persistence: number | null;
        readonly "threshold-only": number | null;
        readonly reference: number | null;
      };
      /** Age of the step at the moment of the answer, from 0 */
      readonly age_ms: number;
      /** Whether the step was closed long after its end, or is older than A (10 s at steps of 1 s) plus a step */
      readonly stale: boolean;
      /** Whether the horizon is over: the forecast is of the past */
      readonly expired: boolean;
      /** Whether only more ticks are needed; not with `flat_threshold` */
      readonly warming_up: boolean;
      /** The history that the symbol began with, before its first live tick; null without one */
      readonly warm: {
        /** `archive`, `ticks` for ticks of a request, or the venue's name */
        readonly source: string;
        /** Steps that it closed; they are not counted for live quality */
        readonly steps: number;
      } | null;
      /** Without a probability: what is not there yet, with figures */
      readonly missing?: readonly string[] | undefined;
      /** `too_sparse`: ticks came in less than half of the steps. `flat_threshold`: τ would be at most ε, because the price hardly ever moves within a horizon */
      readonly code?: ("too_sparse" | "flat_threshold") | undefined;
      readonly observed_share?: number | undefined;
      /** The smallest step that would do, 0 for none */
      readonly smallest_step_s?: number | undefined;
    }
  | {
      readonly symbol: string;
      readonly venue?: (string | null) | undefined;
      readonly probability: null;
      readonly warming_up: true;
      readonly missing: readonly string[];
    };

export type Row = {
  readonly log_return_300s?: (number | null) | undefined;
  readonly spread_mean_300s?: (number | null) | undefined;
  readonly trade_intensity_300s?: (number | null) | undefined;
  readonly order_book_imbalance_300s?: (number | null) | undefined;
  readonly spread_mean_60s?: (number | null) | undefined;
  readonly order_book_imbalance_60s?: (number | null) | undefined;
  readonly price_velocity_300s?: (number | null) | undefined;
  readonly realized_volatility_300s?: (number | null) | undefined;
  readonly order_book_imbalance_30s?: (number | null) | undefined;
  readonly realized_volatility_60s?: (number | null) | undefined;
  readonly ret_mean?: (number | null) | undefined;
  readonly ret_std?: (number | null) | undefined;
  readonly n?: (number | null) | undefined;
};

export type Rows = {
  /** One probability per row, in order */
  readonly scores: readonly number[];
  /** `ml` when an artifact was given the alias `rows`, else `baseline` */
  readonly model_variant: "ml" | "baseline";
  readonly version: string;
  /** Whether the model serves in place of the one that the registry names; or absent */
  readonly stand_in?: boolean | undefined;
  readonly ts: string;
  /** Per row, which features were missing; absent when none was */
  readonly imputed?: readonly (readonly string[])[] | undefined;
};

export type LabelSpec = unknown;

export type ModelQuality = {
  readonly model: {
    readonly aliases: readonly string[];
    readonly name: string | null;
    readonly version: string | null;
    /** Of a model without an alias, the digits that are known */
    readonly sha256: string;
  };
  /** Whether it scores new steps */
  readonly followed: boolean;
  readonly threshold: number;
  readonly resolved: number;
  readonly pending: number;
  /** Steps without a label: their horizon had too many holes */
  readonly void: number;
  readonly episodes: number;
  readonly blocks: number;
  readonly base_rate: number | null;
  readonly pr_auc: Figure | null;
  /** PR-AUC of the same steps lies between these, whatever the order of scores within a level */
  readonly pr_auc_bounds: {
    readonly low: number;
    readonly high: number;
  } | null;
  readonly lift: Figure | null;
  readonly roc_auc: Figure | null;
  readonly brier: Figure | null;
  readonly brier_skill: Figure | null;
  readonly log_loss: Figure | null;
  readonly ece: Figure | null;
  readonly confusion: {
    readonly tp: number;
    readonly fp: number;
    readonly fn: number;
    readonly tn: number;
  };
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
  /** What calibrated scores promise, before any label */
  readonly expected: {
    readonly base_rate: number | null;
    readonly precision: number | null;
    readonly recall: number | null;
    readonly pr_auc: number | null;
    readonly brier: number | null;
  };
  readonly realised_minus_expected: {
    readonly base_rate: Figure | null;
    readonly brier: Figure | null;
  };
  readonly reliability: readonly {
    readonly from: number;
    readonly to: number;
    readonly count: number;
    readonly mean_probability: number | null;
    readonly spike_share: number | null;
  }[];
  /** With `curves=1`: each point with its own 95 % interval; null below two blocks */
  readonly curves?:
    | ({
        /** Steps: `precision` is the mean over the spikes found between the recall before and this one, so that the mean of all is PR-AUC; `probability` is the score from which on they are found. Empty unless there are spikes and calm steps */
        readonly precision_recall: readonly {
          readonly recall: number;
          readonly precision: number;
          readonly low: number | null;
          readonly high: number | null;
          readonly probability: number;
        }[];
        readonly reliability: readonly {
          readonly from: number;
          readonly to: number;
          readonly count: number;
          readonly mean_probability: number | null;
          readonly spike_share: number | null;
          readonly low: number | null;
          readonly high: number | null;
        }[];
      } | null)
    | undefined;
  /** With `bins=1` */
  readonly first_alert_bin?: number | undefined;
  /** With `bins=1` */
  readonly counts?:
    | {
        readonly calm: readonly number[];
        readonly spike: readonly number[];
      }
    | undefined;
  /** What is not there, and why: one text a figure */
  readonly missing: readonly string[];
};

export type WindowVerdict =
  | {
      readonly verdict: "ok" | "drift" | "uncalibrated" | "no_reference" | "too_few_rows";
      readonly words: string;
      readonly reason: string | null;
      readonly from: string;
      readonly to: string;
      readonly rows: number;
      readonly model_sha256: string;
      readonly drifted_share: number | null;
      readonly threshold: number | null;
      readonly largest_ratio: number | null;
      readonly largest_ratio_feature: string | null;
      readonly ratio_threshold: number | null;
      readonly alarmed_by: readonly ("share" | "ratio" | "presence")[];
      readonly false_alarms: {
        readonly stated_rate: number | null;
        /** What the realised rate stays below with 95 % certainty, from so many training windows */
        readonly highest_rate: number | null;
        readonly training_windows: number;
      };
      readonly customary: {
        readonly share_at_0_1: number | null;
        readonly verdicts: readonly {
          readonly words: string;
          readonly drift: boolean | null;
        }[];
      };
      readonly features: readonly {
        readonly name: string;
        /** Normed Wasserstein distance; it decides */
        readonly wasserstein: number | null;
        readonly psi: number | null;
        readonly ks: number | null;
        readonly jensen_shannon: number | null;
        readonly threshold: number | null;
        /** null: not counted */
        readonly drifted: boolean | null;
        /** Whether its values are fewer, or more, than in training windows: then it drifted */
        readonly presence: ("vanished" | "appeared") | null;
        /** What a fixed threshold of 0.1 would say; decides nothing */
        readonly drifted_at_tenth: boolean;
        readonly missing_share: number;
        readonly reference_missing_share: number;
        readonly words: string;
      }[];
    }
  | {
      readonly verdict: "none";
      readonly reason: string;
      readonly features: readonly {
        readonly name: string;
        /** Normed Wasserstein distance; it decides */
        readonly wasserstein: number | null;
        readonly psi: number | null;
        readonly ks: number | null;
        readonly jensen_shannon: number | null;
        readonly threshold: number | null;
        /** null: not counted */
        readonly drifted: boolean | null;
        /** Whether its values are fewer, or more, than in training windows: then it drifted */
        readonly presence: ("vanished" | "appeared") | null;
        /** What a fixed threshold of 0.1 would say; decides nothing */
        readonly drifted_at_tenth: boolean;
        readonly missing_share: number;
        readonly reference_missing_share: number;
        readonly words: string;
      }[];
    };

export type Experiment = {
  readonly id: string;
  readonly mode: "shadow" | "split";
  readonly share: number;
  readonly auto: boolean;
  readonly champion: string;
  readonly challenger: string;
  readonly started_at: string;
  /** Comparisons with this champion so far, this one included: each needs more evidence */
  readonly tries: number;
};

export type Verdict = {
  readonly verdict: "promote" | "wait";
  /** What is not there yet, with its figure */
  readonly missing: readonly string[];
  readonly blocks: number;
  readonly rows: number;
  readonly positives: number;
  readonly episodes: number;
  /** The stake on the next block: a share of what the block can gain */
  readonly lambda: number;
  readonly e_value: number;
  readonly log_e: number;
  /** Mean Brier gain of the challenger; null below two blocks */
  readonly mean_gain: Figure | null;
  readonly needs: {
    readonly e_value: number;
    readonly episodes: number;
  };
};

export type Change = {
  /** 1, 2, 3, … over the registry's whole life */
  readonly seq: number;
  readonly at: string;
  readonly alias:
    | "champion"
    | "challenger"
    | "predecessor"
    | "rows"
    | "zscore"
    | "persistence"
    | "threshold-only"
    | "reference"
    | "experiment"
    | "symbol"
    | "threshold"
    | "feed";
  readonly from: string | null;
  readonly to: string | null;
  /** Which way the change came */
  readonly by: "admin" | "rule" | "rollback";
  readonly who: string | null;
  readonly reason: string | null;
  readonly figures: {
    readonly e_value: number;
    readonly blocks: number;
    readonly rows: number;
    readonly episodes: number;
    readonly mean_gain: Figure | null;
  } | null;
  /** `seq` of the champion's change that this one came with; a rollback of it undoes both */
  readonly with: number | null;
};

export type Alert = {
  readonly id: string;
  /** `*` for the whole gateway */
  readonly symbol: string;
  /** `test` and `spike` are in dead letters alone: messages that no rule gave */
  readonly rule:
    | "pr_auc_fell"
    | "not_better_than_baseline"
    | "drift"
    | "calibration"
    | "feed_silent"
    | "feed_down"
    | "error_budget"
    | "parity_mismatch"
    | "challenger_ready"
    | "champion_demoted"
    | "test"
    | "spike";
  readonly state: "firing" | "resolved";
  readonly severity: "info" | "warning" | "critical";
  /** When it changed */
  readonly at: string;
  /** When the condition was first seen */
  readonly since: string;
  readonly summary: string;
  readonly figures: Readonly<Record<string, (number | string) | null>>;
  /** SHA-256 of the model that it is about */
  readonly model: string | null;
};

/** What each route takes and answers. */
export interface Routes {
  /** Takes ticks */
  readonly "POST /ingest": {
    readonly params: NoFields;
    readonly query: {
      /** What the messages are; `auto` tells each by itself, `tick` is the form below */
      readonly format?:
        | (
            | "auto"
            | "tick"
            | "coinbase_advanced"
            | "coinbase_exchange"
            | "binance"
            | "kraken"
            | "bybit"
            | "okx"
            | "bitstamp"
            | "hyperliquid"
            | "alpaca"
            | "cryptofeed"
            | "ccxt"
            | "tardis"
          )
        | undefined;
      /** The venue of ticks that name none */
      readonly venue?: string | undefined;
    };
    readonly body: readonly Tick[] | Tick;
    readonly answer: IngestAnswer;
  };
  /** Takes labels */
  readonly "POST /feedback": {
    readonly params: NoFields;
    readonly query: NoFields;
    readonly body:
      | readonly {
          readonly prediction_id: string;
          readonly label: boolean | (0 | 1);
        }[]
      | {
          readonly prediction_id: string;
          readonly label: boolean | (0 | 1);
        };
    readonly answer: {
      readonly accepted: number;
      readonly duplicate: number;
      readonly refused: number;
      /** One per label, in order */
      readonly results: readonly {
        /** null when the label has none that can be read */
        readonly prediction_id: string | null;
        /** `duplicate`: the same label came before. `conflict`: another one came before, and stands */
        readonly outcome:
          | "accepted"
          | "duplicate"
          | "conflict"
          | "unknown_model"
          | "no_prediction"
          | "expired"
          | "malformed"
          | "unknown_symbol"
          | "failed";
        readonly detail?: string | undefined;
      }[];
    };
  };
  /** The live prediction of a symbol */
  readonly "GET /predict": {
    readonly params: NoFields;
    readonly query: {
      readonly symbol: string;
      readonly venue?: string | undefined;
      /** One of the gateway's grids, such as `60s`; the default one without */
      readonly grid?: string | undefined;
      /** One of the horizons of these steps, such as `300s`; `?grid=1s-h300s` is the same as `?horizon=300s` */
      readonly horizon?: string | undefined;
    };
    readonly body: undefined;
    readonly answer: Prediction;
  };
  /** Predictions of several symbols, or scores of rows */
  readonly "POST /predict": {
    readonly params: NoFields;
    readonly query: NoFields;
    readonly body: {
      readonly symbols?: readonly unknown[] | undefined;
      readonly rows?: readonly unknown[] | undefined;
      /** One of the gateway's grids, such as `60s`; the default one without */
      readonly grid?: string | undefined;
      /** One of the horizons of these steps, such as `300s`; `?grid=1s-h300s` is the same as `?horizon=300s` */
      readonly horizon?: string | undefined;
    };
    readonly answer:
      | {
          readonly predictions: readonly (
            | Prediction
            | {
                readonly symbol: string;
                readonly code:
                  "unknown_symbol" | "unknown_grid" | "symbol_timeout" | "symbol_failed" | "directory_unavailable";
                readonly error: string;
              }
          )[];
        }
      | Rows;
  };
  /** The score of one row, for clients of the service before */
  readonly "POST /predict/legacy": {
    readonly params: NoFields;
    readonly query: NoFields;
    readonly body: {
      readonly features: Row;
    };
    readonly answer: {
      /** 1 from the model's threshold on */
      readonly prediction: 0 | 1;
      readonly probability: number;
      /** Whether `prediction` is 1 */
      readonly alert: boolean;
      readonly inference_time_ms: number;
      readonly model_version: string;
    };
  };
  /** Metadata of the server */
  readonly "GET /v2": {
    readonly params: NoFields;
    readonly query: NoFields;
    readonly body: undefined;
    readonly answer: {
      readonly name: string;
      readonly version: string;
      readonly extensions: readonly string[];
    };
  };
  /** Whether the server runs */
  readonly "GET /v2/health/live": {
    readonly params: NoFields;
    readonly query: NoFields;
    readonly body: undefined;
    readonly answer: {
      readonly live: true;
    };
  };
  /** Whether the server takes requests */
  readonly "GET /v2/health/ready": {
    readonly params: NoFields;
    readonly query: NoFields;
    readonly body: undefined;
    readonly answer: {
      readonly live: true;
      readonly ready: true;
    };
  };
  /** Metadata of a model */
  readonly "GET /v2/models/{model}": {
    readonly params: {
      /** An alias or the name in a manifest; `name@grid` for a model of a further grid */
      readonly model: string;
    };
    readonly query: NoFields;
    readonly body: undefined;
    readonly answer: {
      /** As the request named it */
      readonly name: string;
      /** Those that serve under this name, the default one first */
      readonly versions: readonly string[];
      readonly platform: "onnx_onnxv1";
      readonly inputs: readonly {
        readonly name: string;
        readonly datatype: "FP32";
        /** −1 is the number of rows */
        readonly shape: readonly number[];
      }[];
      readonly outputs: readonly {
        readonly name: string;
        readonly datatype: "FP32";
        /** −1 is the number of rows */
        readonly shape: readonly number[];
      }[];
      /** Texts about the version */
      readonly properties: {
        /** Names of the input's columns in their order, separated by commas */
        readonly features: string;
        /** The feature row that they are of: see docs/features.md */
        readonly row: string;
        /** The manifest's name */
        readonly model: string;
        /** The manifest's version */
        readonly model_version: string;
        readonly family: string;
        /** From which probability it alerts */
        readonly threshold: string;
        readonly horizon_steps: string;
        readonly evidence: string;
        /** `true` while it serves in place of the registry's artifact */
        readonly stand_in: string;
      };
    };
  };
  /** Metadata of a version of a model */
  readonly "GET /v2/models/{model}/versions/{version}": {
    readonly params: {
      /** An alias or the name in a manifest; `name@grid` for a model of a further grid */
      readonly model: string;
      /** SHA-256 of the artifact */
      readonly version: string;
    };
    readonly query: NoFields;
    readonly body: undefined;
    readonly answer: {
      /** As the request named it */
      readonly name: string;
      /** Those that serve under this name, the default one first */
      readonly versions: readonly string[];
      readonly platform: "onnx_onnxv1";
      readonly inputs: readonly {
        readonly name: string;
        readonly datatype: "FP32";
        /** −1 is the number of rows */
        readonly shape: readonly number[];
      }[];
      readonly outputs: readonly {
        readonly name: string;
        readonly datatype: "FP32";
        /** −1 is the number of rows */
        readonly shape: readonly number[];
      }[];
      /** Texts about the version */
      readonly properties: {
        /** Names of the input's columns in their order, separated by commas */
        readonly features: string;
        /** The feature row that they are of: see docs/features.md */
        readonly row: string;
        /** The manifest's name */
        readonly model: string;
        /** The manifest's version */
        readonly model_version: string;
        readonly family: string;
        /** From which probability it alerts */
        readonly threshold: string;
        readonly horizon_steps: string;
        readonly evidence: string;
        /** `true` while it serves in place of the registry's artifact */
        readonly stand_in: string;
      };
    };
  };
  /** Whether a model serves */
  readonly "GET /v2/models/{model}/ready": {
    readonly params: {
      /** An alias or the name in a manifest; `name@grid` for a model of a further grid */
      readonly model: string;
    };
    readonly query: NoFields;
    readonly body: undefined;
    readonly answer: {
      readonly name: string;
      readonly ready: true;
    };
  };
  /** Whether a version of a model serves */
  readonly "GET /v2/models/{model}/versions/{version}/ready": {
    readonly params: {
      /** An alias or the name in a manifest; `name@grid` for a model of a further grid */
      readonly model: string;
      /** SHA-256 of the artifact */
      readonly version: string;
    };
    readonly query: NoFields;
    readonly body: undefined;
    readonly answer: {
      readonly name: string;
      readonly ready: true;
    };
  };
  /** Scores of rows */
  readonly "POST /v2/models/{model}/infer": {
    readonly params: {
      /** An alias or the name in a manifest; `name@grid` for a model of a further grid */
      readonly model: string;
    };
    readonly query: NoFields;
    readonly body: {
      readonly id?: (string | null) | undefined;
      readonly parameters?:
        | ({
            readonly binary_data_output?: (boolean | null) | undefined;
          } | null)
        | undefined;
      readonly inputs: readonly {
        /** The model's input, `features` of what is trained here */
        readonly name: string;
        /** [n, columns], n at most 1,000 */
        readonly shape: readonly number[];
        /** Of the bytes; numbers are rounded to FP32 */
        readonly datatype: "FP32" | "FP64";
        readonly parameters?:
          | ({
              readonly binary_data_size?: (number | null) | undefined;
            } | null)
          | undefined;
        readonly data?: (readonly unknown[] | null) | undefined;
      }[];
      readonly outputs?:
        | (
            | readonly {
                readonly name: string;
                readonly parameters?:
                  | ({
                      readonly binary_data?: (boolean | null) | undefined;
                    } | null)
                  | undefined;
              }[]
            | null
          )
        | undefined;
    };
    readonly answer: {
      /** As the request named it */
      readonly model_name: string;
      /** SHA-256 of the artifact that answered */
      readonly model_version: string;
      readonly id?: string | undefined;
      readonly parameters?:
        | {
            /** It serves in place of the artifact that the registry names */
            readonly stand_in: true;
          }
        | undefined;
      readonly outputs: readonly {
        readonly name: string;
        readonly datatype: "FP32";
        /** [n, 1] */
        readonly shape: readonly number[];
        readonly parameters?:
          | {
              readonly binary_data_size: number;
            }
          | undefined;
        /** Flat; absent for an output whose bytes are sent */
        readonly data?: readonly number[] | undefined;
      }[];
    };
  };
  /** Scores of rows */
  readonly "POST /v2/models/{model}/versions/{version}/infer": {
    readonly params: {
      /** An alias or the name in a manifest; `name@grid` for a model of a further grid */
      readonly model: string;
      /** SHA-256 of the artifact */
      readonly version: string;
    };
    readonly query: NoFields;
    readonly body: {
      readonly id?: (string | null) | undefined;
      readonly parameters?:
        | ({
            readonly binary_data_output?: (boolean | null) | undefined;
          } | null)
        | undefined;
      readonly inputs: readonly {
        /** The model's input, `features` of what is trained here */
        readonly name: string;
        /** [n, columns], n at most 1,000 */
        readonly shape: readonly number[];
        /** Of the bytes; numbers are rounded to FP32 */
        readonly datatype: "FP32" | "FP64";
        readonly parameters?:
          | ({
              readonly binary_data_size?: (number | null) | undefined;
            } | null)
          | undefined;
        readonly data?: (readonly unknown[] | null) | undefined;
      }[];
      readonly outputs?:
        | (
            | readonly {
                readonly name: string;
                readonly parameters?:
                  | ({
                      readonly binary_data?: (boolean | null) | undefined;
                    } | null)
                  | undefined;
              }[]
            | null
          )
        | undefined;
    };
    readonly answer: {
      /** As the request named it */
      readonly model_name: string;
      /** SHA-256 of the artifact that answered */
      readonly model_version: string;
      readonly id?: string | undefined;
      readonly parameters?:
        | {
            /** It serves in place of the artifact that the registry names */
            readonly stand_in: true;
          }
        | undefined;
      readonly outputs: readonly {
        readonly name: string;
        readonly datatype: "FP32";
        /** [n, 1] */
        readonly shape: readonly number[];
        readonly parameters?:
          | {
              readonly binary_data_size: number;
            }
          | undefined;
        /** Flat; absent for an output whose bytes are sent */
        readonly data?: readonly number[] | undefined;
      }[];
    };
  };
  /** Every model under each of its names */
  readonly "POST /v2/repository/index": {
    readonly params: NoFields;
    readonly query: NoFields;
    readonly body:
      | {
          /** Whether to name only those that serve */
          readonly ready?: boolean | undefined;
        }
      | undefined;
    readonly answer: readonly {
      readonly name: string;
      readonly version: string;
      readonly state: "READY" | "UNAVAILABLE";
      /** Empty for one that serves */
      readonly reason: string;
    }[];
  };
  /** All symbols, or what changed since the last look */
  readonly "GET /overview": {
    readonly params: NoFields;
    readonly query: {
      /** The `cursor` of the last answer; without it, or where it is not known any more, all rows come */
      readonly since?: string | undefined;
      /** One of the gateway's grids, such as `60s`; the default one without */
      readonly grid?: string | undefined;
      /** One of the horizons of these steps, such as `300s`; `?grid=1s-h300s` is the same as `?horizon=300s` */
      readonly horizon?: string | undefined;
    };
    readonly body: undefined;
    readonly answer: {
      /** For the next request's `since` */
      readonly cursor: string;
      readonly server_time_ms: number;
      readonly step_ms: number;
      /** Whether `symbols` is the whole table: what the reader had is void */
      readonly reset: boolean;
      readonly symbols: readonly {
        readonly symbol: string;
        /** In lower case; null for a symbol without one */
        readonly venue: string | null;
        /** `live`: a prediction of the last step. `stale`: the last tick is older than one step and the age at which a price counts. `silent`: its feed was live, and the alert `feed_silent` fires. `warming_up`, `too_sparse` and `flat`: as in `/predict`. `unreachable`: its object does not answer; the figures are those of `as_of_ms` */
        readonly state: "live" | "warming_up" | "stale" | "silent" | "too_sparse" | "flat" | "unreachable";
        /** What is not there, and why: one text a figure */
        readonly missing: readonly string[];
        /** At the end of the last closed step */
        readonly price: number | null;
        /** Expected volatility of the horizon */
        readonly sigma_bps: number | null;
        readonly rv_60_bps: number | null;
        readonly tau_bps: number | null;
        readonly probability: number | null;
        readonly threshold: number | null;
        /** Null once the predicted horizon is over */
        readonly alert: boolean | null;
        /** End of the last closed step */
        readonly ts: number | null;
        readonly horizon_s: number | null;
        /** Event time of the newest stored tick */
        readonly watermark_ms: number | null;
        /** When its object gave these figures; null if it never has. A row that is left out is as it was */
        readonly as_of_ms: number | null;
        /** Alerts of the symbol that fire */
        readonly firing: number | null;
        /** End and probability of its last steps: at most 40, or those that are newer than the cursor */
        readonly recent: readonly (readonly (number | (number | null))[])[];
      }[];
      /** Symbols that there are no more */
      readonly removed: readonly string[];
      /** Parts of the directory, of 16, that do not answer */
      readonly unread_buckets: number;
      /** Symbols in the directory; those that were not asked yet have no row */
      readonly known: number;
      /** When the row that was confirmed the longest ago was, of those that answer; null without any */
      readonly oldest_as_of_ms: number | null;
    };
  };
  /** Every symbol that has received a tick */
  readonly "GET /symbols": {
    readonly params: NoFields;
    readonly query: NoFields;
    readonly body: undefined;
    readonly answer: {
      readonly count: number;
      readonly symbols: readonly string[];
      /** Parts of the directory, of 16, that do not answer; their newer symbols are missing here */
      readonly unread_buckets: number;
    };
  };
  /** The state of a symbol */
  readonly "GET /symbols/{symbol}": {
    readonly params: {
      readonly symbol: string;
    };
    readonly query: {
      /** One of the gateway's grids, such as `60s`; the default one without */
      readonly grid?: string | undefined;
      /** One of the horizons of these steps, such as `300s`; `?grid=1s-h300s` is the same as `?horizon=300s` */
      readonly horizon?: string | undefined;
    };
    readonly body: undefined;
    readonly answer: {
      /** As the request spelled it */
      readonly symbol: string;
      /** In lower case; null for a symbol without one */
      readonly venue: string | null;
      readonly step_ms: number;
      /** A step is observed when its newest tick is at most this old at its end */
      readonly max_age_ms: number;
      /** More steps than this without a tick start a new segment */
      readonly gap_steps: number;
      readonly source: "last" | "mid";
      readonly labels: readonly LabelSpec[];
      readonly ticks: {
        readonly accepted: number;
        readonly duplicate: number;
        readonly late: number;
        readonly outlier: number;
        readonly price_outlier: number;
      };
      readonly redelivered_ticks: number;
      /** Ticks without a time of their own, given that of their receipt; since the object was loaded */
      readonly receipt_timed_ticks: number;
      /** Whether a tick waits for the next one to agree with it */
      readonly holding: boolean;
      readonly batches: number;
      readonly steps_closed: number;
      /** Event time of the newest applied tick */
      readonly watermark_ms: number | null;
      readonly price: number | null;
      readonly rv_60_bps: number | null;
      readonly spread_bps: number | null;
      readonly observed_share: number | null;
      readonly threshold_values: {
        readonly have: number;
        readonly need: number;
      };
      readonly prediction_id: string | null;
      readonly probability: number | null;
      /** As in `/predict` */
      readonly model: {
        readonly name: string;
        readonly version: string;
        readonly sha256: string;
        /** Whether its training data are recordings of a market or simulated: `simulated` proves nothing */
        readonly evidence: "simulated" | "recorded" | "unknown";
      } | null;
      readonly tau_bps: number | null;
      /** Why there is no probability; empty when there is one */
      readonly missing: readonly string[];
      readonly recovery: {
        readonly how: "new" | "snapshot" | "rebuilt";
        readonly replayed_batches: number;
        readonly damaged_batches: number;
        readonly reason: string | null;
      };
      /** The history that it began with, before its first live tick; null without one */
      readonly warm: {
        /** `archive`, `ticks` for ticks of a request, or the venue's name */
        readonly source: string;
        /** Steps that it closed; they are not counted for live quality */
        readonly steps: number;
        /** Ticks of it that count */
        readonly ticks: number;
        /** Event time of its first tick */
        readonly from_ms: number;
        /** Event time of its last tick */
        readonly to_ms: number;
      } | null;
      readonly storage_bytes: number;
      readonly scoring_errors: number;
    };
  };
  /** A symbol's closed steps, for a chart */
  readonly "GET /symbols/{symbol}/history": {
    readonly params: {
      readonly symbol: string;
    };
    readonly query: {
      readonly from?: string | undefined;
      readonly to?: string | undefined;
      readonly points?: string | undefined;
      /** One of the gateway's grids, such as `60s`; the default one without */
      readonly grid?: string | undefined;
      /** One of the horizons of these steps, such as `300s`; `?grid=1s-h300s` is the same as `?horizon=300s` */
      readonly horizon?: string | undefined;
    };
    readonly body: undefined;
    readonly answer: {
      /** As the request spelled it */
      readonly symbol: string;
      readonly step_ms: number;
      readonly horizon_steps: number;
      /** Steps that end after it; null where none is kept */
      readonly from: number | null;
      /** Steps that end at it at the latest */
      readonly to: number | null;
      /** Length of a bucket: a multiple of the step */
      readonly every_ms: number;
      /** End of the oldest step that is kept */
      readonly earliest_ms: number | null;
      /** End of the newest step */
      readonly latest_ms: number | null;
      readonly columns: {
        /** End of the bucket: it has the steps that end in (ts − every_ms, ts] */
        readonly ts: readonly number[];
        /** The first price at a step's end; `high` and `low`: of these prices */
        readonly open: readonly (number | null)[];
        readonly high: readonly (number | null)[];
        readonly low: readonly (number | null)[];
        /** The last price */
        readonly price: readonly (number | null)[];
        /** Realized volatility of the last 60 steps, at the bucket's last step */
        readonly rv_bps: readonly (number | null)[];
        readonly tau_bps: readonly (number | null)[];
        /** The largest of the bucket */
        readonly probability: readonly (number | null)[];
        readonly threshold: readonly (number | null)[];
        /** Expected volatility of the horizon */
        readonly sigma_bps: readonly (number | null)[];
        /** Whether any probability reached its threshold */
        readonly alert: readonly (boolean | null)[];
        /** Whether a label that was confirmed in the bucket is a spike: about the step one horizon earlier */
        readonly spike: readonly (boolean | null)[];
      };
    };
  };
  /** What a symbol's live prediction rests on */
  readonly "GET /symbols/{symbol}/explanation": {
    readonly params: {
      readonly symbol: string;
    };
    readonly query: {
      /** One of the gateway's grids, such as `60s`; the default one without */
      readonly grid?: string | undefined;
      /** One of the horizons of these steps, such as `300s`; `?grid=1s-h300s` is the same as `?horizon=300s` */
      readonly horizon?: string | undefined;
    };
    readonly body: undefined;
    readonly answer: {
      /** As the request spelled it */
      readonly symbol: string;
      /** End of the last closed step */
      readonly ts: number | null;
      readonly prediction_id: string | null;
      readonly probability: number | null;
      /** The model's own, which the features explain */
      readonly probability_raw: number | null;
      /** The last step, from `probability_raw` to `probability`; null before the first closed step */
      readonly recalibration: {
        /** `learning`: not shown to gain yet. `serving`: `probability` is recalibrated. `shadow`: proven, and `RECALIBRATION` keeps it from serving. `undone`: harm was shown, and it must prove itself anew. `fault`: it failed, and begins again with the next batch */
        readonly state: "off" | "learning" | "shadow" | "serving" | "undone" | "fault";
        /** Of the line in log-odds: logit(q) = slope · logit(p) + level */
        readonly slope: number;
        readonly level: number;
        /** Labels that it has learnt from */
        readonly labels: number;
        /** Evidence for the next change: for a gain, and for harm while it serves; 20 is enough */
        readonly e_value: number;
        /** `ts` of the first prediction that the state holds for; null before the first change */
        readonly since: number | null;
      } | null;
      readonly threshold: number | null;
      /** As in `/predict` */
      readonly model: {
        readonly name: string;
        readonly version: string;
        readonly sha256: string;
        /** Whether its training data are recordings of a market or simulated: `simulated` proves nothing */
        readonly evidence: "simulated" | "recorded" | "unknown";
      } | null;
      /** Each feature by itself at its median of the training rows, all others as they are */
      readonly method: "one_at_median";
      /** The largest contribution first */
      readonly features: readonly {
        readonly name: string;
        /** Null for one that the row lacks: the model imputes it */
        readonly value: number | null;
        /** Its median in training */
        readonly reference: number | null;
        /** Log-odds of the row less those with this feature at `reference`: above 0 its value makes a spike likelier. They do not add up to the log-odds: features go together */
        readonly contribution: number | null;
      }[];
      /** What is not there, and why: one text a figure */
      readonly missing: readonly string[];
    };
  };
  /** How good the models are on a symbol */
  readonly "GET /symbols/{symbol}/quality": {
    readonly params: {
      readonly symbol: string;
    };
    readonly query: {
      readonly window?: ("1h" | "24h" | "30d") | undefined;
      readonly bins?: ("0" | "1") | undefined;
      readonly curves?: ("0" | "1") | undefined;
      /** One of the gateway's grids, such as `60s`; the default one without */
      readonly grid?: string | undefined;
      /** One of the horizons of these steps, such as `300s`; `?grid=1s-h300s` is the same as `?horizon=300s` */
      readonly horizon?: string | undefined;
    };
    readonly body: undefined;
    readonly answer: {
      readonly symbol: string;
      readonly window: "1h" | "24h" | "30d";
      readonly from: string | null;
      readonly to: string | null;
      readonly step_ms: number;
      readonly block_steps: number;
      /** How intervals are made */
      readonly interval: string;
      readonly tau_bps: number | null;
      readonly labels: readonly {
        /** What the models predict, as one line */
        readonly label: string;
        readonly horizon_steps: number;
        readonly scored_steps: number;
        readonly pending: number;
        readonly void: number;
        readonly resolved: number;
        readonly spikes: number;
        readonly base_rate: number | null;
        readonly episodes: number;
        readonly blocks: number;
        readonly tau_bps_mean: number | null;
        readonly models: readonly ModelQuality[];
      }[];
      readonly pairs: readonly {
        readonly reference: {
          readonly aliases: readonly string[];
          readonly name: string | null;
          readonly version: string | null;
          /** Of a model without an alias, the digits that are known */
          readonly sha256: string;
        };
        readonly model: {
          readonly aliases: readonly string[];
          readonly name: string | null;
          readonly version: string | null;
          /** Of a model without an alias, the digits that are known */
          readonly sha256: string;
        };
        readonly blocks: number;
        /** Above 0: `model` is better */
        readonly brier_gain: Figure | null;
        readonly pr_auc_gain: Figure | null;
        readonly reason: string | null;
      }[];
      /** Forecasts of the horizon's volatility, by models that give one: QLIKE against EWMA and HAR, and the quantiles' coverage. Labels count in the block in which they arrive, one horizon after their step */
      readonly volatility: readonly {
        readonly model: {
          readonly aliases: readonly string[];
          readonly name: string | null;
          readonly version: string | null;
          readonly sha256: string;
        };
        /** Horizons that ended in the window, of steps that the model forecast */
        readonly labels: number;
        /** Mean QLIKE of the variance; lower is better */
        readonly qlike: number | null;
        /** QLIKE of the model, EWMA and HAR on the same horizons; null until both have labels enough */
        readonly compared: {
          readonly labels: number;
          readonly qlike: number;
          readonly ewma: number;
          readonly har: number;
        } | null;
        /** Those whose steps were answered with quantiles */
        readonly quantile_labels: number;
        /** The quantiles that were answered */
        readonly corrected: {
          /** Share of the horizons that were at most so volatile, by the quantile's level */
          readonly coverage: {
            readonly "0.1": number;
            readonly "0.5": number;
            readonly "0.9": number;
          };
          /** Share between the quantiles 0.1 and 0.9, of which 0.8 is stated */
          readonly inside_interval: number;
          /** Mean pinball loss of ln σ */
          readonly pinball: {
            readonly "0.1": number;
            readonly "0.5": number;
            readonly "0.9": number;
          };
          /** Mean of ln(quantile 0.9 ÷ quantile 0.1) */
          readonly width: number;
        } | null;
        /** The same forecast with the offsets of its training, or of its first labels, never changed */
        readonly uncorrected: {
          /** Share of the horizons that were at most so volatile, by the quantile's level */
          readonly coverage: {
            readonly "0.1": number;
            readonly "0.5": number;
            readonly "0.9": number;
          };
          /** Share between the quantiles 0.1 and 0.9, of which 0.8 is stated */
          readonly inside_interval: number;
          /** Mean pinball loss of ln σ */
          readonly pinball: {
            readonly "0.1": number;
            readonly "0.5": number;
            readonly "0.9": number;
          };
          /** Mean of ln(quantile 0.9 ÷ quantile 0.1) */
          readonly width: number;
        } | null;
        /** Why no quantiles are answered yet */
        readonly missing: string | null;
      }[];
      readonly experiment: string;
      /** Models with figures here; those of `next_dropped` go, in this order, when a set of new models is promoted */
      readonly histories: {
        readonly kept: number;
        readonly most: number;
        readonly next_dropped: readonly {
          readonly aliases: readonly string[];
          readonly name: string | null;
          readonly version: string | null;
          /** Of a model without an alias, the digits that are known */
          readonly sha256: string;
        }[];
      };
      /** What recalibrates each served model here; the figures of `labels` are of what was answered */
      readonly recalibrations: readonly {
        readonly model: {
          readonly aliases: readonly string[];
          readonly name: string | null;
          readonly version: string | null;
          /** Of a model without an alias, the digits that are known */
          readonly sha256: string;
        };
        /** `learning`: not shown to gain yet. `serving`: `probability` is recalibrated. `shadow`: proven, and `RECALIBRATION` keeps it from serving. `undone`: harm was shown, and it must prove itself anew. `fault`: it failed, and begins again with the next batch */
        readonly state: "off" | "learning" | "shadow" | "serving" | "undone" | "fault";
        /** Of the line in log-odds: logit(q) = slope · logit(p) + level */
        readonly slope: number;
        readonly level: number;
        /** Labels that it has learnt from */
        readonly labels: number;
        /** Evidence for the next change: for a gain, and for harm while it serves; 20 is enough */
        readonly e_value: number;
        /** `ts` of the first prediction that the state holds for; null before the first change */
        readonly since: number | null;
        /** The line that it began with and is held near, from other symbols; null: it began with no change */
        readonly prior: {
          readonly slope: number;
          readonly level: number;
          /** Other symbols that it is the mean of */
          readonly symbols: number;
          /** Their weights together, in horizons of labels */
          readonly horizons: number;
          /** When it was pooled, ms */
          readonly at: number;
        } | null;
        /** Calendar months (UTC), the last 14: of the model's own scores, of the recalibrated ones, and of what was answered */
        readonly months: readonly {
          readonly month: string;
          readonly raw: {
            readonly rows: number;
            readonly spikes: number;
            readonly brier: number;
            readonly brier_skill: number | null;
            readonly ece: number;
          };
          readonly recalibrated: {
            readonly rows: number;
            readonly spikes: number;
            readonly brier: number;
            readonly brier_skill: number | null;
            readonly ece: number;
          };
          readonly served: {
            readonly rows: number;
            readonly spikes: number;
            readonly brier: number;
            readonly brier_skill: number | null;
            readonly ece: number;
          };
        }[];
        /** What began or ceased to serve, the last 20 */
        readonly changes: readonly {
          /** Number of the first step that it holds for */
          readonly step: number;
          readonly to: "serving" | "undone";
          readonly e_value: number;
          /** Mean Brier gain over the raw scores since the change before */
          readonly mean_gain: number;
          readonly rows: number;
        }[];
      }[];
      /** Labels from `POST /feedback`, never mixed with those of the ticks */
      readonly feedback: readonly {
        readonly model: {
          readonly aliases: readonly string[];
          readonly name: string | null;
          readonly version: string | null;
          /** Of a model without an alias, the digits that are known */
          readonly sha256: string;
        };
        readonly labels: number;
        readonly spikes: number;
        readonly confusion: {
          readonly tp: number;
          readonly fp: number;
          readonly fn: number;
          readonly tn: number;
        } | null;
        readonly pr_auc: number | null;
        /** PR-AUC of the same steps lies between these, whatever the order of scores within a level */
        readonly pr_auc_bounds: {
          readonly low: number;
          readonly high: number;
        } | null;
        readonly reason: string | null;
      }[];
      readonly since_creation: {
        readonly resolved: number;
        readonly voids: number;
        readonly unresolved: number;
        readonly uncounted: number;
        readonly breaks: number;
        readonly disordered: number;
      };
      /** What is not there, and why: one text a figure */
      readonly missing: readonly string[];
    };
  };
  /** Whether a symbol's inputs have drifted */
  readonly "GET /symbols/{symbol}/drift": {
    readonly params: {
      readonly symbol: string;
    };
    readonly query: {
      readonly ratios?: ("0" | "1") | undefined;
      /** One of the gateway's grids, such as `60s`; the default one without */
      readonly grid?: string | undefined;
      /** One of the horizons of these steps, such as `300s`; `?grid=1s-h300s` is the same as `?horizon=300s` */
      readonly horizon?: string | undefined;
    };
    readonly body: undefined;
    readonly answer: {
      readonly symbol: string;
      readonly windows: {
        readonly "1h": WindowVerdict;
        readonly "24h": WindowVerdict;
      };
      /** The last 175 verdicts, oldest first */
      readonly history: readonly {
        readonly window: "1h" | "24h";
        readonly to: string;
        readonly verdict: "ok" | "drift" | "uncalibrated" | "no_reference" | "too_few_rows";
        readonly drifted_share: number | null;
        readonly threshold: number | null;
        readonly largest_ratio: number | null;
        readonly ratio_threshold: number | null;
        /** With `ratios=1`: each feature's distance over its own threshold, null without either; null for a window of an older version, or of a model without a training distribution */
        readonly ratios?: (Readonly<Record<string, number | null>> | null) | undefined;
      }[];
      readonly concept: {
        readonly events: readonly {
          readonly at: string;
          readonly detector: "page-hinkley" | "adwin";
          readonly what: "error" | "score";
          readonly mean_before: number;
          readonly mean_after: number;
        }[];
        readonly words: string;
      };
    };
  };
  /** From which probability a symbol's models alert */
  readonly "GET /symbols/{symbol}/threshold": {
    readonly params: {
      readonly symbol: string;
    };
    readonly query: {
      /** One of the gateway's grids, such as `60s`; the default one without */
      readonly grid?: string | undefined;
      /** One of the horizons of these steps, such as `300s`; `?grid=1s-h300s` is the same as `?horizon=300s` */
      readonly horizon?: string | undefined;
    };
    readonly body: undefined;
    readonly answer: {
      /** As the request spelled it */
      readonly symbol: string;
      /** `THRESHOLD_FOLLOWS` */
      readonly mode: "shadow" | "on" | "off";
      readonly models: readonly {
        readonly alias: "champion" | "challenger";
        readonly model: {
          readonly name: string;
          readonly version: string;
          readonly sha256: string;
        };
        /** By which it alerts now */
        readonly threshold: number;
        readonly source: "manifest" | "operator" | "followed";
        readonly goal: string;
        readonly manifest_threshold: number;
        /** Also where it is not served; null where it is off, or the manifest's goal cannot be followed */
        readonly followed: {
          readonly threshold: number;
          readonly lowest: number;
          /** It never leaves these bounds about the manifest's */
          readonly highest: number;
          /** Stretches with a spike since the last change; it needs 60 */
          readonly stretches_since: number;
          readonly change_count: number;
          /** The last 50, the oldest first */
          readonly changes: readonly {
            /** End of the first step under the new threshold */
            readonly at: string;
            readonly from: number;
            readonly to: number;
            /** Whether the remembered labels reach the goal within the bounds */
            readonly reached: boolean;
            /** Remembered labels; they decay, so that counts are no whole numbers */
            readonly rows: number;
            readonly positives: number;
            /** At the new threshold */
            readonly alerts: number;
            readonly true_positives: number;
            readonly stretches: number;
          }[];
          readonly windows: {
            readonly "24h": {
              /** Begin of the first block of six hours; `at_threshold` has the window itself */
              readonly from: string;
              /** By the alerts that were given, each at the threshold of its time */
              readonly as_served: {
                readonly tp: number;
                readonly fp: number;
                readonly fn: number;
                readonly tn: number;
                /** Null without an alert */
                readonly precision: number | null;
                /** Null without a spike */
                readonly recall: number | null;
                /** Share of the labelled steps that alerted */
                readonly alert_rate: number | null;
              };
              /** By the manifest's or an operator's threshold of that time */
              readonly stated: {
                readonly tp: number;
                readonly fp: number;
                readonly fn: number;
                readonly tn: number;
                /** Null without an alert */
                readonly precision: number | null;
                /** Null without a spike */
                readonly recall: number | null;
                /** Share of the labelled steps that alerted */
                readonly alert_rate: number | null;
              };
              /** By the threshold that follows, as of that time */
              readonly followed: {
                readonly tp: number;
                readonly fp: number;
                readonly fn: number;
                readonly tn: number;
                /** Null without an alert */
                readonly precision: number | null;
                /** Null without a spike */
                readonly recall: number | null;
                /** Share of the labelled steps that alerted */
                readonly alert_rate: number | null;
              };
              /** As if `threshold` had been in force all the time, as `/quality` counts */
              readonly at_threshold: {
                readonly tp: number;
                readonly fp: number;
                readonly fn: number;
                readonly tn: number;
                /** Null without an alert */
                readonly precision: number | null;
                /** Null without a spike */
                readonly recall: number | null;
                /** Share of the labelled steps that alerted */
                readonly alert_rate: number | null;
              } | null;
            };
            readonly "30d": {
              /** Begin of the first block of six hours; `at_threshold` has the window itself */
              readonly from: string;
              /** By the alerts that were given, each at the threshold of its time */
              readonly as_served: {
                readonly tp: number;
                readonly fp: number;
                readonly fn: number;
                readonly tn: number;
                /** Null without an alert */
                readonly precision: number | null;
                /** Null without a spike */
                readonly recall: number | null;
                /** Share of the labelled steps that alerted */
                readonly alert_rate: number | null;
              };
              /** By the manifest's or an operator's threshold of that time */
              readonly stated: {
                readonly tp: number;
                readonly fp: number;
                readonly fn: number;
                readonly tn: number;
                /** Null without an alert */
                readonly precision: number | null;
                /** Null without a spike */
                readonly recall: number | null;
                /** Share of the labelled steps that alerted */
                readonly alert_rate: number | null;
              };
              /** By the threshold that follows, as of that time */
              readonly followed: {
                readonly tp: number;
                readonly fp: number;
                readonly fn: number;
                readonly tn: number;
                /** Null without an alert */
                readonly precision: number | null;
                /** Null without a spike */
                readonly recall: number | null;
                /** Share of the labelled steps that alerted */
                readonly alert_rate: number | null;
              };
              /** As if `threshold` had been in force all the time, as `/quality` counts */
              readonly at_threshold: {
                readonly tp: number;
                readonly fp: number;
                readonly fn: number;
                readonly tn: number;
                /** Null without an alert */
                readonly precision: number | null;
                /** Null without a spike */
                readonly recall: number | null;
                /** Share of the labelled steps that alerted */
                readonly alert_rate: number | null;
              } | null;
            };
          };
        } | null;
      }[];
    };
  };
  /** Where every alert rule stands */
  readonly "GET /symbols/{symbol}/alerts": {
    readonly params: {
      readonly symbol: string;
    };
    readonly query: NoFields;
    readonly body: undefined;
    readonly answer: {
      readonly symbol: string;
      readonly settings: {
        /** Whether no alert of the symbol is judged */
        readonly mute: boolean;
        /** Until when no alert of the symbol is judged */
        readonly mute_until: string | null;
        /** When its market trades, in UTC; outside of them its silence is no fault. `null`: always */
        readonly hours: string | null;
      };
      readonly firing: number;
      readonly rules: readonly {
        readonly rule:
          | "pr_auc_fell"
          | "not_better_than_baseline"
          | "drift"
          | "calibration"
          | "feed_silent"
          | "feed_down"
          | "error_budget"
          | "parity_mismatch"
          | "challenger_ready"
          | "champion_demoted";
        /** `pending`: bad, but not yet confirmed or still cooling down; `quiet` covers what is merely uncertain too; `unknown`: the figures do not suffice; `off`: switched off by the deployment */
        readonly state: "firing" | "pending" | "quiet" | "unknown" | "off";
        readonly severity: "info" | "warning" | "critical";
        readonly summary: string;
        /** The figure that is judged, in the rule's own unit */
        readonly value: number | null;
        readonly fire_at: number | null;
        readonly resolve_at: number | null;
        readonly figures: Readonly<Record<string, (number | string) | null>>;
        /** What decides the rule: it fires when `value` reaches `limit`; `null` where `value` above decides */
        readonly evidence: {
          readonly value: number;
          readonly limit: number;
          /** `new`: neither the condition nor its end was shown yet; `told`: it was; `well`: its end was */
          readonly phase: "new" | "told" | "well";
          /** Evidence that the condition is over; `null` where a figure decides that */
          readonly ending: {
            readonly value: number;
            readonly limit: number;
          } | null;
          /** Groups of steps that were judged */
          readonly groups: number;
          /** Most false alarms a quiet month, for which the limit is made */
          readonly rate_per_month: number;
        } | null;
        readonly samples: readonly {
          readonly what: string;
          readonly have: number;
          readonly need: number;
        }[];
        /** Looks in a row that confirm a change */
        readonly confirmations: {
          readonly have: number;
          readonly need: number;
        };
        /** When the condition was first seen */
        readonly since: string | null;
        /** Until when it does not fire again after its last end */
        readonly cool_down_until: string | null;
        /** What is missing for the alert to begin or, while it fires, to end */
        readonly missing: readonly string[];
      }[];
    };
  };
  /** Removes a symbol */
  readonly "DELETE /admin/symbols/{symbol}": {
    readonly params: {
      readonly symbol: string;
    };
    readonly query: NoFields;
    readonly body:
      | {
          readonly archive?: boolean | undefined;
          readonly by?: string | undefined;
          readonly reason?: string | undefined;
        }
      | undefined;
    readonly answer: {
      readonly symbol: string;
      /** Alerts of the symbol that fired */
      readonly alerts_ended: number;
      readonly archive_objects_deleted: number;
    };
  };
  /** Makes a symbol again from its archive */
  readonly "POST /admin/symbols/{symbol}/recreate": {
    readonly params: {
      readonly symbol: string;
    };
    readonly query: NoFields;
    readonly body:
      | {
          readonly label?: Readonly<Record<string, unknown>> | undefined;
          readonly by?: string | undefined;
          readonly reason?: string | undefined;
        }
      | undefined;
    readonly answer: {
      readonly symbol: string;
      readonly label: LabelSpec;
      readonly step_ms: number;
      /** Ticks that filled the windows */
      readonly ticks_from_archive: number;
      readonly threshold_values: {
        readonly have: number;
        readonly need: number;
      };
    };
  };
  /** Every feed, and the venues there are */
  readonly "GET /admin/feeds": {
    readonly params: NoFields;
    readonly query: NoFields;
    readonly body: undefined;
    readonly answer: {
      readonly feeds: readonly {
        readonly venue:
          "coinbase" | "coinbase-exchange" | "binance" | "binance-usdm" | "kraken" | "bybit" | "bybit-linear" | "okx";
        /** Where it connects from, as Cloudflare names places */
        readonly hint: "wnam" | "enam" | "sam" | "weur" | "eeur" | "apac" | "oc" | "afr" | "me";
        /** `waiting`: for its next attempt; `unreachable`: the feed's object did not answer */
        readonly state: "stopped" | "waiting" | "connecting" | "subscribing" | "live" | "unreachable";
        /** Since when it is live, or not */
        readonly since: string | null;
        readonly last_message: string | null;
        /** Mean delay from a tick's own time to its receipt */
        readonly lag_ms: number | null;
        readonly next_attempt: string | null;
        /** What went wrong last with a connection or a subscription */
        readonly last_fault: {
          readonly text: string;
          readonly at: string;
        } | null;
        /** What was wrong last with the messages: something missing, unreadable or refused */
        readonly last_data_fault: {
          readonly text: string;
          readonly at: string;
        } | null;
        /** How long it was not live, the last time */
        readonly last_recovery_ms: number | null;
        /** Since when the counts are, the feed's object having been loaded */
        readonly counting_since: string | null;
        /** Connections that opened */
        readonly connections: number;
        readonly failed_attempts: number;
        /** Connections that were lost or given up */
        readonly reconnects: number;
        readonly messages: number;
        /** Messages that could not be read */
        readonly garbled: number;
        readonly refused_ticks: number;
        /** Trades that were seen before, and left out */
        readonly repeated_trades: number;
        /** Times that the venue's numbers left something out */
        readonly gaps: number;
        /** Trades that are missing by their numbers */
        readonly missed_trades: number;
        /** Messages that are missing by the connection's numbers */
        readonly missed_messages: number;
        readonly symbols: readonly {
          /** As the venue writes it */
          readonly product: string;
          /** Where its ticks go, e.g. in `GET /predict?symbol=` */
          readonly symbol: string;
          /** Its subscription */
          readonly state: "asked" | "subscribed" | "refused" | "unknown";
          /** Why the venue refused it, in its words */
          readonly refusal: string | null;
          /** Ticks that were received */
          readonly ticks: number;
          readonly last_tick: string | null;
          /** Ticks that the symbol has taken */
          readonly delivered: number;
          /** Ticks of these that came after their step had closed, or that are not newer than its past */
          readonly late: number;
          /** Ticks that are to be delivered */
          readonly waiting: number;
          /** Ticks that were given up: the symbol did not take them, or there was no room */
          readonly dropped: number;
          /** Why the last batch was not taken */
          readonly failure: string | null;
          /** What the symbol began with, in words; `null` while that is being read: its live ticks wait */
          readonly past: string | null;
        }[];
      }[];
      readonly venues: readonly {
        readonly venue:
          "coinbase" | "coinbase-exchange" | "binance" | "binance-usdm" | "kraken" | "bybit" | "bybit-linear" | "okx";
        readonly title: string;
        readonly hint: "wnam" | "enam" | "sam" | "weur" | "eeur" | "apac" | "oc" | "afr" | "me";
      }[];
    };
  };
  /** How a feed is */
  readonly "GET /admin/feeds/{venue}": {
    readonly params: {
      readonly venue:
        "coinbase" | "coinbase-exchange" | "binance" | "binance-usdm" | "kraken" | "bybit" | "bybit-linear" | "okx";
    };
    readonly query: NoFields;
    readonly body: undefined;
    readonly answer: {
      readonly venue:
        "coinbase" | "coinbase-exchange" | "binance" | "binance-usdm" | "kraken" | "bybit" | "bybit-linear" | "okx";
      /** Where it connects from, as Cloudflare names places */
      readonly hint: "wnam" | "enam" | "sam" | "weur" | "eeur" | "apac" | "oc" | "afr" | "me";
      /** `waiting`: for its next attempt; `unreachable`: the feed's object did not answer */
      readonly state: "stopped" | "waiting" | "connecting" | "subscribing" | "live" | "unreachable";
      /** Since when it is live, or not */
      readonly since: string | null;
      readonly last_message: string | null;
      /** Mean delay from a tick's own time to its receipt */
      readonly lag_ms: number | null;
      readonly next_attempt: string | null;
      /** What went wrong last with a connection or a subscription */
      readonly last_fault: {
        readonly text: string;
        readonly at: string;
      } | null;
      /** What was wrong last with the messages: something missing, unreadable or refused */
      readonly last_data_fault: {
        readonly text: string;
        readonly at: string;
      } | null;
      /** How long it was not live, the last time */
      readonly last_recovery_ms: number | null;
      /** Since when the counts are, the feed's object having been loaded */
      readonly counting_since: string | null;
      /** Connections that opened */
      readonly connections: number;
      readonly failed_attempts: number;
      /** Connections that were lost or given up */
      readonly reconnects: number;
      readonly messages: number;
      /** Messages that could not be read */
      readonly garbled: number;
      readonly refused_ticks: number;
      /** Trades that were seen before, and left out */
      readonly repeated_trades: number;
      /** Times that the venue's numbers left something out */
      readonly gaps: number;
      /** Trades that are missing by their numbers */
      readonly missed_trades: number;
      /** Messages that are missing by the connection's numbers */
      readonly missed_messages: number;
      readonly symbols: readonly {
        /** As the venue writes it */
        readonly product: string;
        /** Where its ticks go, e.g. in `GET /predict?symbol=` */
        readonly symbol: string;
        /** Its subscription */
        readonly state: "asked" | "subscribed" | "refused" | "unknown";
        /** Why the venue refused it, in its words */
        readonly refusal: string | null;
        /** Ticks that were received */
        readonly ticks: number;
        readonly last_tick: string | null;
        /** Ticks that the symbol has taken */
        readonly delivered: number;
        /** Ticks of these that came after their step had closed, or that are not newer than its past */
        readonly late: number;
        /** Ticks that are to be delivered */
        readonly waiting: number;
        /** Ticks that were given up: the symbol did not take them, or there was no room */
        readonly dropped: number;
        /** Why the last batch was not taken */
        readonly failure: string | null;
        /** What the symbol began with, in words; `null` while that is being read: its live ticks wait */
        readonly past: string | null;
      }[];
    };
  };
  /** Follows products of a venue */
  readonly "PUT /admin/feeds/{venue}": {
    readonly params: {
      readonly venue:
        "coinbase" | "coinbase-exchange" | "binance" | "binance-usdm" | "kraken" | "bybit" | "bybit-linear" | "okx";
    };
    readonly query: NoFields;
    readonly body: {
      readonly symbols: readonly string[];
      readonly hint?: ("wnam" | "enam" | "sam" | "weur" | "eeur" | "apac" | "oc" | "afr" | "me") | undefined;
      readonly by?: string | undefined;
      readonly reason?: string | undefined;
    };
    readonly answer: {
      readonly venue:
        "coinbase" | "coinbase-exchange" | "binance" | "binance-usdm" | "kraken" | "bybit" | "bybit-linear" | "okx";
      /** Where it connects from, as Cloudflare names places */
      readonly hint: "wnam" | "enam" | "sam" | "weur" | "eeur" | "apac" | "oc" | "afr" | "me";
      /** `waiting`: for its next attempt; `unreachable`: the feed's object did not answer */
      readonly state: "stopped" | "waiting" | "connecting" | "subscribing" | "live" | "unreachable";
      /** Since when it is live, or not */
      readonly since: string | null;
      readonly last_message: string | null;
      /** Mean delay from a tick's own time to its receipt */
      readonly lag_ms: number | null;
      readonly next_attempt: string | null;
      /** What went wrong last with a connection or a subscription */
      readonly last_fault: {
        readonly text: string;
        readonly at: string;
      } | null;
      /** What was wrong last with the messages: something missing, unreadable or refused */
      readonly last_data_fault: {
        readonly text: string;
        readonly at: string;
      } | null;
      /** How long it was not live, the last time */
      readonly last_recovery_ms: number | null;
      /** Since when the counts are, the feed's object having been loaded */
      readonly counting_since: string | null;
      /** Connections that opened */
      readonly connections: number;
      readonly failed_attempts: number;
      /** Connections that were lost or given up */
      readonly reconnects: number;
      readonly messages: number;
      /** Messages that could not be read */
      readonly garbled: number;
      readonly refused_ticks: number;
      /** Trades that were seen before, and left out */
      readonly repeated_trades: number;
      /** Times that the venue's numbers left something out */
      readonly gaps: number;
      /** Trades that are missing by their numbers */
      readonly missed_trades: number;
      /** Messages that are missing by the connection's numbers */
      readonly missed_messages: number;
      readonly symbols: readonly {
        /** As the venue writes it */
        readonly product: string;
        /** Where its ticks go, e.g. in `GET /predict?symbol=` */
        readonly symbol: string;
        /** Its subscription */
        readonly state: "asked" | "subscribed" | "refused" | "unknown";
        /** Why the venue refused it, in its words */
        readonly refusal: string | null;
        /** Ticks that were received */
        readonly ticks: number;
        readonly last_tick: string | null;
        /** Ticks that the symbol has taken */
        readonly delivered: number;
        /** Ticks of these that came after their step had closed, or that are not newer than its past */
        readonly late: number;
        /** Ticks that are to be delivered */
        readonly waiting: number;
        /** Ticks that were given up: the symbol did not take them, or there was no room */
        readonly dropped: number;
        /** Why the last batch was not taken */
        readonly failure: string | null;
        /** What the symbol began with, in words; `null` while that is being read: its live ticks wait */
        readonly past: string | null;
      }[];
    };
  };
  /** Ends a feed */
  readonly "DELETE /admin/feeds/{venue}": {
    readonly params: {
      readonly venue:
        "coinbase" | "coinbase-exchange" | "binance" | "binance-usdm" | "kraken" | "bybit" | "bybit-linear" | "okx";
    };
    readonly query: NoFields;
    readonly body:
      | {
          readonly by?: string | undefined;
          readonly reason?: string | undefined;
        }
      | undefined;
    readonly answer: {
      readonly venue:
        "coinbase" | "coinbase-exchange" | "binance" | "binance-usdm" | "kraken" | "bybit" | "bybit-linear" | "okx";
      readonly symbols: readonly string[];
    };
  };
  /** Creates a symbol with a history */
  readonly "POST /admin/symbols/{symbol}/warm": {
    readonly params: {
      readonly symbol: string;
    };
    readonly query: NoFields;
    readonly body: {
      /** `archive`: the symbol's own archive, as its first tick would; `venue`: the REST service of its venue */
      readonly from: "archive" | "venue";
      /** Without it that of the symbol, behind its `@` */
      readonly venue?:
        | ("coinbase" | "coinbase-exchange" | "binance" | "binance-usdm" | "kraken" | "bybit" | "bybit-linear" | "okx")
        | undefined;
      /** What the venue calls it; without it the symbol's name */
      readonly product?: string | undefined;
    };
    readonly answer: {
      /** As the request spelled it */
      readonly symbol: string;
      readonly warm: {
        /** `archive`, `ticks` for ticks of a request, or the venue's name */
        readonly source: string;
        /** Steps that it closed; they are not counted for live quality */
        readonly steps: number;
        /** Ticks of it that count */
        readonly ticks: number;
        /** Event time of its first tick */
        readonly from_ms: number;
        /** Event time of its last tick */
        readonly to_ms: number;
      };
      /** What became of the ticks of the history */
      readonly ticks: {
        readonly accepted: number;
        readonly duplicate: number;
        readonly late: number;
        readonly outlier: number;
        readonly price_outlier: number;
        /** Ticks that could not be read: see `errors` */
        readonly rejected: number;
      };
      readonly threshold_values: {
        readonly have: number;
        readonly need: number;
      };
      /** Of the last closed step; `GET /predict` has the rest */
      readonly probability: number | null;
      /** Why there is no probability; empty when there is one */
      readonly missing: readonly string[];
      /** How the venue was asked; null for another source */
      readonly history: {
        /** Sent to the venue */
        readonly requests: number;
        /** Candles and trades of it that are none */
        readonly left_out: number;
        /** Why it does not reach back as far as it was to */
        readonly cut: string | null;
      } | null;
      /** The first 20 refused ticks; `index` counts lines from 0 */
      readonly errors: readonly {
        /** Place of its message in the request */
        readonly index: number;
        readonly symbol?: string | undefined;
        readonly reason:
          | "not_an_object"
          | "symbol_missing"
          | "symbol_malformed"
          | "ts_missing"
          | "ts_malformed"
          | "ts_out_of_range"
          | "ts_in_future"
          | "ts_outlier"
          | "price_missing"
          | "price_not_finite"
          | "price_not_positive"
          | "price_out_of_range"
          | "price_outside_quote"
          | "price_outlier"
          | "bid_not_finite"
          | "bid_not_positive"
          | "bid_out_of_range"
          | "ask_not_finite"
          | "ask_not_positive"
          | "ask_out_of_range"
          | "crossed_quote"
          | "bid_size_not_finite"
          | "bid_size_negative"
          | "bid_size_out_of_range"
          | "ask_size_not_finite"
          | "ask_size_negative"
          | "ask_size_out_of_range"
          | "size_not_finite"
          | "size_negative"
          | "size_out_of_range"
          | "id_malformed"
          | "venue_malformed"
          | "side_malformed"
          | "bar_trades_malformed"
          | "bar_trades_not_finite"
          | "bar_trades_negative"
          | "bar_trades_out_of_range"
          | "bar_volume_not_finite"
          | "bar_volume_negative"
          | "bar_volume_out_of_range"
          | "bar_quote_volume_not_finite"
          | "bar_quote_volume_negative"
          | "bar_quote_volume_out_of_range"
          | "bar_taker_volume_not_finite"
          | "bar_taker_volume_negative"
          | "bar_taker_volume_out_of_range"
          | "not_json"
          | "not_of_format"
          | "ambiguous_format"
          | "symbol_not_allowed"
          | "symbol_limit";
        readonly field: string;
        readonly got?: string | undefined;
        readonly expected: string;
      }[];
    };
  };
  /** Whether the gateway works, and what does not */
  readonly "GET /health": {
    readonly params: NoFields;
    readonly query: NoFields;
    readonly body: undefined;
    readonly answer: {
      /** `healthy` when there is no reason */
      readonly status: "healthy" | "degraded";
      /** Whether ticks are taken and the models are those that the registry names */
      readonly ready: boolean;
      /** Why it is degraded */
      readonly reasons: readonly {
        /** What each means is in docs/operations/health.md */
        readonly code:
          | "no_champion"
          | "stand_in_model"
          | "artifact_refused"
          | "runtime_failed"
          | "registry_unavailable"
          | "directory_unavailable"
          | "ingest_failed"
          | "symbol_failed"
          | "archive_failed"
          | "archive_backlog"
          | "no_probability"
          | "feed_down"
          | "health_unavailable";
        readonly meaning: string;
        /** Symbols or aliases; 1 for the whole gateway */
        readonly count: number;
        /** Ten of them at most */
        readonly subjects: readonly string[];
        /** The newest error */
        readonly message: string;
        readonly since: string;
        readonly last_seen: string;
      }[];
      readonly timestamp: string;
      /** Whether a champion serves in the isolate that answers */
      readonly model_loaded: boolean;
      /** There is no Kafka; clients of the service before ask */
      readonly kafka_connected: false;
      /** By alias */
      readonly models: Readonly<
        Record<
          string,
          {
            readonly name: string;
            readonly version: string;
            readonly family: string;
            readonly row: string;
            readonly sha256: string;
            /** From which probability it alerts */
            readonly threshold: number;
            /** Whether its training data are recordings of a market or simulated: `simulated` proves nothing */
            readonly evidence: "simulated" | "recorded" | "unknown";
            /** Whether it serves in place of the model that the registry names */
            readonly stand_in: boolean;
            /** Whether the ONNX file names its manifest's decision; if not, a changed threshold could not be noticed: train or import it again */
            readonly sealed: boolean;
          } | null
        >
      >;
      readonly model_swaps: number;
      readonly refused_artifacts: readonly {
        readonly alias: string;
        readonly sha256: string;
        readonly code:
          | "not_found"
          | "manifest_invalid"
          | "hash_mismatch"
          | "decision_mismatch"
          | "schema_mismatch"
          | "horizon_mismatch"
          | "too_large"
          | "not_onnx"
          | "unbounded_graph"
          | "too_slow"
          | "wrong_inputs"
          | "wrong_shape"
          | "bad_output"
          | "scorer_differs"
          | "store_unavailable";
        readonly message: string;
        readonly at: string;
      }[];
      readonly runtime_error: string | null;
      /** Isolates that reported in the last six minutes, those of the objects too */
      readonly isolates: number;
      /** Which models they serve */
      readonly serving: readonly {
        readonly alias: string;
        readonly version: string;
        readonly sha256: string;
        readonly stand_in: boolean;
        /** Whether its training data are recordings of a market or simulated: `simulated` proves nothing */
        readonly evidence: "simulated" | "recorded" | "unknown";
        readonly isolates: number;
      }[];
      /** What an operator should look at */
      readonly notices: readonly {
        readonly symbol: string;
        readonly code:
          | "snapshot_rebuilt"
          | "slots_unreadable"
          | "archive_batches_lost"
          | "database_lost"
          | "champion_worse"
          | "champion_demoted"
          | "recalibration_changed";
        readonly message: string;
        readonly at: string;
      }[];
    };
  };
  /** Whether the Worker runs */
  readonly "GET /health/live": {
    readonly params: NoFields;
    readonly query: NoFields;
    readonly body: undefined;
    readonly answer: {
      readonly status: "alive";
    };
  };
  /** Whether to send requests here */
  readonly "GET /health/ready": {
    readonly params: NoFields;
    readonly query: NoFields;
    readonly body: undefined;
    readonly answer: {
      readonly ready: boolean;
      /** As in `/health` */
      readonly reasons: readonly (
        | "no_champion"
        | "stand_in_model"
        | "artifact_refused"
        | "runtime_failed"
        | "registry_unavailable"
        | "directory_unavailable"
        | "ingest_failed"
        | "symbol_failed"
        | "archive_failed"
        | "archive_backlog"
        | "no_probability"
        | "feed_down"
        | "health_unavailable"
      )[];
    };
  };
  /** Which code answers, and which model is champion */
  readonly "GET /version": {
    readonly params: NoFields;
    readonly query: NoFields;
    readonly body: undefined;
    readonly answer: {
      readonly model: string | null;
      /** The gateway's own commit; null when it was built outside a git checkout */
      readonly sha: string | null;
      /** The champion's version */
      readonly version: string | null;
      readonly gateway_version: string;
      /** The commit of the code that trained the champion */
      readonly model_commit: string | null;
      readonly model_variant: "ml" | null;
      readonly model_path: string | null;
      /** Grid step of new symbols */
      readonly step_ms: number;
      /** Names of the grids and horizons of every symbol, the default one first */
      readonly grids: readonly string[];
    };
  };
  /** The scrapes that have all symbols between them */
  readonly "GET /metrics/targets": {
    readonly params: NoFields;
    readonly query: NoFields;
    readonly body: undefined;
    readonly answer: readonly {
      /** Host and port of the gateway, as this request named them */
      readonly targets: readonly string[];
      /** What the scrape asks for, and `shard`, by which the targets differ */
      readonly labels: Readonly<Record<string, string>>;
    }[];
  };
  /** The champion's quality over all symbols */
  readonly "GET /metrics/live-performance": {
    readonly params: NoFields;
    readonly query: {
      readonly window?: ("1h" | "24h" | "30d") | undefined;
      readonly symbol?: string | undefined;
      /** One of the gateway's grids, such as `60s`; the default one without */
      readonly grid?: string | undefined;
      /** One of the horizons of these steps, such as `300s`; `?grid=1s-h300s` is the same as `?horizon=300s` */
      readonly horizon?: string | undefined;
    };
    readonly body: undefined;
    readonly answer:
      | {
          readonly status: "success";
          readonly metrics: {
            readonly pr_auc: number | null;
            /** PR-AUC of the same steps lies between these, whatever the order of scores within a level */
            readonly pr_auc_bounds: {
              readonly low: number;
              readonly high: number;
            } | null;
            readonly precision: number | null;
            readonly recall: number | null;
            readonly f1_score: number | null;
            readonly true_positives: number;
            readonly false_positives: number;
            readonly true_negatives: number;
            readonly false_negatives: number;
            readonly lift: number | null;
            readonly roc_auc: number | null;
            readonly brier: number;
            readonly ece: number;
          };
          /** [[tn, fp], [fn, tp]] */
          readonly confusion_matrix: readonly (readonly number[])[];
          readonly sample_count: number;
          readonly positive_samples: number;
          readonly negative_samples: number;
          readonly spike_rate: number;
          readonly base_rate: number;
          readonly episodes: number;
          readonly symbol_count: number;
          readonly blocks: number;
          readonly intervals: {
            readonly pr_auc: Figure | null;
            readonly lift: Figure | null;
            readonly roc_auc: Figure | null;
            readonly brier: Figure | null;
            readonly ece: Figure | null;
          } | null;
          readonly missing: readonly string[];
          readonly time_window_hours: number;
          readonly window: "1h" | "24h" | "30d";
          readonly model_version: string | null;
          readonly model_sha256: string | null;
          readonly timestamp: string;
          /** How figures of several symbols are added up */
          readonly pooling: string;
          readonly symbols: readonly (
            | {
                readonly symbol: string;
                readonly included: boolean;
                /** Why the symbol is left out */
                readonly reason: string | null;
                readonly sample_count: number;
                readonly pending: number;
                readonly void: number;
                readonly base_rate: number | null;
                readonly episodes: number;
                readonly blocks: number;
                readonly tau_bps_mean: number | null;
                readonly pr_auc: number | null;
                readonly lift: number | null;
                readonly brier: number | null;
                readonly ece: number | null;
                /** Why figures of its own are null */
                readonly missing: string | null;
              }
            | {
                readonly symbol: string;
                readonly included: false;
                readonly reason: string | null;
              }
          )[];
        }
      | {
          readonly status: "no_data";
          readonly message: string;
          readonly sample_count: 0;
          readonly time_window_hours: number;
          readonly window: "1h" | "24h" | "30d";
          readonly model_version: string | null;
          readonly model_sha256: string | null;
          readonly timestamp: string;
          /** How figures of several symbols are added up */
          readonly pooling: string;
          readonly symbols: readonly (
            | {
                readonly symbol: string;
                readonly included: boolean;
                /** Why the symbol is left out */
                readonly reason: string | null;
                readonly sample_count: number;
                readonly pending: number;
                readonly void: number;
                readonly base_rate: number | null;
                readonly episodes: number;
                readonly blocks: number;
                readonly tau_bps_mean: number | null;
                readonly pr_auc: number | null;
                readonly lift: number | null;
                readonly brier: number | null;
                readonly ece: number | null;
                /** Why figures of its own are null */
                readonly missing: string | null;
              }
            | {
                readonly symbol: string;
                readonly included: false;
                readonly reason: string | null;
              }
          )[];
        };
  };
  /** How good the models are over all symbols */
  readonly "GET /quality": {
    readonly params: NoFields;
    readonly query: {
      readonly window?: ("1h" | "24h" | "30d") | undefined;
      readonly curves?: ("0" | "1") | undefined;
      /** One of the gateway's grids, such as `60s`; the default one without */
      readonly grid?: string | undefined;
      /** One of the horizons of these steps, such as `300s`; `?grid=1s-h300s` is the same as `?horizon=300s` */
      readonly horizon?: string | undefined;
    };
    readonly body: undefined;
    readonly answer: {
      readonly symbol: null;
      readonly timestamp: string;
      readonly window: "1h" | "24h" | "30d";
      readonly from: string | null;
      readonly to: string | null;
      readonly step_ms: number;
      /** Steps of a block; here `blocks` are groups of time over all symbols */
      readonly block_steps: number;
      /** How intervals are made */
      readonly interval: string;
      /** How figures of several symbols are added up */
      readonly pooling: string;
      readonly labels: readonly {
        /** What the models predict, as one line */
        readonly label: string;
        readonly horizon_steps: number;
        readonly scored_steps: number;
        readonly pending: number;
        readonly void: number;
        readonly resolved: number;
        readonly spikes: number;
        readonly base_rate: number | null;
        readonly episodes: number;
        readonly blocks: number;
        readonly tau_bps_mean: number | null;
        readonly models: readonly ModelQuality[];
      }[];
      readonly pairs: readonly {
        readonly reference: {
          readonly aliases: readonly string[];
          readonly name: string | null;
          readonly version: string | null;
          /** Of a model without an alias, the digits that are known */
          readonly sha256: string;
        };
        readonly model: {
          readonly aliases: readonly string[];
          readonly name: string | null;
          readonly version: string | null;
          /** Of a model without an alias, the digits that are known */
          readonly sha256: string;
        };
        readonly blocks: number;
        /** Above 0: `model` is better */
        readonly brier_gain: Figure | null;
        readonly pr_auc_gain: Figure | null;
        readonly reason: string | null;
      }[];
      readonly symbols: readonly {
        readonly symbol: string;
        readonly included: boolean;
        /** Why the symbol is left out */
        readonly reason: string | null;
      }[];
      /** What is not there, and why: one text a figure */
      readonly missing: readonly string[];
    };
  };
  /** What an operator looks at, in one answer */
  readonly "GET /operations": {
    readonly params: NoFields;
    readonly query: {
      /** One of the gateway's grids, such as `60s`; the default one without */
      readonly grid?: string | undefined;
      /** One of the horizons of these steps, such as `300s`; `?grid=1s-h300s` is the same as `?horizon=300s` */
      readonly horizon?: string | undefined;
    };
    readonly body: undefined;
    readonly answer: {
      readonly timestamp: string;
      readonly environment: string | null;
      readonly gateway_version: string;
      readonly sha: string | null;
      readonly step_ms: number;
      readonly grids: readonly string[];
      readonly health: {
        /** `healthy` when there is no reason */
        readonly status: "healthy" | "degraded";
        /** Whether ticks are taken and the models are those that the registry names */
        readonly ready: boolean;
        /** Why it is degraded */
        readonly reasons: readonly {
          /** What each means is in docs/operations/health.md */
          readonly code:
            | "no_champion"
            | "stand_in_model"
            | "artifact_refused"
            | "runtime_failed"
            | "registry_unavailable"
            | "directory_unavailable"
            | "ingest_failed"
            | "symbol_failed"
            | "archive_failed"
            | "archive_backlog"
            | "no_probability"
            | "feed_down"
            | "health_unavailable";
          readonly meaning: string;
          /** Symbols or aliases; 1 for the whole gateway */
          readonly count: number;
          /** Ten of them at most */
          readonly subjects: readonly string[];
          /** The newest error */
          readonly message: string;
          readonly since: string;
          readonly last_seen: string;
        }[];
        /** What an operator should look at */
        readonly notices: readonly {
          readonly symbol: string;
          readonly code:
            | "snapshot_rebuilt"
            | "slots_unreadable"
            | "archive_batches_lost"
            | "database_lost"
            | "champion_worse"
            | "champion_demoted"
            | "recalibration_changed";
          readonly message: string;
          readonly at: string;
        }[];
        /** Which models they serve */
        readonly serving: readonly {
          readonly alias: string;
          readonly version: string;
          readonly sha256: string;
          readonly stand_in: boolean;
          /** Whether its training data are recordings of a market or simulated: `simulated` proves nothing */
          readonly evidence: "simulated" | "recorded" | "unknown";
          readonly isolates: number;
        }[];
        readonly refused_artifacts: readonly {
          readonly alias: string;
          readonly sha256: string;
          readonly code:
            | "not_found"
            | "manifest_invalid"
            | "hash_mismatch"
            | "decision_mismatch"
            | "schema_mismatch"
            | "horizon_mismatch"
            | "too_large"
            | "not_onnx"
            | "unbounded_graph"
            | "too_slow"
            | "wrong_inputs"
            | "wrong_shape"
            | "bad_output"
            | "scorer_differs"
            | "store_unavailable";
          readonly message: string;
          readonly at: string;
        }[];
        readonly runtime_error: string | null;
      } | null;
      readonly ingest: {
        /** Since when ticks, batches and latencies are counted */
        readonly since: string;
        readonly ticks: {
          readonly accepted: number;
          readonly duplicate: number;
          readonly late: number;
          readonly outlier: number;
          readonly price_outlier: number;
        };
        /** By reason */
        readonly rejected: Readonly<Record<string, number>>;
        readonly failed_batches: number;
      } | null;
      readonly latency: {
        readonly predict: {
          readonly count: number;
          readonly p50_ms: number | null;
          readonly p95_ms: number | null;
          readonly p99_ms: number | null;
        };
        readonly ingest: {
          readonly count: number;
          readonly p50_ms: number | null;
          readonly p95_ms: number | null;
          readonly p99_ms: number | null;
        };
      } | null;
      /** As `GET /admin/feeds`, without addresses */
      readonly feeds:
        | readonly {
            readonly venue:
              | "coinbase"
              | "coinbase-exchange"
              | "binance"
              | "binance-usdm"
              | "kraken"
              | "bybit"
              | "bybit-linear"
              | "okx";
            /** Where it connects from, as Cloudflare names places */
            readonly hint: "wnam" | "enam" | "sam" | "weur" | "eeur" | "apac" | "oc" | "afr" | "me";
            /** `waiting`: for its next attempt; `unreachable`: the feed's object did not answer */
            readonly state: "stopped" | "waiting" | "connecting" | "subscribing" | "live" | "unreachable";
            /** Since when it is live, or not */
            readonly since: string | null;
            readonly last_message: string | null;
            /** Mean delay from a tick's own time to its receipt */
            readonly lag_ms: number | null;
            readonly next_attempt: string | null;
            /** What went wrong last with a connection or a subscription */
            readonly last_fault: {
              readonly text: string;
              readonly at: string;
            } | null;
            /** What was wrong last with the messages: something missing, unreadable or refused */
            readonly last_data_fault: {
              readonly text: string;
              readonly at: string;
            } | null;
            /** How long it was not live, the last time */
            readonly last_recovery_ms: number | null;
            /** Since when the counts are, the feed's object having been loaded */
            readonly counting_since: string | null;
            /** Connections that opened */
            readonly connections: number;
            readonly failed_attempts: number;
            /** Connections that were lost or given up */
            readonly reconnects: number;
            readonly messages: number;
            /** Messages that could not be read */
            readonly garbled: number;
            readonly refused_ticks: number;
            /** Trades that were seen before, and left out */
            readonly repeated_trades: number;
            /** Times that the venue's numbers left something out */
            readonly gaps: number;
            /** Trades that are missing by their numbers */
            readonly missed_trades: number;
            /** Messages that are missing by the connection's numbers */
            readonly missed_messages: number;
            readonly symbols: readonly {
              /** As the venue writes it */
              readonly product: string;
              /** Where its ticks go, e.g. in `GET /predict?symbol=` */
              readonly symbol: string;
              /** Its subscription */
              readonly state: "asked" | "subscribed" | "refused" | "unknown";
              /** Why the venue refused it, in its words */
              readonly refusal: string | null;
              /** Ticks that were received */
              readonly ticks: number;
              readonly last_tick: string | null;
              /** Ticks that the symbol has taken */
              readonly delivered: number;
              /** Ticks of these that came after their step had closed, or that are not newer than its past */
              readonly late: number;
              /** Ticks that are to be delivered */
              readonly waiting: number;
              /** Ticks that were given up: the symbol did not take them, or there was no room */
              readonly dropped: number;
              /** Why the last batch was not taken */
              readonly failure: string | null;
              /** What the symbol began with, in words; `null` while that is being read: its live ticks wait */
              readonly past: string | null;
            }[];
          }[]
        | null;
      readonly alerts: {
        readonly active: readonly Alert[];
        readonly resolved: readonly {
          readonly id: string;
          /** `*` for the whole gateway */
          readonly symbol: string;
          /** `test` and `spike` are in dead letters alone: messages that no rule gave */
          readonly rule:
            | "pr_auc_fell"
            | "not_better_than_baseline"
            | "drift"
            | "calibration"
            | "feed_silent"
            | "feed_down"
            | "error_budget"
            | "parity_mismatch"
            | "challenger_ready"
            | "champion_demoted"
            | "test"
            | "spike";
          readonly state: "resolved";
          readonly severity: "info" | "warning" | "critical";
          /** When it changed */
          readonly at: string;
          /** When the condition was first seen */
          readonly since: string;
          readonly summary: string;
          readonly figures: Readonly<Record<string, (number | string) | null>>;
          /** SHA-256 of the model that it is about */
          readonly model: string | null;
          readonly resolved_at: string | null;
          readonly resolved_summary: string | null;
          readonly resolved_figures: Readonly<Record<string, (number | string) | null>> | null;
        }[];
      } | null;
      readonly archive: {
        /** Symbols with an archive */
        readonly symbols: number;
        readonly largest_lag_s: number;
        readonly largest_lag_symbol: string | null;
        readonly waiting_bytes: number;
        /** Since each symbol's object was loaded */
        readonly failures: number;
        /** Symbols whose objects did not answer: they are in none of the sums */
        readonly unread: number;
      } | null;
      /** The last 20 of `GET /admin/history`, newest first */
      readonly changes: readonly Change[] | null;
      /** As `GET /reports`, the newest 20 */
      readonly reports:
        | readonly {
            readonly date: string;
            readonly page: string;
            readonly json: string;
            readonly written_at: string;
          }[]
        | null;
      /** Each part that is null, and why */
      readonly unknown: readonly {
        readonly part: string;
        readonly reason: string;
      }[];
      /** What is shown to who bears `ADMIN_TOKEN` alone */
      readonly withheld: readonly string[];
    };
  };
  /** The weekly reports */
  readonly "GET /reports": {
    readonly params: NoFields;
    readonly query: NoFields;
    readonly body: undefined;
    readonly answer: {
      readonly count: number;
      /** Newest first */
      readonly reports: readonly {
        readonly date: string;
        readonly page: string;
        readonly json: string;
        readonly written_at: string;
      }[];
    };
  };
  /** One weekly report */
  readonly "GET /reports/{date}": {
    readonly params: {
      readonly date: string;
    };
    readonly query: NoFields;
    readonly body: undefined;
    readonly answer: {
      readonly format: 1;
      readonly from_ms: number;
      readonly to_ms: number;
      readonly symbols: readonly {
        readonly symbol: string;
        readonly missing: readonly string[];
      }[];
      readonly missing: readonly string[];
    };
  };
  /** Writes today's report now */
  readonly "POST /admin/reports": {
    readonly params: NoFields;
    readonly query: NoFields;
    readonly body: undefined;
    readonly answer: {
      readonly date: string;
      readonly page: string;
      readonly json: string;
    };
  };
  /** Acknowledges notices */
  readonly "DELETE /admin/notices": {
    readonly params: NoFields;
    readonly query: NoFields;
    readonly body:
      | {
          readonly symbol?: string | undefined;
          readonly code?:
            | (
                | "snapshot_rebuilt"
                | "slots_unreadable"
                | "archive_batches_lost"
                | "database_lost"
                | "champion_worse"
                | "champion_demoted"
                | "recalibration_changed"
              )
            | undefined;
        }
      | undefined;
    readonly answer: {
      readonly acknowledged: number;
      readonly left: number;
    };
  };
  /** This document */
  readonly "GET /openapi.json": {
    readonly params: NoFields;
    readonly query: NoFields;
    readonly body: undefined;
    readonly answer: {
      readonly openapi: string;
      readonly info: {
        readonly title: string;
        readonly version: string;
      };
      readonly paths: Readonly<Record<string, unknown>>;
    };
  };
  /** Which artifact holds which alias */
  readonly "GET /admin/aliases": {
    readonly params: NoFields;
    readonly query: {
      /** One of the gateway's grids, such as `60s`; the default one without */
      readonly grid?: string | undefined;
      /** One of the horizons of these steps, such as `300s`; `?grid=1s-h300s` is the same as `?horizon=300s` */
      readonly horizon?: string | undefined;
    };
    readonly body: undefined;
    readonly answer: {
      /** SHA-256 of the artifact by alias; without a challenger there is no entry for it */
      readonly aliases: Readonly<Record<string, string>>;
      /** By alias, where the artifact was promoted against its gate */
      readonly forced: Readonly<
        Record<
          string,
          {
            readonly sha256: string;
            readonly at: string;
            readonly by: string;
            readonly reason: string;
            readonly gate_reasons: readonly string[];
          }
        >
      >;
      readonly forced_history: readonly {
        readonly alias:
          | "champion"
          | "challenger"
          | "predecessor"
          | "rows"
          | "zscore"
          | "persistence"
          | "threshold-only"
          | "reference";
        readonly sha256: string;
        readonly at: string;
        readonly by: string;
        readonly reason: string;
        readonly gate_reasons: readonly string[];
      }[];
      /** By alias, where an operator chose another threshold than the manifest's */
      readonly thresholds: Readonly<
        Record<
          string,
          {
            readonly sha256: string;
            readonly threshold: number;
            readonly goal: string;
            readonly manifest_threshold: number;
            readonly at: string;
            readonly by: string | null;
            readonly reason: string | null;
          }
        >
      >;
    };
  };
  /** Gives an alias to an artifact */
  readonly "PUT /admin/aliases/{alias}": {
    readonly params: {
      readonly alias: "champion" | "challenger" | "rows" | "zscore" | "persistence" | "threshold-only" | "reference";
    };
    readonly query: {
      /** One of the gateway's grids, such as `60s`; the default one without */
      readonly grid?: string | undefined;
      /** One of the horizons of these steps, such as `300s`; `?grid=1s-h300s` is the same as `?horizon=300s` */
      readonly horizon?: string | undefined;
    };
    readonly body: {
      readonly sha256: string;
      readonly force?:
        | {
            readonly by: string;
            readonly reason: string;
          }
        | undefined;
      readonly replace?: boolean | undefined;
      readonly by?: string | undefined;
      readonly reason?: string | undefined;
      readonly mode?: ("shadow" | "split") | undefined;
      readonly share?: number | undefined;
      readonly auto?: boolean | undefined;
    };
    readonly answer: {
      readonly alias:
        "champion" | "challenger" | "predecessor" | "rows" | "zscore" | "persistence" | "threshold-only" | "reference";
      readonly sha256: string;
      /** Whether the isolate that answered serves it already; others follow in 10 s */
      readonly serving: boolean;
      /** Whether the ONNX file names its manifest's decision, as `/health` has it */
      readonly sealed: boolean;
      readonly name: string;
      readonly version: string;
      /** Whether it was given against the artifact's own gate */
      readonly forced: boolean;
      /** For a champion: the aliases that changed with it, to the baselines and the scorer of rows of the same training */
      readonly set: Readonly<Record<string, string>>;
      /** For a challenger: the id of the experiment */
      readonly experiment?: (string | null) | undefined;
    };
  };
  /** Takes an alias away from its artifact */
  readonly "DELETE /admin/aliases/{alias}": {
    readonly params: {
      readonly alias:
        "champion" | "challenger" | "predecessor" | "rows" | "zscore" | "persistence" | "threshold-only" | "reference";
    };
    readonly query: {
      /** One of the gateway's grids, such as `60s`; the default one without */
      readonly grid?: string | undefined;
      /** One of the horizons of these steps, such as `300s`; `?grid=1s-h300s` is the same as `?horizon=300s` */
      readonly horizon?: string | undefined;
    };
    readonly body:
      | {
          readonly by?: string | undefined;
          readonly reason?: string | undefined;
        }
      | undefined;
    readonly answer: {
      readonly alias:
        "champion" | "challenger" | "predecessor" | "rows" | "zscore" | "persistence" | "threshold-only" | "reference";
      /** Who holds the alias now: the bundled model, or nobody */
      readonly sha256: string | null;
    };
  };
  /** Changes the threshold of a served model */
  readonly "PUT /admin/aliases/{alias}/threshold": {
    readonly params: {
      readonly alias:
        "champion" | "challenger" | "predecessor" | "rows" | "zscore" | "persistence" | "threshold-only" | "reference";
    };
    readonly query: {
      /** One of the gateway's grids, such as `60s`; the default one without */
      readonly grid?: string | undefined;
      /** One of the horizons of these steps, such as `300s`; `?grid=1s-h300s` is the same as `?horizon=300s` */
      readonly horizon?: string | undefined;
    };
    readonly body: {
      readonly goal?: string | undefined;
      readonly threshold?: number | undefined;
      readonly by: string;
      readonly reason: string;
    };
    readonly answer: {
      readonly alias:
        "champion" | "challenger" | "predecessor" | "rows" | "zscore" | "persistence" | "threshold-only" | "reference";
      readonly sha256: string;
      readonly goal: string;
      readonly threshold: number;
      readonly manifest_threshold: number;
      /** Whether symbols alert by thresholds that follow their labels, and not by this one: the manifest's own holds nothing where `THRESHOLD_FOLLOWS` is on */
      readonly follows: boolean;
      /** Whether the isolate that answered serves it already; others follow in 10 s */
      readonly serving: boolean;
      /** What the manifest allows, with the outcome on the out-of-fold rows of training */
      readonly operating_points: readonly {
        readonly goal: string;
        readonly threshold: number;
        readonly precision: number | null;
        readonly recall: number | null;
        readonly alert_rate: number;
      }[];
    };
  };
  /** Every change of aliases, thresholds, experiments and symbols */
  readonly "GET /admin/history": {
    readonly params: NoFields;
    readonly query: {
      /** One of the gateway's grids, such as `60s`; the default one without */
      readonly grid?: string | undefined;
      /** One of the horizons of these steps, such as `300s`; `?grid=1s-h300s` is the same as `?horizon=300s` */
      readonly horizon?: string | undefined;
    };
    readonly body: undefined;
    readonly answer: {
      readonly count: number;
      /** Newest first */
      readonly history: readonly Change[];
    };
  };
  /** Undoes the newest change of champion, and what came with it */
  readonly "POST /admin/rollback": {
    readonly params: NoFields;
    readonly query: {
      /** One of the gateway's grids, such as `60s`; the default one without */
      readonly grid?: string | undefined;
      /** One of the horizons of these steps, such as `300s`; `?grid=1s-h300s` is the same as `?horizon=300s` */
      readonly horizon?: string | undefined;
    };
    readonly body: {
      readonly by: string;
      readonly reason: string;
      readonly sha256?: string | undefined;
    };
    readonly answer: {
      readonly alias: "champion";
      readonly sha256: string;
      readonly serving: boolean;
      readonly name: string;
      readonly version: string;
      readonly undone: Change;
    };
  };
  /** How the challenger does against the champion, for readers */
  readonly "GET /experiment": {
    readonly params: NoFields;
    readonly query: {
      /** One of the gateway's grids, such as `60s`; the default one without */
      readonly grid?: string | undefined;
      /** One of the horizons of these steps, such as `300s`; `?grid=1s-h300s` is the same as `?horizon=300s` */
      readonly horizon?: string | undefined;
    };
    readonly body: undefined;
    readonly answer: {
      readonly experiment: Experiment | null;
      readonly code: "no_experiment" | "not_serving" | "label_specs_differ" | "wait" | "gate_refused" | "promote";
      readonly missing: readonly string[];
      /** The challenger's share of the answered steps */
      readonly effective_share: number | null;
      readonly gate_reasons: readonly string[] | null;
      readonly comparison: {
        readonly pooled: {
          readonly verdict: "promote" | "wait";
          /** What is not there yet, with its figure */
          readonly missing: readonly string[];
          readonly blocks: number;
          readonly rows: number;
          readonly positives: number;
          readonly episodes: number;
          /** The stake on the next block: a share of what the block can gain */
          readonly lambda: number;
          readonly e_value: number;
          readonly log_e: number;
          /** Mean Brier gain of the challenger; null below two blocks */
          readonly mean_gain: Figure | null;
          readonly needs: {
            readonly e_value: number;
            readonly episodes: number;
          };
          /** How the evidence grew, oldest first: every block at first, later fewer of the older ones */
          readonly path: readonly {
            /** The end of the block of time */
            readonly to: string;
            readonly blocks: number;
            /** null: larger than the largest number; see `log_e` */
            readonly e_value: number | null;
            readonly log_e: number;
          }[];
        };
        readonly symbols: readonly {
          readonly symbol: string;
          readonly answered: {
            readonly champion: number;
            readonly challenger: number;
          };
          /** Blocks that come from the archive; null for none */
          readonly backfilled: {
            readonly blocks: number;
            readonly from: string;
            readonly to: string;
          } | null;
          /** Begin of the first block that was compared live */
          readonly live_from: string | null;
          /** End of the last block that a backfill may have: later ones count live; null for no limit yet */
          readonly archive_to: string | null;
          readonly verdict: "promote" | "wait";
          /** What is not there yet, with its figure */
          readonly missing: readonly string[];
          readonly blocks: number;
          readonly rows: number;
          readonly positives: number;
          readonly episodes: number;
          /** The stake on the next block: a share of what the block can gain */
          readonly lambda: number;
          readonly e_value: number;
          readonly log_e: number;
          /** Mean Brier gain of the challenger; null below two blocks */
          readonly mean_gain: Figure | null;
          readonly needs: {
            readonly e_value: number;
            readonly episodes: number;
          };
        }[];
        readonly unanswered: readonly string[];
        readonly other_pair: readonly string[];
      } | null;
      /** `DEMOTION`: whether a champion that is shown worse is replaced, or only told of */
      readonly demotion: "auto" | "tell";
      /** As of the last look; none before the first */
      readonly watches: readonly {
        readonly guard: "predecessor" | "reference";
        readonly champion: string;
        readonly rival: string;
        /** `worse`: the rival is shown better than the champion; `kept`: the champion is shown better; `over`: neither was within the watch */
        readonly code: "watching" | "worse" | "kept" | "over";
        /** A baseline is watched in looks, each of which needs more evidence */
        readonly look: number;
        readonly started_at: string;
        readonly looked_at: string;
        readonly ends_at: string;
        /** Evidence that the rival is better; `promote` demotes */
        readonly worse: {
          readonly verdict: "promote" | "wait";
          /** What is not there yet, with its figure */
          readonly missing: readonly string[];
          readonly blocks: number;
          readonly rows: number;
          readonly positives: number;
          readonly episodes: number;
          /** The stake on the next block: a share of what the block can gain */
          readonly lambda: number;
          readonly e_value: number;
          readonly log_e: number;
          /** Mean Brier gain of the challenger; null below two blocks */
          readonly mean_gain: Figure | null;
          readonly needs: {
            readonly e_value: number;
            readonly episodes: number;
          };
        };
        /** Evidence that the champion is better */
        readonly better: {
          readonly verdict: "promote" | "wait";
          /** What is not there yet, with its figure */
          readonly missing: readonly string[];
          readonly blocks: number;
          readonly rows: number;
          readonly positives: number;
          readonly episodes: number;
          /** The stake on the next block: a share of what the block can gain */
          readonly lambda: number;
          readonly e_value: number;
          readonly log_e: number;
          /** Mean Brier gain of the challenger; null below two blocks */
          readonly mean_gain: Figure | null;
          readonly needs: {
            readonly e_value: number;
            readonly episodes: number;
          };
        };
      }[];
      /** The last 20 of `GET /admin/history`, newest first */
      readonly changes: readonly Change[];
      /** What is shown to who bears `ADMIN_TOKEN` alone */
      readonly withheld: readonly string[];
    };
  };
  /** How the challenger does against the champion */
  readonly "GET /admin/experiment": {
    readonly params: NoFields;
    readonly query: {
      /** One of the gateway's grids, such as `60s`; the default one without */
      readonly grid?: string | undefined;
      /** One of the horizons of these steps, such as `300s`; `?grid=1s-h300s` is the same as `?horizon=300s` */
      readonly horizon?: string | undefined;
    };
    readonly body: undefined;
    readonly answer: {
      readonly experiment: Experiment | null;
      readonly code: "no_experiment" | "not_serving" | "label_specs_differ" | "wait" | "gate_refused" | "promote";
      readonly missing: readonly string[];
      /** The challenger's share of the answered steps */
      readonly effective_share: number | null;
      readonly gate_reasons: readonly string[] | null;
      readonly comparison: {
        readonly pooled: Verdict;
        readonly symbols: readonly {
          readonly symbol: string;
          readonly answered: {
            readonly champion: number;
            readonly challenger: number;
          };
          /** Blocks that come from the archive; null for none */
          readonly backfilled: {
            readonly blocks: number;
            readonly from: string;
            readonly to: string;
          } | null;
          /** Begin of the first block that was compared live */
          readonly live_from: string | null;
          /** End of the last block that a backfill may have: later ones count live; null for no limit yet */
          readonly archive_to: string | null;
          readonly verdict: "promote" | "wait";
          /** What is not there yet, with its figure */
          readonly missing: readonly string[];
          readonly blocks: number;
          readonly rows: number;
          readonly positives: number;
          readonly episodes: number;
          /** The stake on the next block: a share of what the block can gain */
          readonly lambda: number;
          readonly e_value: number;
          readonly log_e: number;
          /** Mean Brier gain of the challenger; null below two blocks */
          readonly mean_gain: Figure | null;
          readonly needs: {
            readonly e_value: number;
            readonly episodes: number;
          };
        }[];
        readonly unanswered: readonly string[];
        readonly other_pair: readonly string[];
      } | null;
      /** `RECALIBRATION` of this deployment: with `on` what is compared is recalibrated once that is proven */
      readonly recalibration: "on" | "shadow" | "off";
    };
  };
  /** Changes the settings of the running experiment */
  readonly "PUT /admin/experiment": {
    readonly params: NoFields;
    readonly query: {
      /** One of the gateway's grids, such as `60s`; the default one without */
      readonly grid?: string | undefined;
      /** One of the horizons of these steps, such as `300s`; `?grid=1s-h300s` is the same as `?horizon=300s` */
      readonly horizon?: string | undefined;
    };
    readonly body: {
      readonly mode?: ("shadow" | "split") | undefined;
      readonly share?: number | undefined;
      readonly auto?: boolean | undefined;
      readonly by?: string | undefined;
      readonly reason?: string | undefined;
      readonly force?:
        | {
            readonly by: string;
            readonly reason: string;
          }
        | undefined;
    };
    readonly answer: Experiment | null;
  };
  /** Judges the experiment now, as the cron trigger does */
  readonly "POST /admin/experiment/evaluate": {
    readonly params: NoFields;
    readonly query: {
      /** One of the gateway's grids, such as `60s`; the default one without */
      readonly grid?: string | undefined;
      /** One of the horizons of these steps, such as `300s`; `?grid=1s-h300s` is the same as `?horizon=300s` */
      readonly horizon?: string | undefined;
    };
    readonly body: undefined;
    readonly answer: {
      readonly promoted: boolean;
      /** Why a due promotion was not made */
      readonly not_promoted: string | null;
      readonly experiment: Experiment | null;
      readonly code: "no_experiment" | "not_serving" | "label_specs_differ" | "wait" | "gate_refused" | "promote";
      readonly missing: readonly string[];
      /** The challenger's share of the answered steps */
      readonly effective_share: number | null;
      readonly gate_reasons: readonly string[] | null;
      readonly comparison: {
        readonly pooled: Verdict;
        readonly symbols: readonly {
          readonly symbol: string;
          readonly answered: {
            readonly champion: number;
            readonly challenger: number;
          };
          /** Blocks that come from the archive; null for none */
          readonly backfilled: {
            readonly blocks: number;
            readonly from: string;
            readonly to: string;
          } | null;
          /** Begin of the first block that was compared live */
          readonly live_from: string | null;
          /** End of the last block that a backfill may have: later ones count live; null for no limit yet */
          readonly archive_to: string | null;
          readonly verdict: "promote" | "wait";
          /** What is not there yet, with its figure */
          readonly missing: readonly string[];
          readonly blocks: number;
          readonly rows: number;
          readonly positives: number;
          readonly episodes: number;
          /** The stake on the next block: a share of what the block can gain */
          readonly lambda: number;
          readonly e_value: number;
          readonly log_e: number;
          /** Mean Brier gain of the challenger; null below two blocks */
          readonly mean_gain: Figure | null;
          readonly needs: {
            readonly e_value: number;
            readonly episodes: number;
          };
        }[];
        readonly unanswered: readonly string[];
        readonly other_pair: readonly string[];
      } | null;
    };
  };
  /** Makes the challenger champion */
  readonly "POST /admin/experiment/promote": {
    readonly params: NoFields;
    readonly query: {
      /** One of the gateway's grids, such as `60s`; the default one without */
      readonly grid?: string | undefined;
      /** One of the horizons of these steps, such as `300s`; `?grid=1s-h300s` is the same as `?horizon=300s` */
      readonly horizon?: string | undefined;
    };
    readonly body: {
      readonly by: string;
      readonly reason: string;
      readonly force?: boolean | undefined;
      readonly sha256?: string | undefined;
    };
    readonly answer: {
      readonly alias: "champion";
      readonly sha256: string;
      readonly serving: boolean;
      readonly forced: boolean;
      readonly experiment: Experiment | null;
      readonly code: "no_experiment" | "not_serving" | "label_specs_differ" | "wait" | "gate_refused" | "promote";
      readonly missing: readonly string[];
      /** The challenger's share of the answered steps */
      readonly effective_share: number | null;
      readonly gate_reasons: readonly string[] | null;
      readonly comparison: {
        readonly pooled: Verdict;
        readonly symbols: readonly {
          readonly symbol: string;
          readonly answered: {
            readonly champion: number;
            readonly challenger: number;
          };
          /** Blocks that come from the archive; null for none */
          readonly backfilled: {
            readonly blocks: number;
            readonly from: string;
            readonly to: string;
          } | null;
          /** Begin of the first block that was compared live */
          readonly live_from: string | null;
          /** End of the last block that a backfill may have: later ones count live; null for no limit yet */
          readonly archive_to: string | null;
          readonly verdict: "promote" | "wait";
          /** What is not there yet, with its figure */
          readonly missing: readonly string[];
          readonly blocks: number;
          readonly rows: number;
          readonly positives: number;
          readonly episodes: number;
          /** The stake on the next block: a share of what the block can gain */
          readonly lambda: number;
          readonly e_value: number;
          readonly log_e: number;
          /** Mean Brier gain of the challenger; null below two blocks */
          readonly mean_gain: Figure | null;
          readonly needs: {
            readonly e_value: number;
            readonly episodes: number;
          };
        }[];
        readonly unanswered: readonly string[];
        readonly other_pair: readonly string[];
      } | null;
    };
  };
  /** Gives the challenger the record that it earned on archived ticks */
  readonly "POST /admin/experiment/backfill": {
    readonly params: NoFields;
    readonly query: {
      /** One of the gateway's grids, such as `60s`; the default one without */
      readonly grid?: string | undefined;
      /** One of the horizons of these steps, such as `300s`; `?grid=1s-h300s` is the same as `?horizon=300s` */
      readonly horizon?: string | undefined;
    };
    readonly body: {
      /** Id of the running experiment */
      readonly experiment: string;
      readonly pair: {
        readonly champion: string;
        readonly challenger: string;
      };
      readonly records: readonly {
        readonly symbol: string;
        /** Ascending, each once */
        readonly blocks: readonly {
          /** floor(index / 900) of its steps */
          readonly block: number;
          /** Resolved steps that both scored, without the block's last horizon */
          readonly rows: number;
          /** Sum over them of the champion's squared error minus the challenger's */
          readonly gain_sum: number;
          /** The gains of the rows that fit into the block's budget */
          readonly bet_sum: number;
          /** What `bet_sum` can be at most in size, fixed before the block */
          readonly bound: number;
          readonly positives: number;
          readonly episodes: number;
          readonly complete: true;
        }[];
      }[];
      readonly by: string;
      readonly reason: string;
    };
    readonly answer: {
      readonly symbols: readonly {
        readonly symbol: string;
        readonly blocks: number;
        /** Begin of the first block */
        readonly from: string;
        /** End of the last block */
        readonly to: string;
        /** Begin of the first block that was compared live; null before it */
        readonly live_from: string | null;
      }[];
      readonly champion_trained_until: string;
      /** Whether the champion was trained on ticks of these blocks, which is to its advantage */
      readonly favours_champion: boolean;
      readonly promoted: boolean;
      /** Why a due promotion was not made */
      readonly not_promoted: string | null;
      readonly experiment: Experiment | null;
      readonly code: "no_experiment" | "not_serving" | "label_specs_differ" | "wait" | "gate_refused" | "promote";
      readonly missing: readonly string[];
      /** The challenger's share of the answered steps */
      readonly effective_share: number | null;
      readonly gate_reasons: readonly string[] | null;
      readonly comparison: {
        readonly pooled: Verdict;
        readonly symbols: readonly {
          readonly symbol: string;
          readonly answered: {
            readonly champion: number;
            readonly challenger: number;
          };
          /** Blocks that come from the archive; null for none */
          readonly backfilled: {
            readonly blocks: number;
            readonly from: string;
            readonly to: string;
          } | null;
          /** Begin of the first block that was compared live */
          readonly live_from: string | null;
          /** End of the last block that a backfill may have: later ones count live; null for no limit yet */
          readonly archive_to: string | null;
          readonly verdict: "promote" | "wait";
          /** What is not there yet, with its figure */
          readonly missing: readonly string[];
          readonly blocks: number;
          readonly rows: number;
          readonly positives: number;
          readonly episodes: number;
          /** The stake on the next block: a share of what the block can gain */
          readonly lambda: number;
          readonly e_value: number;
          readonly log_e: number;
          /** Mean Brier gain of the challenger; null below two blocks */
          readonly mean_gain: Figure | null;
          readonly needs: {
            readonly e_value: number;
            readonly episodes: number;
          };
        }[];
        readonly unanswered: readonly string[];
        readonly other_pair: readonly string[];
      } | null;
    };
  };
  /** What fires, and what did */
  readonly "GET /admin/alerts": {
    readonly params: NoFields;
    readonly query: NoFields;
    readonly body: undefined;
    readonly answer: {
      /** Oldest first, at most 1,000 */
      readonly active: readonly Alert[];
      /** The last 200 that were resolved, newest first */
      readonly recent: readonly {
        readonly id: string;
        /** `*` for the whole gateway */
        readonly symbol: string;
        /** `test` and `spike` are in dead letters alone: messages that no rule gave */
        readonly rule:
          | "pr_auc_fell"
          | "not_better_than_baseline"
          | "drift"
          | "calibration"
          | "feed_silent"
          | "feed_down"
          | "error_budget"
          | "parity_mismatch"
          | "challenger_ready"
          | "champion_demoted"
          | "test"
          | "spike";
        readonly state: "resolved";
        readonly severity: "info" | "warning" | "critical";
        /** When it changed */
        readonly at: string;
        /** When the condition was first seen */
        readonly since: string;
        readonly summary: string;
        readonly figures: Readonly<Record<string, (number | string) | null>>;
        /** SHA-256 of the model that it is about */
        readonly model: string | null;
        readonly resolved_at: string | null;
        readonly resolved_summary: string | null;
        readonly resolved_figures: Readonly<Record<string, (number | string) | null>> | null;
      }[];
      readonly webhooks: readonly {
        readonly name: string;
        readonly kind: "slack" | "json" | "cloudevents" | "github";
        /** Of the address only the origin: with Slack the rest is the secret */
        readonly origin: string;
        readonly signed: boolean;
        readonly has_token: boolean;
        readonly rules: readonly (
          | "pr_auc_fell"
          | "not_better_than_baseline"
          | "drift"
          | "calibration"
          | "feed_silent"
          | "feed_down"
          | "error_budget"
          | "parity_mismatch"
          | "challenger_ready"
          | "champion_demoted"
        )[];
        readonly min_severity: "info" | "warning" | "critical";
        readonly delivered: number;
        readonly retried: number;
        readonly given_up: number;
        readonly waiting: number;
        readonly dead_letters: number;
      }[];
    };
  };
  /** Messages that could not be delivered */
  readonly "GET /admin/alerts/dead-letters": {
    readonly params: NoFields;
    readonly query: NoFields;
    readonly body: undefined;
    readonly answer: {
      readonly count: number;
      readonly dead_letters: readonly {
        readonly id: number;
        readonly webhook: string;
        readonly attempts: number;
        readonly queued_at: string;
        readonly given_up_at: string;
        readonly reason: string;
        readonly alert: Alert;
      }[];
    };
  };
  /** Queues a message again */
  readonly "POST /admin/alerts/dead-letters/{id}/redeliver": {
    readonly params: {
      readonly id: string;
    };
    readonly query: NoFields;
    readonly body: undefined;
    readonly answer: {
      readonly requeued: readonly {
        readonly id: number;
        readonly alert: string;
        readonly state: "firing" | "resolved";
      }[];
    };
  };
  /** Sends a test message to a webhook */
  readonly "POST /admin/alerts/test": {
    readonly params: NoFields;
    readonly query: NoFields;
    readonly body: {
      readonly webhook: string;
    };
    readonly answer: {
      readonly webhook: string;
      readonly delivered: boolean;
      /** The receiver's status; null without an answer */
      readonly status: number | null;
      readonly detail: string | null;
      readonly took_ms: number;
    };
  };
  /** The subscriptions to spikes */
  readonly "GET /admin/subscriptions": {
    readonly params: NoFields;
    readonly query: NoFields;
    readonly body: undefined;
    readonly answer: {
      readonly subscriptions: readonly {
        readonly id: string;
        /** Of `ALERT_WEBHOOKS`; null with an address of its own */
        readonly webhook: string | null;
        /** Of the address only the origin; null with `webhook` */
        readonly origin: string | null;
        readonly format: ("json" | "slack" | "cloudevents") | null;
        /** Null with `webhook`, which `GET /admin/alerts` shows */
        readonly signed: boolean | null;
        /** Null: each symbol's own */
        readonly grid: string | null;
        readonly symbols: "all" | readonly string[];
        readonly on: "rise" | "rise_and_fall";
        /** Null: the one that the symbol serves at each step */
        readonly threshold: number | null;
        readonly fall_share: number;
        readonly fall_below: number | null;
        readonly confirm_steps: number;
        readonly cool_down_s: number;
        readonly enabled: boolean;
        readonly note: string | null;
        readonly created_at: string;
        readonly changed_at: string;
        /** Messages that were taken, retried, and given up */
        readonly delivered: number;
        readonly retried: number;
        readonly given_up: number;
        readonly waiting: number;
        /** See `GET /admin/alerts/dead-letters`, where each can be sent again */
        readonly dead_letters: number;
      }[];
    };
  };
  /** Subscribes to spikes */
  readonly "POST /admin/subscriptions": {
    readonly params: NoFields;
    readonly query: NoFields;
    readonly body: {
      readonly url?: unknown | undefined;
      readonly format?: ("json" | "slack" | "cloudevents") | undefined;
      readonly secret?: unknown | undefined;
      readonly webhook?: string | undefined;
      /** One of the gateway's grids, such as `60s`; the default one without */
      readonly grid?: string | undefined;
      /** One of the horizons of these steps, such as `300s`; `?grid=1s-h300s` is the same as `?horizon=300s` */
      readonly horizon?: string | undefined;
      readonly symbols: "all" | readonly string[];
      readonly on?: ("rise" | "rise_and_fall") | undefined;
      readonly threshold?: (number | null) | undefined;
      readonly fall_share?: number | undefined;
      readonly fall_below?: (number | null) | undefined;
      readonly confirm_steps?: number | undefined;
      readonly cool_down_s?: number | undefined;
      readonly enabled?: boolean | undefined;
      readonly note?: (string | null) | undefined;
    };
    readonly answer: {
      readonly id: string;
      /** Of `ALERT_WEBHOOKS`; null with an address of its own */
      readonly webhook: string | null;
      /** Of the address only the origin; null with `webhook` */
      readonly origin: string | null;
      readonly format: ("json" | "slack" | "cloudevents") | null;
      /** Null with `webhook`, which `GET /admin/alerts` shows */
      readonly signed: boolean | null;
      /** Null: each symbol's own */
      readonly grid: string | null;
      readonly symbols: "all" | readonly string[];
      readonly on: "rise" | "rise_and_fall";
      /** Null: the one that the symbol serves at each step */
      readonly threshold: number | null;
      readonly fall_share: number;
      readonly fall_below: number | null;
      readonly confirm_steps: number;
      readonly cool_down_s: number;
      readonly enabled: boolean;
      readonly note: string | null;
      readonly created_at: string;
      readonly changed_at: string;
      /** Messages that were taken, retried, and given up */
      readonly delivered: number;
      readonly retried: number;
      readonly given_up: number;
      readonly waiting: number;
      /** See `GET /admin/alerts/dead-letters`, where each can be sent again */
      readonly dead_letters: number;
      /** The key of its signatures where the gateway has just made it: it is shown this once */
      readonly secret: string | null;
    };
  };
  /** One subscription to spikes */
  readonly "GET /admin/subscriptions/{id}": {
    readonly params: {
      /** Of the subscription */
      readonly id: string;
    };
    readonly query: NoFields;
    readonly body: undefined;
    readonly answer: {
      readonly id: string;
      /** Of `ALERT_WEBHOOKS`; null with an address of its own */
      readonly webhook: string | null;
      /** Of the address only the origin; null with `webhook` */
      readonly origin: string | null;
      readonly format: ("json" | "slack" | "cloudevents") | null;
      /** Null with `webhook`, which `GET /admin/alerts` shows */
      readonly signed: boolean | null;
      /** Null: each symbol's own */
      readonly grid: string | null;
      readonly symbols: "all" | readonly string[];
      readonly on: "rise" | "rise_and_fall";
      /** Null: the one that the symbol serves at each step */
      readonly threshold: number | null;
      readonly fall_share: number;
      readonly fall_below: number | null;
      readonly confirm_steps: number;
      readonly cool_down_s: number;
      readonly enabled: boolean;
      readonly note: string | null;
      readonly created_at: string;
      readonly changed_at: string;
      /** Messages that were taken, retried, and given up */
      readonly delivered: number;
      readonly retried: number;
      readonly given_up: number;
      readonly waiting: number;
      /** See `GET /admin/alerts/dead-letters`, where each can be sent again */
      readonly dead_letters: number;
    };
  };
  /** Changes a subscription to spikes */
  readonly "PUT /admin/subscriptions/{id}": {
    readonly params: {
      /** Of the subscription */
      readonly id: string;
    };
    readonly query: NoFields;
    readonly body: {
      readonly url?: unknown | undefined;
      readonly format?: ("json" | "slack" | "cloudevents") | undefined;
      readonly secret?: unknown | undefined;
      readonly webhook?: string | undefined;
      /** One of the gateway's grids, such as `60s`; the default one without */
      readonly grid?: string | undefined;
      /** One of the horizons of these steps, such as `300s`; `?grid=1s-h300s` is the same as `?horizon=300s` */
      readonly horizon?: string | undefined;
      readonly symbols: "all" | readonly string[];
      readonly on?: ("rise" | "rise_and_fall") | undefined;
      readonly threshold?: (number | null) | undefined;
      readonly fall_share?: number | undefined;
      readonly fall_below?: (number | null) | undefined;
      readonly confirm_steps?: number | undefined;
      readonly cool_down_s?: number | undefined;
      readonly enabled?: boolean | undefined;
      readonly note?: (string | null) | undefined;
    };
    readonly answer: {
      readonly id: string;
      /** Of `ALERT_WEBHOOKS`; null with an address of its own */
      readonly webhook: string | null;
      /** Of the address only the origin; null with `webhook` */
      readonly origin: string | null;
      readonly format: ("json" | "slack" | "cloudevents") | null;
      /** Null with `webhook`, which `GET /admin/alerts` shows */
      readonly signed: boolean | null;
      /** Null: each symbol's own */
      readonly grid: string | null;
      readonly symbols: "all" | readonly string[];
      readonly on: "rise" | "rise_and_fall";
      /** Null: the one that the symbol serves at each step */
      readonly threshold: number | null;
      readonly fall_share: number;
      readonly fall_below: number | null;
      readonly confirm_steps: number;
      readonly cool_down_s: number;
      readonly enabled: boolean;
      readonly note: string | null;
      readonly created_at: string;
      readonly changed_at: string;
      /** Messages that were taken, retried, and given up */
      readonly delivered: number;
      readonly retried: number;
      readonly given_up: number;
      readonly waiting: number;
      /** See `GET /admin/alerts/dead-letters`, where each can be sent again */
      readonly dead_letters: number;
      /** The key of its signatures where the gateway has just made it: it is shown this once */
      readonly secret: string | null;
    };
  };
  /** Ends a subscription to spikes */
  readonly "DELETE /admin/subscriptions/{id}": {
    readonly params: {
      /** Of the subscription */
      readonly id: string;
    };
    readonly query: NoFields;
    readonly body: undefined;
    readonly answer: {
      readonly id: string;
    };
  };
  /** Sends a subscription a spike that is none */
  readonly "POST /admin/subscriptions/{id}/test": {
    readonly params: {
      /** Of the subscription */
      readonly id: string;
    };
    readonly query: NoFields;
    readonly body: undefined;
    readonly answer: {
      readonly id: string;
      readonly delivered: boolean;
      /** The receiver's status; null without an answer */
      readonly status: number | null;
      readonly detail: string | null;
      readonly took_ms: number;
    };
  };
  /** Mutes a symbol's alerts, or sets the hours of its market */
  readonly "PUT /admin/symbols/{symbol}/alerts": {
    readonly params: {
      readonly symbol: string;
    };
    readonly query: NoFields;
    readonly body: {
      readonly mute?: boolean | undefined;
      readonly mute_until?: (string | null) | undefined;
      readonly hours?: (string | null) | undefined;
    };
    readonly answer: {
      /** Whether no alert of the symbol is judged */
      readonly mute: boolean;
      /** Until when no alert of the symbol is judged */
      readonly mute_until: string | null;
      /** When its market trades, in UTC; outside of them its silence is no fault. `null`: always */
      readonly hours: string | null;
    };
  };
}

/** The messages that the gateway sends over time, by the path of the stream or socket. */
export interface Streams {
  /** Takes ticks of any symbols over a WebSocket */
  readonly "/ticks":
    | {
        readonly type: "hello";
        readonly protocol: "volgate.v1";
        /** Frames without an answer; one more closes the socket with 4029 */
        readonly max_frames_in_flight: number;
        /** And bytes of them */
        readonly max_bytes_in_flight: number;
      }
    | {
        readonly type: "ack";
        /** The number of the frame */
        readonly seq: number;
        /** Applied */
        readonly accepted: number;
        /** Received before; not applied again */
        readonly duplicate: number;
        /** Older than what is closed; not applied */
        readonly late: number;
        /** 1 when the last tick of a symbol waits for the next one to agree: it is more than 300 steps ahead, or ahead or away in price beyond what the symbol's own rate and volatility explain */
        readonly held: number;
        /** Ticks that an earlier batch left held and that were applied now */
        readonly released: number;
        /** Refused */
        readonly rejected: number;
        /** The first 100 refused ticks; absent without any */
        readonly errors?:
          | readonly {
              /** Place of its message in the request */
              readonly index: number;
              readonly symbol?: string | undefined;
              readonly reason:
                | "not_an_object"
                | "symbol_missing"
                | "symbol_malformed"
                | "ts_missing"
                | "ts_malformed"
                | "ts_out_of_range"
                | "ts_in_future"
                | "ts_outlier"
                | "price_missing"
                | "price_not_finite"
                | "price_not_positive"
                | "price_out_of_range"
                | "price_outside_quote"
                | "price_outlier"
                | "bid_not_finite"
                | "bid_not_positive"
                | "bid_out_of_range"
                | "ask_not_finite"
                | "ask_not_positive"
                | "ask_out_of_range"
                | "crossed_quote"
                | "bid_size_not_finite"
                | "bid_size_negative"
                | "bid_size_out_of_range"
                | "ask_size_not_finite"
                | "ask_size_negative"
                | "ask_size_out_of_range"
                | "size_not_finite"
                | "size_negative"
                | "size_out_of_range"
                | "id_malformed"
                | "venue_malformed"
                | "side_malformed"
                | "bar_trades_malformed"
                | "bar_trades_not_finite"
                | "bar_trades_negative"
                | "bar_trades_out_of_range"
                | "bar_volume_not_finite"
                | "bar_volume_negative"
                | "bar_volume_out_of_range"
                | "bar_quote_volume_not_finite"
                | "bar_quote_volume_negative"
                | "bar_quote_volume_out_of_range"
                | "bar_taker_volume_not_finite"
                | "bar_taker_volume_negative"
                | "bar_taker_volume_out_of_range"
                | "not_json"
                | "not_of_format"
                | "ambiguous_format"
                | "symbol_not_allowed"
                | "symbol_limit";
              readonly field: string;
              readonly got?: string | undefined;
              readonly expected: string;
            }[]
          | undefined;
        /** Refused ticks beyond those; absent without any */
        readonly errors_omitted?: number | undefined;
        /** As of `POST /ingest`; absent without any */
        readonly warnings?:
          | readonly {
              readonly code: "late_ticks" | "receive_time";
              readonly detail: string;
            }[]
          | undefined;
        /** Native messages without a tick; absent without any */
        readonly skipped?: number | undefined;
        /** Names of fields that were not read */
        readonly ignored?: readonly string[] | undefined;
      }
    | {
        readonly type: "refused";
        /** The number of the frame; null where it could not be read */
        readonly seq: number | null;
        readonly code:
          | "symbol_failed"
          | "symbol_timeout"
          | "archive_backlog"
          | "symbol_busy"
          | "champion_unknown"
          | "sequence_conflict"
          | "sequence_too_old"
          | "trace_too_large"
          | "resend_from"
          | "frame_malformed"
          | "not_json"
          | "frame_too_large"
          | "too_many_ticks";
        readonly detail: string;
        /** When the same frame can come again; null when that cannot help: the frame is done with */
        readonly retry_after_s: number | null;
        /** With `resend_from`: the frame that must come first */
        readonly from?: number | undefined;
        /** On `/ticks`: the symbols that took none of theirs; the others took theirs */
        readonly symbols?:
          | readonly {
              readonly symbol: string;
              readonly code:
                | "symbol_failed"
                | "symbol_timeout"
                | "archive_backlog"
                | "symbol_busy"
                | "champion_unknown"
                | "sequence_conflict"
                | "sequence_too_old"
                | "trace_too_large";
              readonly detail: string;
              /** Its valid ticks, which are in no other count */
              readonly ticks: number;
              /** When the same ticks can be sent again; null when that cannot help */
              readonly retry_after_s: number | null;
            }[]
          | undefined;
      };
  /** Takes ticks of one symbol over a WebSocket, which its object holds itself */
  readonly "/symbols/{symbol}/ticks":
    | {
        readonly type: "hello";
        readonly protocol: "volgate.v1";
        /** Frames without an answer; one more closes the socket with 4029 */
        readonly max_frames_in_flight: number;
        /** And bytes of them */
        readonly max_bytes_in_flight: number;
      }
    | {
        readonly type: "ack";
        /** The number of the frame */
        readonly seq: number;
        /** Applied */
        readonly accepted: number;
        /** Received before; not applied again */
        readonly duplicate: number;
        /** Older than what is closed; not applied */
        readonly late: number;
        /** 1 when the last tick of a symbol waits for the next one to agree: it is more than 300 steps ahead, or ahead or away in price beyond what the symbol's own rate and volatility explain */
        readonly held: number;
        /** Ticks that an earlier batch left held and that were applied now */
        readonly released: number;
        /** Refused */
        readonly rejected: number;
        /** The first 100 refused ticks; absent without any */
        readonly errors?:
          | readonly {
              /** Place of its message in the request */
              readonly index: number;
              readonly symbol?: string | undefined;
              readonly reason:
                | "not_an_object"
                | "symbol_missing"
                | "symbol_malformed"
                | "ts_missing"
                | "ts_malformed"
                | "ts_out_of_range"
                | "ts_in_future"
                | "ts_outlier"
                | "price_missing"
                | "price_not_finite"
                | "price_not_positive"
                | "price_out_of_range"
                | "price_outside_quote"
                | "price_outlier"
                | "bid_not_finite"
                | "bid_not_positive"
                | "bid_out_of_range"
                | "ask_not_finite"
                | "ask_not_positive"
                | "ask_out_of_range"
                | "crossed_quote"
                | "bid_size_not_finite"
                | "bid_size_negative"
                | "bid_size_out_of_range"
                | "ask_size_not_finite"
                | "ask_size_negative"
                | "ask_size_out_of_range"
                | "size_not_finite"
                | "size_negative"
                | "size_out_of_range"
                | "id_malformed"
                | "venue_malformed"
                | "side_malformed"
                | "bar_trades_malformed"
                | "bar_trades_not_finite"
                | "bar_trades_negative"
                | "bar_trades_out_of_range"
                | "bar_volume_not_finite"
                | "bar_volume_negative"
                | "bar_volume_out_of_range"
                | "bar_quote_volume_not_finite"
                | "bar_quote_volume_negative"
                | "bar_quote_volume_out_of_range"
                | "bar_taker_volume_not_finite"
                | "bar_taker_volume_negative"
                | "bar_taker_volume_out_of_range"
                | "not_json"
                | "not_of_format"
                | "ambiguous_format"
                | "symbol_not_allowed"
                | "symbol_limit";
              readonly field: string;
              readonly got?: string | undefined;
              readonly expected: string;
            }[]
          | undefined;
        /** Refused ticks beyond those; absent without any */
        readonly errors_omitted?: number | undefined;
        /** As of `POST /ingest`; absent without any */
        readonly warnings?:
          | readonly {
              readonly code: "late_ticks" | "receive_time";
              readonly detail: string;
            }[]
          | undefined;
        /** Native messages without a tick; absent without any */
        readonly skipped?: number | undefined;
        /** Names of fields that were not read */
        readonly ignored?: readonly string[] | undefined;
      }
    | {
        readonly type: "refused";
        /** The number of the frame; null where it could not be read */
        readonly seq: number | null;
        readonly code:
          | "symbol_failed"
          | "symbol_timeout"
          | "archive_backlog"
          | "symbol_busy"
          | "champion_unknown"
          | "sequence_conflict"
          | "sequence_too_old"
          | "trace_too_large"
          | "resend_from"
          | "frame_malformed"
          | "not_json"
          | "frame_too_large"
          | "too_many_ticks";
        readonly detail: string;
        /** When the same frame can come again; null when that cannot help: the frame is done with */
        readonly retry_after_s: number | null;
        /** With `resend_from`: the frame that must come first */
        readonly from?: number | undefined;
        /** On `/ticks`: the symbols that took none of theirs; the others took theirs */
        readonly symbols?:
          | readonly {
              readonly symbol: string;
              readonly code:
                | "symbol_failed"
                | "symbol_timeout"
                | "archive_backlog"
                | "symbol_busy"
                | "champion_unknown"
                | "sequence_conflict"
                | "sequence_too_old"
                | "trace_too_large";
              readonly detail: string;
              /** Its valid ticks, which are in no other count */
              readonly ticks: number;
              /** When the same ticks can be sent again; null when that cannot help */
              readonly retry_after_s: number | null;
            }[]
          | undefined;
      };
  /** Predictions, labels and alerts as they come */
  readonly "/stream":
    | {
        readonly type: "hello";
        readonly protocol: "volgate.v1";
        /** That are followed, in upper case */
        readonly symbols: readonly string[];
        /** That have no tick, or not the grid: they are not followed */
        readonly unknown: readonly string[];
        /** That do not answer now: they are not followed */
        readonly unavailable: readonly string[];
        /** Of all that are followed, joined by commas */
        readonly cursor: string;
      }
    | {
        readonly type: "prediction";
        /** `<symbol>:<step>:p` */
        readonly id: string;
        readonly symbol: string;
        /** End of the step */
        readonly ts: number;
        /** Number of the step; its end is `ts` */
        readonly step: number;
        readonly horizon_s: number;
        /** As it was answered then, with 7 digits */
        readonly probability: number;
        readonly threshold: number | null;
        /** Whether the probability reached the threshold */
        readonly alert: boolean;
        readonly sigma_bps: number | null;
        readonly tau_bps: number | null;
        /** 12 digits of the SHA-256 of the model that answered */
        readonly model: string | null;
        /** As `GET /predict` has it; `POST /feedback` takes it */
        readonly prediction_id: string | null;
        /** Where the reader is in the events of this symbol; opaque */
        readonly cursor: string;
      }
    | {
        readonly type: "label";
        /** `<symbol>:<step>:l` */
        readonly id: string;
        readonly symbol: string;
        /** End of the step that was predicted */
        readonly ts: number;
        /** Number of the step; its end is `ts` */
        readonly step: number;
        /** Whether it was a spike */
        readonly label: boolean;
        /** As it was answered then, with 7 digits */
        readonly probability: number;
        readonly threshold: number | null;
        /** Whether the probability reached the threshold */
        readonly alert: boolean;
        /** End of the step that confirmed it, one horizon later */
        readonly resolved_ts: number;
        /** Where the reader is in the events of this symbol; opaque */
        readonly cursor: string;
      }
    | {
        readonly type: "alert";
        readonly id: string;
        /** `*` for the whole gateway */
        readonly symbol: string;
        /** `test` and `spike` are in dead letters alone: messages that no rule gave */
        readonly rule:
          | "pr_auc_fell"
          | "not_better_than_baseline"
          | "drift"
          | "calibration"
          | "feed_silent"
          | "feed_down"
          | "error_budget"
          | "parity_mismatch"
          | "challenger_ready"
          | "champion_demoted"
          | "test"
          | "spike";
        readonly state: "firing" | "resolved";
        readonly severity: "info" | "warning" | "critical";
        /** When it changed */
        readonly at: string;
        /** When the condition was first seen */
        readonly since: string;
        readonly summary: string;
        readonly figures: Readonly<Record<string, (number | string) | null>>;
        /** SHA-256 of the model that it is about */
        readonly model: string | null;
        /** Where the reader is in the events of this symbol; opaque */
        readonly cursor: string;
      }
    | {
        readonly type: "gap";
        /** null for alerts */
        readonly symbol: string | null;
        /** End of the first step whose events are missing */
        readonly from_ts: number | null;
        /** End of the last one */
        readonly to_ts: number | null;
        /** `skipped`: more than 14,400 steps ago. `not_kept`: not stored any more, or unreadable. `not_known`: after a restart with other models nobody knows what was answered. `symbol_removed`: nothing more comes of it */
        readonly reason: "not_kept" | "skipped" | "not_known" | "symbol_removed";
        /** Where the reader is in the events of this symbol; opaque */
        readonly cursor: string;
      }
    | {
        readonly type: "check";
        readonly n: number;
      };
  /** Those of one symbol */
  readonly "/symbols/{symbol}/stream":
    | {
        readonly type: "hello";
        readonly protocol: "volgate.v1";
        /** That are followed, in upper case */
        readonly symbols: readonly string[];
        /** That have no tick, or not the grid: they are not followed */
        readonly unknown: readonly string[];
        /** That do not answer now: they are not followed */
        readonly unavailable: readonly string[];
        /** Of all that are followed, joined by commas */
        readonly cursor: string;
      }
    | {
        readonly type: "prediction";
        /** `<symbol>:<step>:p` */
        readonly id: string;
        readonly symbol: string;
        /** End of the step */
        readonly ts: number;
        /** Number of the step; its end is `ts` */
        readonly step: number;
        readonly horizon_s: number;
        /** As it was answered then, with 7 digits */
        readonly probability: number;
        readonly threshold: number | null;
        /** Whether the probability reached the threshold */
        readonly alert: boolean;
        readonly sigma_bps: number | null;
        readonly tau_bps: number | null;
        /** 12 digits of the SHA-256 of the model that answered */
        readonly model: string | null;
        /** As `GET /predict` has it; `POST /feedback` takes it */
        readonly prediction_id: string | null;
        /** Where the reader is in the events of this symbol; opaque */
        readonly cursor: string;
      }
    | {
        readonly type: "label";
        /** `<symbol>:<step>:l` */
        readonly id: string;
        readonly symbol: string;
        /** End of the step that was predicted */
        readonly ts: number;
        /** Number of the step; its end is `ts` */
        readonly step: number;
        /** Whether it was a spike */
        readonly label: boolean;
        /** As it was answered then, with 7 digits */
        readonly probability: number;
        readonly threshold: number | null;
        /** Whether the probability reached the threshold */
        readonly alert: boolean;
        /** End of the step that confirmed it, one horizon later */
        readonly resolved_ts: number;
        /** Where the reader is in the events of this symbol; opaque */
        readonly cursor: string;
      }
    | {
        readonly type: "alert";
        readonly id: string;
        /** `*` for the whole gateway */
        readonly symbol: string;
        /** `test` and `spike` are in dead letters alone: messages that no rule gave */
        readonly rule:
          | "pr_auc_fell"
          | "not_better_than_baseline"
          | "drift"
          | "calibration"
          | "feed_silent"
          | "feed_down"
          | "error_budget"
          | "parity_mismatch"
          | "challenger_ready"
          | "champion_demoted"
          | "test"
          | "spike";
        readonly state: "firing" | "resolved";
        readonly severity: "info" | "warning" | "critical";
        /** When it changed */
        readonly at: string;
        /** When the condition was first seen */
        readonly since: string;
        readonly summary: string;
        readonly figures: Readonly<Record<string, (number | string) | null>>;
        /** SHA-256 of the model that it is about */
        readonly model: string | null;
        /** Where the reader is in the events of this symbol; opaque */
        readonly cursor: string;
      }
    | {
        readonly type: "gap";
        /** null for alerts */
        readonly symbol: string | null;
        /** End of the first step whose events are missing */
        readonly from_ts: number | null;
        /** End of the last one */
        readonly to_ts: number | null;
        /** `skipped`: more than 14,400 steps ago. `not_kept`: not stored any more, or unreadable. `not_known`: after a restart with other models nobody knows what was answered. `symbol_removed`: nothing more comes of it */
        readonly reason: "not_kept" | "skipped" | "not_known" | "symbol_removed";
        /** Where the reader is in the events of this symbol; opaque */
        readonly cursor: string;
      }
    | {
        readonly type: "check";
        readonly n: number;
      };
}
