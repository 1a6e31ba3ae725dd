// Stands in for src/features/custom.ts in the project `own`: every series, statistic and combinator.
import { ewma, logRatio, mean, overTau, type OwnColumn, share } from "../../src/features/own-columns.ts";

export const CUSTOM: readonly OwnColumn[] = [
  overTau("parkinson_h4_over_tau", mean("squaredRange", 4)),
  overTau("ewma_rv_h7_over_tau", ewma("squaredReturn", 7)),
  logRatio("absolute_return_h1_over_ewma_h20", mean("absoluteReturn", 1), ewma("absoluteReturn", 20)),
  logRatio("volume_h2_over_h10", mean("volume", 2), mean("volume", 10)),
  logRatio("trades_h1_over_ewma_h25", mean("trades", 1), ewma("trades", 30)),
  logRatio("spread_ewma_h1_over_ewma_h60", ewma("spread", 1), ewma("spread", 60)),
  logRatio("ticks_h1_over_h60", mean("ticks", 1), mean("ticks", 60)),
  share("signed_share_h4", mean("signedVolume", 4), mean("volume", 4)),
  share("ewma_signed_share_h3", ewma("signedVolume", 3), ewma("volume", 3)),
  logRatio("imbalance_h2_over_ewma_h9", mean("imbalance", 2), ewma("imbalance", 9)),
];
