// What `npm start` does once the gateway answers: it feeds the simulated markets, watches the predictions, and prints
// both.
import { type Progress, startProgress } from "../command-line/progress.ts";
import { GatewayClient } from "../gateway-client/gateway-client.ts";
import { TickSender } from "../gateway-client/tick-sender.ts";
import { IngestTotals } from "./ingest-totals.ts";
import { runMarketFeed } from "./market-feed.ts";
import { predictionLine } from "./prediction-line.ts";
import { watchPredictions } from "./prediction-watch.ts";
import { simulatedMarkets } from "./simulated-markets.ts";
import type { StartOptions } from "./start-options.ts";

export interface DemonstrationContext {
  readonly baseUrl: string;
  /** `performance.now()` when the program was started. */
  readonly startedMs: number;
  readonly signal: AbortSignal;
  readonly print: (line: string) => void;
}

/**
 * Runs until the signal is aborted; then prints what was sent. Throws `GatewayError` when the gateway is lost, after it
 * has stopped feed and watch.
 */
export async function runDemonstration(options: StartOptions, context: DemonstrationContext): Promise<void> {
  const { baseUrl, print } = context;
  const { symbols, seed, token, readToken } = options;
  const ended = new AbortController();
  const signal = AbortSignal.any([context.signal, ended.signal]);
  const totals = new IngestTotals();
  const startMs = Date.now();
  const { simulators, fromMs } = await simulatedMarkets({ baseUrl, readToken }, symbols, seed, startMs);
  const spanS = (ms: number): number => Math.max(0, Math.round((ms - fromMs) / 1000));
  print(
    `feeding ${symbols.join(" and ")} from a simulated market, seed ${seed}, from ${new Date(fromMs).toISOString()}`,
  );
  let progress: Progress | undefined = startProgress({
    ...{ label: "catching up", total: spanS(startMs), unit: "s of market" },
    withoutTerminal: "lines",
  });
  const say = (line: string): void => (progress === undefined ? print(line) : progress.note(line));
  const stopProgress = (): void => {
    progress?.stop();
    progress = undefined;
  };
  const onRetry = (why: string, waitMs: number): void =>
    say(`gateway: ${why}; again in ${(waitMs / 1000).toFixed(1)} s`);
  const sender = new TickSender(new GatewayClient({ baseUrl, token, signal, onRetry }), {
    signal,
    onRetry,
    onDelivered: (delivery) => totals.add(delivery),
    onGivenUp: (symbol, ticks, why) => totals.addUnsent(symbol, ticks.length, why),
  });
  const watching = watchPredictions({
    baseUrl,
    readToken,
    symbols,
    signal,
    print,
    live: () => progress === undefined,
    onFirst: (prediction) => {
      const seconds = ((performance.now() - context.startedMs) / 1000).toFixed(1);
      say(`first prediction ${seconds} s after the start: ${predictionLine(prediction, 0)}`);
    },
  });
  try {
    await runMarketFeed({
      sender,
      simulators,
      fromMs,
      signal,
      onCatchUp: (throughMs) => progress?.update(Math.min(spanS(throughMs), spanS(startMs))),
      onLive: () => {
        stopProgress();
        print("caught up: live from here");
      },
    });
  } catch (error) {
    if (!context.signal.aborted) throw error;
  } finally {
    ended.abort();
    stopProgress();
    await watching;
    totals.lines().forEach(print);
  }
}
