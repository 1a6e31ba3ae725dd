// Which known names a mistyped one may have meant.

/** The `count` known names with the fewest single-letter edits to `name`, nearest first, ties in their own order. */
export function nearestNames(name: string, known: readonly string[], count = 3): string[] {
  const distances = known.map((candidate) => ({ candidate, distance: editDistance(name, candidate) }));
  distances.sort((a, b) => a.distance - b.distance);
  return distances.slice(0, count).map(({ candidate }) => candidate);
}

/**
 * The nearest known name, where it is so near that `name` is probably mistyped: up to three edits, fewer in short
 * names.
 */
export function mistypedName(name: string, known: readonly string[]): string | undefined {
  const [nearest] = nearestNames(name, known, 1);
  if (nearest === undefined) return undefined;
  return editDistance(name, nearest) <= Math.min(3, Math.ceil(name.length / 2)) ? nearest : undefined;
}

/** Insertions, removals and replacements that make `b` of `a` (Levenshtein): `rv_60` → `rv_600` is 1. */
export function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(replaced, previous[j]! + 1, current[j - 1]! + 1));
    }
    previous = current;
  }
  return previous[b.length]!;
}
