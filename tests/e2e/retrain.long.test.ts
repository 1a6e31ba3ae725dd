// `npm run retrain` as a user runs it, against the real gateway in wrangler dev: from the archive that the gateway
// wrote to the challenger that it scores.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DemoGateway } from "../../trainer/retrain/demo-gateway.ts";
import { DemoMarket } from "../../trainer/retrain/demo-market.ts";
import { metricsOf } from "../../trainer/retrain/demo-models.ts";
import { GatewayAdmin } from "../../trainer/retrain/gateway-admin.ts";
import { Program } from "../processes/program.ts";

const HOURS = 12;
const HOUR_MS = 3_600_000;
const folder = mkdtempSync(join(tmpdir(), "volgate-retrain-e2e-"));
const nobody = { url: "http://127.0.0.1:9/alerts", secret: "a secret that nobody checks" };
let gateway: DemoGateway;
let admin: GatewayAdmin;
let market: DemoMarket;
const archivedAll = async (): Promise<boolean> => {
  return (await metricsOf(gateway.baseUrl))("volgate_archive_lag_seconds") < 1800;
};

beforeAll(async () => {
  gateway = await DemoGateway.start({ webhook: nobody, note: () => undefined, keep: false });
  admin = new GatewayAdmin(gateway.baseUrl, undefined);
  // A fixed time: the simulated stream depends on it, and at another hour the training rows may choose a baseline.
  const fromMs = Date.UTC(2026, 10, 29, 4);
  market = new DemoMarket({ baseUrl: gateway.baseUrl, symbol: "BTC-USD", seed: 3, fromMs, dynamics: [] });
  await market.feedTo(fromMs + HOURS * HOUR_MS);
  // The gateway archives behind its answers.
  for (let waited = 0; waited < 100 && !(await archivedAll()); waited++) await sleep(200);
});
afterAll(async () => {
  // Absent when it did not come up.
  await (gateway as DemoGateway | undefined)?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe("npm run retrain against wrangler dev", () => {
  const quick = ["--families", "logistic", "--folds", "1", "--min-episodes", "1", "--leak-shifts", "0"];
  const run = (...args: string[]): Program => {
    const where = ["--gateway", gateway.baseUrl, "--persist", gateway.folder, "--out", join(folder, "out")];
    return new Program(["volgate.ts", "retrain", ...where, ...quick, ...args], join(folder, "tmp"));
  };

  it("makes a model of the archived ticks the challenger, which the gateway then scores", async () => {
    const ended = await run().end();
    expect(ended.output).toMatch(/ticks pulled: \d+ recordings/);
    expect(ended.output).toMatch(/challenger [0-9a-f]{12}: shadow, promoted by the rule; scored from now on/);
    expect([ended.code, ended.processes, ended.files]).toEqual([0, [], []]);
    const { experiment } = await admin.experiment();
    expect((await admin.aliases())["challenger"]).toBe(experiment?.challenger);
    await market.feedTo(market.clockMs + HOUR_MS);
    expect((await admin.experiment()).evidence?.verdict).toBe("wait");
  });

  it("exits with 2 and one line for a gateway that is not there, before it trains", async () => {
    const { code, output } = await run("--gateway", "http://127.0.0.1:9").end();
    expect(code).toBe(2);
    expect(output).toMatch(/^retrain: GET http:\/\/127\.0\.0\.1:9\/admin\/aliases: /m);
    expect(output).not.toMatch(/ticks pulled|^ {4}at /m);
  });
});

describe("npm run retrain -- --demo", () => {
  it("leaves neither a process nor a folder behind when it is interrupted", async () => {
    const program = new Program(["volgate.ts", "retrain", "--demo"], join(folder, "demo"));
    await program.until(({ output }) => output.includes("a simulated market begins"));
    program.send("SIGINT");
    const { code, processes, files } = await program.end();
    expect([code, processes, files]).toEqual([130, [], []]);
  });
});
