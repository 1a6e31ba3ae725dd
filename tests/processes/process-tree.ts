// Everything that a program starts, whatever it is called and whoever its parent is by then: for tests that nothing is
// left behind. Linux only, like the folder /proc.
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 50;
const GRACE_MS = 500;

interface Process {
  readonly pid: number;
  readonly name: string;
  /** Ended, but not yet collected by its parent. */
  readonly zombie: boolean;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** Tells a process from a later one with the same number. */
  readonly startedAt: string;
}

/**
 * Follows a process that leads a group of its own (`spawn` with `detached`): it, its children and theirs, and all that
 * share a process group or session with one of them. `wrangler dev` is started in a session of its own, so its whole
 * session belongs to it.
 */
export class ProcessTree {
  private readonly seen = new Map<string, Process>();
  private readonly timer = setInterval(() => this.look(), POLL_MS);

  constructor(root: number) {
    const process = listProcesses().find(({ pid }) => pid === root);
    if (process === undefined || process.group !== root) throw new RangeError(`root: ${root} leads no group`);
    this.add(process);
  }

  /** Names of all processes seen so far, e.g. `node`, `esbuild`, `workerd`. */
  names(): string[] {
    this.look();
    return [...this.seen.values()].map(({ name }) => name);
  }

  /** Those that run and have the name. */
  pidsOf(name: string): number[] {
    this.look();
    return this.living().flatMap((process) => (process.name === name ? [process.pid] : []));
  }

  /** `pid name` of those that still run; stops following, and kills them: a failed test leaves nothing either. */
  async left(): Promise<string[]> {
    this.look();
    clearInterval(this.timer);
    // What was killed a moment ago takes some milliseconds to go.
    for (let waited = 0; waited < GRACE_MS && this.living().length > 0; waited += POLL_MS) await sleep(POLL_MS);
    const left = this.living();
    for (const { pid } of left) process.kill(pid, "SIGKILL");
    return left.map(({ pid, name }) => `${pid} ${name}`);
  }

  private living(): Process[] {
    return listProcesses().filter((process) => !process.zombie && this.seen.has(key(process)));
  }

  private look(): void {
    const now = listProcesses();
    // A process first seen between fork and exec still has its parent's name.
    for (const process of now) if (this.seen.has(key(process))) this.add(process);
    for (let found = true; found;) {
      found = false;
      for (const process of now) {
        if (this.seen.has(key(process)) || !this.belongs(process)) continue;
        this.add(process);
        found = true;
      }
    }
  }

  private belongs({ parent, group, session }: Process): boolean {
    return [...this.seen.values()].some(
      (other) =>
        [other.pid, other.group, other.session].some((id) => id === group || id === session) || other.pid === parent,
    );
  }

  private add(process: Process): void {
    this.seen.set(key(process), process);
  }
}

function key({ pid, startedAt }: Process): string {
  return `${pid} ${startedAt}`;
}

function listProcesses(): Process[] {
  return readdirSync("/proc").flatMap((name) => (/^\d+$/.test(name) ? readProcess(Number(name)) : []));
}

/** `/proc/<pid>/stat`: `pid (name) state ppid pgrp session … starttime`, the name with any character in it. */
function readProcess(pid: number): Process[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const nameEnd = text.lastIndexOf(")");
    const fields = text.slice(nameEnd + 2).split(" ");
    const [state, parent, group, session] = fields;
    return [
      {
        pid,
        name: text.slice(text.indexOf("(") + 1, nameEnd),
        zombie: state === "Z" || state === "X",
        parent: Number(parent),
        group: Number(group),
        session: Number(session),
        startedAt: fields[19]!,
      },
    ];
  } catch {
    return [];
  }
}
