// The symbols' parts of a report as bytes of JSON: a thousand of them as objects do not fit into an isolate beside what
// is made of them.
import type { SymbolWeek } from "./symbol-week.ts";

/** One symbol's part as bytes. Counts per score bin are left out: `/symbols/:symbol/quality?bins=1` has them. */
export function packWeek(week: SymbolWeek): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(week, (key, value: unknown) => (key === "counts" ? null : value)));
}

/** The parts, unpacked one at a time whenever they are iterated. */
export class PackedWeeks implements Iterable<SymbolWeek> {
  private readonly packed: readonly Uint8Array[];

  /** @param packed as `packWeek` writes them. */
  constructor(packed: readonly Uint8Array[]) {
    this.packed = packed;
  }

  *[Symbol.iterator](): Generator<SymbolWeek> {
    const decoder = new TextDecoder();
    // Written by `packWeek` from the type that it is read as.
    for (const bytes of this.packed) yield JSON.parse(decoder.decode(bytes)) as SymbolWeek;
  }
}
