// Which symbols of an experiment have blocks from the archive. The blocks are in the symbols' own objects: thirty days
// of many symbols do not fit into the registry's one value.
import * as v from "valibot";
import { fields, type Parsed, wholeNumber } from "../../schemas/schema-values.ts";

const symbolsSchema = v.array(v.string("a text"), "a list");

export const keptBackfillSchema = fields({
  /** The experiment's id. */
  experiment: v.string("a text"),
  /** Counts the backfills of all experiments: evidence that was computed before one is not kept after it. */
  revision: wholeNumber(1),
  /** In the order of their names. */
  symbols: symbolsSchema,
});
export type KeptBackfill = Parsed<typeof keptBackfillSchema>;

/** What the history says of a backfill, and the symbols that were given blocks. */
export const notedBackfillSchema = fields({ symbols: symbolsSchema, text: v.string("a text") });
export type NotedBackfill = Parsed<typeof notedBackfillSchema>;

/** After one more backfill: a symbol that is given blocks again counts once, and another experiment begins anew. */
export function withNoted(kept: KeptBackfill | null, experiment: string, symbols: readonly string[]): KeptBackfill {
  const before = kept?.experiment === experiment ? kept.symbols : [];
  return {
    experiment,
    revision: (kept?.revision ?? 0) + 1,
    symbols: [...new Set([...before, ...symbols])].sort(),
  };
}
