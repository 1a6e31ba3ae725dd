// Trailing maximum (or minimum) by a monotone queue: amortised O(1) a push, exact.
import type { StateReader, StateWriter } from "./state-buffer.ts";

/**
 * The largest (`sign` = 1) or smallest (`sign` = −1) value of the last `window` pushes. A `NaN` push occupies the
 * window but is never the extremum.
 *
 * Example: window 2, sign 1, after 5, 3, 4: `value === 4`.
 */
export class RollingExtremum {
  readonly window: number;
  readonly sign: 1 | -1;
  /** Queue of candidates in a ring: `keys` are sign · x, strictly decreasing from head to tail. */
  private readonly keys: Float64Array;
  private readonly pushedAt: Float64Array;
  private head = 0;
  private size = 0;
  private pushes = 0;

  /** @param window length in pushes, a positive integer; throws `RangeError` otherwise. */
  constructor(window: number, sign: 1 | -1) {
    if (!Number.isInteger(window) || window < 1) {
      throw new RangeError(`window: got ${window}, expected a positive integer`);
    }
    this.window = window;
    this.sign = sign;
    this.keys = new Float64Array(window);
    this.pushedAt = new Float64Array(window);
  }

  push(x: number): void {
    const { keys, pushedAt, window } = this;
    const now = this.pushes++;
    if (this.size > 0 && pushedAt[this.head]! <= now - window) {
      this.head = this.head + 1 === window ? 0 : this.head + 1;
      this.size -= 1;
    }
    if (x !== x) return;
    const key = this.sign * x;
    let tail = this.head + this.size - 1;
    while (this.size > 0 && keys[tail >= window ? tail - window : tail]! <= key) {
      this.size -= 1;
      tail -= 1;
    }
    tail += 1;
    if (tail >= window) tail -= window;
    keys[tail] = key;
    pushedAt[tail] = now;
    this.size += 1;
  }

  /** The extremum, or `NaN` when no value in the window exists. */
  get value(): number {
    return this.size > 0 ? this.sign * this.keys[this.head]! : NaN;
  }

  reset(): void {
    this.head = 0;
    this.size = 0;
    this.pushes = 0;
  }

  save(to: StateWriter): void {
    to.array(this.keys);
    to.array(this.pushedAt);
    to.number(this.head);
    to.number(this.size);
    to.number(this.pushes);
  }

  load(from: StateReader): void {
    from.array(this.keys);
    from.array(this.pushedAt);
    this.head = from.number();
    this.size = from.number();
    this.pushes = from.number();
  }
}
