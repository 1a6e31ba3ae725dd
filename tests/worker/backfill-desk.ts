// What the tests of the backfill share: a market after the training of the bundled models, and the requests.
import type { BlockGain } from "../../src/quality/quality-series.ts";
import { BUNDLED } from "../../src/model/bundled.ts";
import { fetchJson, stubOf } from "./gateway.ts";
import { challenge, post } from "./experiment-symbols.ts";
import { market, type Message } from "./market.ts";
import { feed } from "./monitored.ts";

/** A whole block after the bundled models' training. */
export const FROM_MS = Date.UTC(2025, 11, 10);
export const FROM_BLOCK = FROM_MS / 900_000;

/** The two that are compared. */
export const PAIR = { champion: BUNDLED.champion, challenger: BUNDLED.zscore };

/** Ticks of whole blocks, one a second. */
export const blocksOfMarket = (blocks: number, seed = 5): readonly Message[] =>
  market("ANY", blocks * 900 + 1, { fromMs: FROM_MS, seed });

export const feedAll = (symbol: string, messages: readonly Message[]): Promise<void> => feed(symbol, messages, 450);

/** Begins the experiment; returns its id. */
export const begin = async (): Promise<string> => (await challenge(PAIR.challenger)).body.experiment as string;

/** The symbol's blocks, as a request has them. */
export async function wireBlocks(symbol: string) {
  const { blocks } = (await stubOf(symbol).experimentBlocks())!;
  return blocks.filter(({ complete }) => complete).map(wireBlock);
}

export function wireBlock({ gainSum, betSum, ...rest }: BlockGain) {
  return { ...rest, gain_sum: gainSum, bet_sum: betSum };
}

export const backfill = (experiment: string, blocks: Readonly<Record<string, unknown>>, changes: object = {}) =>
  post("/admin/experiment/backfill", {
    ...{ experiment, pair: PAIR, by: "ada", reason: "a month ago" },
    records: Object.entries(blocks).map(([symbol, list]) => ({ symbol, blocks: list })),
    ...changes,
  });

export const removeSymbol = async (symbol: string): Promise<void> =>
  void (await fetchJson(`/admin/symbols/${symbol}`, {
    method: "DELETE",
    body: JSON.stringify({ by: "a", reason: "b" }),
  }));
