// Columns of your own. They follow those of `default-2` in the row `custom`, which exists once there is one here.
// docs/training.md says how to train and deploy it.
import type { OwnColumn } from "./own-columns.ts";

/**
 * Declared, not computed: own-columns.ts has all that a column can be made of. Horizons are those of the label. For
 * example, with `ewma, logRatio, mean, overTau, share` imported from own-columns.ts:
 *
 *     export const CUSTOM: readonly OwnColumn[] = [
 *       overTau("parkinson_h4_over_tau", mean("squaredRange", 4)),
 *       logRatio("spread_h1_over_ewma_h60", mean("spread", 1), ewma("spread", 60)),
 *       share("ewma_signed_share_h10", ewma("signedVolume", 10), ewma("volume", 10)),
 *     ];
 */
export const CUSTOM: readonly OwnColumn[] = [];
