// A copy of a gateway's archive is a folder of recordings, though predictions lie beside the ticks.
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openRecordings } from "../../recordings/recording-paths.ts";
import { remarksOf } from "../../recordings/summary-text.ts";
import { readTickFiles } from "../../recordings/tick-files.ts";
import { streamTicks } from "../../recordings/tick-stream.ts";

const TICKS = "ticks/symbol=BTC-USD/date=2025-12-01/0000-0000000001.parquet";
const ANSWERS = "predictions/symbol=BTC-USD/date=2025-12-01/0000-0000000001.parquet";
let lake: string;

beforeAll(async () => {
  lake = await mkdtemp(join(tmpdir(), "volgate-lake-"));
  await mkdir(dirname(join(lake, TICKS)), { recursive: true });
  await cp(join(import.meta.dirname, "../feeds/golden-ticks.parquet"), join(lake, TICKS));
  await mkdir(dirname(join(lake, ANSWERS)), { recursive: true });
  await writeFile(join(lake, ANSWERS), "no ticks");
});
afterAll(() => rm(lake, { recursive: true }));

describe("a whole lake", () => {
  it("gives its ticks, and says how many files of predictions it left out", async () => {
    const stream = streamTicks([lake]);
    let ticks = 0;
    for await (const batch of stream.batches) ticks += batch.length;
    expect(ticks).toBe((await readTickFiles([join(lake, "ticks")])).ticks.length);
    expect(ticks).toBeGreaterThan(0);
    expect(stream.summary.files.map(({ path }) => path)).toEqual([join(lake, TICKS)]);
    expect(remarksOf(stream.summary)).toContain("1 file of predictions left out");
  });

  it("has the predictions too for a reader that wants them", async () => {
    const { sources, predictions, close } = await openRecordings([lake], { predictions: true });
    await close();
    expect([sources.length, predictions]).toEqual([2, 0]);
  });

  it.each(["predictions", "predictions/symbol=BTC-USD", ANSWERS])("is refused by its %s", async (path) => {
    await expect(readTickFiles([join(lake, path)])).rejects.toThrow(
      `${join(lake, path)}: is of a gateway's predictions, expected ticks: those of its archive are below ticks/`,
    );
  });

  it("is refused without ticks", async () => {
    const other = join(lake, "other");
    await mkdir(dirname(join(other, ANSWERS)), { recursive: true });
    await cp(join(lake, ANSWERS), join(other, ANSWERS));
    await expect(readTickFiles([other])).rejects.toThrow("holds nothing but a gateway's predictions, expected ticks");
  });

  it("is told by the folder alone: a recording that is called predictions is read", async () => {
    const own = join(lake, "own", "predictions");
    await mkdir(own, { recursive: true });
    await writeFile(join(own, "a.ndjson"), '{"symbol":"A","ts":1764547200000,"price":1}\n');
    expect((await readTickFiles([join(lake, "own")])).ticks).toHaveLength(1);
    expect((await readTickFiles([own])).ticks).toHaveLength(1);
  });
});
