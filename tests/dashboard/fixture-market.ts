// A market of any size as the gateway would answer it: for tests of thousands of symbols and of states that a real
// market seldom has. Figures come from a symbol's number and the step alone, so that any two answers agree.
import type { PredictionAnswer } from "../../src/http/predict-schema.ts";
import type {
  ExplanationAnswer,
  HistoryAnswer,
  OverviewAnswer,
  OverviewRow,
  SymbolState,
} from "../../dashboard/gateway/answers.ts";
import type { PredictionEvent } from "../../dashboard/gateway/stream-events.ts";

const STEP_MS = 1_000;
const RECENT_STEPS = 40;
const HORIZON_STEPS = 60;

/** One symbol in twenty is in a state other than live, each state in turn. */
const OTHER_STATES: readonly SymbolState[] = ["warming_up", "stale", "silent", "too_sparse", "flat", "unreachable"];

const MISSING: Partial<Record<SymbolState, readonly string[]>> = {
  warming_up: ["412 of 900 values of the volatility of 60 s"],
  too_sparse: ["ticks in 31 % of the steps, 50 % are needed"],
  flat: ["τ would be at most ε"],
};

export interface FixtureMarketOptions {
  readonly symbols: number;
  /** The moment of the last closed step, ms since 1970 UTC. */
  readonly nowMs: () => number;
}

export class FixtureMarket {
  readonly #options: FixtureMarketOptions;

  constructor(options: FixtureMarketOptions) {
    this.#options = options;
  }

  /** As `GET /overview`: the cursor is the step that was answered last. A step changes a tenth of the symbols. */
  overview(since: string | null): OverviewAnswer {
    const step = this.#lastStep();
    const from = since === null ? null : Number(since);
    const reset = from === null || !Number.isInteger(from) || from > step;
    const symbols: OverviewRow[] = [];
    for (let i = 0; i < this.#options.symbols; i += 1) {
      const changedAt = step - ((step + i) % 10);
      if (reset) symbols.push(rowOf(i, changedAt, RECENT_STEPS));
      else if (changedAt > from) symbols.push(rowOf(i, changedAt, changedAt - from));
    }
    return {
      cursor: String(step),
      server_time_ms: this.#options.nowMs(),
      step_ms: STEP_MS,
      reset,
      symbols,
      removed: [],
      unread_buckets: 0,
      known: this.#options.symbols,
      oldest_as_of_ms: (step - 9) * STEP_MS,
    };
  }

  /** As `GET /symbols/:symbol/history`, of a symbol that is live. Three days are kept. */
  history(symbol: string, query: URLSearchParams): HistoryAnswer {
    const latest = this.#lastStep() * STEP_MS;
    const earliest = latest - 3 * 86_400_000;
    const to = Math.min(latest, Number(query.get("to") ?? latest));
    const from = Math.max(earliest, Number(query.get("from") ?? to - 3_600_000));
    const points = Math.min(2_000, Number(query.get("points") ?? 600));
    const every = STEP_MS * Math.max(1, Math.ceil((to - from) / STEP_MS / points));
    const ts: number[] = [];
    for (let at = (Math.floor(from / every) + 1) * every; at <= to; at += every) ts.push(at);
    const seed = numberOf(symbol);
    const at = (one: number): Figures => figures(seed, one / STEP_MS);
    const column = <T>(read: (of: Figures, ts: number) => T): T[] => ts.map((one) => read(at(one), one));
    return {
      symbol,
      step_ms: STEP_MS,
      horizon_steps: HORIZON_STEPS,
      from,
      to,
      every_ms: every,
      earliest_ms: earliest,
      latest_ms: latest,
      columns: {
        ts,
        open: column((_of, one) => at(one - every).price),
        high: column((of, one) => Math.max(of.price, at(one - every).price) * 1.00005),
        low: column((of, one) => Math.min(of.price, at(one - every).price) * 0.99995),
        price: column((of) => of.price),
        rv_bps: column((of) => of.rv),
        tau_bps: column((of) => of.tau),
        probability: column((of) => of.probability),
        threshold: column(() => THRESHOLD),
        sigma_bps: column((of) => of.sigma),
        alert: column((of) => of.probability >= THRESHOLD),
        spike: column((_of, one) => (one > latest ? null : at(one).rv > at(one - HORIZON_STEPS * STEP_MS).tau)),
      },
    };
  }

  /** As `/stream` tells the predictions of steps that ended after `afterMs`. */
  predictions(symbol: string, afterMs: number): PredictionEvent[] {
    const latestMs = this.#lastStep() * STEP_MS;
    const events: PredictionEvent[] = [];
    for (let ts = Math.max(afterMs, latestMs - 60_000) + STEP_MS; ts <= latestMs; ts += STEP_MS) {
      const { probability, sigma, tau } = figures(numberOf(symbol), ts / STEP_MS);
      events.push({
        type: "prediction",
        symbol,
        ts,
        probability,
        threshold: THRESHOLD,
        alert: probability >= THRESHOLD,
        sigma_bps: sigma,
        tau_bps: tau,
        model: SHA256.slice(0, 12),
        prediction_id: null,
        cursor: `${symbol}~${ts}`,
      });
    }
    return events;
  }

  /** As `GET /predict`. */
  prediction(symbol: string): PredictionAnswer {
    const row = rowOf(numberOf(symbol), this.#lastStep(), 1);
    if (row.ts === null) return { symbol, probability: null, warming_up: true, missing: ["ticks"] };
    const ageMs = this.#options.nowMs() - row.ts;
    const expired = ageMs > 60_000;
    return {
      prediction_id: row.probability === null ? null : `${symbol}:${row.ts / STEP_MS - 1}:${SHA256.slice(0, 12)}`,
      symbol,
      venue: row.venue,
      ts: row.ts,
      horizon_s: 60,
      probability: row.probability,
      probability_raw: row.probability === null ? null : rawOf(row.probability),
      recalibration: RECALIBRATION,
      threshold: row.threshold,
      threshold_source: "followed",
      goal: "recall at least 0.8",
      alert: expired ? null : row.alert,
      sigma_bps: row.sigma_bps,
      sigma_quantiles_bps: row.sigma_bps === null ? null : bandOf(row.sigma_bps),
      tau_bps: row.tau_bps,
      model: MODEL,
      variant: "champion",
      stand_in: false,
      baselines: { zscore: 0.106, persistence: 0.0143, "threshold-only": 0.0248, reference: 0.106 },
      age_ms: ageMs,
      stale: ageMs > 11_000,
      expired,
      warming_up: row.probability === null,
      warm: { source: "coinbase", steps: 3_600 },
      ...(row.probability === null ? { missing: [...row.missing] } : {}),
    };
  }

  /** As `GET /symbols/:symbol/explanation`. */
  explanation(symbol: string): ExplanationAnswer {
    const row = rowOf(numberOf(symbol), this.#lastStep(), 1);
    const names = [
      "realized_volatility_60s",
      "ewma_volatility_300s",
      "spread_bps",
      "trade_intensity_300s",
      "log_return_60s",
    ];
    names.push(
      "hour_of_day",
      "realized_volatility_300s",
      "range_ratio_60s",
      "imbalance_10s",
      "tau_bps",
      "jumps_300s",
      "gap",
    );
    return {
      symbol,
      ts: row.ts ?? 0,
      prediction_id: null,
      probability: row.probability,
      probability_raw: row.probability === null ? null : rawOf(row.probability),
      recalibration: RECALIBRATION,
      threshold: row.threshold,
      model: MODEL,
      method: "one_at_median",
      features: names.map((name, i) => ({
        name,
        value: (row.rv_60_bps ?? 1) / (i + 1),
        reference: 4.2 / (i + 1),
        contribution: ((i % 3 === 1 ? -1 : 1) * 1.3) / (i + 1),
      })),
      missing: [],
    };
  }

  #lastStep(): number {
    return Math.floor(this.#options.nowMs() / STEP_MS);
  }
}

const THRESHOLD = 0.288;
const SHA256 = "9520980eff2e58c6417e0fb2a9d3c8517e6b04a1f92d3c85b7064e1a9fd2c380";
const MODEL = { name: "logistic", version: "2025-12-02-9520980e", sha256: SHA256, evidence: "simulated" } as const;

/** Half a logit lower and a little flatter than the model's own scores. */
const RECALIBRATION = {
  state: "serving",
  slope: 0.9,
  level: -0.5,
  labels: 412_033,
  e_value: 0.02,
  since: Date.UTC(2026, 10, 26, 1, 0),
} as const;

interface Figures {
  readonly price: number;
  readonly rv: number;
  readonly tau: number;
  readonly sigma: number;
  readonly probability: number;
}

/** Slow waves of volatility with a storm now and then; the price walks faster while it lasts. */
function figures(seed: number, step: number): Figures {
  const phase = seed * 1.7;
  const calm = 4 + 1.5 * Math.sin(step / 700 + phase) + 0.8 * Math.sin(step / 97 + 2 * phase);
  const storm = 9 * Math.max(0, Math.sin(step / 410 + phase)) ** 9;
  const rv = Math.max(0.4, calm + storm + 0.5 * Math.sin(step / 7 + phase));
  const sigma = calm + 9 * Math.max(0, Math.sin((step + 40) / 410 + phase)) ** 9;
  const tau = 7.5 + Math.sin(step / 2_000 + phase);
  const base = 10 ** ((seed % 7) - 2) * (1.1 + (seed % 89) / 40);
  const walk = 0.004 * Math.sin(step / 1_300 + phase) + 0.0003 * (rv / 5) * Math.sin(step / 11 + 3 * phase);
  return { price: base * (1 + walk), rv, tau, sigma, probability: 1 / (1 + Math.exp(-(sigma - tau) / 1.4)) };
}

function rowOf(i: number, step: number, steps: number): OverviewRow {
  const other = i % 20 === 13 ? OTHER_STATES[Math.floor(i / 20) % OTHER_STATES.length] : undefined;
  const state = other ?? "live";
  const of = figures(i, step);
  const known = state !== "unreachable";
  const predicts = state === "live" || state === "stale" || state === "silent";
  const agoMs = state === "stale" ? 45_000 : state === "silent" ? 1_900_000 : 0;
  const ts = step * STEP_MS - agoMs;
  const recent = Array.from({ length: steps }, (_, k): [number, number | null] => {
    const at = step - steps + 1 + k;
    return [at * STEP_MS - agoMs, predicts ? figures(i, at).probability : null];
  });
  return {
    symbol: symbolName(i),
    venue: i % 3 === 0 ? "coinbase" : i % 3 === 1 ? "binance" : null,
    state,
    missing: [...(MISSING[state] ?? [])],
    price: known ? of.price : null,
    sigma_bps: predicts ? of.sigma : null,
    rv_60_bps: known ? of.rv : null,
    tau_bps: predicts ? of.tau : null,
    probability: predicts ? of.probability : null,
    threshold: predicts ? THRESHOLD : null,
    alert: state === "live" ? of.probability >= THRESHOLD : null,
    ts: known ? ts : null,
    horizon_s: 60,
    watermark_ms: known ? ts + 137 : null,
    as_of_ms: known ? step * STEP_MS : null,
    firing: known ? (i % 31 === 7 ? 1 + (i % 3) : 0) : null,
    recent,
  };
}

/** The name of the symbol with a number; `numberOf` gives the number back. */
function symbolName(i: number): string {
  const coins = ["BTC", "ETH", "SOL", "XRP", "DOGE", "ADA", "LINK", "AVAX", "DOT", "LTC"];
  const coin = coins[i % coins.length] ?? "BTC";
  return i < coins.length ? `${coin}-USD` : `${coin}${i}-USD`;
}

function numberOf(symbol: string): number {
  const coins = ["BTC", "ETH", "SOL", "XRP", "DOGE", "ADA", "LINK", "AVAX", "DOT", "LTC"];
  const [, coin = "BTC", digits = ""] = /^([A-Z]+)(\d*)-USD/.exec(symbol) ?? [];
  return digits === "" ? Math.max(0, coins.indexOf(coin)) : Number(digits);
}

/** The model's own probability, of which the recalibration makes this one. */
function rawOf(probability: number): number {
  const { slope, level } = RECALIBRATION;
  return 1 / (1 + Math.exp(-(Math.log(probability / (1 - probability)) - level) / slope));
}

function bandOf(sigmaBps: number) {
  return { "0.1": 0.61 * sigmaBps, "0.5": 0.93 * sigmaBps, "0.9": 1.48 * sigmaBps };
}
