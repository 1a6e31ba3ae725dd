// The rows of a dataset beside what a running gateway computed for the same ticks: `X-Volgate-Trace: steps`.
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ParityGateway } from "../../feeds/parity/parity-gateway.ts";
import { placeModels } from "../../feeds/parity/place-models.ts";
import type { StepColumn } from "../../feeds/parity/step-columns.ts";
import { type TracedSymbol, tracedReplay } from "../../feeds/parity/traced-replay.ts";
import { streamTicks } from "../../recordings/tick-stream.ts";
import { simulateTicks } from "../../simulator/simulator.ts";
import { FLAG } from "../../src/features/closed-steps.ts";
import { LABEL } from "../../src/features/label-window.ts";
import { ROWS } from "../../src/features/schema.ts";
import type { Tick } from "../../src/features/tick.ts";
import { parseRowsOptions } from "../../trainer/rows-out/rows-options.ts";
import { writeRows } from "../../trainer/rows-out/write-rows.ts";
import { writeMonthOfBars } from "../trainer/rows-out/month-of-bars.ts";
import { readDataset } from "../trainer/rows-out/read-dataset.ts";
import { writeTicks } from "../trainer/rows-out/ticks-file.ts";
import { handMadeModel } from "./parity-models.ts";

const fromMs = Date.parse("2026-03-01T22:00:00Z");
const toMs = Date.parse("2026-03-02T02:00:00Z");
const folder = mkdtempSync(join(tmpdir(), "volgate-rows-gateway-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Two symbols with a hole of 40 s, a gap of 400 s, ticks twice, and prices that are no true ones, in order of time. */
function market(): Tick[] {
  return ["BTC-USD", "ETH-USD"]
    .flatMap((symbol, seed) => [...simulateTicks({ seed, symbol, fromMs, toMs })])
    .filter(({ tsMs }) => tsMs < fromMs + 7_000_000 || tsMs > fromMs + 7_040_000)
    .map((tick) => (tick.tsMs > fromMs + 9_000_000 ? { ...tick, tsMs: tick.tsMs + 400_000 } : tick))
    .flatMap((tick, i) => {
      if (i % 97 === 0) return [tick, tick];
      if (i % 503 === 0) return [{ ...tick, price: tick.price * 10, bid: NaN, ask: NaN }, tick];
      return [tick];
    })
    .sort((a, b) => a.tsMs - b.tsMs);
}

/** The first week of the month of bars. */
function week(): string[] {
  const bars = join(folder, "bars");
  writeMonthOfBars(bars);
  return readdirSync(bars)
    .sort()
    .slice(0, 7)
    .map((name) => join(bars, name));
}

const BARS = ["--symbol", "XBTUSD", "--step", "60s"];
const BARS_LABEL = '{"measure":"parkinson","horizonSteps":1,"windowSteps":1440}';

describe.each([
  { what: "ticks on steps of 1 s", files: () => [writeTicks(join(folder, "ticks.ndjson"), market())], options: [] },
  { what: "bars on steps of 60 s", files: week, options: [...BARS, "--label", BARS_LABEL] },
])("rows of $what", ({ what, files, options }) => {
  const recordings = files();
  const { engine, symbol } = parseRowsOptions([...recordings, ...options]);
  const horizon = engine.label.horizonSteps;
  let traced: ReadonlyMap<string, TracedSymbol>;

  beforeAll(async () => {
    const lines: string[] = [];
    const ticks: Tick[] = [];
    const stream = streamTicks(recordings, { symbol, stepMs: engine.grid.stepMs });
    for await (const batch of stream.batches) ticks.push(...batch);
    // Thresholds and labels are traced under the champion's label.
    const champion = handMadeModel(engine);
    const note = (line: string): void => void lines.push(line);
    const gateway = await ParityGateway.start(
      { config: engine, grids: [] },
      [champion],
      note,
      new AbortController().signal,
    );
    try {
      await gateway.ready();
      await gateway.place(placeModels([champion], engine), undefined);
      traced = await tracedReplay(gateway.baseUrl, ticks, () => undefined);
    } catch (error) {
      console.error(lines.join("\n"));
      throw error;
    } finally {
      await gateway.stop();
    }
  }, 600_000);

  it.each(["default-1", "peer-10"] as const)("are the gateway's bit for bit: %s", async (row) => {
    const out = join(folder, what, row);
    await writeRows(parseRowsOptions([...recordings, ...options, "--out", out, "--row", row]));
    const rows = (await readDataset(out)).flatMap((file) => file.rows);
    let compared = 0;
    const differences: string[] = [];
    for (const [name, { steps }] of traced) {
      const own = rows.filter((one) => one["symbol"] === name);
      expect(own.length).toBe(steps.count);
      const at = (column: StepColumn, k: number): number => steps.columns[column][k]!;
      const same = (column: string, k: number, gateway: unknown): void => {
        compared += 1;
        if (!Object.is(own[k]![column] ?? NaN, gateway)) differences.push(`${name} row ${k} ${column}`);
      };
      let segment = NaN;
      for (let k = 0; k < steps.count; k++) {
        ROWS[row].forEach(({ name: column }, j) => same(column, k, at(row, k * ROWS[row].length + j)));
        same("step", k, BigInt(at("index", k)));
        if ((at("flags", k) & FLAG.segmentStart) !== 0) segment = at("index", k);
        same("segment", k, BigInt(segment));
        same("tau", k, at("tau", k));
        const end = k + horizon;
        const isWhole = end < steps.count && at("index", end) === at("index", k) + horizon;
        same("horizon_volatility", k, isWhole ? at("horizonVolatility", end) : NaN);
        same("label", k, isWhole ? (LABEL_TEXTS[at("label", end)] ?? NaN) : NaN);
      }
    }
    console.log(`${what}, ${row}: ${rows.length} rows, ${compared} values compared, ${differences.length} differ`);
    expect(differences).toEqual([]);
    expect(rows.length).toBeGreaterThan(10_000);
    expect(rows.filter(({ label }) => label === "1").length).toBeGreaterThan(100);
  });
});

const LABEL_TEXTS: Readonly<Record<number, string>> = { [LABEL.calm]: "0", [LABEL.spike]: "1", [LABEL.void]: "void" };
