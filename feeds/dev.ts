// `npm run dev`: `wrangler dev` in this terminal, on a folder of state that no other gateway uses.
import { spawn } from "node:child_process";
import { join, resolve } from "node:path";
import type { Command } from "../command-line/command.ts";
import { EXIT } from "../command-line/exit-code.ts";
import { onSignal } from "../command-line/on-signal.ts";
import { option, repeated } from "../command-line/option.ts";
import { parseCommandLine } from "../command-line/parse-command-line.ts";
import type { Program } from "../command-line/program.ts";
import { text, wholeNumber } from "../command-line/value-types.ts";
import { StateInUseError, StateLock } from "../local-gateway/state-lock.ts";
import { ROOT, WRANGLER, wranglerDevEnvironment } from "../local-gateway/wrangler-dev.ts";

const DEV = {
  name: "dev",
  call: "npm run dev --",
  about: `
Runs \`wrangler dev\` in this terminal, with the variables of .dev.vars: the gateway reloads when its code changes.
It feeds no market; \`npm start\` does.`,
  options: {
    port: option(wholeNumber(1, 65_535), "port of the gateway", { default: "8787" }),
    state: option(text("DIR"), "where the gateway keeps its state", { otherwise: ".wrangler/state" }),
    var: repeated(text("NAME:VALUE"), "a variable of the Worker; may be given more than once"),
  },
  notes: `
\`npx wrangler dev\` takes all of wrangler's options, and does not see whether another gateway uses the folder.
Exit code: 0 stopped, 1 wrangler failed, 2 a mistake in the command.`,
} satisfies Command;

export const program: Program = {
  command: DEV,
  expectedErrors: [[StateInUseError, EXIT.mistake]],
  run: async (args) => {
    const { port, state, var: variables } = parseCommandLine(DEV, args).values;
    const folder = resolve(state ?? join(ROOT, ".wrangler", "state"));
    const lock = new StateLock(folder);
    try {
      lock.answersAt(`http://127.0.0.1:${port}`);
      const places = ["--ip", "127.0.0.1", "--port", String(port), "--persist-to", folder];
      const given = ["ENVIRONMENT:development", ...variables].flatMap((variable) => ["--var", variable]);
      return await runToEnd([WRANGLER, "dev", ...places, ...given]);
    } finally {
      lock.release();
    }
  },
};

async function runToEnd(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, args, { cwd: ROOT, env: wranglerDevEnvironment(), stdio: "inherit" });
  // Ctrl-C reaches wrangler by itself; a signal to this program alone is passed on.
  const stopListening = onSignal(() => void child.kill("SIGTERM"));
  try {
    return await new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code) => resolve(code === 0 || code === null ? EXIT.done : EXIT.failed));
    });
  } finally {
    stopListening();
  }
}
