// Positions of scores from high to low.

/** Equal scores keep their order. Throws `RangeError` for a `NaN`, which has no place in a ranking. */
export function descendingOrder(scores: ArrayLike<number>): Uint32Array {
  const order = new Uint32Array(scores.length);
  for (let k = 0; k < order.length; k++) {
    if (Number.isNaN(scores[k])) throw new RangeError(`scores[${k}]: got NaN, expected a number`);
    order[k] = k;
  }
  return order.sort((a, b) => scores[b]! - scores[a]! || a - b);
}
