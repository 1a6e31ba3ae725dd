// The resident memory of another process. Linux only.
import { readFileSync } from "node:fs";

/** @param name `VmRSS`: now; `VmHWM`: at its peak. Bytes. */
export function memoryOf(pid: number, name: "VmRSS" | "VmHWM"): number {
  const line = readFileSync(`/proc/${pid}/status`, "utf8")
    .split("\n")
    .find((text) => text.startsWith(name));
  return Number(/\d+/.exec(line ?? "")?.[0]) * 1024;
}
