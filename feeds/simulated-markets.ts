// Where each simulated market continues: after the last tick that the gateway has, at most two hours back.
import { fetchSymbolPosition } from "../gateway-client/gateway-queries.ts";
import { MarketSimulator } from "../simulator/simulator.ts";

const BACK_MS = 2 * 3_600_000;

export interface SimulatedMarkets {
  readonly simulators: readonly MarketSimulator[];
  /** Event time at which the first of them begins, ms. */
  readonly fromMs: number;
}

/** One simulator per symbol, from max(now − 2 h, watermark + 1 ms) and the stored price. Throws `GatewayError`. */
export async function simulatedMarkets(
  { baseUrl, readToken }: { readonly baseUrl: string; readonly readToken: string | undefined },
  symbols: readonly string[],
  seed: number,
  nowMs: number,
): Promise<SimulatedMarkets> {
  let first = Infinity;
  const simulators: MarketSimulator[] = [];
  for (const symbol of symbols) {
    const position = await fetchSymbolPosition(baseUrl, symbol, readToken);
    const nextMs = (position?.watermark_ms ?? NaN) + 1;
    const fromMs = nextMs > nowMs - BACK_MS ? nextMs : nowMs - BACK_MS;
    const price = position?.price ?? NaN;
    simulators.push(new MarketSimulator({ seed, symbol, fromMs, startPrice: price > 0 ? price : undefined }));
    first = Math.min(first, fromMs);
  }
  return { simulators, fromMs: first };
}
