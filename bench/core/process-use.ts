// What another process used of the processor and of memory while something ran. Linux only.
import { cpuMsOf } from "../process-cpu.ts";
import { memoryOf } from "../process-memory.ts";

const MIB = 1024 * 1024;

export interface ProcessUse {
  /** User and system time, ms: other work on the machine hardly changes it. */
  readonly cpuMs: number;
  /** Resident memory at the end, MiB. */
  readonly residentMib: number;
}

/** Runs `work` and says what the process used meanwhile. */
export async function measureUse<T>(pid: number, work: () => Promise<T>): Promise<{ result: T; use: ProcessUse }> {
  const before = cpuMsOf(pid);
  const result = await work();
  return { result, use: { cpuMs: cpuMsOf(pid) - before, residentMib: memoryOf(pid, "VmRSS") / MIB } };
}
