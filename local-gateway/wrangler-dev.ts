// Command line and environment of `wrangler dev`: on loopback, quiet, with the caller's folder of state.
import { join } from "node:path";

/** The repository. */
export const ROOT = join(import.meta.dirname, "..");

/** wrangler's program. */
export const WRANGLER = join(ROOT, "node_modules", "wrangler", "bin", "wrangler.js");

/** Used instead of the developer's .dev.vars, whose tokens would lock out the program that starts this gateway. */
const VARIABLES = join(import.meta.dirname, "development.vars");

/** The command line without its port. */
export function wranglerDevCommand(state: string): string[] {
  const where = ["--ip", "127.0.0.1", "--persist-to", state, "--env-file", VARIABLES];
  return [process.execPath, WRANGLER, "dev", ...where, "--log-level", "error", "--show-interactive-dev-session=false"];
}

/** Its environment: no telemetry, no prompt to download a file, and no traces on disk, a gigabyte of them a day. */
export function wranglerDevEnvironment(): NodeJS.ProcessEnv {
  const quiet = {
    WRANGLER_SEND_METRICS: "false",
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
    X_LOCAL_OBSERVABILITY: "false",
  };
  return { ...process.env, ...quiet };
}
