// The history of a further grid from the symbol's archive: where the slots do not reach back, because the grid was
// added to a live symbol or its state could not be read.
import type { Env } from "../../../settings.ts";
import { isLonger } from "../archive/archived-history.ts";
import { historyOf } from "../life/begin-symbol.ts";
import type { FurtherGrid, LiveSymbol } from "../live-symbol.ts";
import type { SlotStore } from "../storage/slot-store.ts";
import { catchUp } from "./grid-engine.ts";

/** Grids whose windows lack batches. Those whose replayed steps are not scored yet must wait. */
export function gridsWithoutHistory({ grids }: LiveSymbol): FurtherGrid[] {
  return [...grids.values()].filter(({ engine, isRecovered }) => engine.lacksHistory && isRecovered);
}

/**
 * Fills the windows of a grid from the archived ticks and the slots after them, where these reach further back. Steps
 * of the history are never scored. Returns whether the state is another one now, which a snapshot must have. Call it
 * between batches only. Throws what the bucket throws.
 */
export async function addGridHistory(
  env: Env,
  live: LiveSymbol,
  grid: FurtherGrid,
  slots: SlotStore,
): Promise<boolean> {
  const { archivedSeq, batches, archive } = live.engine;
  const { features } = grid.engine;
  const history = await historyOf(env, live.name, features.config, archivedSeq);
  if (history === undefined || !isLonger(history, features)) {
    grid.engine.lacksHistory = false;
    return false;
  }
  const { features: longer, throughSeq, ticks, fromMs } = history;
  const { warm } = live.engine;
  // Not where the archive has live ticks too.
  const isBeginning = warm?.source === "archive" && longer.watermarkMs === warm.toMs;
  const own = isBeginning ? { ...warm, steps: longer.stepsClosed, ticks, fromMs } : grid.engine.warm;
  longer.followsOther = true;
  const held = throughSeq === archivedSeq ? (archive?.progress.held ?? null) : null;
  catchUp(longer, slots, { fromSeq: throughSeq + 1, throughSeq: batches }, held);
  grid.engine.replaceFeatures(longer, own);
  // Its label specs are to be adopted again, and its last step to be scored.
  grid.evaluation.adopted = undefined;
  grid.latest = undefined;
  return true;
}
