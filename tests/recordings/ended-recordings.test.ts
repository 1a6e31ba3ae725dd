import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, expect, it } from "vitest";
import { streamTicks } from "../../recordings/tick-stream.ts";

const folder = mkdtempSync(join(tmpdir(), "volgate-ended-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const FILES = 12;
const TICKS = 3000;

it("keeps no tick of a recording that has ended, so that an archive of thousands takes no memory", async () => {
  setFlagsFromString("--expose_gc");
  const collect = runInNewContext("gc") as () => void;
  const files = Array.from({ length: FILES }, (_, file) => {
    const path = join(folder, `${String(file).padStart(2, "0")}.ndjson`);
    const line = (i: number): string =>
      JSON.stringify({ symbol: "BTC-USD", ts: 1_764_547_200_000 + (file * TICKS + i) * 1000, price: 100 + (i % 7) });
    writeFileSync(path, Array.from({ length: TICKS }, (_, i) => line(i)).join("\n"));
    return path;
  });
  const first: WeakRef<object>[] = [];
  let read = 0;
  for await (const ticks of streamTicks(files).batches) {
    read += ticks.length;
    if (first.length < 3) first.push(new WeakRef(ticks[0]!));
    if (read < (FILES - 2) * TICKS) continue;
    await sleep(0);
    collect();
    expect(first.map((tick) => tick.deref())).toEqual([undefined, undefined, undefined]);
    break;
  }
  expect(read).toBeGreaterThan((FILES - 3) * TICKS);
});
