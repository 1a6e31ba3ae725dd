// A random forest: deep trees on bootstrap samples, their leaves' shares of spikes averaged. It shares the boosting's
// trees, bins and monotone constraints.
import { resampled, spikeWeight } from "../fit/imbalance.ts";
import { TreeScore } from "../score/tree-score.ts";
import { fitForest } from "../trees/forest.ts";
import { treeColumns, treeData } from "../score/trees-of-rows.ts";
import type { Candidate, FitContext, PreparedCandidate } from "./candidate.ts";

const FOREST = { trees: 200, leaves: 32, minChildShare: 0.01, featureShare: 1 / 3 } as const;

export const forest: Candidate = {
  family: "forest",
  baseline: false,
  calibrateOn: "out-of-fold",
  prepare(context: FitContext): PreparedCandidate {
    const { data, seed, threads, imbalance } = context;
    return {
      fit: (rows) => {
        const columns = treeColumns(context, rows);
        const fitted = resampled(imbalance, data, rows, seed);
        const ensemble = fitForest(treeData(data, fitted, columns), {
          trees: FOREST.trees,
          leaves: FOREST.leaves,
          maxBins: 255,
          minChildRows: Math.max(20, Math.round(FOREST.minChildShare * fitted.length)),
          minChildWeight: 0,
          featureShare: FOREST.featureShare,
          rowShare: 0.7,
          monotone: columns.monotone,
          positiveWeight: spikeWeight(imbalance, data, fitted),
          seed,
          threads,
        });
        return new TreeScore({ ...columns, ensemble });
      },
      notes: [`${FOREST.trees} trees of at most ${FOREST.leaves} leaves; nothing was chosen`],
    };
  },
};
