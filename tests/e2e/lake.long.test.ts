// The lines of docs/lake.md, run by the engines themselves on an archive that a gateway wrote: they count what the
// gateway counted.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tickJson } from "../../gateway-client/tick-json.ts";
import { freePort } from "../../local-gateway/free-port.ts";
import { GatewayProcess } from "../../local-gateway/gateway-process.ts";
import { ROOT, wranglerDevCommand, wranglerDevEnvironment } from "../../local-gateway/wrangler-dev.ts";
import { openLocalBucket } from "../../recordings/bucket/local-bucket.ts";
import { simulateTicks } from "../../simulator/simulator.ts";
import { missingPeers, peerPython } from "../peers/python.ts";
import { runSuccessfully } from "../processes/child-program.ts";

const ENGINES = ["duckdb", "polars", "pandas", "pyarrow"];
const missing = missingPeers(ENGINES);
const python = peerPython(ENGINES);
/** One with a slash and a venue, and one that looks like a number. */
const SYMBOLS = ["BTC-USD", "BTC/USD@kraken", "005930"];
const DAY_MS = 86_400_000;
/** Four hours over midnight, of which the first one is for the thresholds. */
const FROM_MS = Date.UTC(2026, 2, 1, 22);
const TO_MS = FROM_MS + 4 * 3_600_000;
const BATCH = 1500;

interface GatewayCounts {
  readonly accepted: number;
  readonly archivedTicks: number;
  readonly archivedPredictions: number;
  readonly labels: Readonly<Record<"resolved" | "voids" | "unresolved" | "uncounted", number>>;
}
type Row = Readonly<Record<string, number | string | null>>;

const folder = mkdtempSync(join(tmpdir(), "volgate-lake-"));
const lake = join(folder, "lake");
const counts = new Map<string, GatewayCounts>();
let answers: Readonly<Record<string, readonly Row[]>> = {};
let [copied, bytes] = [0, 0];
let gateway: GatewayProcess | undefined;
let url = "";

describe.skipIf(missing !== undefined)("the archive in engines for data lakes", () => {
  beforeAll(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const state = join(folder, "state");
    gateway = new GatewayProcess({
      command: [...wranglerDevCommand(state), "--port", String(port)],
      cwd: ROOT,
      env: wranglerDevEnvironment(),
      onLine: () => undefined,
    });
    await gateway.answering(`${url}/health`, 120_000, AbortSignal.timeout(120_000));
    for (const [seed, symbol] of SYMBOLS.entries()) await send(symbol, seed + 1);
    for (const symbol of SYMBOLS) counts.set(symbol, await countsOf(symbol));
    // Writes what still waits: the end of the ticks, and the predictions whose labels did not come.
    for (const symbol of SYMBOLS) {
      await call(`/admin/symbols/${encodeURIComponent(symbol)}`, { method: "DELETE", body: "{}" });
    }
    await copyArchive(state);
    if (!("path" in python)) throw new Error(python.missing);
    const script = [join(import.meta.dirname, "lake-engines.py"), join(ROOT, "docs/lake.md")];
    const { stdout } = await runSuccessfully(python.path, script, { cwd: lake });
    const { answers: found, versions } = JSON.parse(stdout) as { answers: typeof answers; versions: object };
    answers = found;
    console.log(`${copied} objects, ${bytes} bytes; ${JSON.stringify(versions)}\n${JSON.stringify(answers, null, 1)}`);
  }, 480_000);

  afterAll(async () => {
    await gateway?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("counts the ticks that the gateway accepted, symbol by symbol, by every engine", () => {
    const expected = SYMBOLS.map((symbol) => [symbol, symbol.split("@")[1] ?? null, counts.get(symbol)!.accepted]);
    for (const engine of ["duckdb", "polars", "pandas"]) {
      const found = answers[`${engine} ticks`]!.map(({ symbol, venue, n }) => [symbol, venue ?? null, n]);
      expect(sorted(found), engine).toEqual(sorted(expected));
    }
    const both = answers["duckdb both"]!.map(({ symbol, n }) => [symbol, n]);
    expect(sorted(both)).toEqual(sorted([...expected.map(([symbol, , n]) => [symbol, n]), ["OLD-USD", 2]]));
  });

  it("counts the labels that live quality resolved, and finds one Brier score by every engine", () => {
    for (const engine of ["duckdb", "polars", "pandas"]) {
      const rows = answers[`${engine} predictions`]!;
      for (const symbol of SYMBOLS) {
        const row = rows.find((one) => one["symbol"] === symbol);
        expect(row?.["n"], `${engine} ${symbol}`).toBe(counts.get(symbol)!.labels.resolved);
        const first = answers["duckdb predictions"]!.find((one) => one["symbol"] === symbol)!;
        expect(row?.["brier"], `${engine} ${symbol}`).toBeCloseTo(Number(first["brier"]), 6);
      }
    }
  });

  it("reads a symbol with a slash and a venue by its folders alone, day by day", () => {
    const days = answers["pandas pruned"]!;
    expect(days.map(({ symbol, date }) => [symbol, date])).toEqual([
      ["BTC/USD@kraken", "2026-03-01"],
      ["BTC/USD@kraken", "2026-03-02"],
    ]);
    const { resolved, voids, unresolved, uncounted } = counts.get("BTC/USD@kraken")!.labels;
    const settled = resolved + voids + unresolved + uncounted;
    // And those of the last horizon, without a label.
    const waiting = days.reduce((total, { n }) => total + Number(n), 0) - settled;
    expect(waiting).toBeGreaterThan(0);
    expect(waiting).toBeLessThanOrEqual(60);
  });

  it("had archived nearly all before anything was asked of it", () => {
    for (const symbol of SYMBOLS) {
      const { accepted, archivedTicks, archivedPredictions, labels } = counts.get(symbol)!;
      expect(archivedTicks / accepted).toBeGreaterThan(0.8);
      expect(archivedPredictions / (labels.resolved + labels.voids + labels.uncounted)).toBeGreaterThan(0.8);
    }
  });
});

async function send(symbol: string, seed: number): Promise<void> {
  const ticks = [...simulateTicks({ seed, symbol: "BTC-USD", fromMs: FROM_MS, toMs: TO_MS })];
  for (let at = 0; at < ticks.length; at += BATCH) {
    const body = ticks.slice(at, at + BATCH).map((tick) => tickJson({ ...tick, symbol }));
    await call("/ingest", { method: "POST", body: JSON.stringify(body) });
  }
}

/** What the gateway says of a symbol, once its alarm has archived what was due. */
async function countsOf(symbol: string): Promise<GatewayCounts> {
  const lagOf = (text: string): number => sample(text, "volgate_archive_lag_seconds", symbol);
  let metrics = await call("/metrics");
  for (let k = 0; k < 300 && !(lagOf(metrics) < 900); k++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    metrics = await call("/metrics");
  }
  const { ticks } = JSON.parse(await call(`/symbols/${encodeURIComponent(symbol)}`)) as { ticks: { accepted: number } };
  const quality = JSON.parse(await call(`/symbols/${encodeURIComponent(symbol)}/quality`)) as {
    since_creation: GatewayCounts["labels"];
  };
  return {
    accepted: ticks.accepted,
    archivedTicks: sample(metrics, "volgate_archived_ticks_total", symbol),
    archivedPredictions: sample(metrics, "volgate_archived_predictions_total", symbol),
    labels: quality.since_creation,
  };
}

function sample(metrics: string, name: string, symbol: string): number {
  const [bare, venue] = symbol.split("@");
  const labels = `symbol="${bare}"${venue === undefined ? "" : `,venue="${venue}"`}`;
  const line = metrics.split("\n").find((one) => one.startsWith(`${name}{${labels}}`));
  return Number(line?.split(" ")[1] ?? NaN);
}

/** Copies the archive into files, and adds an object of the layout of before. */
async function copyArchive(state: string): Promise<void> {
  const { recordings, close } = await openLocalBucket(state);
  try {
    for (const prefix of ["ticks/", "predictions/"]) {
      for await (const object of recordings.list(prefix)) {
        const content = await recordings.readRange(object, 0, object.sizeBytes);
        write(object.key, content);
        copied += 1;
        bytes += object.sizeBytes;
      }
    }
  } finally {
    await close();
  }
  const { parquetWriteBuffer } = await import("hyparquet-writer");
  const before = parquetWriteBuffer({
    columnData: [
      { name: "ts", type: "INT64", data: [BigInt(FROM_MS - DAY_MS), BigInt(FROM_MS - DAY_MS + 1)] },
      { name: "symbol", type: "STRING", data: ["OLD-USD", "OLD-USD"] },
      { name: "price", type: "DOUBLE", data: [1, 2] },
    ],
  });
  write("ticks/OLD-USD/2026-02-28/2200-0000000001.parquet", new Uint8Array(before));
}

function write(key: string, content: Uint8Array): void {
  const file = join(lake, key);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

async function call(path: string, init?: RequestInit): Promise<string> {
  const response = await fetch(url + path, init);
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${path}: ${response.status} ${text.slice(0, 500)}`);
  return text;
}

function sorted<T>(rows: readonly T[]): T[] {
  return [...rows].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}
