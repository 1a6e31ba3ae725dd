// Schemathesis makes requests from /openapi.json, good and bad ones, and holds the answers against the document.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../../local-gateway/free-port.ts";
import { GatewayProcess } from "../../local-gateway/gateway-process.ts";
import { ROOT, wranglerDevCommand, wranglerDevEnvironment } from "../../local-gateway/wrangler-dev.ts";
import { FEED_VENUES } from "../../src/markets/feed/venue-protocol.ts";
import { RestExchange } from "../exchange/rest-exchange.ts";
import { RestMarket } from "../exchange/rest-market.ts";
import { RestServer } from "../exchange/rest-server.ts";
import { missingPeers, peerPython } from "../peers/python.ts";

/** No 5xx, no undocumented status, media type or header, no answer outside its schema. */
const CHECKS = [
  "not_a_server_error",
  "status_code_conformance",
  "content_type_conformance",
  "response_headers_conformance",
  "response_schema_conformance",
];
const HOOKS = { SCHEMATHESIS_HOOKS: "schemathesis_hooks", PYTHONPATH: join(ROOT, "tests/peers") };
const SEED = 20_251_206;
const MAX_SECONDS = 120;

const missing = missingPeers(["schemathesis"]);
const folder = mkdtempSync(join(tmpdir(), "volgate-schemathesis-"));
// Requests for a venue's history must not leave this machine.
const venues = new RestServer(new RestExchange(new RestMarket(Date.now(), { trades: 400 })));
let gateway: GatewayProcess;
let url = "";

beforeAll(async () => {
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  const rest = await venues.start();
  const endpoints = JSON.stringify(Object.fromEntries(FEED_VENUES.map((venue) => [venue, { rest }])));
  gateway = new GatewayProcess({
    command: [
      ...wranglerDevCommand(join(folder, "state")),
      "--port",
      String(port),
      "--var",
      `VENUE_ENDPOINTS:${endpoints}`,
    ],
    cwd: ROOT,
    env: wranglerDevEnvironment(),
    onLine: () => undefined,
  });
  await gateway.answering(`${url}/health`, 120_000, AbortSignal.timeout(120_000));
  const ticks = Array.from({ length: 1500 }, (_, i) => ({
    symbol: "BTC-USD",
    ts: 1_764_979_200_000 + i * 1000,
    price: 89_000 + 40 * Math.sin(i / 7) + ((i * 7919) % 31),
  }));
  const { status } = await fetch(`${url}/ingest`, { method: "POST", body: JSON.stringify(ticks) });
  expect(status).toBe(200);
});

afterAll(async () => {
  await gateway.stop();
  await venues.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe("the gateway's document and its answers", () => {
  it("/docs is a page that loads from this gateway alone", async () => {
    const page = await (await fetch(`${url}/docs`)).text();
    const sources = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source]) => source!);
    expect(sources.filter((source) => source.startsWith("/"))).toHaveLength(3);
    for (const source of sources) {
      if (source.startsWith("data:")) continue;
      expect(source).toMatch(/^\//);
      expect((await fetch(url + source)).status, source).toBe(200);
    }
    expect(await (await fetch(`${url}/docs/show.js`)).text()).toContain('url: "/openapi.json"');
  });

  it.skipIf(missing !== undefined)("agree on every request that Schemathesis makes of it", async () => {
    console.log(`schemathesis: seed ${SEED}`);
    const { code, output } = await runSchemathesis();
    console.log(output.slice(-2000));
    expect(code, output.slice(-20_000)).toBe(0);
  });
});

async function runSchemathesis(): Promise<{ code: number | null; output: string }> {
  const python = peerPython(["schemathesis"]);
  if (!("path" in python)) throw new Error(python.missing);
  const limits = ["--max-time", String(MAX_SECONDS), "--max-examples", "25", "--request-timeout", "20"];
  const repeatable = ["--seed", String(SEED), "--generation-database", "none"];
  const child = spawn(
    join(dirname(python.path), "schemathesis"),
    ["run", `${url}/openapi.json`, "--checks", CHECKS.join(","), "--continue-on-failure", ...limits, ...repeatable],
    { cwd: folder, env: { ...process.env, ...HOOKS, NO_COLOR: "1" }, stdio: ["ignore", "pipe", "pipe"] },
  );
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += String(chunk)));
  const code = await new Promise<number | null>((done, failed) => child.once("close", done).once("error", failed));
  return { code, output };
}
