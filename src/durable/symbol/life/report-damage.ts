// Tells operators of data that was damaged when a symbol was loaded.
import type { Env } from "../../../settings.ts";
import type { LiveSymbol } from "../live-symbol.ts";
import { sendNotice } from "../send-notice.ts";

/** Sends the registry a notice if data was damaged. */
export async function reportDamage(env: Env, { name: symbol, engine: { recovery }, grids }: LiveSymbol): Promise<void> {
  const { how, reason, replayedBatches, damagedBatches } = recovery;
  if (how === "rebuilt") {
    const message = `snapshot unreadable (${reason}); ${replayedBatches} batches replayed`;
    await sendNotice(env, symbol, "snapshot_rebuilt", message);
  }
  if (damagedBatches > 0) {
    const message = `${damagedBatches} batches could not be read and are lost`;
    await sendNotice(env, symbol, "slots_unreadable", message);
  }
  for (const [grid, { engine }] of grids) {
    if (!engine.wasDamaged) continue;
    const message = `the state of the grid ${grid} was unreadable (${engine.recovery.reason}); it was rebuilt`;
    await sendNotice(env, symbol, "snapshot_rebuilt", message);
  }
}
