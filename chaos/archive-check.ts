// What the bucket holds of a symbol: each tick that the gateway says is archived, once and as it was sent.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import type { SentLog } from "./sent-log.ts";

/** Sentences about ticks in the archive that were never sent, are there twice, or differ. */
export async function archiveFaults(bucketDir: string, log: SentLog): Promise<string[]> {
  const sent = new Map(log.batches.flatMap(({ ticks }) => ticks).map((tick) => [tick.id, tick]));
  const seen = new Set<number>();
  let [unknown, again, changed] = [0, 0, 0];
  for (const file of objectsOf(bucketDir, log.symbol)) {
    for (const row of await rowsOf(file)) {
      const id = Number(row["id"]);
      const tick = sent.get(id);
      if (tick === undefined) unknown += 1;
      else if (seen.has(id)) again += 1;
      else if (Number(row["ts"]) !== tick.tsMs || row["price"] !== tick.price) changed += 1;
      seen.add(id);
    }
  }
  const said = (count: number, what: string): string[] =>
    count === 0 ? [] : [`${log.symbol}: ${count} archived ticks ${what}`];
  return [
    ...said(unknown, "were never sent"),
    ...said(again, "are there twice"),
    ...said(changed, "differ from what was sent"),
  ];
}

/** Rows of a symbol's archived ticks. */
export async function archivedTicks(bucketDir: string, symbol: string): Promise<number> {
  let count = 0;
  for (const file of objectsOf(bucketDir, symbol)) count += (await rowsOf(file)).length;
  return count;
}

function objectsOf(bucketDir: string, symbol: string): string[] {
  const folder = join(bucketDir, "objects", "ticks");
  try {
    const names = readdirSync(folder, { recursive: true }) as string[];
    const mine = names.filter((name) => name.includes(`symbol=${symbol}/`) && name.endsWith(".parquet"));
    return mine.sort().map((name) => join(folder, name));
  } catch {
    return [];
  }
}

async function rowsOf(file: string): Promise<Record<string, unknown>[]> {
  const { buffer, byteOffset, byteLength } = readFileSync(file);
  return await parquetReadObjects({
    file: buffer.slice(byteOffset, byteOffset + byteLength),
    compressors,
  });
}
