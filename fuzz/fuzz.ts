// `npm run fuzz`: mutated inputs for everything that reads what comes from outside.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { collectGarbage } from "../bench/collect-garbage.ts";
import type { Command } from "../command-line/command.ts";
import { EXIT } from "../command-line/exit-code.ts";
import { option } from "../command-line/option.ts";
import { parseCommandLine } from "../command-line/parse-command-line.ts";
import type { Program } from "../command-line/program.ts";
import { UserError } from "../command-line/user-error.ts";
import { text, wholeNumber } from "../command-line/value-types.ts";
import { TARGETS } from "./all-targets.ts";
import type { FuzzTarget } from "./fuzz-target.ts";
import { HEADING, rowOf, totalOf } from "./report-table.ts";
import { inputsOfEach } from "./inputs-of-each.ts";
import { type Finding, runTarget, type TargetReport } from "./run-target.ts";

const OPTIONS = {
  inputs: option(wholeNumber(1), "inputs of all targets together", { default: "1000000" }),
  seed: option(wholeNumber(0), "seed of all inputs", { default: "1" }),
  target: option(text("NAME"), "only the targets whose name begins so, e.g. messages/kraken", { otherwise: "all" }),
  "only-input": option(wholeNumber(0), "runs one input again, by its number", { needs: ["target"] }),
  seconds: option(wholeNumber(1), "begins no further input after this time", { otherwise: "no end" }),
  out: option(text("FOLDER"), "where the inputs of findings are written", { default: "dist/fuzz" }),
};

const FUZZ: Command<typeof OPTIONS> = {
  name: "fuzz",
  call: "npm run fuzz --",
  about: `Mutated inputs for every parser, route, socket frame, file, stored state and artifact: none may throw what its
reader does not declare, be accepted as nonsense, be answered with 5xx, or take long.`,
  options: OPTIONS,
  notes: `docs/fuzzing.md has the targets.

Exit code: 0 nothing was found, 1 something was found or a bug, 2 a mistake in the command.`,
};

export const program: Program = {
  command: FUZZ,
  run: async (args) => {
    const { values } = parseCommandLine(FUZZ, args);
    const { seed, "only-input": only, seconds, out } = values;
    const targets = targetsNamed(values.target ?? "");
    const untilMs = seconds === undefined ? Infinity : performance.now() + seconds * 1000;
    const counts = inputsOfEach(targets, values.inputs);
    console.log(`seed ${seed}`);
    console.log(HEADING);
    const reports: TargetReport[] = [];
    for (const [i, target] of targets.entries()) {
      const [first, end] = only === undefined ? [0, counts[i]!] : [only, only + 1];
      const report = await runTarget(target, { seed, first, end, untilMs, collect: collectGarbage });
      reports.push(report);
      console.log(rowOf(report));
      for (const finding of report.findings) printFinding(report.name, seed, finding, out);
    }
    console.log(totalOf(reports));
    const isPolluted = Object.keys(Object.prototype).length > 0 || "polluted" in {};
    if (isPolluted) console.log("Object.prototype has a field that it must not have");
    return isPolluted || reports.some(({ findings }) => findings.length > 0) ? EXIT.failed : EXIT.done;
  },
};

/** @throws UserError where no name begins so. */
function targetsNamed(start: string): readonly FuzzTarget[] {
  const exact = TARGETS.filter(({ name }) => name === start);
  const found = exact.length > 0 ? exact : TARGETS.filter(({ name }) => name.startsWith(start));
  if (found.length > 0) return found;
  throw new UserError(
    `--target: got ${start}, expected the beginning of ${TARGETS.map(({ name }) => name).join(", ")}`,
  );
}

function printFinding(name: string, seed: number, { number, input, text: what }: Finding, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name.replaceAll("/", "-")}-${seed}-${number}`);
  writeFileSync(path, input);
  console.log(`  ${name} seed ${seed} input ${number}: ${what}`);
  console.log(`  ${path}; again: npm run fuzz -- --target ${name} --seed ${seed} --only-input ${number}`);
}
