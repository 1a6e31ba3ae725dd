// ADWIN: a window that grows while its mean is stable and is cut where it changes (Bifet and Gavaldà, 2007), with the
// semantics of river.drift.ADWIN in river 0.26. Earlier versions of river skip some cuts and fire later.
import { ln } from "../features/exact-math.ts";

export interface AdwinOptions {
  /** Significance of a cut: smaller fires less often. */
  readonly delta: number;
  /** Cuts are tested every `clock` values. */
  readonly clock: number;
  /** Most buckets of one size; beyond it two are merged into one of the next size. */
  readonly maxBuckets: number;
  /** Fewest values on either side of a cut. */
  readonly minWindowLength: number;
  /** Windows of at most this many values are not cut. */
  readonly gracePeriod: number;
}

const ADWIN_DEFAULTS: AdwinOptions = {
  delta: 0.002,
  clock: 32,
  maxBuckets: 5,
  minWindowLength: 5,
  gracePeriod: 10,
};

/** Buckets of 2^k values each, oldest first: sum of the values, and sum of squared distances from their mean. */
interface Row {
  readonly totals: number[];
  readonly squares: number[];
}

interface Cut {
  readonly before: number;
  readonly after: number;
}

/**
 * Keeps the window as an exponential histogram, O(log width). At every `clock`-th value it drops the oldest bucket as
 * long as some cut has means that differ by more than ε = √(2/m·σ²·ln(2·ln(width)/δ)) + 2/(3m)·ln(2·ln(width)/δ), 1/m
 * being 1/(n0 − minWindowLength + 1) + 1/(n1 − minWindowLength + 1). After firing it restarts with the next value.
 *
 * Example: 0 for 320 values, then 1: fires at the 352nd value, the first test after the change.
 */
export class Adwin {
  private readonly options: AdwinOptions;
  /** rows[k] holds buckets of 2^k values. */
  private rows: Row[] = [{ totals: [], squares: [] }];
  private ticks = 0;
  private length = 0;
  private total = 0;
  private squares = 0;
  private fired = false;
  private cut: Cut = { before: NaN, after: NaN };

  /** Missing options take river's defaults. Throws `RangeError` for a number out of range. */
  constructor(options: Partial<AdwinOptions> = {}) {
    this.options = { ...ADWIN_DEFAULTS, ...options };
    const { delta, clock, maxBuckets, minWindowLength, gracePeriod } = this.options;
    if (!(delta > 0 && delta < 1)) throw new RangeError(`delta: got ${delta}, expected a number between 0 and 1`);
    for (const [name, count] of Object.entries({ clock, maxBuckets, minWindowLength, gracePeriod })) {
      if (!(Number.isInteger(count) && count >= 1)) throw new RangeError(`${name}: got ${count}, expected 1 or more`);
    }
  }

  /** Adds a value. A value that is not finite only resets `drifted`. */
  update(x: number): void {
    if (this.fired) this.reset();
    if (!Number.isFinite(x)) return;
    this.insert(x);
    this.ticks += 1;
    if (this.ticks % this.options.clock !== 0 || this.length <= this.options.gracePeriod) return;
    for (let cut = this.strongestCut(); cut !== null; cut = this.strongestCut()) {
      if (!this.fired) this.cut = cut;
      this.fired = true;
      this.dropOldest();
    }
  }

  /** Whether the last value made it fire. */
  get drifted(): boolean {
    return this.fired;
  }

  /**
   * Means of the window before and after the strongest cut of the last firing; `NaN` before the first. Not saved: read
   * it right after firing.
   */
  get means(): Cut {
    return this.cut;
  }

  /**
   * Mean of the window; `NaN` when it is empty. Right after firing the window may still contain some values from before
   * the change.
   */
  get estimation(): number {
    return this.length === 0 ? NaN : this.total / this.length;
  }

  /** Values in the window. */
  get width(): number {
    return this.length;
  }

  reset(): void {
    this.rows = [{ totals: [], squares: [] }];
    this.ticks = 0;
    this.length = 0;
    this.total = 0;
    this.squares = 0;
    this.fired = false;
  }

  save(): number[] {
    const state = [this.ticks, this.length, this.total, this.squares, this.fired ? 1 : 0, this.rows.length];
    for (const { totals, squares } of this.rows) state.push(totals.length, ...totals, ...squares);
    return state;
  }

  /** Restores what `save` returned. Throws `RangeError` if the numbers are not a valid state. */
  load(state: ArrayLike<number>): void {
    const values = Array.from(state);
    const [ticks, length, total, squares, fired, rows] = values.splice(0, 6) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const read: Row[] = [];
    while (read.length < rows && values.length > 0) {
      const count = values.shift()!;
      read.push({ totals: values.splice(0, count), squares: values.splice(0, count) });
    }
    if (
      !(read.length === rows && rows >= 1 && values.length === 0) ||
      read.some((r) => r.squares.length !== r.totals.length)
    ) {
      throw new RangeError(`ADWIN state: got ${state.length} numbers, expected the buckets of ${rows} sizes`);
    }
    this.rows = read;
    this.ticks = ticks;
    this.length = length;
    this.total = total;
    this.squares = squares;
    this.fired = fired === 1;
  }

  private insert(x: number): void {
    this.rows[0]!.totals.push(x);
    this.rows[0]!.squares.push(0);
    this.length += 1;
    const before = this.length - 1;
    if (before > 0) this.squares += (before * (x - this.total / before) * (x - this.total / before)) / this.length;
    this.total += x;
    this.compress();
  }

  /** Merges the two oldest buckets of a size that has one too many into the newest of the next size. */
  private compress(): void {
    for (let k = 0, size = 1; this.rows[k]!.totals.length > this.options.maxBuckets; k++, size *= 2) {
      if (k + 1 === this.rows.length) this.rows.push({ totals: [], squares: [] });
      const { totals, squares } = this.rows[k]!;
      const next = this.rows[k + 1]!;
      const between = totals[0]! / size - totals[1]! / size;
      next.totals.push(totals[0]! + totals[1]!);
      next.squares.push(squares[0]! + squares[1]! + (size * size * between * between) / (size + size));
      totals.splice(0, 2);
      squares.splice(0, 2);
    }
  }

  private dropOldest(): void {
    const { totals, squares } = this.rows.at(-1)!;
    const size = bucketSize(this.rows.length - 1);
    const total = totals.shift()!;
    this.length -= size;
    this.total -= total;
    const between = total / size - this.total / this.length;
    this.squares -= squares.shift()! + (size * this.length * between * between) / (size + this.length);
    if (totals.length === 0) this.rows.pop();
  }

  /** Among the cuts whose means differ by more than ε, the one with the largest difference relative to ε. */
  private strongestCut(): Cut | null {
    const { minWindowLength, delta } = this.options;
    const logTerm = ln((2 * ln(this.length)) / delta);
    const variance = this.squares / this.length;
    let strongest: Cut | null = null;
    let most = 0;
    let n0 = 0;
    let n1 = this.length;
    let u0 = 0;
    let u1 = this.total;
    for (let k = this.rows.length - 1; k >= 0; k--) {
      const { totals } = this.rows[k]!;
      const size = bucketSize(k);
      const cuts = k === 0 ? totals.length - 1 : totals.length;
      for (let i = 0; i < cuts; i++) {
        n0 += size;
        n1 -= size;
        u0 += totals[i]!;
        u1 -= totals[i]!;
        if (n0 < minWindowLength || n1 < minWindowLength) continue;
        const inverse = 1 / (n0 - minWindowLength + 1) + 1 / (n1 - minWindowLength + 1);
        const epsilon = Math.sqrt(2 * inverse * variance * logTerm) + (2 / 3) * logTerm * inverse;
        const apart = Math.abs(u0 / n0 - u1 / n1);
        // Not `apart / epsilon > 1`: the comparison must round as river's does.
        if (!(apart > epsilon) || apart / epsilon <= most) continue;
        most = apart / epsilon;
        strongest = { before: u0 / n0, after: u1 / n1 };
      }
    }
    return strongest;
  }
}

function bucketSize(row: number): number {
  let size = 1;
  for (let k = 0; k < row; k++) size *= 2;
  return size;
}
