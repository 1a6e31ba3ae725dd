// A program of this repository as a user runs it in a terminal: in a process group of its own that Ctrl-C reaches as a
// whole, with a folder for temporary files of its own.
import { mkdirSync, readdirSync } from "node:fs";
import { ChildProgram } from "./child-program.ts";
import { ProcessTree } from "./process-tree.ts";

/** A program may start others that say nothing here: they are looked for this often. */
const LOOK_EVERY_MS = 20;
const PATIENCE_MS = 170_000;
/**
 * What stays there between runs: the time of wrangler's last look for a newer version, and code that npm has compiled.
 */
const KEPT = ["update-check", "node-compile-cache"];

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
  private readonly child: ChildProgram;
  private readonly folder: string;

  /** @param folder where its temporary files go. */
  constructor(args: readonly string[], folder: string) {
    mkdirSync(folder, { recursive: true });
    this.folder = folder;
    const options = { detached: true, env: { TMPDIR: folder }, withinMs: PATIENCE_MS };
    this.child = new ChildProgram(process.execPath, args, options);
    this.tree = new ProcessTree(this.child.pid);
  }

  get output(): string {
    return this.child.output;
  }

  /** Waits until `reached`; throws with the output when the program ends before, or is killed for taking too long. */
  async until(reached: (program: Program) => boolean): Promise<void> {
    await this.child.until(() => reached(this), LOOK_EVERY_MS);
  }

  /** To the whole group, as a terminal does on Ctrl-C, or to the program alone, as `kill` does. */
  send(signal: NodeJS.Signals, to: "group" | "program" = "group"): void {
    process.kill(to === "group" ? -this.child.pid : this.child.pid, signal);
  }

  async end(): Promise<Ended> {
    const { status, signal } = await this.child.ended;
    const files = readdirSync(this.folder).filter((name) => !KEPT.includes(name));
    return { code: status, signal, output: this.output, processes: await this.tree.left(), files };
  }
}
