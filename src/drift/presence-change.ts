// Whether a column that had values in training has none any more, or the reverse. A distance cannot say so: it needs
// values on both sides.
import { SPIKE_COLUMNS } from "../features/default-2.ts";
import { type DriftFeature, PROBABILITY } from "./drift-reference.ts";

/** `vanished`: nearly no values where training windows had them. `appeared`: values where they had nearly none. */
export type PresenceChange = "vanished" | "appeared";

/** Of a column: the shares of missing values that training windows showed, but for the few beyond the stated rate. */
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
 * Columns that are not judged: the symbol's own spikes are the market's matter, and a model's scores begin with the
 * model. Scores that fail have an alert of their own.
 */
const SAY_NOTHING_MISSING: ReadonlySet<string> = new Set([...SPIKE_COLUMNS, PROBABILITY]);

/** Only a window without any value misses a larger share. */
const ALL_BUT_ALL = 1 - Number.EPSILON;

/** Whether it is a matter of the feed that a column has values. */
export function isPresenceJudged(name: string): boolean {
  return !SAY_NOTHING_MISSING.has(name);
}

/** Of training rows: a column that misses fewer has values so reliably that a window without any is a change. */
const RARE_SHARE = 0.025;

/**
 * The limits under which no value at all is beyond them, where fewer than `RARE_SHARE` of the training rows missed it.
 * It is for a reference of one symbol, since the share of missing rows is that of all. Trainer and gateway read limits
 * in the same way, so that the training windows beyond them are counted in the stated rate.
 */
export function withNothingRare({ least, most }: MissingLimits, missingShare: number): MissingLimits {
  return { least, most: missingShare < RARE_SHARE ? Math.min(most, ALL_BUT_ALL) : most };
}

/**
 * Vanished is a column with fewer than `minRows` values, of which a larger share is missing than `most`. Appeared is
 * one with `minRows` values or more, of which a smaller share is missing than `least`, where that is more than half.
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
