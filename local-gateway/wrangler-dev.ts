// How `wrangler dev` is started from here: on loopback, quiet, with its state where the caller wants it.
import { join } from "node:path";

/** The repository. */
export const ROOT = join(import.meta.dirname, "..");

/**
 * In place of .dev.vars, which is its owner's: a token in it would close this gateway to the program that starts it.
 */
const VARIABLES = join(ROOT, ".dev.vars.example");

/** The command line without its port. */
export function wranglerDevCommand(state: string): string[] {
  const wrangler = join(ROOT, "node_modules", "wrangler", "bin", "wrangler.js");
  const where = ["--ip", "127.0.0.1", "--persist-to", state, "--env-file", VARIABLES];
  return [process.execPath, wrangler, "dev", ...where, "--log-level", "error", "--show-interactive-dev-session=false"];
}

/** The environment for it: no telemetry, and no question for a file that needs the internet. */
export function wranglerDevEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, WRANGLER_SEND_METRICS: "false", CLOUDFLARE_CF_FETCH_ENABLED: "false" };
}
