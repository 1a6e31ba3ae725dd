// The command line of `serve`.
import { isIP } from "node:net";
import { resolve } from "node:path";
import type { Command } from "../command-line/command.ts";
import { flag, option, repeated } from "../command-line/option.ts";
import { parseCommandLine } from "../command-line/parse-command-line.ts";
import { UserError } from "../command-line/user-error.ts";
import { text, valueType, wholeNumber } from "../command-line/value-types.ts";
import { gatewayVariables } from "./gateway-variables.ts";

const ASSIGNMENT = valueType("NAME=VALUE", "NAME=VALUE", (value) => {
  const match = /^([A-Z][A-Z0-9_]*)=(.*)$/s.exec(value);
  return match === null ? undefined : ([match[1]!, match[2]!] as const);
});

export const SERVE = {
  name: "serve",
  call: "npm run volgate -- serve",
  about: `
Serves the gateway on this machine for good, without Cloudflare: the same bundle on workerd, its objects and its bucket
in a folder, its cron triggers rung on time. workerd is started again when it dies.`,
  options: {
    state: option(text("DIR"), "folder of everything that the gateway keeps", { required: true }),
    port: option(wholeNumber(1, 65_535), "port of the gateway", { default: "8787" }),
    host: option(text("ADDRESS"), "address to listen on", { default: "127.0.0.1" }),
    "env-file": repeated(text("FILE"), "lines NAME=VALUE with tokens and variables; may be given more than once"),
    var: repeated(ASSIGNMENT, "a variable of the Worker; may be given more than once"),
    bundle: option(text("DIR"), "a bundle that `wrangler deploy --dry-run --outdir DIR` has made", {
      otherwise: "made at each start",
    }),
    open: flag("listen on other addresses than loopback without INGEST_TOKEN and ADMIN_TOKEN"),
    "reach-private": flag("let webhooks and venues be at private addresses"),
  },
  notes: `
Variables come from wrangler.toml, then the environment (all but ENVIRONMENT), then --env-file, then --var; the later
one counts. Without tokens reading is open, and writing and administration answer 503: for a trial on this machine
--var ENVIRONMENT=development opens them.
There is no TLS: put a reverse proxy before it, or keep it on loopback.
Exit code: 0 stopped by a signal, 1 the gateway does not start, 2 a mistake in the command.`,
} satisfies Command;

export interface ServeOptions {
  readonly state: string;
  readonly port: number;
  readonly host: string;
  readonly variables: Readonly<Record<string, string>>;
  /** `undefined`: one is made. */
  readonly bundle: string | undefined;
  readonly reachesPrivate: boolean;
}

/** @throws UserError */
export function parseServeOptions(args: readonly string[], env: NodeJS.ProcessEnv): ServeOptions {
  const { values } = parseCommandLine(SERVE, args, env);
  const { state, port, host, bundle, open, "reach-private": reachesPrivate } = values;
  const variables = gatewayVariables({ env, files: values["env-file"], given: values.var });
  const missing = ["INGEST_TOKEN", "ADMIN_TOKEN"].filter((name) => variables[name] === undefined);
  if (!isLoopback(host) && missing.length > 0 && !open) {
    throw new UserError(
      `--host ${host}: others can reach the gateway there, and ${missing.join(" and ")} ` +
        `${missing.length === 1 ? "is" : "are"} not set: set them in --env-file, or give --open`,
    );
  }
  return {
    state: resolve(state),
    ...{ port, host, variables, reachesPrivate },
    bundle: bundle === undefined ? undefined : resolve(bundle),
  };
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}
