// The load of `npm run bench -- fanout`: every symbol's simulated market over one connection.
import { tickJson } from "../gateway-client/tick-json.ts";
import { simulateTicks } from "../simulator/simulator.ts";
import { HttpConnection, rawRequest } from "./http-connection.ts";

export class FanoutFeed {
  private readonly url: URL;
  private readonly connection: HttpConnection;
  private readonly markets: readonly ReturnType<typeof simulateTicks>[];

  private constructor(url: URL, connection: HttpConnection, symbols: number) {
    this.url = url;
    this.connection = connection;
    const fromMs = Date.parse("2025-01-01T00:00:00Z");
    this.markets = Array.from({ length: symbols }, (_, i) =>
      simulateTicks({ seed: i + 1, symbol: symbolName(i), fromMs, toMs: Infinity }),
    );
  }

  static async open(url: URL, symbols: number): Promise<FanoutFeed> {
    return new FanoutFeed(url, await HttpConnection.open(url), symbols);
  }

  /** The first seconds of every market, symbol by symbol. */
  async warm(seconds: number): Promise<void> {
    for (const market of this.markets) {
      const first = market.next().value!;
      const ticks = [first];
      for (let tick = first; tick.tsMs < first.tsMs + seconds * 1000;) ticks.push((tick = market.next().value!));
      for (let at = 0; at < ticks.length; at += 1000) await this.send(ticks.slice(at, at + 1000).map(tickJson));
    }
  }

  /** The next tick of a symbol. */
  async one(index: number): Promise<void> {
    await this.send([tickJson(this.markets[index]!.next().value!)]);
  }

  close(): void {
    this.connection.close();
  }

  private async send(ticks: readonly object[]): Promise<void> {
    await answered(this.connection, rawRequest("POST", this.url, "/ingest", JSON.stringify(ticks)));
  }
}

/** @throws Error for an answer that is not 200. */
export async function answered(connection: HttpConnection, request: Buffer): Promise<void> {
  const { status, body } = await connection.send(request);
  if (status !== 200) throw new Error(`got ${status} ${body.slice(0, 300)}`);
}

export function symbolName(index: number): string {
  return `SIM${index}-USD`;
}
