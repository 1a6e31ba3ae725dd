// A manifest's drift reference as one symbol uses it.
import type { DriftReference, DriftSymbolReference, DriftWindowReference } from "./drift-reference.ts";
import { LEARNED_WINDOWS, type OwnMoments } from "./own-moments.ts";
import { momentsOf, type Placement, placementOnto } from "./placement.ts";

export interface SymbolReference {
  readonly reference: DriftReference;
  /** Per feature; `null` where values are compared as they are. */
  readonly placements: readonly (Placement | null)[];
}

/** The symbol's own part, or `null` where the reference has none of it; `undefined` where it has no symbols at all. */
export function ownPart(reference: DriftReference, symbol: string): DriftSymbolReference | null | undefined {
  if (reference.symbols === undefined) return undefined;
  return reference.symbols.find(({ name }) => name === symbol) ?? null;
}

/**
 * The reference for a symbol that the model was trained on: its values are placed as in training, and the windows that
 * were calibrated on the symbol alone stand in place of the common ones.
 */
export function trainedReference(reference: DriftReference, own: DriftSymbolReference): SymbolReference {
  const { shifts, scales } = own;
  return {
    reference: withWindows(reference, (window) => own.windows.find(({ name }) => name === window.name) ?? window),
    placements: reference.features.map((_, f) => {
      return shifts.length === 0 ? null : { shift: shifts[f]!, scale: scales[f]! };
    }),
  };
}

/**
 * The reference for a symbol that the model was not trained on: its values are placed by the moments of its own first
 * windows. A feature without them has no threshold, and without any feature there is no verdict yet.
 * @param columnOf the place of a feature's column among the learned ones; −1 for none.
 */
export function learnedReference(
  reference: DriftReference,
  own: OwnMoments,
  columnOf: (name: string) => number,
): SymbolReference {
  const moments = reference.features.map(({ name }) => (columnOf(name) < 0 ? null : own.moments(columnOf(name))));
  const isLearned = moments.some((one) => one !== null);
  return {
    reference: withWindows(reference, (window) => {
      if (isLearned || window.thresholds === null) {
        const thresholds = window.thresholds?.map((threshold, f) => (moments[f] === null ? null : threshold)) ?? null;
        return { ...window, thresholds };
      }
      const reason =
        `the model was not trained on this symbol: where its values lie is known from ${own.most} of the ` +
        `${LEARNED_WINDOWS} hours that are needed`;
      return { ...window, thresholds: null, datasetShare: null, datasetRatio: null, reason };
    }),
    placements: moments.map((one, f) => (one === null ? null : placementOnto(momentsOf(reference.features[f]!), one))),
  };
}

function withWindows(
  reference: DriftReference,
  of: (window: DriftWindowReference) => DriftWindowReference,
): DriftReference {
  return { ...reference, windows: reference.windows.map(of) };
}
