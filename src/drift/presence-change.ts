// Whether a column that had values in training has none any more, or the reverse. A distance cannot say so: it needs
// values on both sides.
import type { DriftFeature } from "./drift-reference.ts";

/** `vanished`: nearly no values where training windows had them. `appeared`: values where they had nearly none. */
export type PresenceChange = "vanished" | "appeared";

/** Least and largest share of missing values of a column over the training windows. */
export interface MissingLimits {
  readonly least: number;
  readonly most: number;
}

/** Of a column in a closed window. */
interface Presence {
  readonly rows: number;
  /** Rows with a finite value. */
  readonly present: number;
  /** With fewer values a column has no distance that is judged: half the rows of a full window. */
  readonly minRows: number;
}

/**
 * Vanished is a column with fewer than `minRows` values, of which a larger share is missing than in any training
 * window. Appeared is one with `minRows` values or more, of which a smaller share is missing than in any training
 * window, where each of those missed more than half.
 *
 * Without the shares of training windows, as in older manifests, a column has vanished when nothing at all is left of
 * one that had values in most training rows, and appeared when there were none in training.
 * @returns `null` for neither, and for a window with fewer than `minRows` rows.
 */
export function presenceChange(
  { rows, present, minRows }: Presence,
  { missingShare: inTraining }: Pick<DriftFeature, "missingShare">,
  missing: MissingLimits | undefined,
): PresenceChange | null {
  if (rows === 0 || rows < minRows) return null;
  const missingShare = (rows - present) / rows;
  if (missing === undefined) {
    if (present === 0) return inTraining < 0.5 ? "vanished" : null;
    return present >= minRows && inTraining === 1 ? "appeared" : null;
  }
  if (present < minRows) return missingShare > missing.most ? "vanished" : null;
  return missing.least > 0.5 && missingShare < missing.least ? "appeared" : null;
}
