// Field by field out of a manifest from outside: each reader names the field, what came and what was expected.

/** A manifest that cannot be used; the message names the field, what came and what was expected. */
export class ManifestError extends Error {
  override name = "ManifestError";
}

export type Raw = Readonly<Record<string, unknown>>;

export function object(value: unknown, field: string): Raw {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong(field, value, "an object");
  return value as Raw;
}

export function list(value: unknown, field: string): readonly unknown[] {
  if (!Array.isArray(value)) throw wrong(field, value, "a list");
  return value;
}

export function text(raw: Raw, field: string): string {
  const value = raw[field];
  if (typeof value !== "string" || value.length > 2000) throw wrong(field, value, "a text of at most 2,000 characters");
  return value;
}

export function finite(raw: Raw, field: string, min = -Infinity, max = Infinity): number {
  const value = raw[field];
  if (typeof value !== "number" || !Number.isFinite(value) || value < min || value > max) {
    throw wrong(field, value, min === -Infinity ? "a finite number" : `a number from ${min} to ${max}`);
  }
  return value;
}

export function finiteOrNull(raw: Raw, field: string): number | null {
  return raw[field] === null ? null : finite(raw, field);
}

export function sha256(raw: Raw, field: string): string {
  const value = raw[field];
  if (typeof value !== "string" || !/^[0-9a-f]{64}$/.test(value)) throw wrong(field, value, "64 hexadecimal digits");
  return value;
}

export function wrong(field: string, got: unknown, expected: string): ManifestError {
  const shown = JSON.stringify(got) ?? "nothing";
  return new ManifestError(
    `manifest.${field}: got ${shown.length > 80 ? shown.slice(0, 77) + "…" : shown}, expected ${expected}`,
  );
}
