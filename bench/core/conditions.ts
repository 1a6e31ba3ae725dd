// Under which conditions a benchmark runs: figures of a busy machine are no figures of the code.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";
import { join } from "node:path";
import * as v from "valibot";

const count = v.pipe(v.number(), v.finite("a finite number"), v.minValue(0, "a number from 0"));

export const conditionsSchema = v.strictObject({
  startedAt: v.pipe(v.string(), v.isoTimestamp("a time such as 2026-12-01T12:00:00.000Z")),
  seconds: count,
  cores: count,
  processor: v.string(),
  memoryBytes: count,
  /** Mean number of programs that wanted to run in the minute before the first round, and before the end. */
  loadAtStart: count,
  loadAtEnd: count,
  node: v.string(),
  workerd: v.string(),
});

export type Conditions = v.InferOutput<typeof conditionsSchema>;

/** What holds from the start; `seconds` and `loadAtEnd` are known at the end. */
export type StartConditions = Omit<Conditions, "seconds" | "loadAtEnd">;

const ROOT = join(import.meta.dirname, "..", "..");

export function startConditions(): StartConditions {
  const processors = cpus();
  return {
    startedAt: new Date().toISOString(),
    cores: processors.length,
    processor: processors[0]?.model ?? "unknown",
    memoryBytes: totalmem(),
    loadAtStart: loadNow(),
    node: process.versions.node,
    workerd: versionOf("workerd"),
  };
}

export function endConditions(start: StartConditions): Conditions {
  return { ...start, seconds: (Date.now() - Date.parse(start.startedAt)) / 1000, loadAtEnd: loadNow() };
}

/** Whether other programs used more than a tenth of the cores before the first round. */
export function wasBusy({ loadAtStart, cores }: Pick<Conditions, "loadAtStart" | "cores">): boolean {
  return loadAtStart > cores / 10;
}

/** One line. */
export function conditionsText(conditions: Conditions): string {
  const { startedAt, cores, processor, loadAtStart, loadAtEnd, node, workerd } = conditions;
  const busy = wasBusy(conditions) ? "; THE MACHINE WAS BUSY: read the ratios only" : "";
  return (
    `${startedAt}, ${cores} × ${processor}, Node ${node}, workerd ${workerd}, ` +
    `load ${loadAtStart.toFixed(2)} before and ${loadAtEnd.toFixed(2)} after${busy}`
  );
}

/** The commit of a checkout, and whether files differ from it; `undefined` outside a git checkout. */
export function commitOf(checkout: string): { readonly commit: string; readonly isDirty: boolean } | undefined {
  try {
    const git = (...args: string[]): string =>
      execFileSync("git", args, { cwd: checkout, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
    return { commit: git("rev-parse", "HEAD"), isDirty: git("status", "--porcelain", "--untracked-files=no") !== "" };
  } catch {
    return undefined;
  }
}

function loadNow(): number {
  return loadavg()[0]!;
}

function versionOf(name: string): string {
  const text = readFileSync(join(ROOT, "node_modules", name, "package.json"), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
}
