// What a client reads of the answer to a batch. The gateway may be of another version: a reason that is new, or a count
// that is not there yet, must not turn an acknowledged batch into a refused one.
import * as v from "valibot";
import { ingestAnswerSchema } from "../src/http/ingest-schema.ts";
import { recordOfNames } from "./record-of-names.ts";

const { entries } = ingestAnswerSchema;
const { value: ofSymbol } = entries.symbols;
const released = v.optional(entries.released, 0);
const failed = v.object({
  code: v.string(),
  detail: v.string(),
  ticks: v.optional(v.number(), 0),
  retry_after_s: v.nullable(v.number()),
});
const warnings = v.optional(v.array(v.object({ code: v.string(), detail: v.string() })));

export const deliveredAnswerSchema = v.object({
  ...entries,
  released,
  symbols: recordOfNames(v.object({ ...ofSymbol.entries, released, failed: v.optional(failed), warnings })),
  errors: v.array(v.object({ ...entries.errors.item.entries, reason: v.string() })),
});
export type DeliveredAnswer = v.InferOutput<typeof deliveredAnswerSchema>;
