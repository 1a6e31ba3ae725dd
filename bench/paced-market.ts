// A simulated market whose event time goes as fast as the clock: so many ticks in each second.
import { tickJson } from "../gateway-client/tick-json.ts";
import { simulateTicks } from "../simulator/simulator.ts";
import { HttpConnection, rawRequest } from "./http-connection.ts";

const FROM_MS = Date.parse("2025-01-01T00:00:00Z");
/** A prediction needs 20 minutes of market; of it two ticks a second are enough. */
const WARM_SECONDS = 1_400;
const WARM_RATE = 2;
const WARM_BATCH = 1_000;
/** Ticks in a request at most. */
const BATCH = 20;

export class PacedMarket {
  private readonly url: URL;
  private readonly market: ReturnType<typeof simulateTicks>;
  private tsMs = FROM_MS;
  private ticks = 0;

  constructor(url: URL, symbol: string, seed: number) {
    this.url = url;
    this.market = simulateTicks({ seed, symbol, fromMs: FROM_MS, toMs: Infinity });
  }

  /** Sends the market that a prediction needs, as fast as it is taken. */
  async warm(): Promise<void> {
    const ticks = WARM_SECONDS * WARM_RATE;
    const connection = await HttpConnection.open(this.url);
    for (let sent = 0; sent < ticks; sent += WARM_BATCH) {
      await this.send(connection, Math.min(WARM_BATCH, ticks - sent), WARM_RATE);
    }
    connection.close();
  }

  /**
   * Sends at `rate` ticks a second, in batches of 20 or of a second, until the end.
   * @param delayMs before the first batch, so that symbols do not send all at once.
   * @returns how many ticks were sent.
   */
  async play(rate: number, endAt: number, delayMs: number): Promise<number> {
    const size = Math.min(BATCH, rate);
    const startedAt = performance.now() + delayMs;
    const connection = await HttpConnection.open(this.url);
    let ticks = 0;
    for (;;) {
      const dueAt = startedAt + (ticks / rate) * 1000;
      if (Math.max(dueAt, performance.now()) >= endAt) break;
      await new Promise((done) => setTimeout(done, Math.max(0, dueAt - performance.now())));
      await this.send(connection, size, rate);
      ticks += size;
    }
    connection.close();
    return ticks;
  }

  private async send(connection: HttpConnection, count: number, rate: number): Promise<void> {
    const batch = Array.from({ length: count }, () => {
      this.tsMs += 1000 / rate;
      return tickJson({ ...this.market.next().value!, tsMs: Math.floor(this.tsMs), id: this.ticks++ });
    });
    const { status, body } = await connection.send(rawRequest("POST", this.url, "/ingest", JSON.stringify(batch)));
    if (status !== 200) throw new Error(`POST /ingest: ${status} ${body.slice(0, 300)}`);
  }
}
