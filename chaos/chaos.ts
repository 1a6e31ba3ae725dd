// `npm run chaos`: injects one fault after the other into a gateway under load, and accounts for every tick.
import { writeFileSync } from "node:fs";
import type { Command } from "../command-line/command.ts";
import { EXIT } from "../command-line/exit-code.ts";
import { option } from "../command-line/option.ts";
import { parseCommandLine } from "../command-line/parse-command-line.ts";
import type { Program } from "../command-line/program.ts";
import { listOf, oneOf, positiveUpTo, text, valueType, wholeNumber } from "../command-line/value-types.ts";
import { temporaryFolder } from "../command-line/at-exit.ts";
import { runChaos } from "./chaos-run.ts";
import { chaosTable } from "./chaos-table.ts";
import { FAULTS } from "./faults.ts";
import type { TrialResult } from "./trial.ts";

const NAMES = FAULTS.map(({ name }) => name);

const TRIAL = valueType("SEED:NUMBER", "the seed and the number of a trial, like 1:7", (value) => {
  const [, seed, number] = /^(\d{1,9}):(\d{1,9})$/.exec(value) ?? [];
  return seed === undefined ? undefined : { seed: Number(seed), number: Number(number) };
});

const CHAOS = {
  name: "chaos",
  call: "npm run chaos --",
  about: `
Starts gateways on this machine, feeds each over HTTP and over a socket, injects one fault, and compares it with a
gateway that was never disturbed: counts, every step, label and score, the live quality, the archive.`,
  options: {
    faults: option(listOf(oneOf(NAMES)), "only these faults", { otherwise: "all" }),
    minutes: option(positiveUpTo(1_000, "N"), "no trial begins after so long, but each fault has one", {
      default: "10",
    }),
    seed: option(wholeNumber(0, 1_000_000), "seed of the ticks, the order and the moments", { default: "1" }),
    again: option(TRIAL, "only this trial of a run; give the same --faults", { excludes: ["seed", "minutes"] }),
    out: option(text("FILE"), "also write every trial as JSON"),
  },
  notes: `
Faults:
${FAULTS.map(({ name, about }) => `  ${name.padEnd(18)} ${about}`).join("\n")}
Exit code: 0 nothing was lost, doubled, different or untold; 1 something was; 2 a mistake in the command.`,
} satisfies Command;

export const program: Program = {
  command: CHAOS,
  run: async (args) => {
    const { faults: names = NAMES, minutes, seed: given, again, out } = parseCommandLine(CHAOS, args).values;
    const seed = again?.seed ?? given;
    console.log(`seed ${seed}`);
    const results = await runChaos({
      ...{ seed, minutes, only: again?.number },
      faults: FAULTS.filter(({ name }) => names.includes(name)),
      folder: temporaryFolder("vg-chaos-"),
      onTrial: (result) => console.error(trialLine(result)),
    });
    for (const line of chaosTable(results)) console.log(line);
    if (out !== undefined) writeFileSync(out, `${JSON.stringify({ seed, faults: names, trials: results }, null, 2)}\n`);
    const broken = results.filter(isBroken);
    for (const { number, violations } of broken) {
      console.log(
        `again: npm run chaos -- --again ${seed}:${number}${names === NAMES ? "" : ` --faults ${names.join(",")}`}`,
      );
      for (const line of violations) console.log(`  ${line}`);
    }
    return broken.length === 0 ? EXIT.done : EXIT.failed;
  },
};

/** Whether the gateway failed the trial. */
export function isBroken({ lost, doubled, violations }: TrialResult): boolean {
  return lost > 0 || doubled > 0 || violations.length > 0;
}

function trialLine(result: TrialResult): string {
  const { seed, number, fault, skipped, injuries, ticksAcknowledged, batchesResent, seconds } = result;
  if (skipped !== undefined) return `${seed}:${number} ${fault}: left out, ${skipped}`;
  const verdict = isBroken(result) ? "BROKEN" : "holds";
  const facts = `${injuries} injuries, ${ticksAcknowledged} ticks acknowledged, ${batchesResent} batches sent again`;
  return `${seed}:${number} ${fault}: ${verdict}; ${facts}; ${seconds.toFixed(1)} s`;
}
