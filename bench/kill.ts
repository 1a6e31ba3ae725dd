// npm run bench:kill — feeds bare workerd under kill -9, 100 times by default, and compares with a process that was never
// killed. Exits with 1 when anything was lost, applied twice or scored differently.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { numberOption } from "../feeds/usage-error.ts";
import { temporaryFolder } from "./at-end.ts";
import { BareWorkerd, bundleWorker } from "./bare-workerd.ts";
import { benchProgram } from "./bench-program.ts";
import { runKills } from "./kill-run.ts";
import { distinctBatches, lives } from "./kill-market.ts";

const SYMBOL = "BTC-USD";

await benchProgram("bench:kill", async () => {
  const { values } = parseArgs({
    options: { kills: { type: "string", default: "100" }, seed: { type: "string", default: "1" } },
  });
  const kills = numberOption("kills", values.kills, 1, 1_000_000);
  const seed = numberOption("seed", values.seed, 0, Number.MAX_SAFE_INTEGER);
  const dir = temporaryFolder("volgate-kill-");
  const bundle = join(dir, "bundle");
  await bundleWorker(bundle);
  const victim = await BareWorkerd.prepare(bundle, join(dir, "victim"));
  const control = await BareWorkerd.prepare(bundle, join(dir, "control"));
  try {
    console.log(`seed ${seed}`);
    const result = await runKills(victim, control, {
      kills,
      symbol: SYMBOL,
      batches: distinctBatches(SYMBOL, seed, 20),
      lifeMs: lives(seed, 20, 400),
      onKill: (n) => n % 10 === 0 && console.error(`${n} kills`),
    });
    const { ticksSent, ticksAcknowledged, resent, resentApplied, lost, appliedTwice, tracedSteps, same } = result;
    console.log(
      `${kills} kills: ${ticksSent} ticks sent, ${ticksAcknowledged} acknowledged, ${lost} lost, ${appliedTwice} applied ` +
        `twice; ${resent} batches sent again (${resentApplied} had been applied); ${tracedSteps} later steps ` +
        `${same ? "equal" : "DIFFERENT from"} those of a process never killed`,
    );
    if (lost > 0 || appliedTwice > 0 || !same) process.exitCode = 1;
  } finally {
    await victim.kill();
    await control.kill();
  }
});
