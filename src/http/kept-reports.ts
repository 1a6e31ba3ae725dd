// The list of weekly reports as this isolate read it last, for `READ_CACHE_MS`.
import { CachedRead } from "../clients/cached-read.ts";
import { listReports, type StoredReport } from "../jobs/weekly-report/report-store.ts";
import type { StoredReportAnswer } from "./reports-schema.ts";

const list = new CachedRead<StoredReport[]>({ freshMs: 5_000, staleMs: 60_000 });

/** Newest first. Throws what the bucket throws. */
export async function keptReports(bucket: R2Bucket, freshMs: number): Promise<StoredReportAnswer[]> {
  const all = await list.get(() => listReports(bucket), freshMs);
  return all.map(({ date, writtenMs }) => ({
    date,
    written_at: new Date(writtenMs).toISOString(),
    page: `/reports/${date}`,
    json: `/reports/${date}.json`,
  }));
}

/** After a report was written. */
export function forgetReports(): void {
  list.forget();
}
