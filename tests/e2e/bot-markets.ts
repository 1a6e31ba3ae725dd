// A gateway with tokens and simulated markets that go on in real time, behind a proxy that keeps what bots ask and what
// they are told.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { BareWorkerd, bundleWorker } from "../../bench/bare-workerd.ts";
import { GatewayClient } from "../../gateway-client/gateway-client.ts";
import type { DynamicsChange } from "../../simulator/simulated-dynamics.ts";
import { MarketSimulator } from "../../simulator/simulator.ts";

const INGEST_TOKEN = "token-of-the-feed";
export const READ_TOKEN = "token-of-the-bots";
const SEED = 7;
const HISTORY_MS = 2 * 3_600_000;
const SEND_EVERY_MS = 500;
const BATCH_TICKS = 4_000;

/** As in `POST /predict`; what a symbol without a prediction has is missing. */
export interface Prediction {
  readonly symbol: string;
  readonly code?: string;
  readonly ts: number;
  readonly horizon_s: number;
  readonly probability: number | null;
  readonly alert: boolean | null;
  readonly sigma_bps: number | null;
  readonly tau_bps: number | null;
  readonly expired: boolean;
}

/** One question that came through the proxy. `predictions` is empty unless the status is 200. */
export interface Asked {
  readonly atMs: number;
  readonly authorization: string | undefined;
  readonly symbols: readonly string[];
  readonly status: number;
  readonly predictions: readonly Prediction[];
}

/** Volatility of one second that grows by the minute, for the alert to last: what has lasted is no spike. */
const growing = (fromMs: number): DynamicsChange[] =>
  [5, 8, 13, 20, 32, 50, 80].map((medianSigmaBps, minute) => ({
    fromMs: fromMs + minute * 60_000,
    dynamics: { medianSigmaBps },
  }));

/**
 * `CALM-USD` is calm for three minutes, `WILD-USD` has been ten times as volatile as usual for one: no alert, and an
 * alert. `USUAL-USD` is what comes. `OVER-USD` has had no tick for five minutes, `NEW-USD` some for ten seconds; any
 * other symbol is unknown.
 */
export class BotMarkets {
  readonly asked: Asked[] = [];
  /** Of the proxy, for bots. */
  url = "";
  /** Instead of asking the gateway, the proxy answers so. */
  failing: { readonly status: number; readonly body: string } | undefined;
  /** The proxy cuts its answers off, as a gateway that is killed does. */
  isCutOff = false;
  /** The proxy answers so much later. */
  delayMs = 0;
  private readonly gateway: BareWorkerd;
  private readonly client: GatewayClient;
  private readonly markets: MarketSimulator[];
  private readonly proxy: Server;
  private timer: NodeJS.Timeout | undefined;
  private sending = Promise.resolve();
  private failure: unknown;

  private constructor(gateway: BareWorkerd) {
    this.gateway = gateway;
    this.client = new GatewayClient({ baseUrl: gateway.url, token: INGEST_TOKEN });
    const nowMs = Date.now();
    const market = (symbol: string, fromMs = nowMs - HISTORY_MS) => ({ seed: SEED, symbol, fromMs });
    const calm = { fromMs: nowMs - 180_000, dynamics: { medianSigmaBps: 0.1, jumpsPerHour: 0 } };
    this.markets = [
      new MarketSimulator({ ...market("CALM-USD"), dynamics: [calm] }),
      new MarketSimulator({ ...market("WILD-USD"), dynamics: growing(nowMs - 60_000) }),
      new MarketSimulator(market("USUAL-USD")),
      new MarketSimulator(market("NEW-USD", nowMs - 10_000)),
    ];
    this.proxy = createServer((request, response) => {
      void text(request).then(async (body) => {
        const answer = await this.answer(body, request.headers.authorization);
        response.writeHead(answer.status, {
          "Content-Type": "application/json",
          "Content-Length": Buffer.byteLength(answer.body),
        });
        if (this.isCutOff) response.write(answer.body.slice(0, 10), () => response.destroy());
        else response.end(answer.body);
      });
    });
  }

  /** @param folder for the bundle and the gateway's state. */
  static async start(folder: string): Promise<BotMarkets> {
    await bundleWorker(join(folder, "bundle"));
    const variables = { ENVIRONMENT: "development", MAX_SYMBOLS: "1000", INGEST_TOKEN, READ_TOKEN };
    const gateway = await BareWorkerd.prepare(join(folder, "bundle"), join(folder, "state"), variables, true);
    await gateway.start();
    const markets = new BotMarkets(gateway);
    await markets.open();
    return markets;
  }

  /** The live predictions now, asked without the proxy. */
  async predict(...symbols: string[]): Promise<readonly Prediction[]> {
    const { status, body } = await this.ask(JSON.stringify({ symbols }), `Bearer ${READ_TOKEN}`);
    if (status !== 200) throw new Error(`${status}: ${body}`);
    return (JSON.parse(body) as { predictions: Prediction[] }).predictions;
  }

  /** From now on it is as `WILD-USD` was. */
  turnWild(symbol: string): void {
    const dynamics = growing(Date.now());
    const market = new MarketSimulator({ seed: SEED, symbol, fromMs: Date.now(), startPrice: 100, dynamics });
    this.markets.splice(
      this.markets.findIndex((one) => one.symbol === symbol),
      1,
      market,
    );
  }

  /** Throws what a feed has run into meanwhile. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.sending;
    await this.gateway.kill();
    this.proxy.closeAllConnections();
    await new Promise((done) => this.proxy.close(done));
    if (this.failure !== undefined) throw this.failure;
  }

  private async open(): Promise<void> {
    const untilMs = Date.now() - 300_000;
    const over = new MarketSimulator({ seed: SEED, symbol: "OVER-USD", fromMs: untilMs - HISTORY_MS });
    await this.deliver(over, untilMs);
    await this.deliverAll();
    this.timer = setInterval(() => {
      this.sending = this.sending.then(() => this.deliverAll()).catch((error: unknown) => void (this.failure = error));
    }, SEND_EVERY_MS);
    await new Promise<void>((done) => this.proxy.listen(0, "127.0.0.1", done));
    this.url = `http://127.0.0.1:${(this.proxy.address() as AddressInfo).port}`;
  }

  private async deliverAll(): Promise<void> {
    for (const market of this.markets) await this.deliver(market, Date.now());
  }

  private async deliver(market: MarketSimulator, untilMs: number): Promise<void> {
    const ticks = market.advanceTo(untilMs);
    for (let from = 0; from < ticks.length; from += BATCH_TICKS) {
      await this.client.send(ticks.slice(from, from + BATCH_TICKS));
    }
  }

  private async answer(body: string, authorization: string | undefined): Promise<{ status: number; body: string }> {
    const atMs = Date.now();
    await sleep(this.delayMs);
    const answer = this.failing ?? (await this.ask(body, authorization));
    const { symbols } = JSON.parse(body) as { symbols: string[] };
    const predictions =
      answer.status === 200 ? (JSON.parse(answer.body) as { predictions: Prediction[] }).predictions : [];
    this.asked.push({ atMs, authorization, symbols, status: answer.status, predictions });
    return answer;
  }

  private async ask(body: string, authorization = ""): Promise<{ status: number; body: string }> {
    const headers = { "Content-Type": "application/json", Authorization: authorization };
    const response = await fetch(`${this.gateway.url}/predict`, { method: "POST", headers, body });
    return { status: response.status, body: await response.text() };
  }
}
