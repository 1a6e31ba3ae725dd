// The one-liners of docs/rows.md, run as they stand there. Needs Python: sh tests/peers/install.sh.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseRowsOptions } from "../../../trainer/rows-out/rows-options.ts";
import { writeRows } from "../../../trainer/rows-out/write-rows.ts";
import { missingPeers, peerPython } from "../../peers/python.ts";
import { runSuccessfully } from "../../processes/child-program.ts";
import { FROM_MS, volatileTicks } from "../volatile-ticks.ts";
import { type DatasetFile, readDataset } from "./read-dataset.ts";
import { writeTicks } from "./ticks-file.ts";

const missing = missingPeers(["duckdb", "polars", "pandas", "pyarrow", "dask"]);
const folder = mkdtempSync(join(tmpdir(), "volgate-one-liners-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Prints the value of a one-liner's last expression. */
const EVALUATE =
  "import sys; names, code = {}, sys.argv[1].split('; ', 1); exec(code[0], names); value = eval(code[1], names)";

function oneLiners(): Map<string, string> {
  const text = readFileSync(join(import.meta.dirname, "../../../docs/rows.md"), "utf8");
  const blocks = [...text.matchAll(/```(?:sh|python)\n((?:duckdb|import (\w+)).*)\n```/g)];
  return new Map(blocks.map(([, code = "", module]) => [module ?? "duckdb", code]));
}

describe.skipIf(missing !== undefined)("the one-liners of docs/rows.md", () => {
  const lines = oneLiners();
  let files: DatasetFile[];
  let eligible: Record<string, unknown>[];

  beforeAll(async () => {
    const ticks = ["BTC-USD", "ETH:USD"]
      .flatMap((symbol, seed) => volatileTicks(9000, { symbol, seed: seed + 1 }))
      .sort((a, b) => a.tsMs - b.tsMs);
    const testFrom = new Date(FROM_MS + 4_000_000).toISOString();
    const out = ["--out", join(folder, "rows"), "--test-from", testFrom, "--fold-length", "20m"];
    await writeRows(parseRowsOptions([writeTicks(join(folder, "ticks.ndjson"), ticks), ...out]));
    files = await readDataset(join(folder, "rows"));
    eligible = files.flatMap(({ rows }) => rows).filter(({ eligible: is }) => is === true);
    expect(eligible.length).toBeGreaterThan(10_000);
  });

  async function python(code: string, ...args: readonly string[]): Promise<string> {
    const found = peerPython([]);
    const { stdout } = await runSuccessfully("path" in found ? found.path : "", ["-c", code, ...args], { cwd: folder });
    return stdout.trim();
  }

  it("DuckDB counts the eligible rows of each symbol and fold", async () => {
    const sql = /^duckdb -c "(.*)"$/.exec(lines.get("duckdb") ?? "")?.[1] ?? "";
    const code = "import duckdb, json, sys; print(json.dumps(duckdb.sql(sys.argv[1]).fetchall()))";
    const found = JSON.parse(await python(code, sql)) as [string, number, number, number][];
    const expected = new Map<string, { rows: number; spikes: number }>();
    for (const { symbol, fold, label } of eligible) {
      const key = `${String(symbol)} ${String(fold)}`;
      const { rows, spikes } = expected.get(key) ?? { rows: 0, spikes: 0 };
      expected.set(key, { rows: rows + 1, spikes: spikes + (label === "1" ? 1 : 0) });
    }
    expect(found.map(([symbol, fold]) => `${symbol} ${fold}`).sort()).toEqual([...expected.keys()].sort());
    for (const [symbol, fold, rows, share] of found) {
      const own = expected.get(`${symbol} ${fold}`)!;
      expect(rows).toBe(own.rows);
      expect(share).toBeCloseTo(own.spikes / own.rows, 12);
    }
  });

  it("Polars, pandas and Dask read the same rows", async () => {
    const polars = await python(`${EVALUATE}; print(value.height, value["time"].dtype)`, lines.get("polars")!);
    expect(polars).toBe(`${eligible.length} Datetime(time_unit='ms', time_zone='UTC')`);
    const training = eligible.filter(({ fold, purge }) => Number(fold) < 2 && Number(purge ?? -1) < 2);
    expect(training.length).toBeLessThan(eligible.filter(({ fold }) => Number(fold) < 2).length);
    expect(await python(`${EVALUATE}; print(len(value))`, lines.get("pandas")!)).toBe(String(training.length));
    const all = files.reduce((sum, { rows }) => sum + rows.length, 0);
    expect(await python(`${EVALUATE}; print(len(value))`, lines.get("dask")!)).toBe(String(all));
  });
});
