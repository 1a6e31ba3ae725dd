// A real Prometheus with the rules of ops/prometheus scrapes a gateway that is fed by the simulator: its target is up,
// its rules are healthy, and every query of the Grafana dashboard and of the runbook is answered. Grafana itself is in
// none of Debian, npm and PyPI, so it is not started: that it draws what it is given is not tested.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BareWorkerd, bundleWorker } from "../../bench/bare-workerd.ts";
import { ROWS } from "../../ops/grafana/dashboard.ts";
import { DemoMarket } from "../../trainer/retrain/demo-market.ts";
import { missingPrometheus, prometheusProgram } from "../peers/prometheus.ts";
import { runSuccessfully } from "../processes/child-program.ts";
import { blocksOf, sectionsOf } from "../processes/document-sections.ts";
import { DIALECTS } from "../exchange/dialects.ts";
import { LocalExchange } from "../exchange/local-exchange.ts";
import { allowLoopback } from "../e2e/door-bundle.ts";
import { RealPrometheus } from "./real-prometheus.ts";
import { PROMETHEUS_FOLDER } from "./rule-files.ts";

const TOKEN = "metrics-token-of-16-or-more";
const HOUR_MS = 3_600_000;
const RUNBOOK = join(PROMETHEUS_FOLDER, "../../docs/operations/runbook.md");

const NO_BUCKET = "a bare workerd has no bucket";
const NO_EXPERIMENT = "there is no challenger";
const NO_MESSAGE = "no alert was ever sent";
const HEALTHY = "nothing is the matter: no sample before the first";
/** Queries that a healthy gateway without a bucket and a challenger has nothing for, by panel and legend, and why. */
const EMPTY: Readonly<Record<string, string>> = {
  "Why it is degraded: {{reason}}": HEALTHY,
  "Alerts of the gateway: {{rule}} {{symbol}}": HEALTHY,
  "Messages to webhooks: waiting {{webhook}}": NO_MESSAGE,
  "Messages to webhooks: open {{webhook}}": NO_MESSAGE,
  "Messages to webhooks: dead {{webhook}}": NO_MESSAGE,
  "Batches that failed: {{way}} {{code}}": HEALTHY,
  "Calls of objects that fail: {{object}} failed": HEALTHY,
  "Calls of objects that fail: {{object}} no answer": HEALTHY,
  "Evidence for the challenger: e value": NO_EXPERIMENT,
  "Evidence for the challenger: needed": NO_EXPERIMENT,
  "Evidence for the challenger: comparisons": NO_EXPERIMENT,
  "Blocks and episodes of the experiment: blocks": NO_EXPERIMENT,
  "Blocks and episodes of the experiment: episodes": NO_EXPERIMENT,
  "Archive behind: {{symbol}} ticks": NO_BUCKET,
  "Archive behind: {{symbol}} predictions": NO_BUCKET,
  "Archived: {{symbol}} ticks": NO_BUCKET,
  "Archived: {{symbol}} predictions": NO_BUCKET,
  "Failures and losses: {{symbol}} failures": NO_BUCKET,
  "Failures and losses: {{symbol}} lost batches": NO_BUCKET,
  "Failures and losses: {{symbol}} predictions": NO_BUCKET,
  "Steps compared with the archive: {{symbol}}": NO_BUCKET,
  "Steps that differ: {{symbol}}": NO_BUCKET,
  "Operations on the bucket: {{class}} {{operation}}": NO_BUCKET,
};
/** Answered or not, by whether an object's isolate has sent its counts yet, which it does each minute. */
const EITHER = new Set(["Requests of objects: {{object}} alarms", "Lines of the log: {{level}}"]);

const folder = mkdtempSync(join(tmpdir(), "volgate-prometheus-"));
const missing = missingPrometheus();
let gateway: BareWorkerd;
let prometheus: RealPrometheus;
let market: DemoMarket;
let exchange: LocalExchange;
let feeding = true;
let fed: Promise<void>;

/** Ticks, predictions and a few mistakes a second, until the end. */
async function feed(): Promise<void> {
  while (feeding) {
    await market.feedTo(Date.now());
    exchange.trade(["BTC/USD"]);
    await fetch(`${gateway.url}/predict?symbol=BTC-USD`).then((response) => response.text());
    await fetch(`${gateway.url}/predict?symbol=NOBODY`).then((response) => response.text());
    await fetch(`${gateway.url}/ingest`, { method: "POST", body: '[{"symbol":"BTC-USD","ts":1,"price":-1}]' });
    await sleep(250);
  }
}

function resolved(expr: string): string {
  return expr
    .replaceAll("$job", "volgate")
    .replaceAll("$symbol", ".*")
    .replaceAll("$window", "1h")
    .replaceAll("$__rate_interval", "1m");
}

describe.skipIf(missing)(missing === undefined ? "a real Prometheus" : `a real Prometheus (${missing})`, () => {
  beforeAll(async () => {
    await bundleWorker(join(folder, "bundle"));
    exchange = await LocalExchange.start(DIALECTS.kraken);
    const variables = {
      ...{ ENVIRONMENT: "development", METRICS_TOKEN: TOKEN, READ_CACHE_MS: "500" },
      // Nobody listens at port 9: symbols begin without a past.
      VENUE_ENDPOINTS: JSON.stringify({ kraken: { stream: exchange.url, rest: "http://127.0.0.1:9" } }),
    };
    gateway = await BareWorkerd.prepare(join(folder, "bundle"), join(folder, "state"), variables, true);
    allowLoopback(join(folder, "bundle"));
    await gateway.start();
    const wish = { method: "PUT", body: JSON.stringify({ symbols: ["BTC/USD"] }) };
    expect((await fetch(`${gateway.url}/admin/feeds/kraken`, wish)).status).toBe(200);
    const fromMs = Date.now() - 2.2 * HOUR_MS;
    market = new DemoMarket({ baseUrl: gateway.url, symbol: "BTC-USD", seed: 11, fromMs, dynamics: [] });
    await market.feedTo(Date.now());
    fed = feed();
    prometheus = await RealPrometheus.start(join(folder, "prometheus"), gateway.url, TOKEN);
  }, 120_000);

  afterAll(async () => {
    feeding = false;
    await Promise.allSettled([fed]);
    await (prometheus as RealPrometheus | undefined)?.stop();
    await (gateway as BareWorkerd | undefined)?.kill();
    await (exchange as LocalExchange | undefined)?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("is let in by its token, discovers the gateway's scrapes, and finds them up", async () => {
    interface Targets {
      readonly activeTargets: readonly {
        readonly health: string;
        readonly lastError: string;
        readonly labels: Readonly<Record<string, string>>;
        readonly scrapeUrl: string;
      }[];
    }
    const targets = async () => (await prometheus.ask<Targets>("targets")).activeTargets;
    await expect
      .poll(async () => (await targets()).map(({ health, lastError }) => `${health} ${lastError}`.trim()), {
        timeout: 60_000,
      })
      .toEqual(["up"]);
    const [target] = await targets();
    expect(target).toMatchObject({ labels: { job: "volgate", shard: "0" } });
    expect(target!.scrapeUrl).toContain("/metrics?shard=0%2F1");
    console.log(`target: ${target!.scrapeUrl} ${target!.health}`);
  });

  it("takes the configuration and the rules without a complaint", async () => {
    const { stdout, stderr } = await runSuccessfully(prometheusProgram("promtool"), [
      ...["check", "config", prometheus.config],
    ]);
    expect(stdout + stderr).not.toMatch(/FAILED|duplicate/);
    interface Rules {
      readonly groups: readonly { readonly rules: readonly { name: string; health: string; lastError?: string }[] }[];
    }
    const rules = async () => (await prometheus.ask<Rules>("rules")).groups.flatMap((group) => group.rules);
    await expect
      .poll(async () => (await rules()).filter(({ health }) => health !== "ok"), { timeout: 60_000 })
      .toEqual([]);
    expect((await rules()).length).toBeGreaterThan(80);
  });

  it("answers every query of the dashboard, but those that have nothing to show here", async () => {
    const queries = ROWS.flatMap(({ panels }) =>
      panels.flatMap(({ title, queries: all }) =>
        all.map(({ expr, legend }) => ({ key: `${title}: ${legend}`, title, expr })),
      ),
    );
    const empty = async (): Promise<string[]> => {
      const answers = await Promise.all(
        queries.map(async ({ key, expr }) => ((await prometheus.query(resolved(expr))).length > 0 ? undefined : key)),
      );
      return answers.filter((key): key is string => key !== undefined && !EITHER.has(key));
    };
    // Rates need two scrapes of a count that has begun.
    await expect.poll(empty, { timeout: 60_000, interval: 1_000 }).toEqual(Object.keys(EMPTY));
    const silent = new Set(Object.keys(EMPTY));
    const answered = ROWS.flatMap(({ panels }) => panels).filter(({ title, queries: all }) =>
      all.some(({ legend }) => !silent.has(`${title}: ${legend}`)),
    );
    const total = ROWS.flatMap(({ panels }) => panels).length;
    console.log(
      `panels answered: ${answered.length} of ${total}, queries: ${queries.length - silent.size} of ${queries.length}`,
    );
    for (const [key, why] of Object.entries(EMPTY)) console.log(`expected empty: ${key} (${why})`);
  });

  it("answers every query of the runbook", async () => {
    const queries = sectionsOf(readFileSync(RUNBOOK, "utf8")).flatMap(({ text }) => blocksOf(text, "promql"));
    expect(queries.length).toBeGreaterThan(30);
    for (const query of queries) await prometheus.query(query.trim());
  });

  it("finds the gateway available and fresh, wakes nobody, and then tells that it is gone", async () => {
    const value = async (expr: string): Promise<string | undefined> => (await prometheus.query(expr))[0]?.value[1];
    // A rule that builds on another one has its value a moment after it.
    const becomes = async (expr: string, wanted: string): Promise<void> =>
      await expect.poll(() => value(expr), { timeout: 60_000 }).toBe(wanted);
    await becomes("volgate:available:bool", "1");
    await becomes('volgate:slo_errors:ratio_1h{slo="availability"}', "0");
    await becomes('volgate:slo_errors:ratio_1h{slo="errors"}', "0");
    await becomes("volgate:stale_predictions:ratio", "0");
    interface Alerts {
      readonly alerts: readonly { readonly labels: Readonly<Record<string, string>>; readonly state: string }[];
    }
    const alerts = async (): Promise<string[]> =>
      (await prometheus.ask<Alerts>("alerts")).alerts
        .filter(({ labels }) => labels["severity"] === "page")
        .map(({ labels, state }) => `${labels["alertname"]} ${state}`);
    expect(await alerts()).toEqual([]);
    feeding = false;
    await Promise.allSettled([fed]);
    await gateway.kill();
    await expect.poll(alerts, { timeout: 60_000 }).toContain("VolgateGatewayDown pending");
  });
});

// Visible in every run, so that nobody takes the dashboard's look for tested.
it.skip("Grafana draws the dashboard (not run: Grafana is in none of Debian, npm and PyPI)", () => undefined);
