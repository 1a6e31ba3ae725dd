// The distribution of the one-sample Kolmogorov–Smirnov statistic, which scipy also takes for two large samples at their
// effective size.
import { exp, ln } from "../features/exact-math.ts";

const PI_2 = Math.PI * Math.PI;
const PI_4 = PI_2 * PI_2;
const SQRT_2_PI = Math.sqrt(2 * Math.PI);

/**
 * P(D_n ≥ d): where n·d² is at least 2.2 twice the exact one-sided tail, which is then the two-sided one to all digits;
 * below, 1 − the expansion of Pelz and Good (1976), whose error is below 1e-8 from n = 60 on and 1e-4 at n = 20.
 * @param n size, a whole number of at least 1. @param d from 0 to 1.
 */
export function kolmogorovTail(n: number, d: number): number {
  if (d <= 0) return 1;
  if (d >= 1) return 0;
  const tail = n * d * d >= 2.2 ? 2 * oneSidedTail(n, d) : 1 - expansion(n, d);
  return Math.min(1, Math.max(0, tail));
}

/** P(D⁺_n ≥ d) = d Σ_j (n over j) (d + j/n)^(j−1) (1 − d − j/n)^(n−j), j ≤ n(1 − d): Smirnov's exact sum. */
function oneSidedTail(n: number, d: number): number {
  let sum = 0;
  let lnBinomial = 0;
  for (let j = 0; j < n * (1 - d); j++) {
    const rest = 1 - d - j / n;
    if (rest <= 0) break;
    sum += exp(lnBinomial + (j - 1) * ln(d + j / n) + (n - j) * ln(rest));
    lnBinomial += ln((n - j) / (j + 1));
  }
  return d * sum;
}

/** K0(z) + K1(z)/√n + K2(z)/n + K3(z)/n^1.5 at z = d·√n, in the form that converges fast for small z. */
function expansion(n: number, d: number): number {
  const z = d * Math.sqrt(n);
  const z2 = z * z;
  const z4 = z2 * z2;
  const z6 = z4 * z2;
  const terms = Math.ceil((16 * z) / Math.PI);
  const sums = [0, 0, 0, 0] as [number, number, number, number];
  for (let k = terms; k >= 1; k--) {
    const m2 = (2 * k - 1) * (2 * k - 1);
    const weight = exp((-PI_2 * m2) / (8 * z2));
    sums[0] += weight;
    sums[1] += weight * (-z2 + (PI_2 / 4) * m2);
    sums[2] += weight * (6 * z6 + 2 * z4 + ((2 * z4 - 5 * z2) * PI_2 * m2) / 4 + (PI_4 * (1 - 2 * z2) * m2 * m2) / 16);
    sums[3] +=
      weight *
      (-30 * z6 -
        90 * z4 * z4 +
        (PI_2 * (135 * z4 - 96 * z6) * m2) / 4 +
        (PI_4 * (-60 * z2 + 212 * z4) * m2 * m2) / 16 +
        (PI_4 * PI_2 * (5 - 30 * z2) * m2 * m2 * m2) / 64);
  }
  let second = 0;
  let third = 0;
  for (let k = terms; k >= 1; k--) {
    const weight = k * k * exp((-PI_2 * k * k) / (2 * z2));
    second += weight;
    third += weight * (3 * z2 - PI_2 * k * k);
  }
  const k0 = (SQRT_2_PI * sums[0]) / z;
  const k1 = (SQRT_2_PI * sums[1]) / (6 * z4);
  const k2 = (SQRT_2_PI * sums[2]) / (72 * z6 * z) - (PI_2 * SQRT_2_PI * second) / (36 * z2 * z);
  const k3 = (SQRT_2_PI * sums[3]) / (6480 * z6 * z4) + (PI_2 * SQRT_2_PI * third) / (216 * z6);
  return k0 + k1 / Math.sqrt(n) + k2 / n + k3 / (n * Math.sqrt(n));
}
