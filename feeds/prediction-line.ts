// One line a person can read about a prediction.
import type { LivePrediction } from "./gateway-queries.ts";

/**
 * An aligned line: `12:03:41  BTC-USD  p 0.131 / 0.240  calm   τ   7.2 bps  σ   5.1 bps  logistic 1`, or what a symbol
 * still waits for. Times are UTC.
 */
export function predictionLine(prediction: LivePrediction, symbolWidth: number): string {
  const { tsMs, symbol, probability, threshold, missing } = prediction;
  const time = Number.isNaN(tsMs) ? "--:--:--" : new Date(tsMs).toISOString().slice(11, 19);
  const start = `${time}  ${symbol.padEnd(symbolWidth)}`;
  if (Number.isNaN(probability)) {
    const why = missing.length > 0 ? missing.join(", ") : "no row yet";
    return `${start}  ${prediction.warmingUp ? "warming up" : "no prediction"}: ${why}`;
  }
  const verdict = prediction.alert ? "ALERT" : "calm ";
  const levels = [
    `τ ${bps(prediction.tauBps)}`,
    ...(prediction.sigmaBps >= 0 ? [`σ ${bps(prediction.sigmaBps)}`] : []),
  ];
  const chance = `p ${probability.toFixed(3)}${threshold >= 0 ? ` / ${threshold.toFixed(3)}` : ""}`;
  return `${start}  ${chance}  ${verdict}  ${levels.join("  ")}  ${prediction.model}`.trimEnd();
}

function bps(value: number): string {
  return `${Number.isNaN(value) ? "-" : value.toFixed(1)}`.padStart(6) + " bps";
}
