// What the runbook's commands need to be run as they stand: a shell, a stand-in for an account of Cloudflare, a gateway.
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findFreePort } from "../../local-gateway/free-port.ts";
import { GatewayProcess } from "../../local-gateway/gateway-process.ts";
import { ROOT, wranglerDevCommand, wranglerDevEnvironment } from "../../local-gateway/wrangler-dev.ts";
import { ChildProgram } from "../processes/child-program.ts";

/** `npx` in front of the real one: keeps calls of wrangler and secrets in a folder, and sends nothing anywhere. */
const STAND_IN = `#!/bin/sh
[ "$1" = wrangler ] || exec "$REAL_NPX" "$@"
shift
printf '%s\\n' "$*" >> "$ACCOUNT/calls"
case "$1 $2" in
  "secret put") cat > "$ACCOUNT/secrets/$3" ;;
  "secret delete") rm "$ACCOUNT/secrets/$3" ;;
esac
`;

/** A shell in which `npx wrangler` speaks to a folder instead of Cloudflare. */
export class RunbookShell {
  private readonly folder: string;
  private readonly account: string;

  /** @param folder for the shell's files; it is its working directory's neighbour, not the directory. */
  constructor(folder: string) {
    this.folder = folder;
    this.account = join(folder, "account");
    mkdirSync(join(this.account, "secrets"), { recursive: true });
    mkdirSync(join(folder, "bin"), { recursive: true });
    writeFileSync(join(folder, "bin", "npx"), STAND_IN);
    chmodSync(join(folder, "bin", "npx"), 0o755);
  }

  /** Runs a block in the repository as it stands; it ends at its first failure. Throws with what it wrote. */
  async run(block: string, env: Readonly<Record<string, string>>): Promise<string> {
    const path = `${join(this.folder, "bin")}:${process.env["PATH"] ?? ""}`;
    const child = new ChildProgram("sh", ["-eu", "-c", block], {
      cwd: ROOT,
      env: { ...env, PATH: path, ACCOUNT: this.account },
    });
    const { status, stdout, stderr } = await child.ended;
    if (status !== 0) throw new Error(`ended with ${status}:\n${block}\n${stdout}\n${stderr}`);
    return stdout;
  }

  /** What `npx wrangler` was called with, in order. */
  calls(): string[] {
    const path = join(this.account, "calls");
    return existsSync(path) ? readFileSync(path, "utf8").trim().split("\n") : [];
  }

  /** The secrets that are set. */
  secrets(): Record<string, string> {
    const folder = join(this.account, "secrets");
    return Object.fromEntries(
      readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8").trim()]),
    );
  }
}

/** Starts `wrangler dev` on a folder of state, and waits until it answers. */
export async function startGateway(
  state: string,
  variables: Readonly<Record<string, string>>,
): Promise<{ readonly url: string; readonly process: GatewayProcess }> {
  const port = (await findFreePort(21_787, 100))!;
  const lines: string[] = [];
  const given = Object.entries(variables).flatMap(([name, value]) => ["--var", `${name}:${value}`]);
  const child = new GatewayProcess({
    command: [...wranglerDevCommand(state), "--port", String(port), ...given],
    cwd: ROOT,
    env: wranglerDevEnvironment(),
    onLine: (line) => lines.push(line),
  });
  const url = `http://127.0.0.1:${port}`;
  try {
    await child.answering(`${url}/health/live`, 120_000, new AbortController().signal);
  } catch (error) {
    await child.stop();
    throw new Error(`${String(error)}\n${lines.join("\n")}`);
  }
  return { url, process: child };
}
