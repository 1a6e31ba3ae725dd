// The artifacts that ship with the Worker (made by `npm run bundle`), so that a gateway with an empty bucket can
// predict at once: a set for each of some grids.
import type { GridConfig } from "../features/event-grid.ts";
import type { ArtifactFiles } from "./artifact.ts";
import barsChampion from "./bundled/bars/champion.json" with { type: "json" };
import barsChampionOnnx from "./bundled/bars/champion.onnx";
import barsPersistence from "./bundled/bars/persistence.json" with { type: "json" };
import barsPersistenceOnnx from "./bundled/bars/persistence.onnx";
import { reference as barsReference } from "./bundled/bars/reference.ts";
import barsThresholdOnly from "./bundled/bars/threshold-only.json" with { type: "json" };
import barsThresholdOnlyOnnx from "./bundled/bars/threshold-only.onnx";
import barsZscore from "./bundled/bars/zscore.json" with { type: "json" };
import barsZscoreOnnx from "./bundled/bars/zscore.onnx";
import logistic from "./bundled/logistic.json" with { type: "json" };
import logisticOnnx from "./bundled/logistic.onnx";
import persistence from "./bundled/persistence.json" with { type: "json" };
import persistenceOnnx from "./bundled/persistence.onnx";
import { reference } from "./bundled/reference.ts";
import thresholdOnly from "./bundled/threshold-only.json" with { type: "json" };
import thresholdOnlyOnnx from "./bundled/threshold-only.onnx";
import zscore from "./bundled/zscore.json" with { type: "json" };
import zscoreOnnx from "./bundled/zscore.onnx";
import type { SetAlias } from "./manifest.ts";

/** SHA-256 of the bundled artifact for each alias that has one: no challenger is bundled. */
export type BundledSet = Readonly<Record<"champion" | SetAlias, string>>;

/**
 * For steps of 1 s of the last price, trained on a simulated market. Each is used until another artifact is given its
 * alias.
 */
export const BUNDLED = {
  champion: logistic.onnxSha256,
  rows: zscore.onnxSha256,
  zscore: zscore.onnxSha256,
  persistence: persistence.onnxSha256,
  "threshold-only": thresholdOnly.onnxSha256,
  reference: reference.manifest.onnxSha256,
} as const satisfies BundledSet;

/** For steps of 60 s of the last price, trained on recorded bars of one minute. */
export const BUNDLED_BARS = {
  champion: barsChampion.onnxSha256,
  rows: barsZscore.onnxSha256,
  zscore: barsZscore.onnxSha256,
  persistence: barsPersistence.onnxSha256,
  "threshold-only": barsThresholdOnly.onnxSha256,
  reference: barsReference.manifest.onnxSha256,
} as const satisfies BundledSet;

const SETS: readonly (Pick<GridConfig, "stepMs" | "source"> & { readonly set: BundledSet })[] = [
  { stepMs: 1000, source: "last", set: BUNDLED },
  { stepMs: 60_000, source: "last", set: BUNDLED_BARS },
];

/** The grids that have a bundled set, in words. */
export const BUNDLED_GRIDS = SETS.map(({ stepMs, source }) => `${stepMs / 1000} s of the ${source} price`).join(
  " and ",
);

/** Whether a set is bundled for the grid. */
export function hasBundledSet(grid: GridConfig): boolean {
  return setOfGrid(grid) !== undefined;
}

/**
 * The grid's set. Where there is none, that of 1 s: its models are then refused for their schema or their horizon,
 * which says why.
 */
export function bundledFor(grid: GridConfig): BundledSet {
  return setOfGrid(grid) ?? BUNDLED;
}

/** The set that this artifact is the champion of, `undefined` when there is none. */
export function bundledSetOf(champion: string): BundledSet | undefined {
  return SETS.find(({ set }) => set.champion === champion)?.set;
}

/** None for a grid of one horizon: the sets were made for the horizons of their labels. */
function setOfGrid({ stepMs, source, horizonMs }: GridConfig): BundledSet | undefined {
  if (horizonMs !== undefined) return undefined;
  return SETS.find((one) => one.stepMs === stepMs && one.source === source)?.set;
}

const FILES = new Map<string, { readonly onnx: ArrayBuffer; readonly manifest: unknown }>([
  [logistic.onnxSha256, { onnx: logisticOnnx, manifest: logistic }],
  [zscore.onnxSha256, { onnx: zscoreOnnx, manifest: zscore }],
  [persistence.onnxSha256, { onnx: persistenceOnnx, manifest: persistence }],
  [thresholdOnly.onnxSha256, { onnx: thresholdOnlyOnnx, manifest: thresholdOnly }],
  [barsChampion.onnxSha256, { onnx: barsChampionOnnx, manifest: barsChampion }],
  [barsZscore.onnxSha256, { onnx: barsZscoreOnnx, manifest: barsZscore }],
  [barsPersistence.onnxSha256, { onnx: barsPersistenceOnnx, manifest: barsPersistence }],
  [barsThresholdOnly.onnxSha256, { onnx: barsThresholdOnlyOnnx, manifest: barsThresholdOnly }],
  [reference.manifest.onnxSha256, reference],
  [barsReference.manifest.onnxSha256, barsReference],
]);

/** The bundled artifact of that SHA-256, `undefined` when there is none. */
export function bundledArtifact(sha256: string): ArtifactFiles | undefined {
  const files = FILES.get(sha256);
  return files && { onnx: new Uint8Array(files.onnx), manifest: files.manifest };
}
