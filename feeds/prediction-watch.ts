// Polls the live predictions and prints them until it is stopped.
import { setTimeout as sleep } from "node:timers/promises";
import type { PredictionAnswer } from "../src/http/predict-schema.ts";
import { GatewayError } from "../gateway-client/gateway-error.ts";
import { fetchPrediction } from "../gateway-client/gateway-queries.ts";
import { predictionLine } from "./prediction-line.ts";

const FIRST_EVERY_MS = 300;
const EVERY_MS = 4_000;

export interface PredictionWatchOptions {
  readonly baseUrl: string;
  readonly readToken: string | undefined;
  readonly symbols: readonly string[];
  readonly signal: AbortSignal;
  readonly print: (line: string) => void;
  /** Called once, with the first prediction that has a probability. */
  readonly onFirst: (prediction: PredictionAnswer) => void;
  /** While it returns false, the watch only waits for the first prediction and prints nothing. */
  readonly live: () => boolean;
}

/**
 * Runs until the signal is aborted. Repeats the request when the gateway does not answer; others check that it is
 * alive. Also repeats it after a refusal or a malformed answer, and prints the first reason.
 */
export async function watchPredictions(options: PredictionWatchOptions): Promise<void> {
  const { baseUrl, readToken, symbols, signal, live } = options;
  const width = Math.max(...symbols.map((symbol) => symbol.length));
  let found = false;
  let printedMs = -Infinity;
  let refusal: string | undefined;
  const onFailure = (error: unknown): undefined => {
    if (refusal !== undefined || !(error instanceof GatewayError) || error.code !== "refused") return;
    refusal = error.message;
    options.print(refusal);
  };
  while (!signal.aborted) {
    const answers = await Promise.all(
      symbols.map((symbol) => fetchPrediction(baseUrl, symbol, readToken).catch(onFailure)),
    );
    const predictions = answers.filter((answer) => answer !== undefined);
    const first = predictions.find((prediction) => prediction.probability !== null);
    if (signal.aborted) return;
    if (!found && first !== undefined) {
      found = true;
      options.onFirst(first);
    }
    if (live() && performance.now() - printedMs >= EVERY_MS - FIRST_EVERY_MS / 2) {
      for (const prediction of predictions) options.print(predictionLine(prediction, width));
      printedMs = performance.now();
    }
    const waitMs = found && live() ? EVERY_MS : FIRST_EVERY_MS;
    await sleep(waitMs, undefined, { signal }).catch(() => undefined);
  }
}
