// `npm run model -- backfill` as a user runs it, against real gateways in wrangler dev: one compares champion and
// challenger from the first tick on, one names the challenger later and backfills it from its archive.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AnswerOf } from "../../src/http/contract.ts";
import type { experimentReadingContract } from "../../src/http/experiment-reading-schema.ts";
import { DemoGateway } from "../../trainer/retrain/demo-gateway.ts";
import { DemoMarket } from "../../trainer/retrain/demo-market.ts";
import { metricsOf } from "../../trainer/retrain/demo-models.ts";
import { Program } from "../processes/program.ts";

const HOUR_MS = 3_600_000;
const HOURS = 10;
/** In the middle of a block. */
const NAMED_AT_MS = 5.9 * HOUR_MS;
const FROM_MS = Date.UTC(2026, 10, 29, 4);
const SYMBOLS = ["BTC-USD", "ETH-USD"] as const;
const folder = mkdtempSync(join(tmpdir(), "volgate-backfill-e2e-"));
const nobody = { url: "http://127.0.0.1:9/alerts", secret: "a secret that nobody checks" };

/** A gateway and its markets, which are the same for each. */
class Desk {
  readonly gateway: DemoGateway;
  private readonly markets: readonly DemoMarket[];

  private constructor(gateway: DemoGateway) {
    this.gateway = gateway;
    this.markets = SYMBOLS.map((symbol, seed) => {
      return new DemoMarket({ baseUrl: gateway.baseUrl, symbol, seed: seed + 3, fromMs: FROM_MS, dynamics: [] });
    });
  }

  static async start(): Promise<Desk> {
    return new Desk(await DemoGateway.start({ webhook: nobody, note: () => undefined, keep: false }));
  }

  /** Side by side, as markets run. */
  async feedTo(ms: number): Promise<void> {
    for (let to = this.markets[0]!.clockMs; to < ms;) {
      to = Math.min(ms, to + HOUR_MS / 4);
      for (const market of this.markets) await market.feedTo(to);
    }
  }

  async ask(method: string, path: string, body?: object) {
    const answer = await fetch(this.gateway.baseUrl + path, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    expect([path, answer.status]).toEqual([path, 200]);
    return await answer.json();
  }

  async challenge(): Promise<string> {
    const { aliases } = (await this.ask("GET", "/admin/aliases")) as { aliases: Readonly<Record<string, string>> };
    const sha256 = aliases["zscore"]!;
    await this.ask("PUT", "/admin/aliases/challenger", { sha256 });
    return sha256;
  }

  /** The pooled evidence with its path, after an evaluation. */
  async evidence() {
    await this.ask("POST", "/admin/experiment/evaluate", {});
    // An isolate keeps its answer for a moment.
    await sleep(2500);
    const reading = (await this.ask("GET", "/experiment")) as AnswerOf<typeof experimentReadingContract>;
    return reading.comparison!;
  }

  async archived(): Promise<void> {
    const lag = async (): Promise<number> => (await metricsOf(this.gateway.baseUrl))("volgate_archive_lag_seconds");
    for (let waited = 0; waited < 100 && !((await lag()) < 1800); waited++) await sleep(200);
  }
}

let [live, late]: Desk[] = [];
beforeAll(async () => {
  live = await Desk.start();
  late = await Desk.start();
  await live.challenge();
  await live.feedTo(FROM_MS + HOURS * HOUR_MS);
  await late.feedTo(FROM_MS + NAMED_AT_MS);
}, 400_000);
afterAll(async () => {
  for (const desk of [live, late]) await desk?.gateway.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe("npm run model -- backfill", () => {
  const run = (...args: string[]): Program => {
    const where = ["--gateway", late!.gateway.baseUrl, "--persist", late!.gateway.folder];
    return new Program(["volgate.ts", "model", "backfill", ...where, ...args], join(folder, "tmp"));
  };
  const since = ["--since", "2026-11-29T00:00:00Z"];

  it(
    "gives the challenger the evidence that it would have earned live, bit for bit",
    { timeout: 300_000 },
    async () => {
      const challenger = await late!.challenge();
      await late!.feedTo(FROM_MS + HOURS * HOUR_MS);
      await late!.archived();
      const expected = await live!.evidence();
      const before = await late!.evidence();
      expect(before.pooled.blocks).toBeLessThan(expected.pooled.blocks - 20);
      const dry = await run(challenger.slice(0, 12), ...since, "--dry-run").end();
      expect(dry.output).toContain("nothing sent: --dry-run");
      expect((await late!.evidence()).pooled).toEqual(before.pooled);

      const { code, output, processes, files } = await run(challenger.slice(0, 12), ...since).end();
      expect([code, processes, files]).toEqual([0, [], []]);
      expect(output).toMatch(/^BTC-USD +\d+ +\d+ +\d+ /m);
      expect(output).toMatch(/^pooled: e [\d.e+-]+ after \d+ blocks with \d+ episodes: wait/m);
      expect(output).toMatch(/^\d+ ticks in [\d.]+ s, \d+ ticks\/s$/m);
      expect(output).toMatch(/^sent BTC-USD, ETH-USD: with the live blocks e /m);
      const after = await late!.evidence();
      expect(after.pooled).toEqual(expected.pooled);
      expect(after.symbols.map(({ symbol }) => symbol)).toEqual([...SYMBOLS]);
      for (const { backfilled, live_from: liveFrom } of after.symbols) {
        expect(backfilled!.blocks).toBeGreaterThan(15);
        expect(Date.parse(backfilled!.to) - Date.parse(liveFrom!)).toBe(2_700_000);
      }
      await run(challenger, ...since, "--symbol", "eth-usd").end();
      expect((await late!.evidence()).pooled).toEqual(expected.pooled);
    },
  );

  it("exits with 2 and one line for another challenger, and for an archive without the symbol", async () => {
    const other = await run("0123456789ab").end();
    expect([other.code, other.processes, other.files]).toEqual([2, [], []]);
    expect(other.output).toMatch(
      /0123456789ab: the gateway runs an experiment of [0-9a-f]{64}; make it challenger first/,
    );
    const { output, code } = await run("0".repeat(12), "--gateway", "http://127.0.0.1:9").end();
    expect(code).toBe(2);
    expect(output).toMatch(/GET http:\/\/127\.0\.0\.1:9\/admin\/experiment: /);
  });

  it("leaves nothing behind when it is interrupted", async () => {
    const { experiment } = (await late!.ask("GET", "/admin/experiment")) as { experiment: { challenger: string } };
    const program = run(experiment.challenger, ...since);
    await program.until(({ output }) => output.includes("experiment "));
    program.send("SIGINT");
    const { code, processes, files } = await program.end();
    expect([code, processes, files]).toEqual([130, [], []]);
  });
});
