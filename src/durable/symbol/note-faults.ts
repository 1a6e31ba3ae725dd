// What a symbol's object knows of its own state that an operator should see in `/health`.
import { faults } from "../../health/fault-board.ts";
import type { TickArchive } from "./archive/tick-archive.ts";
import type { LiveSymbol } from "./live-symbol.ts";

/** Call it whenever that state may have changed, and at every alarm. */
export function noteFaults({ name, engine, latest }: LiveSymbol, archive: TickArchive | undefined): void {
  const nowMs = Date.now();
  const { backlogBytes = 0 } = engine.archive?.figures ?? {};
  const waiting = `${(backlogBytes / 1e6).toFixed(1)} MB wait`;
  const failure = archive?.failure === undefined ? undefined : `${waiting}; ${archive.failure}`;
  faults.set("archive_failed", name, failure, nowMs);
  faults.set("archive_backlog", name, engine.archive?.isBacklogged === true ? waiting : undefined, nowMs);
  const { probability, warmingUp, missing } = latest?.prediction ?? { probability: null, warmingUp: true, missing: [] };
  const isRefused = probability === null && !warmingUp;
  faults.set("no_probability", name, isRefused ? missing.join("; ") : undefined, nowMs);
}
