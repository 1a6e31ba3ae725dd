// The Worker's own bundle on a bare workerd: no proxy and no request log between the load and the code, and state on a
// disk folder of the caller's. For benchmarks and for the kill test; `npm start` uses wrangler dev.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { atExit } from "../command-line/at-exit.ts";
import { freePort } from "../local-gateway/free-port.ts";
import { type GatewayFacts, readGatewayFacts } from "../local-gateway/gateway-facts.ts";
import { workerdBinary } from "../local-gateway/workerd-binary.ts";
import { workerdConfigText } from "../local-gateway/workerd-config.ts";

export { bundleWorker } from "../local-gateway/bundle-worker.ts";

const root = resolve(import.meta.dirname, "..");
/** Everybody may write. */
const OPEN_VARIABLES = { ENVIRONMENT: "development", MAX_SYMBOLS: "1000" };

interface BareWorkerdOptions {
  readonly bundleDir: string;
  readonly stateDir: string;
  readonly facts?: GatewayFacts;
  readonly variables?: Readonly<Record<string, string>>;
  readonly keepsObjects?: boolean;
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
    variables: Readonly<Record<string, string>> = OPEN_VARIABLES,
    keepsObjects = false,
  ): Promise<BareWorkerd> {
    return await BareWorkerd.of({ bundleDir, stateDir, variables, keepsObjects });
  }

  /** As `prepare`; `facts` are those of this checkout unless another one's bundle is served. */
  static async of({
    bundleDir,
    stateDir,
    facts = readGatewayFacts(root),
    variables = OPEN_VARIABLES,
    keepsObjects = false,
  }: BareWorkerdOptions): Promise<BareWorkerd> {
    mkdirSync(stateDir, { recursive: true });
    const port = await freePort();
    const configPath = join(bundleDir, `workerd-${port}.capnp`);
    const [address, objectsDir] = [`127.0.0.1:${port}`, resolve(stateDir)];
    writeFileSync(configPath, workerdConfigText({ facts, bundleDir, address, objectsDir, variables, keepsObjects }));
    return new BareWorkerd(`http://127.0.0.1:${port}`, configPath, stateDir);
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Starts the process and waits until it answers. Throws with what it printed when it does not within 30 s. */
  async start(): Promise<void> {
    if (!existsSync(this.stateDir)) throw new Error(`stateDir: ${this.stateDir} is gone`);
    this.errors = "";
    const child = spawn(workerdBinary(root), ["serve", this.configPath], { stdio: ["ignore", "ignore", "pipe"] });
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
