// A real gateway, `wrangler dev` on the loopback, fed with a simulated market that is live: two symbols with a past
// long enough to predict, and one that warms up.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { GatewayClient } from "../../gateway-client/gateway-client.ts";
import { findFreePort } from "../../local-gateway/free-port.ts";
import { GatewayProcess } from "../../local-gateway/gateway-process.ts";
import { ROOT, wranglerDevCommand, wranglerDevEnvironment } from "../../local-gateway/wrangler-dev.ts";
import { MarketSimulator } from "../../simulator/simulator.ts";
import type { Tick } from "../../src/features/tick.ts";

/** A prediction needs some 960 s of ticks. */
const PAST_S = 1_200;
const PAST_OF: Readonly<Record<string, number>> = { "BTC-USD": PAST_S, "ETH-USD": PAST_S, "SOL-USD": 240 };
const BATCH_TICKS = 2_000;
const LIVE_MS = 500;

export class FedGateway {
  readonly #folder = mkdtempSync(join(tmpdir(), "volgate-dashboard-"));
  readonly #simulators: MarketSimulator[] = [];
  #pending: (Tick | undefined)[] = [];
  #process: GatewayProcess | undefined;
  #client: GatewayClient | undefined;
  #isFed = false;
  #fed = Promise.resolve();
  #port = 0;

  get origin(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Starts it on an empty folder and sends the past of each symbol, then what comes, twice a second. */
  async start(): Promise<void> {
    this.#port = (await findFreePort(19_900, 90)) ?? 0;
    this.#client = new GatewayClient({ baseUrl: this.origin, onRetry: () => undefined });
    await this.#run();
    const nowMs = Date.now();
    for (const [symbol, pastS] of Object.entries(PAST_OF)) {
      this.#simulators.push(new MarketSimulator({ seed: 7, symbol, fromMs: nowMs - pastS * 1_000 }));
    }
    this.#pending = this.#simulators.map(() => undefined);
    await this.#sendUntilNow();
    this.#goOn();
  }

  /** Ends the gateway and keeps its state, as a machine does that is restarted. The market goes on. */
  async stopGateway(): Promise<void> {
    this.#isFed = false;
    await this.#fed;
    await this.#process?.stop();
  }

  /** The same gateway again, on the same port. */
  async startAgain(): Promise<void> {
    await this.#run();
    this.#goOn();
  }

  async end(): Promise<void> {
    await this.stopGateway();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #run(): Promise<void> {
    this.#process = new GatewayProcess({
      command: [...wranglerDevCommand(this.#folder), "--port", String(this.#port)],
      cwd: ROOT,
      env: wranglerDevEnvironment(),
      onLine: () => undefined,
    });
    await this.#process.answering(`${this.origin}/health`, 120_000, new AbortController().signal);
  }

  #goOn(): void {
    this.#isFed = true;
    this.#fed = this.#feed();
  }

  async #feed(): Promise<void> {
    while (this.#isFed) {
      await sleep(LIVE_MS);
      // A gateway that does not answer has missed the ticks; the next ones are sent all the same.
      await this.#sendUntilNow().catch(() => undefined);
    }
  }

  async #sendUntilNow(): Promise<void> {
    const nowMs = Date.now();
    let batch: Tick[] = [];
    for (const [i, simulator] of this.#simulators.entries()) {
      for (;;) {
        const tick = this.#pending[i] ?? simulator.next();
        if (tick.tsMs > nowMs) {
          this.#pending[i] = tick;
          break;
        }
        this.#pending[i] = undefined;
        batch.push(tick);
        if (batch.length < BATCH_TICKS) continue;
        await this.#client?.send(batch);
        batch = [];
      }
    }
    if (batch.length > 0) await this.#client?.send(batch);
  }
}
