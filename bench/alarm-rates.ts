// How often drift windows alarm: by their own thresholds, and by the customary fixed one.
import type { DriftVerdict } from "../src/drift/drift-verdict.ts";
import type { DriftWindowName } from "../src/drift/drift-reference.ts";

export interface AlarmRates {
  readonly windows: number;
  /**
   * Share of drifted features among all judged ones of all windows, and the lowest and highest share of single
   * features.
   */
  readonly feature: number;
  readonly lowest: number;
  readonly highest: number;
  /** Share of windows with the verdict `drift`, and of those beyond the share's limit and beyond the ratio's. */
  readonly dataset: number;
  readonly byShare: number;
  readonly byRatio: number;
  /** The same by the fixed threshold: distance ≥ 0.1 for a feature, half of the features for the dataset. */
  readonly tenthFeature: number;
  readonly tenthDataset: number;
}

/** Rates over the windows of one length; `NaN` where nothing was judged. */
export function alarmRates(verdicts: readonly DriftVerdict[], name: DriftWindowName): AlarmRates {
  const windows = verdicts.filter(({ window, verdict }) => window === name && verdict !== "too_few_rows");
  const judged = windows.flatMap(({ features }) => features.filter(({ drifted }) => drifted !== null));
  const names = [...new Set(judged.map((feature) => feature.name))];
  const single = names.map((feature) =>
    share(
      judged.filter((f) => f.name === feature),
      ({ drifted }) => drifted!,
    ),
  );
  const known = windows.flatMap(({ features }) => features.filter(({ wasserstein }) => wasserstein !== null));
  return {
    windows: windows.length,
    feature: share(judged, ({ drifted }) => drifted!),
    lowest: Math.min(...single),
    highest: Math.max(...single),
    dataset: share(windows, ({ verdict }) => verdict === "drift"),
    byShare: share(windows, ({ alarmedBy }) => alarmedBy.includes("share")),
    byRatio: share(windows, ({ alarmedBy }) => alarmedBy.includes("ratio")),
    tenthFeature: share(known, ({ driftedAtTenth }) => driftedAtTenth),
    tenthDataset: share(windows, ({ evidentlyShare }) => (evidentlyShare ?? 0) >= 0.5),
  };
}

/** Share of the values for which something holds; `NaN` of none. */
export function share<T>(values: readonly T[], holds: (value: T) => boolean): number {
  return values.filter(holds).length / values.length;
}
