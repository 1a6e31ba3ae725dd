// What a symbol's object says that it learned of its models, for the tests of the monitor.
import { evictDurableObject } from "cloudflare:test";
import { expect } from "vitest";
import { ingest, stubOf } from "./gateway.ts";
import { type Message, pieces } from "./market.ts";

export const evict = (symbol: string): Promise<void> => evictDurableObject(stubOf(symbol));

/** Sends the messages as ticks of a symbol, in pieces of at most `most`; each must be accepted. */
export async function feed(symbol: string, messages: readonly Message[], most: number, after?: () => Promise<void>) {
  for (const batch of pieces(messages, most, 3)) {
    const { status } = await ingest(batch.map((message) => ({ ...message, symbol })));
    expect(status).toBe(200);
    await after?.();
  }
}

/** Everything that was learned, with intervals. */
export async function learned(symbol: string) {
  const { windows, stats, models, volatility } = (await stubOf(symbol).quality(["1h", "24h", "30d"]))!;
  const { latest, history, concept } = (await stubOf(symbol).drift())!;
  const { pair, blocks, answered } = (await stubOf(symbol).experimentBlocks())!;
  return { windows, stats, models, volatility, latest, history, concept, pair, blocks, answered };
}

/** The day's figures of each model under the symbol's first label spec. */
export async function seriesOf(symbol: string) {
  return (await stubOf(symbol).quality(["24h"]))!.windows[0]!.labels[0]!.series;
}
