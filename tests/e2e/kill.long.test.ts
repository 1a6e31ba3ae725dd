// The Worker's bundle on bare workerd under kill -9. `npm run bench:kill` does the same 100 times.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { BareWorkerd, bundleWorker } from "../../bench/bare-workerd.ts";
import { distinctBatches, lives } from "../../bench/kill-market.ts";
import { runKills } from "../../bench/kill-run.ts";

/** With a further grid: its traces are compared too. */
const VARIABLES = { ENVIRONMENT: "development", MAX_SYMBOLS: "1000", GRIDS: "60s,5s" };

const dir = mkdtempSync(join(tmpdir(), "volgate-kill-"));
let victim: BareWorkerd | undefined;
let control: BareWorkerd | undefined;

beforeAll(async () => {
  await bundleWorker(join(dir, "bundle"));
  victim = await BareWorkerd.prepare(join(dir, "bundle"), join(dir, "victim"), VARIABLES);
  control = await BareWorkerd.prepare(join(dir, "bundle"), join(dir, "control"), VARIABLES);
});

afterAll(async () => {
  await victim?.kill();
  await control?.kill();
  rmSync(dir, { recursive: true, force: true });
});

it("loses nothing that it acknowledged and applies nothing twice over 5 kills, and scores on as if never killed", async () => {
  const result = await runKills(victim!, control!, {
    kills: 5,
    symbol: "BTC-USD",
    batches: distinctBatches("BTC-USD", 7, 150),
    lifeMs: lives(7, 600, 1_200),
  });
  expect(result.lost).toBe(0);
  expect(result.appliedTwice).toBe(0);
  expect(result.ticksAcknowledged).toBe(result.ticksSent);
  expect(result.resent).toBe(5);
  expect(result.tracedSteps).toBeGreaterThan(100);
  expect(result.probability).not.toBeNull();
  expect(result.same).toBe(true);
});
