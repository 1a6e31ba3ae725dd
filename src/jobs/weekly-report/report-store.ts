// Weekly reports in the bucket: one per day of writing, as JSON and as a page.

import { putText } from "./put-text.ts";

/** When a report was written, by its day. */
export interface StoredReport {
  /** `yyyy-mm-dd` in UTC. */
  readonly date: string;
  readonly writtenMs: number;
}

export type ReportForm = "html" | "json";

const PREFIX = "reports/";
const TYPES: Readonly<Record<ReportForm, string>> = {
  html: "text/html; charset=utf-8",
  json: "application/json",
};

/** The key of a report. @param date `yyyy-mm-dd`. */
function reportKey(date: string, form: ReportForm): string {
  return `${PREFIX}${date}/report.${form}`;
}

/** The JSON is written last: a report is there when both are. */
export async function saveReport(
  bucket: R2Bucket,
  date: string,
  { json, page }: { readonly json: Iterable<string>; readonly page: Iterable<string> },
): Promise<void> {
  await putText(bucket, reportKey(date, "html"), page, TYPES.html);
  await putText(bucket, reportKey(date, "json"), json, TYPES.json);
}

export async function reportExists(bucket: R2Bucket, date: string): Promise<boolean> {
  return (await bucket.head(reportKey(date, "json"))) !== null;
}

/** `null` where there is none. */
export async function readReport(bucket: R2Bucket, date: string, form: ReportForm): Promise<string | null> {
  const object = await bucket.get(reportKey(date, form));
  return object === null ? null : await object.text();
}

/** Every report, the newest first. */
export async function listReports(bucket: R2Bucket): Promise<StoredReport[]> {
  const reports: StoredReport[] = [];
  let cursor: string | undefined;
  do {
    const page = await bucket.list({ prefix: PREFIX, ...(cursor === undefined ? {} : { cursor }) });
    for (const { key, uploaded } of page.objects) {
      const [, date] = /^reports\/(\d{4}-\d\d-\d\d)\/report\.json$/.exec(key) ?? [];
      if (date !== undefined) reports.push({ date, writtenMs: uploaded.getTime() });
    }
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor !== undefined);
  return reports.sort((a, b) => (a.date < b.date ? 1 : -1));
}
