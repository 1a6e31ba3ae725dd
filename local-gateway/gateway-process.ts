// A gateway as a child process: it is started in its own process group, awaited until it answers, and stopped with all
// its children.
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Ends the group when this process is gone, even after a SIGKILL. */
const GUARD = join(import.meta.dirname, "guard.ts");

/** Time from SIGTERM to SIGKILL of the whole group. */
const STOP_MS = 5_000;
/** How long the rest of the group may outlive its leader. */
const LINGER_MS = 500;

export interface GatewayProcessOptions {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Called with each line of the process's output. */
  readonly onLine: (line: string) => void;
}

/** The gateway ended by itself, or never answered. */
export class GatewayProcessError extends Error {
  override name = "GatewayProcessError";
}

/**
 * One child and everything it starts: wrangler starts esbuild and two workerd, all in its group. The terminal's Ctrl-C
 * does not reach that group, so the parent decides when it stops; when the parent is gone, its guard kills the group.
 */
export class GatewayProcess {
  /** Resolves with a description when the child has ended for any reason. */
  readonly ended: Promise<string>;
  private readonly child: ChildProcess;
  private running = true;
  private readonly killAtExit = (): void => void this.signalGroup("SIGKILL");

  constructor(options: GatewayProcessOptions) {
    const { command, cwd, env } = options;
    if (command.length === 0) throw new RangeError("command: got none, expected a program");
    const child = spawn(process.execPath, [GUARD, ...command], { cwd, env, detached: true, stdio: "pipe" });
    // The guard may end before it has read.
    child.stdin.on("error", () => undefined);
    this.child = child;
    for (const stream of [child.stdout, child.stderr]) readLines(stream, options.onLine);
    this.ended = new Promise((resolve) => {
      child.once("error", (error) => resolve(`could not be started: ${error.message}`));
      child.once("exit", (code, signal) => resolve(signal === null ? `exited with code ${code}` : `died of ${signal}`));
    });
    void this.ended.then(() => (this.running = false));
    process.once("exit", this.killAtExit);
  }

  /**
   * Waits until `GET url` gets any answer.
   * @throws GatewayProcessError when the child ends first, or the time is up.
   */
  async answering(url: string, withinMs: number, signal: AbortSignal): Promise<void> {
    const deadline = performance.now() + withinMs;
    while (!signal.aborted) {
      // The time may also be up while the body comes.
      const answered = await fetch(url, { signal: AbortSignal.timeout(5_000) })
        .then(async (response) => (await response.text(), true))
        .catch(() => false);
      if (!this.running) throw new GatewayProcessError(`the gateway ${await this.ended}`);
      if (answered) return;
      if (performance.now() > deadline) {
        throw new GatewayProcessError(`the gateway did not answer ${url} within ${withinMs / 1000} s`);
      }
      await sleep(100, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Ends the whole group: SIGTERM, and SIGKILL for what is left. Safe to call twice. */
  async stop(): Promise<void> {
    this.signalGroup("SIGTERM");
    await Promise.race([this.ended, sleep(STOP_MS, undefined, { ref: false })]);
    for (let waited = 0; waited < LINGER_MS && this.groupExists(); waited += 50) await sleep(50);
    this.signalGroup("SIGKILL");
    await this.ended;
    process.removeListener("exit", this.killAtExit);
  }

  private groupExists(): boolean {
    return this.signalGroup(0);
  }

  private signalGroup(signal: NodeJS.Signals | 0): boolean {
    const { pid } = this.child;
    if (pid === undefined) return false;
    try {
      return process.kill(-pid, signal);
    } catch {
      return false;
    }
  }
}

function readLines(stream: NodeJS.ReadableStream | null, onLine: (line: string) => void): void {
  let rest = "";
  stream?.setEncoding("utf8").on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") onLine(line.trimEnd());
  });
  stream?.on("end", () => rest.trim() !== "" && onLine(rest.trimEnd()));
}
