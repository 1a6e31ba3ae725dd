// The examples for bots, each run by its bot against a gateway whose simulated markets go on: freqtrade in dry-run and
// in a backtest, a nautilus_trader node without venues, and hummingbot's side of an MQTT broker.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../../local-gateway/free-port.ts";
import { missingBots } from "../peers/python.ts";
import type { ChildProgram } from "../processes/child-program.ts";
import { BotMarkets, READ_TOKEN } from "./bot-markets.ts";
import { BOT_WITHIN_MS, endAll, EXAMPLES, freqtradeConfig, jsonLines, startBotPython } from "./bot-programs.ts";

const missing = missingBots(["freqtrade", "nautilus_trader", "amqtt", "aiomqtt", "ujson", "paho.mqtt"]);
const folder = mkdtempSync(join(tmpdir(), "volgate-bots-"));
let markets: BotMarkets;

const started: ChildProgram[] = [];

function startPython(args: readonly string[]): ChildProgram {
  const program = startBotPython(args, folder);
  started.push(program);
  return program;
}

const driver = (name: string): string => join(import.meta.dirname, name);

/** What was answered of a symbol's step through the proxy. */
function answered(symbol: string, ts: number) {
  return markets.asked.flatMap(({ predictions }) => predictions.filter((p) => p.symbol === symbol && p.ts === ts))[0]!;
}

describe.skipIf(missing !== undefined)(`bots${missing === undefined ? "" : ` (skipped: ${missing})`}`, () => {
  beforeAll(async () => {
    markets = await BotMarkets.start(folder);
  }, BOT_WITHIN_MS);

  afterEach(async () => {
    markets.failing = undefined;
    markets.delayMs = 0;
    await endAll(...started.splice(0));
  });

  afterAll(async () => {
    await markets.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("hummingbot's controllers get the forecasts that were answered, and lose them with their publisher", async () => {
    const port = await freePort();
    const broker = startPython([driver("mqtt-broker.py"), String(port)]);
    await broker.printed("listening");
    const listen = (pair: string): ChildProgram => startPython([driver("hummingbot-side.py"), String(port), pair]);
    const [bitcoin, over] = [listen("BTC-USDT"), listen("OVER-USD")] as const;
    await Promise.all([bitcoin.printed("subscribed"), over.printed("subscribed")]);
    const args = ["--gateway", markets.url, "--mqtt", `127.0.0.1:${port}`, "BTC-USDT=WILD-USD", "OVER-USD", "NOBODY"];
    const publish = (): ChildProgram => startPython([join(EXAMPLES, "hummingbot/volgate_signal.py"), ...args]);
    const messages = () => jsonLines<Received>(bitcoin);
    const forecasts = () => messages().filter(({ payload }) => payload.volgate !== null);

    const killed = publish();
    await bitcoin.until(() => forecasts().length >= 3, 100);
    // A gateway that fails for a moment takes no forecast back.
    markets.failing = { status: 503, body: '{"code":"symbol_failed"}' };
    await killed.printed("the gateway did not answer: HTTP Error 503");
    markets.failing = undefined;
    const heard = forecasts().length;
    await bitcoin.until(() => forecasts().length > heard, 100);
    expect(messages()).toEqual(forecasts());
    await endAll(killed);
    // The broker's last will.
    await bitcoin.until(() => messages().at(-1)?.payload.volgate === null, 100);
    const before = messages().length;
    const stopped = publish();
    await bitcoin.until(() => messages().length > before, 100);
    markets.isCutOff = true;
    await stopped.until(() => stopped.output.includes("the gateway did not answer: IncompleteRead"), 100);
    markets.isCutOff = false;
    const cutOff = forecasts().length;
    await bitcoin.until(() => forecasts().length > cutOff, 100);
    stopped.send("SIGTERM");
    expect((await stopped.ended).status).toBe(0);
    await bitcoin.until(() => messages().length > before + 1 && messages().at(-1)?.payload.volgate === null, 100);

    for (const { topic, payload, signal, stop_loss, controller, buy_price, buy_price_later } of forecasts()) {
      const { sigma_bps, tau_bps, probability, alert } = answered("WILD-USD", payload.id!);
      expect(payload).toMatchObject({ probabilities: [0, 1, 0], volgate: { probability, alert, sigma_bps, tau_bps } });
      expect([topic, signal, controller]).toEqual(["hbot/predictions/btc_usdt/ML_SIGNALS", 0, "pmm_volgate"]);
      expect(stop_loss).toBeCloseTo((8 * sigma_bps!) / 10_000, 12);
      const multiplier = Math.min(3, Math.max(0.5, sigma_bps! / tau_bps!));
      expect(buy_price).toBeCloseTo(100 * (1 - 0.001 * multiplier), 9);
      // Two minutes on nobody has taken it back, and its horizon is over.
      expect(buy_price_later).toBeCloseTo(100 * (1 - 0.001 * 2), 9);
    }
    for (const { payload, signal, stop_loss, buy_price } of messages().filter((one) => one.payload.volgate === null)) {
      expect(payload).toEqual({ trading_pair: "BTC-USDT", probabilities: [0, 1, 0], volgate: null });
      expect([signal, stop_loss]).toEqual([0, 0.08]);
      expect(buy_price).toBeCloseTo(99.8, 9);
    }
    // Expired all the time: the last will of the first publisher, and the second one's end.
    await over.until(() => jsonLines<Received>(over).length >= 2);
    expect(jsonLines<Received>(over).map(({ payload }) => payload.volgate)).toEqual([null, null]);
    console.log(`hummingbot's side got:\n${bitcoin.output}`);
  });

  it("nautilus_trader's strategy gets each new forecast once, in its own thread, and again in a backtest", async () => {
    const before = markets.asked.length;
    const results = join(folder, "nautilus.ndjson");
    const node = startPython([driver("nautilus-node.py"), markets.url, "8", results]);
    await node.until(() => markets.asked.length >= before + 2, 50);
    markets.delayMs = 3_000;
    const { status, stdout, stderr } = await node.ended;
    expect(status, stdout + stderr).toBe(0);
    const written = readFileSync(results, "utf8");
    console.log(`nautilus_trader got:\n${written}`);
    const lines = written
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as NautilusLine);
    const live = lines.filter((line) => line.live !== undefined);
    expect(live.length).toBeGreaterThanOrEqual(8);
    for (const { live: got, in_main, holds } of live) {
      const symbol = got!.instrument_id.replace(/USD\.SIM$/, "-USD");
      const { probability, alert, sigma_bps, tau_bps } = answered(symbol, got!.ts_event / 1e6);
      expect(got).toMatchObject({ probability, alert, sigma_bps, tau_bps, horizon_s: 60 });
      expect([in_main, holds]).toEqual([true, true]);
    }
    const steps = live.map(({ live: got }) => `${got!.instrument_id} ${got!.ts_event}`);
    expect(new Set(steps).size).toBe(steps.length);
    expect(new Set(live.map(({ live: got }) => got!.instrument_id))).toEqual(new Set(["CALMUSD.SIM", "WILDUSD.SIM"]));
    // While the gateway takes three seconds to answer, the node's event loop runs.
    expect(lines.find(({ longest_ms }) => longest_ms !== undefined)!.longest_ms).toBeLessThan(2_000);
    const asked = markets.asked.slice(before);
    expect(asked.every(({ authorization }) => authorization === `Bearer ${READ_TOKEN}`)).toBe(true);
    expect(lines.flatMap(({ backtest }) => backtest ?? [])).toEqual(live.map(({ live: got }) => got));
    expect(stdout + stderr).toContain("no live forecasts in a backtest");
  });

  it(
    "freqtrade enters what is calm, sizes it, leaves before a spike, and outlives the gateway",
    async () => {
      const before = markets.asked.length;
      const asked = () => markets.asked.slice(before);
      const bot = startPython([
        driver("freqtrade-with-strategy.py"),
        "dry-run",
        freqtradeConfig(folder, markets.url, "dry-run"),
      ]);
      const rounds = () => jsonLines<Round>(bot);
      await bot.until(() => rounds().length > 0, 200);
      markets.turnWild("CALM-USD");
      const [first] = rounds();
      const bySymbol = Object.fromEntries(asked()[0]!.predictions.map((one) => [one.symbol, one]));
      const expected = ["CALM-USD", "USUAL-USD", "WILD-USD"].filter((symbol) => bySymbol[symbol]!.alert === false);
      expect(expected).toContain("CALM-USD");
      expect(expected).not.toContain("WILD-USD");
      expect(first!.trades.map(({ pair }) => pair.replace("/", "-")).toSorted()).toEqual(expected.toSorted());
      for (const { pair, stake, stop_pct } of first!.trades) {
        const { sigma_bps, tau_bps } = bySymbol[pair.replace("/", "-")]!;
        expect(stake).toBeCloseTo(100 * Math.min(1, (0.6 * tau_bps!) / sigma_bps!), 2);
        expect(stop_pct).toBeCloseTo(-Math.max(0.003, (8 * sigma_bps!) / 10_000), 4);
      }
      expect(first!.minute_later).toEqual([]);

      const exit = () =>
        rounds()
          .at(-1)!
          .trades.find(({ pair }) => pair === "CALM/USD")?.exit_reason;
      await bot.until(() => typeof exit() === "string", 200);
      expect(exit()).toBe("volgate_spike");
      const minutes = asked().map(({ atMs }) => Math.floor(atMs / 60_000));
      expect(new Set(minutes).size, "one request a candle").toBe(minutes.length);
      for (const { symbols, authorization } of asked()) {
        expect(symbols).toEqual(["CALM-USD", "USUAL-USD", "WILD-USD", "OVER-USD", "NEW-USD", "NOBODY-USD"]);
        expect(authorization).toBe(`Bearer ${READ_TOKEN}`);
      }

      markets.failing = { status: 503, body: '{"code":"symbol_failed"}' };
      const known = asked().length;
      await bot.until(() => asked().length > known + 1, 200);
      expect(asked()[known + 1]!.atMs - asked()[known]!.atMs).toBeGreaterThanOrEqual(9_500);
      await bot.until(() => Object.keys(rounds().at(-1)!.alerts).length === 0, 200);
      markets.failing = undefined;
      await bot.until(() => Object.keys(rounds().at(-1)!.alerts).length > 0, 200);
      expect(bot.output).toMatch(/no forecasts, asking again in 10 s: 503: /);
      expect(bot.output).not.toMatch(/Traceback|Unexpected error/);
      const seen = rounds().map((round) => JSON.stringify(round));
      const changes = seen.filter((round, i) => round !== seen[i - 1]);
      console.log(`freqtrade's rounds, where they changed:\n${changes.join("\n")}`);
    },
    BOT_WITHIN_MS,
  );

  it("freqtrade's backtest enters nothing, and says why", async () => {
    const config = freqtradeConfig(folder, markets.url, "backtest");
    const backtest = startPython([driver("freqtrade-with-strategy.py"), "backtest", config]);
    expect((await backtest.ended).status, backtest.output).toBe(0);
    expect(jsonLines<{ trades: number }>(backtest)).toEqual([{ trades: 0 }]);
    expect(backtest.output).toContain("past candles have no live forecast");
  });
});

interface Received {
  readonly topic: string;
  readonly payload: { readonly id?: number; readonly volgate: object | null };
  readonly signal: number;
  readonly stop_loss: number;
  readonly controller: string;
  readonly buy_price: number;
  readonly buy_price_later: number;
}

interface NautilusForecast {
  readonly instrument_id: string;
  readonly ts_event: number;
}

interface NautilusLine {
  readonly live?: NautilusForecast;
  readonly backtest?: NautilusForecast;
  readonly in_main?: boolean;
  readonly holds?: boolean;
  readonly longest_ms?: number;
}

interface Round {
  readonly trades: readonly {
    readonly pair: string;
    readonly stake: number;
    readonly stop_pct: number;
    readonly exit_reason: string | null;
  }[];
  /** Of the pairs with a live forecast. */
  readonly alerts: Readonly<Record<string, boolean>>;
  readonly minute_later: readonly string[];
}
