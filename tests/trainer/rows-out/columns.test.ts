import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ClosedSteps, FLAG } from "../../../src/features/closed-steps.ts";
import { DEFAULT_ENGINE_CONFIG, FeatureEngine } from "../../../src/features/feature-engine.ts";
import { LABEL } from "../../../src/features/label-window.ts";
import { labelSpecText } from "../../../src/features/label-spec.ts";
import { PackedTicks } from "../../../src/features/packed-ticks.ts";
import { ROWS, type RowName, schemaText } from "../../../src/features/schema.ts";
import { countEpisodes, episodeRule } from "../../../trainer/evaluate/metrics/episodes.ts";
import { allRows } from "../../../trainer/folds/split.ts";
import { buildDataset } from "../../../trainer/rows/dataset.ts";
import { parseRowsOptions } from "../../../trainer/rows-out/rows-options.ts";
import { writeRows } from "../../../trainer/rows-out/write-rows.ts";
import { volatileTicks } from "../volatile-ticks.ts";
import { columnOf, type DatasetFile, readDataset } from "./read-dataset.ts";
import { writeTicks } from "./ticks-file.ts";

const folder = mkdtempSync(join(tmpdir(), "volgate-rows-"));
afterAll(() => rmSync(folder, { recursive: true }));

const HORIZON = DEFAULT_ENGINE_CONFIG.label.horizonSteps;
// A hole of 40 s (void horizons), and one of 400 s (a new segment).
const hole = (s: number): boolean => (s >= 5000 && s < 5040) || (s >= 7000 && s < 7400);
const ticks = volatileTicks(12_000, { skip: hole });
const recording = writeTicks(join(folder, "ticks.ndjson"), ticks);

/** All closed steps at once, as the gateway's object closes them. */
function closedSteps(): ClosedSteps {
  const packed = new PackedTicks();
  ticks.forEach((tick) => packed.add(tick));
  const steps = new ClosedSteps(1);
  new FeatureEngine().process(packed.rows(), steps, new Uint8Array(ticks.length));
  return steps;
}

async function written(row: RowName): Promise<DatasetFile[]> {
  const out = join(folder, row);
  await writeRows(parseRowsOptions([recording, "--out", out, "--row", row]));
  return await readDataset(out);
}

describe("the columns of a dataset", () => {
  const steps = closedSteps();
  let files: DatasetFile[];
  beforeAll(async () => {
    files = await written("default-1");
  });

  it("stand in the order of docs/rows.md", () => {
    const [file] = files;
    expect(file!.path).toBe("symbol=BTC-USD/date=2025-01-01/part-0.parquet");
    expect(file!.columns).toEqual([
      ["time", "TIMESTAMP_MILLIS"],
      ["symbol", "UTF8"],
      ["venue", "UTF8"],
      ["step", "INT64"],
      ["segment", "INT64"],
      ...ROWS["default-1"].map(({ name }) => [name, "FLOAT"]),
      ["tau", "DOUBLE"],
      ["label", "UTF8"],
      ["horizon_volatility", "DOUBLE"],
      ["episode", "INT64"],
      ["eligible", "BOOLEAN"],
      ["fold", "INT32"],
      ["purge", "INT32"],
    ]);
  });

  it.each(["default-1", "peer-10"] as const)("hold %s of every closed step bit for bit", async (row) => {
    const own = row === "default-1" ? files : await written(row);
    const columns = Array.from(ROWS[row].keys());
    const values = new Float32Array(columns.length);
    const rows = own.flatMap((file) => file.rows);
    expect(rows.length).toBe(steps.count);
    expect(steps.count).toBeGreaterThan(11_000);
    let differences = 0;
    for (let k = 0; k < steps.count; k++) {
      steps.row(row, k, 0, columns, values, 0);
      ROWS[row].forEach(({ name }, j) => (differences += Object.is(rows[k]![name], values[j]) ? 0 : 1));
    }
    expect(differences).toBe(0);
  });

  it("name the step, its end, and its segment by the segment's first step", () => {
    const index = [...steps.index.subarray(0, steps.count)];
    expect(columnOf(files, "step")).toEqual(index.map(BigInt));
    expect(columnOf(files, "time")).toEqual(index.map((step) => new Date((step + 1) * 1000)));
    let first = NaN;
    const segments = index.map((step, k) => {
      if ((steps.flags[k]! & FLAG.segmentStart) !== 0) first = step;
      return BigInt(first);
    });
    expect(columnOf(files, "segment")).toEqual(segments);
    expect(new Set(segments).size).toBe(2);
  });

  it("join label, threshold and horizon volatility a horizon later, within one segment", () => {
    const texts = { [LABEL.none]: null, [LABEL.calm]: "0", [LABEL.spike]: "1", [LABEL.void]: "void" };
    const expected = Array.from({ length: steps.count }, (_, k) => {
      const end = k + HORIZON;
      const isWhole = end < steps.count && steps.index[end] === steps.index[k]! + HORIZON;
      const volatility = isWhole ? steps.horizonVolatility[end]! : NaN;
      return {
        tau: Number.isNaN(steps.tau[k]) ? undefined : steps.tau[k],
        label: (isWhole ? texts[steps.label[end] as keyof typeof texts] : null) ?? undefined,
        horizon_volatility: Number.isNaN(volatility) ? undefined : volatility,
      };
    });
    const rows = files.flatMap((file) => file.rows);
    const given = rows.map(({ tau, label, horizon_volatility: volatility }) => ({
      ...{ tau: tau ?? undefined, label: label ?? undefined, horizon_volatility: volatility ?? undefined },
    }));
    expect(given).toEqual(expected);
    for (const label of ["0", "1", "void", undefined]) expect(given.some((row) => row.label === label)).toBe(true);
  });

  it("call those rows eligible that the trainer learns from, with their episodes as it counts them", () => {
    const data = buildDataset(ticks);
    const rows = files.flatMap((file) => file.rows).filter(({ eligible }) => eligible === true);
    expect(rows.map(({ step }) => Number(step))).toEqual([...data.rows.step]);
    expect(rows.map(({ label }) => Number(label))).toEqual([...data.rows.label]);
    const episodes = files.flatMap((file) => file.rows).map(({ episode }) => episode ?? null);
    const count = countEpisodes(data.rows, allRows(data), episodeRule(HORIZON, 1000));
    expect(new Set(episodes.filter((name) => name !== null)).size).toBe(count);
    expect(count).toBeGreaterThan(3);
    expect(
      rows.filter(({ label, episode }) => (label === "1") !== (episode !== null && episode !== undefined)),
    ).toEqual([]);
    expect(rows.every(({ episode, step }) => episode === null || episode === undefined || episode <= step!)).toBe(true);
  });

  it("say in the file what they were made with", () => {
    const { grid, label } = DEFAULT_ENGINE_CONFIG;
    const { metadata } = files[0]!;
    expect(Object.fromEntries(metadata)).toEqual({
      "volgate.dataset_format": "1",
      "volgate.row": "default-1",
      "volgate.schema": schemaText("default-1", grid, 60),
      "volgate.schema_sha256": createHash("sha256")
        .update(schemaText("default-1", grid, 60))
        .digest("hex"),
      "volgate.label": labelSpecText(label),
      "volgate.label_json": JSON.stringify(label),
      "volgate.step_ms": "1000",
      "volgate.quote_margin_percent": "10",
      "volgate.walk_forward": "none",
      "volgate.served_scores": "none",
      "volgate.version": expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
    });
    expect(new Set(columnOf(files, "fold"))).toEqual(new Set([-1]));
  });
});
