// `npm run bench -- all`: the quick benchmarks of speed, one after the other, each in a process of its own.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { atExit } from "../command-line/at-exit.ts";
import { EXIT } from "../command-line/exit-code.ts";
import { parseCommandLine } from "../command-line/parse-command-line.ts";
import type { Program } from "../command-line/program.ts";
import { benchCommand } from "./bench-command.ts";
import { quickBenches } from "./catalogue.ts";

const ALL = benchCommand(
  "all",
  "Runs the quick benchmarks of speed, one after the other, and says first how long that takes.",
  {},
  { notes: "Exit code: 0 done, 1 one of them failed, 2 a mistake in the command." },
);

const VOLGATE = join(import.meta.dirname, "..", "volgate.ts");

export const program: Program = {
  command: ALL,
  run: async (args) => {
    parseCommandLine(ALL, args);
    const benches = quickBenches();
    const minutes = benches.reduce((sum, { seconds }) => sum + seconds, 0) / 60;
    const names = benches.map(({ name }) => name).join(", ");
    console.log(`${names}: some ${Math.ceil(minutes)} minutes on two cores at rest`);
    const failed: string[] = [];
    for (const { name, args: options } of benches) {
      console.log(`\n## ${["bench", name, ...options].join(" ")}`);
      if ((await run(name, options)) !== EXIT.done) failed.push(name);
    }
    if (failed.length === 0) return EXIT.done;
    console.error(`failed: ${failed.join(", ")}`);
    return EXIT.failed;
  },
};

async function run(name: string, options: readonly string[]): Promise<number | null> {
  const child = spawn(process.execPath, [VOLGATE, "bench", name, ...options], { stdio: "inherit" });
  const forget = atExit(() => void child.kill("SIGTERM"));
  const code = await new Promise<number | null>((done, failed) => child.once("exit", done).once("error", failed));
  forget();
  return code;
}
