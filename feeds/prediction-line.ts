// A prediction as one readable line.
import type { PredictionAnswer } from "../src/http/predict-schema.ts";

/**
 * An aligned line: `12:03:41  BTC-USD  p 0.131 / 0.240  calm   τ   7.2 bps  σ   5.1 bps  logistic 1`, or what a symbol
 * still waits for. Times are UTC.
 */
export function predictionLine(prediction: PredictionAnswer, symbolWidth: number): string {
  const symbol = prediction.symbol.padEnd(symbolWidth);
  if (!("ts" in prediction)) return `--:--:--  ${symbol}  warming up: ${waitsFor(prediction.missing)}`;
  const { ts, probability, threshold, tau_bps: tau, sigma_bps: sigma, model } = prediction;
  const start = `${new Date(ts).toISOString().slice(11, 19)}  ${symbol}`;
  if (probability === null) {
    return `${start}  ${prediction.warming_up ? "warming up" : "no prediction"}: ${waitsFor(prediction.missing)}`;
  }
  // Not `alert`: that is null for the predictions of a replay, whose horizons are over.
  const verdict = threshold !== null && probability >= threshold ? "ALERT" : "calm ";
  const levels = [`τ ${bps(tau)}`, ...(sigma === null ? [] : [`σ ${bps(sigma)}`])].join("  ");
  const chance = `p ${probability.toFixed(3)}${threshold === null ? "" : ` / ${threshold.toFixed(3)}`}`;
  const name = model === null ? "" : `${model.name} ${model.version}`;
  return `${start}  ${chance}  ${verdict}  ${levels}  ${name}`.trimEnd();
}

function waitsFor(missing: readonly string[] = []): string {
  return missing.length > 0 ? missing.join(", ") : "no row yet";
}

function bps(value: number | null): string {
  return `${value === null ? "-" : value.toFixed(1)}`.padStart(6) + " bps";
}
