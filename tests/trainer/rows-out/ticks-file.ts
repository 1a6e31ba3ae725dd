// Ticks as a recording on disk.
import { writeFileSync } from "node:fs";
import { tickJson } from "../../../gateway-client/tick-json.ts";
import type { Tick } from "../../../src/features/tick.ts";

/** Writes NDJSON and returns its path. */
export function writeTicks(path: string, ticks: readonly Tick[]): string {
  writeFileSync(path, ticks.map((tick) => JSON.stringify(tickJson(tick)) + "\n").join(""));
  return path;
}
