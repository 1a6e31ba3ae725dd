// Closes a grid of one minute over a recording of bars, and compares each step with the bar's own line.
import { statSync } from "node:fs";
import { linesOf, textPieces } from "../../recordings/file-lines.ts";
import { fileSource, sourceParts } from "../../recordings/recording-source.ts";
import { streamTicks } from "../../recordings/tick-stream.ts";
import type { ClosedStep } from "../../src/features/closed-step.ts";
import { EventGrid, gridConfig } from "../../src/features/event-grid.ts";
import { PackedTicks } from "../../src/features/packed-ticks.ts";

interface ComparedBars {
  readonly bars: number;
  /** One less than the bars: the last minute is still open. */
  readonly closed: number;
  /** Steps without a bar, or with another high, low or close. */
  readonly different: number;
  readonly rejected: number;
}

/** @param path a CSV file, plain or gzip, with the columns `timestamp_ms`, `high`, `low` and `close`. */
export async function comparedBars(path: string): Promise<ComparedBars> {
  const bars = await readBars(path);
  const grid = new EventGrid(gridConfig(60_000));
  let closed = 0;
  let different = 0;
  const closeStep = ({ tsMs, high, low, lastPrice }: ClosedStep): void => {
    const bar = bars.get(tsMs);
    closed += 1;
    if (bar === undefined || bar[0] !== high || bar[1] !== low || bar[2] !== lastPrice) different += 1;
  };
  const listener = { closeStep, startSegment: () => undefined, observeGap: () => undefined };
  const stream = streamTicks([path]);
  for await (const ticks of stream.batches) {
    const packed = new PackedTicks(ticks.length);
    for (const tick of ticks) packed.add(tick);
    grid.process(packed.rows(), listener, new Uint8Array(ticks.length));
  }
  return { bars: bars.size, closed, different, rejected: stream.summary.rejected.size };
}

async function readBars(path: string): Promise<Map<number, readonly [number, number, number]>> {
  const bars = new Map<number, readonly [number, number, number]>();
  const parts = sourceParts(fileSource(path, statSync(path).size));
  let header: string[] | undefined;
  const codecs = path.endsWith(".gz") ? (["gzip"] as const) : [];
  for await (const lines of linesOf(path, textPieces({ path, codecs, parts, onCut: () => undefined }))) {
    for (const line of lines) {
      const cells = line.split(",");
      if (header === undefined) header = cells;
      else {
        const value = (name: string): number => Number(cells[header!.indexOf(name)]);
        bars.set(value("timestamp_ms"), [value("high"), value("low"), value("close")]);
      }
    }
  }
  return bars;
}
