// Splits bytes over several rows: the platform refuses a row above 2 MB.

/** Most bytes in a row's BLOB; half of the platform's limit. */
const PART_BYTES = 1024 * 1024;

/** The bytes in parts of at most 1 MiB, at least one. */
export function partsOf(bytes: ArrayBuffer): ArrayBuffer[] {
  if (bytes.byteLength <= PART_BYTES) return [bytes];
  const count = Math.ceil(bytes.byteLength / PART_BYTES);
  return Array.from({ length: count }, (_, k) => bytes.slice(k * PART_BYTES, (k + 1) * PART_BYTES));
}

/** What `partsOf` split. */
export function joinParts(parts: readonly ArrayBuffer[]): ArrayBuffer {
  if (parts.length === 1) return parts[0]!;
  const whole = new Uint8Array(parts.reduce((size, { byteLength }) => size + byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(new Uint8Array(part), at);
    at += part.byteLength;
  }
  return whole.buffer;
}
