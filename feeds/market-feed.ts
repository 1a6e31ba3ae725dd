// Feeds simulated markets into a gateway: the missed time as fast as the gateway accepts it, then in real time.
import { setTimeout as sleep } from "node:timers/promises";
import type { TickSender } from "../gateway-client/tick-sender.ts";
import type { MarketSimulator } from "../simulator/simulator.ts";

/** Event time in one batch while catching up: at three ticks a second and two symbols some 360 ticks. */
const CHUNK_MS = 60_000;
/** Real-time batches go out this often. */
const LIVE_EVERY_MS = 300;

export interface MarketFeedOptions {
  readonly sender: TickSender;
  readonly simulators: readonly MarketSimulator[];
  /** Event time to begin at, ms. */
  readonly fromMs: number;
  readonly signal: AbortSignal;
  /** Called with the event time that has been sent, until the feed is live. */
  readonly onCatchUp: (throughMs: number) => void;
  /** Called once, when everything up to now has been sent. */
  readonly onLive: () => void;
}

/** Runs until the signal is aborted. Throws `GatewayError` when the gateway is lost. */
export async function runMarketFeed(options: MarketFeedOptions): Promise<void> {
  const { sender, simulators, signal } = options;
  let throughMs = options.fromMs;
  let live = false;
  while (!signal.aborted) {
    const nowMs = Date.now();
    throughMs = Math.min(throughMs + CHUNK_MS, nowMs);
    const ticks = simulators.flatMap((simulator) => simulator.advanceTo(throughMs));
    if (ticks.length > 0) await sender.send(ticks);
    if (!live) options.onCatchUp(throughMs);
    if (throughMs < nowMs) continue;
    if (!live) options.onLive();
    live = true;
    await sleep(LIVE_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}
