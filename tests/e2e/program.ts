// A program of this repository as a user runs it in a terminal: in a process group of its own that Ctrl-C reaches as a
// whole, with a folder for temporary files of its own.
import { spawn } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ProcessTree } from "./process-tree.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const PATIENCE_MS = 120_000;
/** What wrangler keeps between runs there: the time of its last look for a newer version. */
const KEPT = ["update-check"];

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
  /** What still runs of it, and of what it started. */
  readonly processes: readonly string[];
  /** What it left in its folder for temporary files. */
  readonly files: readonly string[];
}

export class Program {
  readonly tree: ProcessTree;
  private readonly child;
  private readonly folder: string;
  private readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  private text = "";

  /** @param folder where its temporary files go. */
  constructor(args: readonly string[], folder: string) {
    mkdirSync(folder, { recursive: true });
    this.folder = folder;
    this.child = spawn(process.execPath, args, { cwd: ROOT, detached: true, env: { ...process.env, TMPDIR: folder } });
    this.child.stdout.on("data", (chunk) => (this.text += String(chunk)));
    this.child.stderr.on("data", (chunk) => (this.text += String(chunk)));
    this.ended = new Promise((resolve) => this.child.once("close", (code, signal) => resolve({ code, signal })));
    this.tree = new ProcessTree(this.child.pid!);
  }

  get output(): string {
    return this.text;
  }

  /** Waits until `reached`; throws with the output when it is not within two minutes, or the program ends before. */
  async until(reached: (program: Program) => boolean): Promise<void> {
    for (let waited = 0; !reached(this); waited += 20) {
      if (this.child.exitCode !== null || waited > PATIENCE_MS) {
        this.child.kill("SIGKILL");
        throw new Error(`never came so far:\n${this.text}`);
      }
      await sleep(20);
    }
  }

  /** To the whole group, as a terminal does on Ctrl-C, or to the program alone, as `kill` does. */
  send(signal: NodeJS.Signals, to: "group" | "program" = "group"): void {
    process.kill(to === "group" ? -this.child.pid! : this.child.pid!, signal);
  }

  async end(): Promise<Ended> {
    const { code, signal } = await this.ended;
    const files = readdirSync(this.folder).filter((name) => !KEPT.includes(name));
    return { code, signal, output: this.text, processes: await this.tree.left(), files };
  }
}
