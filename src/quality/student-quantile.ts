// Quantiles of Student's t distribution, for intervals of a mean of few blocks.

/**
 * The t with P(T ≤ t) = `probability` for a whole number of degrees of freedom: the finite sums of Abramowitz and
 * Stegun 26.7.3–4, inverted by bisection. Relative error below 1e-12 up to 10,000 degrees.
 *
 * Example: `studentQuantile(0.975, 1)` = 12.706…, and it falls to 1.960 as the degrees grow.
 *
 * @throws RangeError when `probability` is not between 0 and 1, or `degrees` not a whole number from 1.
 */
export function studentQuantile(probability: number, degrees: number): number {
  if (!(probability > 0 && probability < 1)) {
    throw new RangeError(`probability: got ${probability}, expected a number between 0 and 1`);
  }
  if (!(Number.isInteger(degrees) && degrees >= 1)) {
    throw new RangeError(`degrees: got ${degrees}, expected a whole number from 1`);
  }
  const central = Math.abs(2 * probability - 1);
  if (central === 0) return 0;
  let low = 0;
  let high = 1;
  while (centralShare(high, degrees) < central) high *= 2;
  for (let i = 0; i < 200; i++) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) break;
    if (centralShare(middle, degrees) < central) low = middle;
    else high = middle;
  }
  return probability < 0.5 ? -high : high;
}

/** P(|T| ≤ t), t at least 0. */
function centralShare(t: number, degrees: number): number {
  const cosine2 = degrees / (degrees + t * t);
  const sine = t / Math.sqrt(degrees + t * t);
  const odd = degrees % 2 === 1;
  let term = odd ? Math.sqrt(cosine2) : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let k = odd ? 3 : 2; k < degrees; k += 2) {
    term *= (cosine2 * (k - 1)) / k;
    sum += term;
  }
  return odd ? (2 / Math.PI) * (arctangent(t / Math.sqrt(degrees)) + sine * sum) : sine * sum;
}

/**
 * Arc tangent of a slope of at least 0, with the same result on every machine: halved until its series is short (arctan
 * x = 2 arctan(x / (1 + √(1 + x²)))). Error a few units in the last place.
 */
function arctangent(slope: number): number {
  if (slope > 1) return Math.PI / 2 - arctangent(1 / slope);
  let x = slope;
  for (let i = 0; i < 3; i++) x /= 1 + Math.sqrt(1 + x * x);
  let power = x;
  let sum = 0;
  for (let k = 1; k < 24; k += 2) {
    sum += power / k;
    power *= -x * x;
  }
  return 8 * sum;
}
