// What came in, by outcome, and how long answers take.
import { countText, decimals, percentText } from "../../../report/figure-text.ts";
import type { Content, Markup } from "../../../report/html.ts";
import { table } from "../../../report/table.ts";
import { minuteText } from "../markup/answer-texts.ts";
import type { Ingest, Latency } from "./operations-answer.ts";

const OUTCOMES = {
  accepted: "accepted",
  duplicate: "duplicate: sent before",
  late: "late: its step had closed",
  outlier: "outlier: not used for returns",
  price_outlier: "price outlier: not used",
} as const;

export function ingestPart({ since, ticks, rejected, failed_batches: failed }: Ingest): Markup {
  const rows = [
    ...Object.entries(OUTCOMES).map(([name, words]) => ({ words, count: ticks[name as keyof typeof OUTCOMES] })),
    ...Object.entries(rejected).map(([reason, count]) => ({ words: `rejected: ${reason}`, count })),
  ];
  const all = rows.reduce((sum, { count }) => sum + count, 0);
  return table({
    className: "compact",
    caption: `Ticks by outcome since ${minuteText(since)} UTC. Batches that failed whole: ${countText(failed)}.`,
    columns: [{ head: "Outcome" }, { head: "Ticks", numeric: true }, { head: "Share", numeric: true }],
    rows: rows.map(({ words, count }) => [words, countText(count), shareText(count, all)]),
  });
}

/** A few of many are not 0 %, and all but a few not 100 %. */
function shareText(count: number, all: number): string {
  if (all === 0) return percentText(null);
  const share = count / all;
  if (count < all && share > 0.9999) return ">99.99 %";
  return count > 0 && share < 0.0001 ? "<0.01 %" : percentText(share, 2);
}

export function latencyPart({ predict, ingest }: Latency, since: string | null): Markup {
  return table({
    className: "compact",
    caption: `How long answers take${since === null ? "" : `, since ${minuteText(since)} UTC`}, from the buckets of a histogram.`,
    columns: [{ head: "Route" }, ...["p50", "p95", "p99", "Answers"].map((head) => ({ head, numeric: true }))],
    rows: [
      { name: "GET /predict", figures: predict },
      { name: "POST /ingest", figures: ingest },
    ].map(({ name, figures }): Content[] => [
      name,
      ...[figures.p50_ms, figures.p95_ms, figures.p99_ms].map(msText),
      countText(figures.count),
    ]),
  });
}

function msText(ms: number | null): string {
  return ms === null ? decimals(null, 1) : `${decimals(ms, ms < 100 ? 1 : 0)} ms`;
}
