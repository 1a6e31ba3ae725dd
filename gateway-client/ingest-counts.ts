// Outcomes of ticks, summed over the answers to many batches.
import type { IngestCounts } from "../src/http/ingest-schema.ts";

export const INGEST_COUNTS = ["accepted", "duplicate", "late", "held", "released", "rejected"] as const;

export type CountTotals = Record<(typeof INGEST_COUNTS)[number], number>;

export function noCounts(): CountTotals {
  return { accepted: 0, duplicate: 0, late: 0, held: 0, released: 0, rejected: 0 };
}

export function addCounts(totals: CountTotals, counts: IngestCounts): void {
  for (const name of INGEST_COUNTS) totals[name] += counts[name];
}
