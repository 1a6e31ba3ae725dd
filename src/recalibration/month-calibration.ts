// Calibration month by month: of the raw scores, of the recalibrated ones, and of what was served.
import {
  addCalibration,
  CALIBRATION_NUMBERS,
  type CalibrationFigures,
  calibrationFigures,
} from "./calibration-sums.ts";

/** Months that are kept, the current one included. */
const MOST_MONTHS = 14;

export const KINDS = ["raw", "recalibrated", "served"] as const;
export type CalibrationKind = (typeof KINDS)[number];

/** Figures of a UTC month. */
export interface MonthFigures {
  /** For example `2019-01`. */
  readonly month: string;
  readonly raw: CalibrationFigures;
  readonly recalibrated: CalibrationFigures;
  readonly served: CalibrationFigures;
}

interface Month {
  /** Since year 0; −1 for none. */
  readonly month: number;
  readonly numbers: Float64Array;
}

const WIDTH = KINDS.length * CALIBRATION_NUMBERS;

export class MonthCalibration {
  private current: Month = { month: -1, numbers: new Float64Array(WIDTH) };
  /** Those that are over, the oldest first. */
  private closed: readonly Month[] = [];

  /** The current month. */
  get open(): Month {
    return this.current;
  }

  /**
   * Adds a resolved row of a step that ended at `tsMs`. Steps come in order of time. Returns whether it began a month.
   */
  add(tsMs: number, probabilities: Readonly<Record<CalibrationKind, number>>, label: number): boolean {
    const date = new Date(tsMs);
    const month = date.getUTCFullYear() * 12 + date.getUTCMonth();
    const isNew = month > this.current.month;
    if (isNew) {
      if (this.current.month >= 0) this.closed = [...this.closed, this.current].slice(1 - MOST_MONTHS);
      this.current = { month, numbers: new Float64Array(WIDTH) };
    }
    KINDS.forEach((kind, i) =>
      addCalibration(this.current.numbers, i * CALIBRATION_NUMBERS, probabilities[kind], label),
    );
    return isNew;
  }

  /** The oldest month first. */
  figures(): MonthFigures[] {
    const months = this.current.month < 0 ? [] : [...this.closed, this.current];
    return months.map(({ month, numbers }) => {
      const of = (i: number): CalibrationFigures => calibrationFigures(numbers, i * CALIBRATION_NUMBERS)!;
      return { month: nameOf(month), raw: of(0), recalibrated: of(1), served: of(2) };
    });
  }

  /** The months that are over, with the numbers of all. */
  saveClosed(): { readonly months: readonly number[]; readonly numbers: Float64Array } {
    return {
      months: this.closed.map(({ month }) => month),
      numbers: Float64Array.from(this.closed.flatMap(({ numbers }) => [...numbers])),
    };
  }

  /** Takes over what `saveClosed` gave. Throws `RangeError` where the two do not fit. */
  loadClosed(months: readonly number[], numbers: Float64Array): void {
    requireWidth(numbers, months.length);
    this.closed = months.map((month, i) => ({ month, numbers: numbers.slice(i * WIDTH, (i + 1) * WIDTH) }));
  }

  /** Takes over what `open` gave. Throws `RangeError` likewise. */
  loadOpen(month: number, numbers: Float64Array): void {
    requireWidth(numbers, 1);
    this.current = { month, numbers };
  }
}

function requireWidth(numbers: Float64Array, months: number): void {
  if (numbers.length === months * WIDTH) return;
  throw new RangeError(`months: got ${numbers.length} numbers for ${months}, expected ${WIDTH} each`);
}

function nameOf(month: number): string {
  return `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, "0")}`;
}
