// A record by names that others chose. `v.record` leaves out the keys `constructor` and `prototype` without a word: a
// symbol of that name that failed would pass for one that took its ticks.
import * as v from "valibot";

/** @param value schema of each value. The record has no prototype: it has the names that came, and no other. */
export function recordOfNames<Output>(value: v.GenericSchema<unknown, Output>) {
  return v.pipe(
    v.custom<Readonly<Record<string, unknown>>>(isRecord, "expected an object"),
    v.transform((record) => Object.entries(record)),
    v.array(v.tuple([v.string(), value])),
    v.transform((entries): Record<string, Output> => {
      const record = Object.create(null) as Record<string, Output>;
      for (const [name, its] of entries) record[name] = its;
      return record;
    }),
  );
}

function isRecord(input: unknown): boolean {
  return typeof input === "object" && input !== null && !Array.isArray(input);
}
