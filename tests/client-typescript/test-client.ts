// Clients of a fake gateway, with short pauses, and all that they opened ended after each test.
import { afterEach } from "vitest";
import { VolgateClient } from "../../clients/typescript/src/volgate-client.ts";
import type { ClientOptions } from "../../clients/typescript/src/connection.ts";
import { FakeGateway } from "./fake-gateway.ts";

const gateways: FakeGateway[] = [];

afterEach(async () => {
  for (const gateway of gateways.splice(0)) await gateway.stop();
});

/** A gateway that runs until the test ends. */
export async function startGateway(): Promise<FakeGateway> {
  const gateway = new FakeGateway();
  await gateway.start();
  gateways.push(gateway);
  return gateway;
}

export const BACKOFF = { firstMs: 5, longestMs: 20 };

export function clientOf({ url }: FakeGateway, options: Partial<ClientOptions> = {}): VolgateClient {
  return new VolgateClient({ url, backoff: BACKOFF, ...options });
}

/** Ticks of one symbol, a second apart. */
export function ticksOf(symbol: string, count: number, from = 0) {
  return Array.from({ length: count }, (_, i) => ({
    symbol,
    ts: 1764979200000 + 1000 * (from + i),
    price: 100 + ((from + i) % 7),
  }));
}

/** Waits until a condition holds; the test's own time limit ends a wait in vain. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
}
