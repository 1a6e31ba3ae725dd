// The Worker's own bundle on a bare workerd: no proxy and no request log between the load and the code, and state on a
// disk folder of the caller's. For benchmarks and for the kill test; `npm start` uses wrangler dev.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { basename, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { atExit } from "../command-line/at-exit.ts";

const root = resolve(import.meta.dirname, "..");
const CLASSES = {
  SYMBOLS: "SymbolObject",
  REGISTRY: "RegistryObject",
  DIRECTORY: "DirectoryObject",
  ALERTS: "AlertsObject",
  HEALTH: "HealthObject",
  FEEDS: "FeedObject",
  METRICS: "MetricsObject",
} as const;

/**
 * Bundles the Worker into `outDir` as `wrangler deploy` would, without deploying.
 * @param checkout folder of the gateway's code; its packages must be installed.
 */
export async function bundleWorker(outDir: string, checkout: string = root): Promise<void> {
  const wrangler = join(checkout, "node_modules", "wrangler", "bin", "wrangler.js");
  // A process group of its own, so that its children are killed with it.
  const child = spawn(process.execPath, [wrangler, "deploy", "--dry-run", "--outdir", outDir], {
    cwd: checkout,
    env: { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_LOG: "error" },
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const forget = atExit(() => killGroup(child));
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += String(chunk)));
  const code = await new Promise<number | null>((done, failed) => child.once("close", done).once("error", failed));
  forget();
  if (code !== 0) throw new Error(`wrangler deploy --dry-run: exited with code ${code}:\n${output.slice(-5_000)}`);
}

function killGroup({ pid, exitCode }: ChildProcess): void {
  if (pid !== undefined && exitCode === null) process.kill(-pid, "SIGKILL");
}

/** A workerd process that serves a bundle on loopback; it is killed when this process exits or gets a signal. */
export class BareWorkerd {
  readonly url: string;
  private readonly configPath: string;
  private readonly stateDir: string;
  private child: ChildProcess | undefined;
  private errors = "";

  private constructor(url: string, configPath: string, stateDir: string) {
    this.url = url;
    this.configPath = configPath;
    this.stateDir = stateDir;
  }

  /**
   * Prepares a server for a bundle; `start` runs it.
   * @param stateDir folder for the objects' databases; existing ones are used again.
   * @param variables plain text bindings.
   * @param keepsObjects whether idle objects stay in memory; else they are dropped after 10 s.
   */
  static async prepare(
    bundleDir: string,
    stateDir: string,
    variables: Readonly<Record<string, string>> = { ENVIRONMENT: "development", MAX_SYMBOLS: "1000" },
    keepsObjects = false,
  ): Promise<BareWorkerd> {
    mkdirSync(stateDir, { recursive: true });
    const port = await freePort();
    const configPath = join(bundleDir, `workerd-${port}.capnp`);
    writeFileSync(configPath, configText(bundleDir, resolve(stateDir), port, variables, keepsObjects));
    return new BareWorkerd(`http://127.0.0.1:${port}`, configPath, stateDir);
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Starts the process and waits until it answers. Throws with what it printed when it does not within 30 s. */
  async start(): Promise<void> {
    if (!existsSync(this.stateDir)) throw new Error(`stateDir: ${this.stateDir} is gone`);
    this.errors = "";
    const child = spawn(workerdBinary(), ["serve", this.configPath], { stdio: ["ignore", "ignore", "pipe"] });
    this.child = child;
    child.once(
      "exit",
      atExit(() => void child.kill("SIGKILL")),
    );
    child.stderr.on("data", (chunk: Buffer) => (this.errors = (this.errors + chunk.toString()).slice(-20_000)));
    for (let attempt = 0; attempt < 600; attempt++) {
      if (child.exitCode !== null) break;
      try {
        await (await fetch(`${this.url}/symbols`)).arrayBuffer();
        return;
      } catch {
        await sleep(50);
      }
    }
    throw new Error(`workerd did not start:\n${this.errors}`);
  }

  /** Ends the process at once, as a crash would, and waits until it is gone. */
  async kill(signal: "SIGKILL" | "SIGTERM" = "SIGKILL"): Promise<void> {
    const { child } = this;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((done) => child.once("exit", done));
    child.kill(signal);
    await gone;
  }

  /** What the process printed as errors, the last 20 kB. */
  get errorOutput(): string {
    return this.errors;
  }
}

/** A port of loopback that is free at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

function workerdBinary(): string {
  const found = ["@cloudflare/workerd-linux-64", "@cloudflare/workerd-darwin-arm64", "@cloudflare/workerd-darwin-64"]
    .concat("@cloudflare/workerd-linux-arm64")
    .map((name) => join(root, "node_modules", name, "bin", "workerd"))
    .find((path) => existsSync(path));
  if (found === undefined) throw new Error("no workerd binary under node_modules/@cloudflare; run npm ci");
  return found;
}

function configText(
  bundleDir: string,
  stateDir: string,
  port: number,
  variables: Readonly<Record<string, string>>,
  keepsObjects: boolean,
): string {
  const quote = (text: string): string => JSON.stringify(text);
  const modules = readdirSync(bundleDir)
    .filter((name) => /\.(js|wasm|onnx)$/.test(name))
    .sort((a, b) => Number(b === "worker.js") - Number(a === "worker.js"))
    .map((name) => {
      const kind = name.endsWith(".js") ? "esModule" : name.endsWith(".wasm") ? "wasm" : "data";
      return `(name = ${quote(kind === "esModule" ? name : `./${name}`)}, ${kind} = embed ${quote(basename(name))})`;
    });
  const objects = Object.values(CLASSES).map(
    (name) =>
      `(className = ${quote(name)}, uniqueKey = ${quote(name)}, enableSql = true, preventEviction = ${keepsObjects})`,
  );
  const bindings = Object.entries(CLASSES)
    .map(([binding, name]) => `(name = ${quote(binding)}, durableObjectNamespace = ${quote(name)})`)
    .concat(Object.entries(variables).map(([name, value]) => `(name = ${quote(name)}, text = ${quote(value)})`));
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "disk", disk = (path = ${quote(stateDir)}, writable = true)),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [${modules.join(",\n    ")}],
  compatibilityDate = ${quote(compatibilityDate())},
  compatibilityFlags = ["nodejs_als"],
  bindings = [${bindings.join(",\n    ")}],
  durableObjectNamespaces = [${objects.join(",\n    ")}],
  durableObjectStorage = (localDisk = "disk"),
);
`;
}

function compatibilityDate(): string {
  const match = /^compatibility_date = "([\d-]+)"$/m.exec(readFileSync(join(root, "wrangler.toml"), "utf8"));
  if (match === null) throw new Error("wrangler.toml has no compatibility_date");
  return match[1]!;
}
