// A symbol's part of an experiment, from its monitor.
import type { BlockGain } from "../../../quality/quality-series.ts";
import { lastReplaceable, withBackfill } from "../../../quality/backfilled-gains.ts";
import type { SymbolMonitor } from "./symbol-monitor.ts";
import type { RunningExperiment } from "../prediction.ts";

/** Blocks from the archive: how many, the first and the last. */
export interface BackfilledBlocks {
  readonly blocks: number;
  readonly fromBlock: number;
  readonly throughBlock: number;
}

/** One symbol's part of an experiment, as its object answers. */
export interface ExperimentBlocks {
  /** SHA-256 of the two models that `blocks` compares; the object may not have read the newest experiment yet. */
  readonly pair: { readonly champion: string; readonly challenger: string } | null;
  /** Those from the archive, then the live ones. */
  readonly blocks: readonly BlockGain[];
  /** Those of `blocks` that come from the archive; `null` for none. */
  readonly backfilled: BackfilledBlocks | null;
  /** The first block that was compared live, also where it is replaced; `null` before it. */
  readonly firstLive: number | null;
  /** The last block that may come from the archive; `null` for no limit yet. */
  readonly replaceableThrough: number | null;
  /** Steps that each model answered since the experiment began, whether or not they are compared. */
  readonly answered: { readonly champion: number; readonly challenger: number };
}

/**
 * The monitor's comparison, and each model's answered steps since the experiment began.
 * @param experimentId whose backfilled blocks are wanted.
 */
export function experimentBlocksOf(
  monitor: SymbolMonitor,
  experimentId: string | undefined,
  experiment: RunningExperiment | null,
): ExperimentBlocks {
  const { pair } = monitor.quality;
  const backfilled = experimentId === undefined ? [] : monitor.backfill.of(experimentId);
  const live = monitor.quality.blockGains();
  return {
    pair: pair === undefined ? null : pair,
    blocks: withBackfill(backfilled, live),
    backfilled: backfilledBlocks(backfilled),
    firstLive: live[0]?.block ?? null,
    replaceableThrough: Number.isFinite(lastReplaceable(live)) ? lastReplaceable(live) : null,
    answered: experiment === null ? { champion: 0, challenger: 0 } : monitor.answers.of(experiment.id),
  };
}

/** @param blocks ascending. */
function backfilledBlocks(blocks: readonly BlockGain[]): BackfilledBlocks | null {
  const [first, last] = [blocks[0], blocks.at(-1)];
  if (first === undefined || last === undefined) return null;
  return { blocks: blocks.length, fromBlock: first.block, throughBlock: last.block };
}
