// Decimals of Parquet as the nearest double: the library multiplies by a rounded power of ten.

/** Powers of ten up to this one are doubles without rounding. */
const EXACT_POWER = 22;

/**
 * The double nearest to `unscaled` · 10^−`scale`, as the same digits in a CSV give it.
 *
 * Example: `decimalNumber(8454229000000n, 8)` is 84542.29.
 *
 * @param unscaled a whole number, or its big-endian bytes in two's complement.
 */
export function decimalNumber(unscaled: number | bigint | Uint8Array, scale: number): number {
  const whole = unscaled instanceof Uint8Array ? wholeOf(unscaled) : unscaled;
  const number = Number(whole);
  if (Number.isSafeInteger(number) && scale <= EXACT_POWER) return number / 10 ** scale;
  return Number(`${whole}e-${scale}`);
}

function wholeOf(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = value * 256n + BigInt(byte);
  return BigInt.asIntN(8 * bytes.length, value);
}
