// Programs that tests start: each is known by its id, says what it wrote, and does not outlive its time.
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..", "..");
const PATIENCE_MS = 120_000;

export interface Finished {
  /** `null` when a signal ended it. */
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ChildOptions {
  /** Added to this process's environment. */
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Written to its standard input. */
  readonly input?: string;
  /** Makes it lead a process group of its own. */
  readonly detached?: boolean;
  /** It is killed after this long; two minutes by default. */
  readonly withinMs?: number;
}

/** One child, from its start to its end. */
export class ChildProgram {
  readonly pid: number;
  /** Resolves when it has ended and all it wrote has arrived; rejects when it cannot be started. */
  readonly ended: Promise<Finished>;
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly withinMs: number;
  private stdout = "";
  private stderr = "";

  constructor(command: string, args: readonly string[], options: ChildOptions = {}) {
    const { env, cwd = ROOT, input, detached = false, withinMs = PATIENCE_MS } = options;
    this.withinMs = withinMs;
    this.child = spawn(command, args, { cwd, detached, env: { ...process.env, ...env } });
    this.pid = this.child.pid ?? 0;
    this.child.stdout.on("data", (chunk) => (this.stdout += String(chunk)));
    this.child.stderr.on("data", (chunk) => (this.stderr += String(chunk)));
    // A child that ends before it reads its input closes the pipe; that is no fault of the test's.
    this.child.stdin.on("error", () => undefined).end(input);
    const tooLong = setTimeout(() => this.send("SIGKILL"), withinMs);
    this.ended = new Promise((resolve, reject) => {
      this.child.once("error", reject);
      this.child.once("close", (status, signal) => {
        clearTimeout(tooLong);
        resolve({ status, signal, stdout: this.stdout, stderr: this.stderr });
      });
    });
  }

  /** All that it wrote so far. */
  get output(): string {
    return this.stdout + this.stderr;
  }

  /** The whole lines that it wrote to its standard output so far. */
  get lines(): string[] {
    return this.stdout.split("\n").slice(0, -1);
  }

  get runs(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** By its id; does nothing once it has ended. */
  send(signal: NodeJS.Signals): boolean {
    return this.child.kill(signal);
  }

  /** Waits until its output holds the text; throws with the output when it ends before. */
  async printed(text: string): Promise<void> {
    await this.until(() => this.output.includes(text));
  }

  /**
   * Waits until `reached` is true; looks whenever it writes, and every `everyMs` where that is given, for what shows
   * elsewhere. Throws with the output when it ends before, as it does when its time is up.
   */
  async until(reached: () => boolean, everyMs?: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const look = (): void => {
        if (!reached()) return;
        stop();
        resolve();
      };
      const timer = everyMs === undefined ? undefined : setInterval(look, everyMs);
      const stop = (): void => {
        clearInterval(timer);
        for (const stream of [this.child.stdout, this.child.stderr]) stream.off("data", look);
        this.child.off("close", gone);
      };
      const gone = (): void => {
        stop();
        if (reached()) resolve();
        else reject(new Error(`ended within ${this.withinMs} ms without coming so far:\n${this.output}`));
      };
      for (const stream of [this.child.stdout, this.child.stderr]) stream.on("data", look);
      if (!this.runs) gone();
      else this.child.once("close", gone);
      look();
    });
  }
}

/** Runs `node ARGS` in the repository to its end. */
export async function runNode(args: readonly string[], options?: ChildOptions): Promise<Finished> {
  return await new ChildProgram(process.execPath, args, options).ended;
}

/** Runs a command to its end; throws with its output unless it succeeds. */
export async function runSuccessfully(
  command: string,
  args: readonly string[],
  options?: ChildOptions,
): Promise<Finished> {
  const finished = await new ChildProgram(command, args, options).ended;
  const { status, signal, stdout, stderr } = finished;
  if (status !== 0) throw new Error(`${command} ended with ${status ?? signal}:\n${stdout}${stderr}`);
  return finished;
}
