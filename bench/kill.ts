// `npm run bench -- kill`: what is lost under kill -9.
import { join } from "node:path";
import { EXIT } from "../command-line/exit-code.ts";
import { option } from "../command-line/option.ts";
import { text, wholeNumber } from "../command-line/value-types.ts";
import { parseCommandLine } from "../command-line/parse-command-line.ts";
import type { Program } from "../command-line/program.ts";
import { temporaryFolder } from "../command-line/at-exit.ts";
import { benchCommand } from "./bench-command.ts";
import { BareWorkerd, bundleWorker } from "./bare-workerd.ts";
import { runKills } from "./kill-run.ts";
import { distinctBatches, lives } from "./kill-market.ts";

const SYMBOL = "BTC-USD";

const KILL = benchCommand(
  "kill",
  "Feeds bare workerd under kill -9, and compares with a process that was never killed.",
  {
    kills: option(wholeNumber(1, 1_000_000), "how often it is killed", { default: "100" }),
    grids: option(text("LIST"), "further grids, as GRIDS takes them, whose traces are compared too", {
      otherwise: "none",
    }),
    seed: option(wholeNumber(0), "seed of the ticks and of the times of the kills", { default: "1" }),
  },
  {
    notes:
      "Exit code: 0 nothing was lost, 1 something was lost, applied twice or scored differently, 2 a mistake in the command.",
  },
);

export const program: Program = {
  command: KILL,
  run: async (args) => {
    const { kills, grids, seed } = parseCommandLine(KILL, args).values;
    const dir = temporaryFolder("volgate-kill-");
    const bundle = join(dir, "bundle");
    await bundleWorker(bundle);
    const variables = {
      ENVIRONMENT: "development",
      MAX_SYMBOLS: "1000",
      ...(grids === undefined ? {} : { GRIDS: grids }),
    };
    const victim = await BareWorkerd.prepare(bundle, join(dir, "victim"), variables);
    const control = await BareWorkerd.prepare(bundle, join(dir, "control"), variables);
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
      if (lost > 0 || appliedTwice > 0 || !same) return EXIT.failed;
    } finally {
      await victim.kill();
      await control.kill();
    }
    return EXIT.done;
  },
};
