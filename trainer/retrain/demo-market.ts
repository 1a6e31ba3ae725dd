// The demonstration's market: simulated, fed to the gateway in event time as fast as it takes it.
import { GatewayClient } from "../../gateway-client/gateway-client.ts";
import { addCounts, noCounts } from "../../gateway-client/ingest-counts.ts";
import { TickSender } from "../../gateway-client/tick-sender.ts";
import type { DynamicsChange } from "../../simulator/simulated-dynamics.ts";
import { MarketSimulator } from "../../simulator/simulator.ts";
import type { Tick } from "../../src/features/tick.ts";

/**
 * A request holds at most so much event time, and so many ticks: a block of live quality, and the gateway's limit less.
 */
const BATCH_MS = 900_000;
const BATCH_TICKS = 4_000;

export interface DemoMarketOptions {
  readonly baseUrl: string;
  readonly symbol: string;
  readonly seed: number;
  readonly fromMs: number;
  readonly dynamics: readonly DynamicsChange[];
}

export class DemoMarket {
  readonly symbol: string;
  /** Event time up to which everything was fed. */
  clockMs: number;
  ticks = 0;
  /** Wall time spent feeding. */
  fedMs = 0;
  private readonly simulator: MarketSimulator;
  private readonly sender: TickSender;
  /** What became of the ticks of the last batch. */
  private counts = noCounts();
  /** Ticks that wait for the next one: 0 or 1. */
  private held = 0;
  /** Why ticks were given up. */
  private givenUp: string | undefined;

  constructor({ baseUrl, symbol, seed, fromMs, dynamics }: DemoMarketOptions) {
    this.symbol = symbol;
    this.clockMs = fromMs;
    this.simulator = new MarketSimulator({ seed, symbol, fromMs, dynamics });
    this.sender = new TickSender(new GatewayClient({ baseUrl }), {
      onDelivered: ({ answer }) => addCounts(this.counts, answer),
      onGivenUp: (_symbol, _ticks, why) => (this.givenUp = why),
    });
  }

  /**
   * Feeds all ticks before `untilMs`, every one of them, in order.
   * @throws GatewayError when the gateway is lost, Error for a tick that it did not accept.
   */
  async feedTo(untilMs: number): Promise<void> {
    while (this.clockMs < untilMs) {
      const startedMs = performance.now();
      const toMs = Math.min(untilMs, (Math.floor(this.clockMs / BATCH_MS) + 1) * BATCH_MS);
      const ticks = this.simulator.advanceTo(toMs);
      for (let at = 0; at < ticks.length; at += BATCH_TICKS) {
        await this.deliver(ticks.slice(at, at + BATCH_TICKS));
      }
      this.ticks += ticks.length;
      this.clockMs = toMs;
      this.fedMs += performance.now() - startedMs;
    }
  }

  private async deliver(batch: readonly Tick[]): Promise<void> {
    this.counts = noCounts();
    await this.sender.send(batch);
    await this.sender.flush();
    const { accepted, duplicate, held, released } = this.counts;
    // Two equal ticks inside one step are one, and a tick after a silence waits for the next one. Anything else is a
    // fault of this program or of the gateway.
    const waited = this.held;
    this.held = held;
    if (accepted + duplicate + held + released < batch.length + waited) {
      const fed = `${batch.length + waited} ticks fed, ${accepted + released} accepted, ${duplicate} duplicate, ${held} held`;
      throw new Error(this.givenUp === undefined ? fed : `${fed}: ${this.givenUp}`);
    }
  }
}
