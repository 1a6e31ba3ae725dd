// Values kept in ascending order, for exact quantiles: each change moves the values between two positions.

/** A multiset of numbers in ascending order. Its memory follows its size: at most four times it, or 16 values. */
export class SortedValues {
  private sorted: Float64Array;
  private count = 0;
  private readonly least: number;

  /** @param capacity what is allocated at once and never given back. */
  constructor(capacity = 16) {
    this.least = capacity;
    this.sorted = new Float64Array(capacity);
  }

  get size(): number {
    return this.count;
  }

  /** Type-7 ("linear") quantile, as in NumPy: v[j] + (h − j)(v[j+1] − v[j]) with h = (n − 1)p; `NaN` if empty. */
  quantile(probability: number): number {
    if (this.count === 0) return NaN;
    const h = (this.count - 1) * probability;
    const j = Math.floor(h);
    const low = this.sorted[j]!;
    return j + 1 < this.count ? low + (h - j) * (this.sorted[j + 1]! - low) : low;
  }

  /** Replaces all values. */
  fill(values: Float64Array): void {
    if (values.length > this.sorted.length) this.sorted = new Float64Array(values.length);
    this.count = values.length;
    this.sorted.set(values);
    this.sorted.subarray(0, this.count).sort();
  }

  insert(x: number): void {
    if (this.count === this.sorted.length) this.resize(this.count * 2);
    const at = this.lowerBound(x);
    this.sorted.copyWithin(at + 1, at, this.count);
    this.sorted[at] = x;
    this.count += 1;
  }

  /** Removes a value that is there. */
  remove(x: number): void {
    const at = this.lowerBound(x);
    this.sorted.copyWithin(at, at + 1, this.count);
    this.count -= 1;
    if (this.count * 4 < this.sorted.length && this.sorted.length > this.least) this.resize(this.sorted.length / 2);
  }

  /** Replaces a value that is there by another, moving only the values between the two positions. */
  replace(leaving: number, entering: number): void {
    const { sorted } = this;
    const out = this.lowerBound(leaving);
    const at = this.lowerBound(entering);
    if (at <= out) {
      sorted.copyWithin(at + 1, at, out);
      sorted[at] = entering;
    } else {
      sorted.copyWithin(out, out + 1, at);
      sorted[at - 1] = entering;
    }
  }

  /** First index whose value is at least x. */
  private lowerBound(x: number): number {
    const { sorted } = this;
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sorted[middle]! < x) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private resize(capacity: number): void {
    const resized = new Float64Array(Math.max(this.least, Math.ceil(capacity)));
    resized.set(this.sorted.subarray(0, this.count));
    this.sorted = resized;
  }
}
