// The rows of a dataset beside what a running gateway computed for the same ticks: `X-Volgate-Trace: steps`.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ParityGateway } from "../../feeds/parity/parity-gateway.ts";
import type { StepColumn } from "../../feeds/parity/step-columns.ts";
import { type TracedSymbol, tracedReplay } from "../../feeds/parity/traced-replay.ts";
import { simulateTicks } from "../../simulator/simulator.ts";
import { FLAG } from "../../src/features/closed-steps.ts";
import { DEFAULT_ENGINE_CONFIG } from "../../src/features/feature-engine.ts";
import { LABEL } from "../../src/features/label-window.ts";
import { ROWS } from "../../src/features/schema.ts";
import type { Tick } from "../../src/features/tick.ts";
import { parseRowsOptions } from "../../trainer/rows-out/rows-options.ts";
import { writeRows } from "../../trainer/rows-out/write-rows.ts";
import { readDataset } from "../trainer/rows-out/read-dataset.ts";
import { writeTicks } from "../trainer/rows-out/ticks-file.ts";

const HOURS = 4;
const HORIZON = DEFAULT_ENGINE_CONFIG.label.horizonSteps;
// Over a midnight.
const fromMs = Date.parse("2026-03-01T22:00:00Z");
const folder = mkdtempSync(join(tmpdir(), "volgate-rows-gateway-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Two symbols with a hole of 40 s, a gap of 400 s, ticks twice, and prices that are no true ones, in order of time. */
function market(): Tick[] {
  const toMs = fromMs + HOURS * 3_600_000;
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

const ticks = market();
let traced: ReadonlyMap<string, TracedSymbol>;

beforeAll(async () => {
  const lines: string[] = [];
  const gateway = await ParityGateway.start(
    DEFAULT_ENGINE_CONFIG,
    [],
    (line) => lines.push(line),
    new AbortController().signal,
  );
  try {
    await gateway.ready(new Map());
    traced = await tracedReplay(gateway.baseUrl, ticks, () => undefined);
  } catch (error) {
    console.error(lines.join("\n"));
    throw error;
  } finally {
    await gateway.stop();
  }
}, 600_000);

it.each(["default-1", "peer-10"] as const)("are the gateway's bit for bit: %s", async (row) => {
  const out = join(folder, row);
  await writeRows(parseRowsOptions([writeTicks(join(folder, "ticks.ndjson"), ticks), "--out", out, "--row", row]));
  const rows = (await readDataset(out)).flatMap((file) => file.rows);
  let compared = 0;
  const differences: string[] = [];
  for (const [symbol, { steps }] of traced) {
    const own = rows.filter((one) => one["symbol"] === symbol);
    expect(own.length).toBe(steps.count);
    const at = (name: StepColumn, k: number): number => steps.columns[name][k]!;
    const same = (name: string, k: number, gateway: unknown): void => {
      compared += 1;
      if (!Object.is(own[k]![name] ?? NaN, gateway)) differences.push(`${symbol} row ${k} ${name}`);
    };
    let segment = NaN;
    for (let k = 0; k < steps.count; k++) {
      ROWS[row].forEach(({ name }, j) => same(name, k, at(row, k * ROWS[row].length + j)));
      same("step", k, BigInt(at("index", k)));
      if ((at("flags", k) & FLAG.segmentStart) !== 0) segment = at("index", k);
      same("segment", k, BigInt(segment));
      same("tau", k, at("tau", k));
      const end = k + HORIZON;
      const isWhole = end < steps.count && at("index", end) === at("index", k) + HORIZON;
      same("horizon_volatility", k, isWhole ? at("horizonVolatility", end) : NaN);
      same("label", k, isWhole ? (LABEL_TEXTS[at("label", end)] ?? NaN) : NaN);
    }
  }
  console.log(
    `${row}: ${rows.length} rows, ${compared} values compared with the gateway, ${differences.length} differ`,
  );
  expect(differences).toEqual([]);
  expect(rows.length).toBeGreaterThan(2 * HOURS * 3500);
  expect(new Set(rows.map(({ segment }) => segment)).size).toBeGreaterThan(1);
  expect(rows.filter(({ label }) => label === "1").length).toBeGreaterThan(100);
});

const LABEL_TEXTS: Readonly<Record<number, string>> = { [LABEL.calm]: "0", [LABEL.spike]: "1", [LABEL.void]: "void" };
