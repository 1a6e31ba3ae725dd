// A dataset is written as a stream: what lives does not grow with it.
import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { afterAll, expect, it } from "vitest";
import { runSuccessfully } from "../../processes/child-program.ts";

const folder = mkdtempSync(join(tmpdir(), "volgate-rows-memory-"));
afterAll(() => rmSync(folder, { recursive: true }));

const T0 = Date.UTC(2026, 0, 1);
/** A tick closes this many steps of 1 s, so that there are many rows for little to read. */
const STEPS_PER_TICK = 8;

async function ticks(name: string, count: number): Promise<string> {
  const path = join(folder, name);
  const text = function* (): Generator<string> {
    yield "timestamp,price\n";
    for (let i = 0; i < count; i++) yield `${T0 + 1000 * STEPS_PER_TICK * i},${100 + (i % 7) / 10}\n`;
  };
  await pipeline(Readable.from(text()), createWriteStream(path));
  return path;
}

/** Writes rows in a Node of its own with 64 MB for old objects; what lives is measured after full collections. */
async function livePeakMb(recording: string): Promise<{ rows: number; mb: number }> {
  const module = (path: string): string => JSON.stringify(join(import.meta.dirname, "../../../trainer", path));
  const out = `${recording}.rows`;
  const script = `
    const { writeRows } = await import(${module("rows-out/write-rows.ts")});
    const { parseRowsOptions } = await import(${module("rows-out/rows-options.ts")});
    const options = parseRowsOptions(${JSON.stringify([recording, "--symbol", "BTC-USD", "--out", out])});
    let [calls, most] = [0, 0];
    const onProgress = () => {
      if (++calls % 2 !== 0) return;
      gc();
      const { heapUsed, external } = process.memoryUsage();
      most = Math.max(most, heapUsed + external);
    };
    const { symbols } = await writeRows({ ...options, onProgress });
    console.log(JSON.stringify({ rows: symbols.get("BTC-USD").rows, mb: most / 2 ** 20 }));`;
  const args = ["--expose-gc", "--max-old-space-size=64", "--input-type=module", "--eval", script];
  const { stdout } = await runSuccessfully(process.execPath, args);
  return JSON.parse(stdout) as { rows: number; mb: number };
}

it("needs no more memory for four times as many rows, in a heap that could not hold them", async () => {
  const [once, fourTimes] = [await ticks("once.csv", 15_000), await ticks("four.csv", 60_000)];
  const small = await livePeakMb(once);
  const large = await livePeakMb(fourTimes);
  expect([small.rows, large.rows]).toEqual([119_992, 479_992]);
  // 360,000 rows more, of 33 float32 and about 40 bytes each, would be 62 MB.
  expect(large.mb - small.mb).toBeLessThan(15);
}, 300_000);
