// Takes the blocks that a challenger has earned from a symbol's archive, where they fit to what was compared live.
import { type BackfillFault, seamFault } from "../../../quality/promotion/backfill-fault.ts";
import type { BlockGain, QualityPair } from "../../../quality/quality-series.ts";
import { adoptModels } from "../adopt-models.ts";
import { findGrid } from "../grids/find-grid.ts";
import type { LiveSymbol, Serving } from "../live-symbol.ts";
import { scoreReplayed } from "../refresh-prediction.ts";
import type { SymbolMonitor } from "./symbol-monitor.ts";

export interface BackfillRequest {
  readonly experiment: string;
  readonly pair: QualityPair;
  /** Complete and ascending: `blocksFault` has found nothing in them. */
  readonly blocks: readonly BlockGain[];
  /** Whether they are kept, and not only looked at. */
  readonly keep: boolean;
}

export type BackfillOutcome =
  /** `firstLive`: the first block that was compared live; `null` before it. */
  | { readonly ok: true; readonly firstLive: number | null }
  | { readonly ok: false; readonly code: BackfillFault["code"] | "other_pair"; readonly detail: string };

/** Keeps the blocks durably, or says why not. @returns `null` for a grid that the symbol does not have. */
export async function takeBackfill(
  live: LiveSymbol,
  serving: Serving,
  grid: string | undefined,
  request: BackfillRequest,
): Promise<BackfillOutcome | null> {
  await scoreReplayed(live, serving);
  // No tick may have come since the challenger was named.
  adoptModels(live, serving);
  const found = findGrid(live, grid);
  if (found === undefined) return null;
  const outcome = judge(found.evaluation.monitor, request);
  if (!outcome.ok || !request.keep) return outcome;
  found.evaluation.monitor.backfill.set(request.experiment, request.blocks);
  live.engine.saveSnapshot(live.evaluation);
  return outcome;
}

function judge({ quality }: SymbolMonitor, { pair, blocks }: BackfillRequest): BackfillOutcome {
  const { pair: own, pairRefusal, lastIndex } = quality;
  const isCompared = own?.champion === pair.champion && own.challenger === pair.challenger && pairRefusal === undefined;
  if (!isCompared) {
    const why = pairRefusal ?? "another pair";
    return { ok: false, code: "other_pair", detail: `it does not compare these two: ${why}` };
  }
  const live = quality.blockGains();
  const fault = seamFault(blocks, { live, lastIndex });
  if (fault !== undefined) return { ok: false, ...fault };
  return { ok: true, firstLive: live[0]?.block ?? null };
}
