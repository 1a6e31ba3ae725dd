// What a symbol began with: where its history is from, and the ticks of a history that no archive has. They give the
// same state again when the snapshot cannot be read.
import { decodePage, encodePage } from "../../../features/page-buffer.ts";
import { narrowRows, widenRows } from "../../../features/packed-ticks.ts";
import { logError } from "../../../log.ts";
import type { PageStore } from "./page-store.ts";

/** The history that a symbol began with. */
export interface Warmth {
  /** `archive`, `ticks` for ticks of a request, or the venue that it was asked of. */
  readonly source: string;
  /** Steps that it closed. */
  readonly steps: number;
  /** Ticks of it that count. */
  readonly ticks: number;
  /** Event time of its first and its last tick, ms. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** Prefixes in the page store. The ticks have one of their own: they may be megabytes, and are rarely read. */
const FACTS = "warm";
const TICKS = "warm-ticks";
const FACTS_KIND = "warm-facts 1";
const TICKS_KIND = "warm-ticks 1";
/** Pages of the ticks: the symbol's own, and those of a further grid. */
const OWN = "rows";
const pageOf = (grid: string): string => `rows-${grid}`;

/**
 * Call it in the transaction of the first snapshot.
 * @param rows packed ticks that are in no archive.
 * @param gridRows those that a further grid begins with, by its name.
 */
export function saveWarmth(
  pages: PageStore,
  warmth: Warmth,
  rows?: Float64Array,
  gridRows: ReadonlyMap<string, Float64Array> = new Map(),
): void {
  pages.save(FACTS, [{ id: "facts", bytes: encodePage(FACTS_KIND, { numbers: { ...warmth }, arrays: [] }) }]);
  if (rows === undefined) return;
  const all = [[OWN, rows] as const, ...[...gridRows].map(([grid, own]) => [pageOf(grid), own] as const)];
  for (const [id, ticks] of all) {
    const { rows: narrow, fields } = narrowRows(ticks);
    pages.save(TICKS, [{ id, bytes: encodePage(TICKS_KIND, { numbers: { fields }, arrays: [narrow] }) }]);
  }
}

/** `undefined` for a symbol that began without a history, and for a damaged page, which is logged. */
export function loadWarmth(pages: PageStore): Warmth | undefined {
  const bytes = pages.load(FACTS).get("facts");
  return bytes === undefined ? undefined : readable(() => decodePage(FACTS_KIND, bytes).numbers as unknown as Warmth);
}

/**
 * Its packed ticks; `undefined` where they were never stored or are no longer needed, or are damaged.
 * @param grid name of a further grid, for those that it alone begins with.
 */
export function loadWarmTicks(pages: PageStore, grid?: string): Float64Array | undefined {
  const bytes = pages.load(TICKS).get(grid === undefined ? OWN : pageOf(grid));
  if (bytes === undefined) return undefined;
  return readable(() => {
    const { numbers, arrays } = decodePage(TICKS_KIND, bytes);
    return widenRows(arrays[0] as Float64Array, Number(numbers["fields"]));
  });
}

/** Once the slots no longer reach back to it, or no window does, the ticks are of no use. */
export function removeWarmTicks(pages: PageStore): void {
  pages.remove(TICKS);
}

function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    logError("warm_page_unreadable", { error: String(error) });
    return undefined;
  }
}
