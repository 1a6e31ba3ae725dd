// Sums the outcomes of the ticks of many batches, per symbol, and prints them as a table.
import type { DeliveredAnswer } from "../gateway-client/delivered-answer.ts";
import type { Delivery } from "../gateway-client/tick-sender.ts";
import { addCounts, type CountTotals, INGEST_COUNTS, noCounts } from "../gateway-client/ingest-counts.ts";

type Row = CountTotals & { sent: number };

const COLUMNS = ["sent", ...INGEST_COUNTS] as const;

/**
 * `sent` counts ticks of acknowledged batches. Once no tick is held any more, it is the sum of the other counts except
 * `held`, which counts ticks held at the end of a batch.
 */
export class IngestTotals {
  readonly total: Row = emptyRow();
  readonly symbols = new Map<string, Row>();
  /** Refused ticks by reason, as far as the answers listed them. */
  readonly reasons = new Map<string, number>();
  /** Ticks that were given up, and why the last of them were. */
  readonly unsent = new Map<string, { readonly ticks: number; readonly why: string }>();
  firstError: DeliveredAnswer["errors"][number] | undefined;

  add({ ticks, answer }: Delivery): void {
    for (const tick of ticks) this.row(tick.symbol).sent += 1;
    this.total.sent += ticks.length;
    addCounts(this.total, answer);
    for (const [symbol, counts] of Object.entries(answer.symbols)) addCounts(this.row(symbol), counts);
    for (const error of answer.errors) {
      this.firstError ??= error;
      this.reasons.set(error.reason, (this.reasons.get(error.reason) ?? 0) + 1);
    }
  }

  /** Notes ticks that were given up. */
  addUnsent(symbol: string, ticks: number, why: string): void {
    this.unsent.set(symbol, { ticks: ticks + (this.unsent.get(symbol)?.ticks ?? 0), why });
  }

  /** One aligned line per symbol, a heading above, the total below, and why ticks were refused. */
  lines(): string[] {
    const symbols = [...this.symbols].sort(([a], [b]) => (a < b ? -1 : 1));
    const rows: [string, Row][] = [...symbols, ["total", this.total]];
    const first = Math.max("symbol".length, ...rows.map(([name]) => name.length));
    const cells = (row: Row) => COLUMNS.map((column) => row[column].toLocaleString("en-US").padStart(11)).join("");
    const lines = ["symbol".padEnd(first) + COLUMNS.map((column) => column.padStart(11)).join("")];
    for (const [name, row] of rows) lines.push(name.padEnd(first) + cells(row));
    if (this.reasons.size > 0) lines.push(`rejected: ${reasonsText(this.reasons)}`);
    const error = this.firstError;
    if (error !== undefined) {
      const { symbol = "", field, got = "absent", expected } = error;
      lines.push(`first: ${symbol} ${field} is ${got}, expected ${expected}`);
    }
    for (const [symbol, { ticks, why }] of this.unsent) {
      lines.push(`not sent: ${ticks.toLocaleString("en-US")} ticks of ${symbol}: ${why}`);
    }
    return lines;
  }

  private row(symbol: string): Row {
    const known = this.symbols.get(symbol);
    if (known !== undefined) return known;
    const row = emptyRow();
    this.symbols.set(symbol, row);
    return row;
  }
}

/** `ts_outlier 3, crossed_quote 1`, the most frequent first. */
function reasonsText(reasons: ReadonlyMap<string, number>): string {
  const sorted = [...reasons].sort(([, a], [, b]) => b - a);
  return sorted.map(([reason, count]) => `${reason} ${count.toLocaleString("en-US")}`).join(", ");
}

function emptyRow(): Row {
  return { sent: 0, ...noCounts() };
}
