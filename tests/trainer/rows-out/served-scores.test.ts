import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseRowsOptions } from "../../../trainer/rows-out/rows-options.ts";
import { writeRows } from "../../../trainer/rows-out/write-rows.ts";
import { FROM_MS, volatileTicks } from "../volatile-ticks.ts";
import { columnOf, readDataset } from "./read-dataset.ts";
import { writeTicks } from "./ticks-file.ts";

const folder = mkdtempSync(join(tmpdir(), "volgate-rows-served-"));
afterAll(() => rmSync(folder, { recursive: true }));

const DAY_MS = 86_400_000;
const [DAY_1, DAY_2] = ["2025-01-01", "2025-01-02"];

interface Prediction {
  readonly timeMs: number;
  readonly score: number;
  readonly model: string;
}

/** A file of the gateway's archive of predictions. */
function writePredictions(
  archive: string,
  day: string,
  name: string,
  predictions: readonly Prediction[],
  grid: Readonly<Record<string, string>> = { step_ms: "10000", horizon_ms: "600000" },
): void {
  const path = join(archive, "symbol=ETH%3AUSD", `date=${day}`);
  mkdirSync(path, { recursive: true });
  const bytes = parquetWriteBuffer({
    columnData: [
      { name: "prediction_id", data: predictions.map(({ timeMs }) => `ETH:USD:${timeMs}`), type: "STRING" },
      { name: "ts", data: predictions.map(({ timeMs }) => BigInt(timeMs)), type: "INT64" },
      { name: "score", data: predictions.map(({ score }) => score), type: "FLOAT" },
      { name: "model_sha256", data: predictions.map(({ model }) => model), type: "STRING" },
    ],
    kvMetadata: Object.entries(grid).map(([key, value]) => ({ key, value })),
  });
  writeFileSync(join(path, name), new Uint8Array(bytes));
}

// Two hours around a midnight, steps of 10 s, with the first file of predictions going on into the next day.
const fromMs = FROM_MS + DAY_MS - 3_600_000;
const shift = (s: number): number => s * 1000 + fromMs;
const ticks = volatileTicks(7200, { symbol: "ETH:USD", skip: (s) => s % 10 !== 0 }).map((tick) => {
  return { ...tick, tsMs: tick.tsMs - FROM_MS + fromMs };
});
const predictions = Array.from({ length: 600 }, (_, i): Prediction => {
  return {
    timeMs: shift(10 * (i + 50)),
    score: Math.fround(i / 1000),
    model: i < 400 ? "a".repeat(64) : "b".repeat(64),
  };
});

describe("served scores", () => {
  const archive = join(folder, "predictions");
  const recording = join(folder, "ticks.ndjson");

  beforeAll(() => {
    writeTicks(recording, ticks);
    writePredictions(archive, DAY_1, "2300-0.parquet", predictions.slice(0, 400));
    writePredictions(archive, DAY_2, "0100-1.parquet", predictions.slice(400));
  });

  it("are what the archive has for the end of each step, and null elsewhere", async () => {
    const out = join(folder, "rows");
    await writeRows(parseRowsOptions([recording, "--step", "10s", "--out", out, "--predictions", archive]));
    const files = await readDataset(out);
    expect(files.map(({ path }) => path.split("/")[1])).toEqual([`date=${DAY_1}`, `date=${DAY_2}`]);
    expect(files[0]!.columns.slice(-2)).toEqual([
      ["served_score", "DOUBLE"],
      ["served_model", "UTF8"],
    ]);
    const byTime = new Map(predictions.map((one) => [one.timeMs, one]));
    const times = columnOf(files, "time").map((time) => (time as Date).getTime());
    const expected = times.map((ms) => byTime.get(ms));
    expect(columnOf(files, "served_score").map((score) => score ?? undefined)).toEqual(
      expected.map((one) => one?.score),
    );
    expect(columnOf(files, "served_model").map((model) => model ?? undefined)).toEqual(
      expected.map((one) => one?.model),
    );
    expect(expected.filter((one) => one !== undefined).length).toBe(600);
    expect(expected.filter((one) => one === undefined).length).toBeGreaterThan(100);
  });

  it("are refused where two models answered one step, and where a file is something else", async () => {
    const twice = join(folder, "twice");
    writePredictions(twice, DAY_1, "a.parquet", predictions.slice(0, 10));
    writePredictions(twice, DAY_1, "b.parquet", [{ ...predictions[3]!, model: "c" }]);
    const run = (path: string) =>
      writeRows(parseRowsOptions([recording, "--step", "10s", "--out", join(folder, "no"), "--predictions", path]));
    await expect(run(twice)).rejects.toThrow("two predictions of ETH:USD at 2025-01-01T23:08:50.000Z, by aaaa");
    const flat = join(folder, "flat");
    mkdirSync(flat);
    writeFileSync(join(flat, "x.parquet"), "PAR1");
    await expect(run(flat)).rejects.toThrow("expected predictions below symbol=…/date=YYYY-MM-DD/");
    await expect(run(join(folder, "none"))).rejects.toThrow("no such file or directory");
  });

  it("are refused where they are of another step or horizon, or do not say of which", async () => {
    for (const [i, [grid, message]] of (
      [
        [{ step_ms: "1000", horizon_ms: "600000" }, "step_ms in its metadata: got 1000, expected 10000"],
        [{ step_ms: "10000", horizon_ms: "60000" }, "horizon_ms in its metadata: got 60000, expected 600000"],
        [{}, "step_ms in its metadata: got none, expected 10000"],
      ] as const
    ).entries()) {
      const other = join(folder, `other-${i}`);
      writePredictions(other, DAY_1, "a.parquet", predictions.slice(0, 10), grid);
      const given = ["--step", "10s", "--out", join(folder, "no"), "--predictions", other];
      await expect(writeRows(parseRowsOptions([recording, ...given]))).rejects.toThrow(message);
    }
  });

  it("cannot be left out of a dataset that has them", async () => {
    const out = join(folder, "rows");
    const without = parseRowsOptions([recording, "--step", "10s", "--out", out]);
    await expect(writeRows(without)).rejects.toThrow('made with another served_scores: "archive of predictions", now');
  });
});
