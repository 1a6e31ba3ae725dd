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

export class MonthCalibration {
  /** Of the oldest month first, by months since year 0. */
  private months: { readonly month: number; readonly numbers: Float64Array }[] = [];

  /** Adds a resolved row of a step that ended at `tsMs`. Steps come in order of time. */
  add(tsMs: number, probabilities: Readonly<Record<CalibrationKind, number>>, label: number): void {
    const { numbers } = this.of(tsMs);
    KINDS.forEach((kind, i) => addCalibration(numbers, i * CALIBRATION_NUMBERS, probabilities[kind], label));
  }

  /** The oldest month first. */
  figures(): MonthFigures[] {
    return this.months.map(({ month, numbers }) => {
      const of = (i: number): CalibrationFigures => calibrationFigures(numbers, i * CALIBRATION_NUMBERS)!;
      return { month: nameOf(month), raw: of(0), recalibrated: of(1), served: of(2) };
    });
  }

  /** The number of the first month, and the numbers of all. */
  save(): { readonly months: readonly number[]; readonly numbers: Float64Array } {
    return {
      months: this.months.map(({ month }) => month),
      numbers: Float64Array.from(this.months.flatMap(({ numbers }) => [...numbers])),
    };
  }

  /** Takes over what `save` gave. Throws `RangeError` where the two do not fit. */
  load(months: readonly number[], numbers: Float64Array): void {
    const width = KINDS.length * CALIBRATION_NUMBERS;
    if (numbers.length !== months.length * width) {
      throw new RangeError(`months: got ${numbers.length} numbers for ${months.length}, expected ${width} each`);
    }
    this.months = months.map((month, i) => ({ month, numbers: numbers.slice(i * width, (i + 1) * width) }));
  }

  private of(tsMs: number): { readonly numbers: Float64Array } {
    const date = new Date(tsMs);
    const month = date.getUTCFullYear() * 12 + date.getUTCMonth();
    const last = this.months.at(-1);
    if (last !== undefined && last.month >= month) return last;
    const added = { month, numbers: new Float64Array(KINDS.length * CALIBRATION_NUMBERS) };
    this.months = [...this.months, added].slice(-MOST_MONTHS);
    return added;
  }
}

function nameOf(month: number): string {
  return `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, "0")}`;
}
