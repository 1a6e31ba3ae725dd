// The training distribution beside a model, as its manifest carries it: read from outside, and rounded for writing.
import type { DriftFeature, DriftReference, DriftWindowName, DriftWindowReference } from "../drift/drift-reference.ts";
import { PROBABILITY, QUANTILE_KNOTS } from "../drift/drift-reference.ts";
import { finite, finiteOrNull, list, object, type Raw, text, wrong } from "./manifest-fields.ts";

const WINDOW_NAMES: readonly DriftWindowName[] = ["1h", "24h"];

/** Significant digits of what is written: far below what a window of some hundred rows can tell apart. */
const DIGITS = 7;

/**
 * Absent or `null` is `null`: no reference.
 * @param features the manifest's columns: the reference has these in this order, then `probability`.
 * Throws `ManifestError`.
 */
export function parseDriftReference(value: unknown, features: readonly string[]): DriftReference | null {
  if (value === undefined || value === null) return null;
  const raw = object(value, "drift");
  const parsed = list(raw["features"], "drift.features").map(feature);
  const names = parsed.map(({ name }) => name);
  const expected = [...features, PROBABILITY];
  if (names.join("\n") !== expected.join("\n"))
    throw wrong("drift.features", names, `the names ${expected.join(", ")}`);
  const windows = list(raw["windows"], "drift.windows").map((window) => windowReference(window, names.length));
  if (new Set(windows.map(({ name }) => name)).size !== windows.length) {
    throw wrong(
      "drift.windows",
      windows.map(({ name }) => name),
      "each window once",
    );
  }
  return { features: parsed, windows };
}

/** The reference with every number rounded to 7 significant digits, as it goes into a manifest. Quantiles stay ascending. */
export function roundedDriftReference({ features, windows }: DriftReference): DriftReference {
  return {
    features: features.map((feature) => ({
      ...feature,
      quantiles: feature.quantiles.map(rounded),
      missingShare: rounded(feature.missingShare),
      deviation: rounded(feature.deviation),
    })),
    windows: windows.map((window) => ({
      ...window,
      thresholds: window.thresholds?.map((x) => (x === null ? null : rounded(x))) ?? null,
      // A share of k features must not move past k/n, or "more than the usual share" would change.
      datasetShare: window.datasetShare,
      datasetRatio: window.datasetRatio === null ? null : rounded(window.datasetRatio),
    })),
  };
}

function rounded(x: number): number {
  return Number(x.toPrecision(DIGITS));
}

function feature(value: unknown): DriftFeature {
  const raw = object(value, "drift.features[]");
  const name = text(raw, "name");
  const quantiles = list(raw["quantiles"], `drift.features.${name}.quantiles`);
  if (quantiles.length !== 0 && quantiles.length !== QUANTILE_KNOTS) {
    throw wrong(`drift.features.${name}.quantiles`, `${quantiles.length} numbers`, `${QUANTILE_KNOTS} or none`);
  }
  return {
    name,
    quantiles: quantiles.map((x, k) => {
      if (typeof x !== "number" || !Number.isFinite(x) || (k > 0 && x < (quantiles[k - 1] as number))) {
        throw wrong(`drift.features.${name}.quantiles[${k}]`, x, "finite numbers that ascend");
      }
      return x;
    }),
    missingShare: finite(raw, "missingShare", 0, 1),
    deviation: finite(raw, "deviation", 0),
  };
}

function windowReference(value: unknown, features: number): DriftWindowReference {
  const raw = object(value, "drift.windows[]");
  const name = WINDOW_NAMES.find((known) => known === raw["name"]);
  if (name === undefined) throw wrong("drift.windows.name", raw["name"], WINDOW_NAMES.join(" or "));
  return {
    name,
    steps: count(raw, "steps", 1),
    every: count(raw, "every", 1),
    minRows: count(raw, "minRows", 0),
    nullWindows: count(raw, "nullWindows", 0),
    alpha: finite(raw, "alpha", 0, 1),
    thresholds: raw["thresholds"] === null ? null : thresholds(raw["thresholds"], features),
    datasetShare: finiteOrNull(raw, "datasetShare"),
    // Manifests of before the field have none.
    datasetRatio: (raw["datasetRatio"] ?? null) === null ? null : finite(raw, "datasetRatio", 0),
    ...(raw["reason"] === undefined ? {} : { reason: text(raw, "reason") }),
  };
}

function thresholds(value: unknown, features: number): (number | null)[] {
  const given = list(value, "drift.windows.thresholds");
  if (given.length !== features) {
    throw wrong("drift.windows.thresholds", `${given.length} values`, `${features}, one per feature`);
  }
  return given.map((x) => {
    if (x === null || (typeof x === "number" && x >= 0 && Number.isFinite(x))) return x;
    throw wrong("drift.windows.thresholds", x, "numbers from 0 or null");
  });
}

function count(raw: Raw, field: string, min: number): number {
  const value = finite(raw, field, min);
  if (!Number.isInteger(value)) throw wrong(field, value, "a whole number");
  return value;
}
