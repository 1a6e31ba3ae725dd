// What a Kafka feed has done, over all its partitions, as lines of text.
import { addCounts, type CountTotals, INGEST_COUNTS, noCounts } from "../../gateway-client/ingest-counts.ts";
import type { FedBatch } from "./partition-feed.ts";

export class FeedTotals {
  readonly ticks: CountTotals = noCounts();
  /** Kafka records: read, without a value, and refused or partly refused. */
  records = 0;
  tombstones = 0;
  poison = 0;
  /** Messages without a tick, as heartbeats of a venue. */
  skipped = 0;
  batches = 0;
  /** Batches that an earlier program or generation had announced. */
  recovered = 0;
  /** Records that were deleted before they were read. */
  lost = 0;
  readonly reasons = new Map<string, number>();

  add({ records, tombstones, outcome, refusals, isRecovered }: FedBatch): void {
    this.batches += 1;
    this.records += records;
    this.tombstones += tombstones;
    this.skipped += outcome.skipped;
    this.recovered += Number(isRecovered);
    addCounts(this.ticks, outcome.counts);
    this.poison += refusals.length;
    for (const { reason } of refusals) this.reasons.set(reason, (this.reasons.get(reason) ?? 0) + 1);
  }

  /** One line, e.g. `1,200 records in 3 batches; ticks: accepted 1,200`. Counts of 0 are left out. */
  line(): string {
    const counts = INGEST_COUNTS.filter((name) => this.ticks[name] > 0).map(
      (name) => `${name} ${count(this.ticks[name])}`,
    );
    const ticks = counts.length > 0 ? `; ticks: ${counts.join(", ")}` : "";
    return `${count(this.records)} records in ${count(this.batches)} batches${ticks}`;
  }

  /**
   * The whole result. `duplicate` counts ticks of batches that were sent again after their first answer was lost.
   * @param poisonPlace what became of refused messages, e.g. `written to ticks.dead`.
   */
  lines(poisonPlace: string): string[] {
    const lines = [this.line()];
    if (this.recovered > 0) lines.push(`${count(this.recovered)} batches were taken over from an interrupted run`);
    if (this.skipped > 0) lines.push(`${count(this.skipped)} messages without a tick`);
    if (this.tombstones > 0) lines.push(`${count(this.tombstones)} records without a value`);
    const reasons = [...this.reasons].sort(([, a], [, b]) => b - a).map(([reason, n]) => `${reason} ${count(n)}`);
    if (this.poison > 0) lines.push(`${count(this.poison)} messages refused, ${poisonPlace}: ${reasons.join(", ")}`);
    if (this.lost > 0)
      lines.push(`${count(this.lost)} offsets were deleted by the topic's retention before they were read`);
    return lines;
  }
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}
