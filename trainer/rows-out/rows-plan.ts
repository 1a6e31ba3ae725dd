// What a run writes: from which recordings, which rows, where.
import type { ReadingOptions } from "../../recordings/reading-options.ts";
import type { EngineConfig } from "../../src/features/feature-engine.ts";
import type { RowName } from "../../src/features/schema.ts";
import type { WalkForwardStretches } from "./fold-grid.ts";

export interface RowsPlan {
  readonly files: readonly string[];
  readonly out: string;
  readonly row: RowName;
  readonly engine: EngineConfig;
  readonly symbol: string | undefined;
  /** What the recordings do not say themselves. */
  readonly reading?: ReadingOptions | undefined;
  /** How far a price may lie outside its quote. */
  readonly quoteMarginPercent: number;
  /** Where `wrangler dev` keeps its state, for `local://`. */
  readonly persist: string;
  /** Where the gateway's archive of predictions lies; without it there are no columns of served scores. */
  readonly predictions: string | undefined;
  readonly walkForward: WalkForwardStretches | undefined;
  /** Rows with a time in [fromMs, toMs) are written; what lies before fills the windows. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Where states lie: the run goes on from those of `fromMs`, and leaves those of `toMs`. */
  readonly state: string | undefined;
  readonly onProgress?: (readBytes: number, totalBytes: number) => void;
}
