// The processor time of another process: unlike wall time it hardly depends on what else the machine does. Linux only.
import { readFileSync } from "node:fs";

/** Linux reports times in hundredths of a second to every program. */
const TICKS_PER_SECOND = 100;
/** Places of user and system time behind the process's name, which may have spaces. */
const USER = 11;
const SYSTEM = 12;

/** User and system time since the process began, ms. */
export function cpuMsOf(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return ((Number(fields[USER]) + Number(fields[SYSTEM])) * 1000) / TICKS_PER_SECOND;
}
