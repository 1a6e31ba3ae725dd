// The sums over all isolates, and which of their batches are in them: both in one value, so that they can only be
// stored together.
import * as v from "valibot";
import { faultText } from "../schemas/check.ts";
import { checkFrom } from "../schemas/parse-or-throw.ts";
import { fields, finiteNumber, type Parsed, wholeNumber } from "../schemas/schema-values.ts";
import { GIVE_UP_MS } from "./count-outbox.ts";
import {
  addValues,
  type CountBatch,
  type GrowingSeries,
  isCatalogued,
  type SeriesCount,
  seriesCountsSchema,
} from "./series-count.ts";

/** An isolate that was not heard for so long is forgotten; it has given up what it sent long before. */
const FORGET_MS = 3 * GIVE_UP_MS;
/** Labels are bounded, but model versions come and go. 5,000 series take 750 kB of a row's 2 MB. */
const MAX_SERIES = 5_000;

/** What a reader sees of `CountSums.toText`. */
export const shownSumsSchema = fields({ sinceMs: finiteNumber(), series: seriesCountsSchema });

export type CountSumsShown = Parsed<typeof shownSumsSchema>;

const storedSchema = fields({
  ...shownSumsSchema.entries,
  /** By isolate: the number of its last batch, and when it came. */
  heard: v.record(v.string("a name"), fields({ seq: wholeNumber(0), atMs: finiteNumber() }), "isolates"),
});

export class CountSums {
  /** When the sums began. */
  readonly sinceMs: number;
  private readonly series = new Map<string, GrowingSeries>();
  private readonly heard = new Map<string, { seq: number; atMs: number }>();

  private constructor(sinceMs: number) {
    this.sinceMs = sinceMs;
  }

  /**
   * The sums that `toText` wrote, without the series that this version's catalogue lacks. `fault` says why what was
   * stored could not be read: the sums then begin anew.
   * @param text `undefined` where nothing is stored.
   */
  static fromText(text: string | undefined, nowMs: number): { readonly sums: CountSums; readonly fault?: string } {
    if (text === undefined) return { sums: new CountSums(nowMs) };
    let stored: unknown;
    try {
      stored = JSON.parse(text);
    } catch (error) {
      return { sums: new CountSums(nowMs), fault: String(error) };
    }
    const checked = checkFrom(storedSchema, stored, "sums");
    if (!checked.ok) return { sums: new CountSums(nowMs), fault: faultText(checked.fault) };
    const sums = new CountSums(checked.value.sinceMs);
    for (const one of checked.value.series) if (isCatalogued(one)) sums.addSeries(one);
    for (const [isolate, last] of Object.entries(checked.value.heard)) sums.heard.set(isolate, { ...last });
    return { sums };
  }

  /** Adds the batches that are not in the sums yet. Returns how many those were. */
  add(isolate: string, batches: readonly CountBatch[], nowMs: number): number {
    const last = this.heard.get(isolate)?.seq ?? 0;
    const fresh = batches.filter(({ seq }) => seq > last);
    for (const { series } of fresh) for (const one of series) this.addSeries(one);
    this.heard.set(isolate, { seq: Math.max(last, ...fresh.map(({ seq }) => seq)), atMs: nowMs });
    return fresh.length;
  }

  /** Of each isolate that is remembered, the number of the last batch that is in the sums. */
  lastSeqs(): Map<string, number> {
    return new Map([...this.heard].map(([isolate, { seq }]) => [isolate, seq]));
  }

  toText(nowMs: number): string {
    for (const [isolate, { atMs }] of this.heard) if (nowMs - atMs > FORGET_MS) this.heard.delete(isolate);
    const { sinceMs, series, heard } = this;
    return JSON.stringify({ sinceMs, series: [...series.values()], heard: Object.fromEntries(heard) });
  }

  private addSeries(given: SeriesCount): void {
    const key = keyOf(given);
    const sum = this.series.get(key);
    if (sum?.values.length === given.values.length) addValues(sum.values, given.values);
    // During a deployment an isolate of another version may send a histogram of other buckets: it must not reset ours.
    else if (sum !== undefined && !isCatalogued(given)) return;
    else if (sum !== undefined || this.series.size < MAX_SERIES)
      this.series.set(key, { ...given, values: [...given.values] });
  }
}

/** No two series have the same. */
function keyOf({ name, labels }: SeriesCount): string {
  return [name, ...Object.values(labels)].join("\u0000");
}
