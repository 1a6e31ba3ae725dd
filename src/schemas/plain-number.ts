// The number in a value from outside.

/**
 * As `Number(value)` for a number or a text; `NaN` for everything else. `Number` makes 0 of `null` and of an empty
 * list, and throws for an object whose field `toString` is no function.
 */
export function plainNumber(value: unknown): number {
  return typeof value === "number" || typeof value === "string" ? Number(value) : NaN;
}
