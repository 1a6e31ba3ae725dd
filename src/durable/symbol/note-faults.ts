// What a symbol's object knows of its own state that an operator should see in `/health`.
import { faults } from "../../health/fault-board.ts";
import type { TickArchive } from "./archive/tick-archive.ts";
import type { LiveSymbol } from "./live-symbol.ts";

/** Call it whenever that state may have changed, and at every alarm. */
export function noteFaults({ name, engine, latest, grids }: LiveSymbol, archive: TickArchive | undefined): void {
  const nowMs = Date.now();
  const { backlogBytes = 0 } = engine.archive?.figures ?? {};
  const waiting = `${(backlogBytes / 1e6).toFixed(1)} MB wait`;
  const failure = archive?.failure === undefined ? undefined : `${waiting}; ${archive.failure}`;
  faults.set("archive_failed", name, failure, nowMs);
  faults.set("archive_backlog", name, engine.archive?.isBacklogged === true ? waiting : undefined, nowMs);
  noteNoProbability(name, latest, nowMs);
  for (const [grid, further] of grids) noteNoProbability(`${name} on ${grid}`, further.latest, nowMs);
}

function noteNoProbability(subject: string, latest: LiveSymbol["latest"], nowMs: number): void {
  const prediction = latest?.prediction;
  // A price that hardly ever moves is the market's own state, no fault of the gateway.
  const isRefused = prediction?.probability === null && !prediction.warmingUp && !prediction.isFlat;
  faults.set("no_probability", subject, isRefused ? prediction.missing.join("; ") : undefined, nowMs);
}
