// Sorting float32 values by their bits, several times faster than the built-in sort on long columns.

const DIGIT = 2048;

/**
 * The values in rising order, in a new array: a radix sort of three digits of 11 bits on keys whose order as whole
 * numbers is that of the values. −0 comes before 0; `NaN` is not expected.
 *
 * Example: 2, −1, 0.5 becomes −1, 0.5, 2.
 */
export function sortFloats(values: Float32Array): Float32Array {
  let keys = new Uint32Array(values.slice().buffer);
  let next = new Uint32Array(keys.length);
  const starts = new Int32Array(3 * DIGIT);
  for (let i = 0; i < keys.length; i++) {
    const bits = keys[i]!;
    const key = (bits >>> 31 === 1 ? ~bits : bits | 0x80000000) >>> 0;
    keys[i] = key;
    for (let digit = 0; digit < 3; digit++) starts[digit * DIGIT + ((key >>> (11 * digit)) & (DIGIT - 1))]!++;
  }
  for (let digit = 0; digit < 3; digit++) {
    const start = starts.subarray(digit * DIGIT, (digit + 1) * DIGIT);
    let sum = 0;
    start.forEach((count, k) => {
      start[k] = sum;
      sum += count;
    });
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i]!;
      next[start[(key >>> (11 * digit)) & (DIGIT - 1)]!++] = key;
    }
    [keys, next] = [next, keys];
  }
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    keys[i] = key >>> 31 === 1 ? key & 0x7fffffff : ~key;
  }
  return new Float32Array(keys.buffer);
}
