// Days made on their own equal one run over everything.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Tick } from "../../../src/features/tick.ts";
import { parseRowsOptions } from "../../../trainer/rows-out/rows-options.ts";
import { writeRows, type WrittenRows } from "../../../trainer/rows-out/write-rows.ts";
import { FROM_MS, volatileTicks } from "../volatile-ticks.ts";
import { columnOf, type DatasetFile, readDataset } from "./read-dataset.ts";
import { writeTicks } from "./ticks-file.ts";

const folder = mkdtempSync(join(tmpdir(), "volgate-rows-parts-"));
afterAll(() => rmSync(folder, { recursive: true }));

const DAY_S = 86_400;
const OPTIONS = ["--step", "30s", "--test-from", "2025-01-02T06:00", "--fold-length", "7h"];

// Three days of a tick each 30 s: a hole over the first midnight, a gap over the second, and volatility that keeps one
// spike episode going over a midnight of the second symbol.
const every30 = (s: number): boolean => s % 30 !== 0;
const hole = (s: number): boolean => s > DAY_S - 200 && s < DAY_S + 200;
const gap = (s: number): boolean => s > 2 * DAY_S - 5000 && s < 2 * DAY_S + 5000;
const btc = volatileTicks(3 * DAY_S, { skip: (s) => every30(s) || hole(s) || gap(s) });
const eth = volatileTicks(3 * DAY_S, { skip: every30, seed: 2, symbol: "ETH:USD" });

function days(): string[] {
  return [0, 1, 2, 3].map((day) => new Date(FROM_MS + day * DAY_S * 1000).toISOString().slice(0, 10));
}

async function run(out: string, ...options: readonly string[]): Promise<WrittenRows> {
  return await writeRows(parseRowsOptions([join(folder, "ticks"), "--out", out, ...OPTIONS, ...options]));
}

describe("days made on their own", () => {
  const whole = join(folder, "whole");
  const parts = join(folder, "parts");
  let files: DatasetFile[];
  const runs: WrittenRows[] = [];

  beforeAll(async () => {
    mkdirSync(join(folder, "ticks"));
    writeTicks(join(folder, "ticks", "btc.ndjson"), btc);
    writeTicks(join(folder, "ticks", "eth.ndjson"), eth);
    await run(whole);
    files = await readDataset(whole);
    const [first, second, third, end] = days();
    // Out of order, as workers would, one of them for one symbol alone.
    runs.push(await run(parts, "--from", third!, "--to", end!));
    runs.push(await run(parts, "--from", first!, "--to", second!));
    runs.push(await run(parts, "--from", second!, "--to", third!, "--symbol", "BTC-USD"));
    runs.push(await run(parts, "--from", second!, "--to", third!, "--symbol", "ETH:USD"));
  }, 60_000);

  it("give the files of one run over everything, byte for byte", async () => {
    const made = await readDataset(parts);
    // The last step of the third day ends at midnight and belongs to the fourth.
    const paths = files.map(({ path }) => path);
    expect(paths.filter((path) => path.startsWith("symbol=ETH%3AUSD/")).length).toBeGreaterThanOrEqual(3);
    const within = files.filter(({ path }) => !path.includes(days()[3]!));
    expect(made.map(({ path }) => path)).toEqual(within.map(({ path }) => path));
    made.forEach(({ bytes }, i) => expect(Buffer.compare(bytes, within[i]!.bytes)).toBe(0));
  });

  it("cover a gap, a hole, episodes and folds that go over midnight", () => {
    const rows = files.flatMap((file) => file.rows);
    const dayOf = (row: Record<string, unknown>): string => (row["time"] as Date).toISOString().slice(0, 10);
    for (const name of ["segment", "episode", "fold"]) {
      const seen = new Map<string, Set<string>>();
      for (const row of rows) {
        if (row[name] === null || row[name] === undefined) continue;
        const key = `${String(row["symbol"])} ${String(row[name])}`;
        seen.set(key, (seen.get(key) ?? new Set()).add(dayOf(row)));
      }
      expect([...seen.values()].some((dates) => dates.size > 1)).toBe(true);
    }
    expect(columnOf(files, "label").filter((label) => label === "void").length).toBeGreaterThan(0);
    expect(new Set(rows.filter(({ symbol }) => symbol === "BTC-USD").map(({ segment }) => segment)).size).toBe(2);
  });

  it("stop reading when no row before --to waits any more", () => {
    const [third, first] = runs;
    expect(third!.summary).toBeDefined();
    expect(first!.summary).toBeUndefined();
    expect(first!.ticks).toBeLessThan(third!.ticks / 2);
    expect(third!.symbols.get("BTC-USD")!.warmUpSteps).toBeGreaterThan(5000);
  });

  it("give the same bytes from the state of the day before, without the ticks before", async () => {
    const [out, states] = [join(folder, "chain"), join(folder, "states")];
    const dayFile = (day: number): string => {
      const within = ({ tsMs }: Tick): boolean => Math.floor((tsMs - FROM_MS) / (DAY_S * 1000)) === day;
      const ticks = [...btc, ...eth].filter(within).sort((a, b) => a.tsMs - b.tsMs);
      return writeTicks(join(folder, `day-${day}.ndjson`), ticks);
    };
    const paths = [0, 1, 2].map(dayFile);
    const chain = async (day: number): Promise<WrittenRows> => {
      const given = [...paths.slice(day, day + 2), "--out", out, "--state", states, ...OPTIONS];
      return await writeRows(parseRowsOptions([...given, "--from", days()[day]!, "--to", days()[day + 1]!]));
    };
    const left = [(await chain(0)).states, (await chain(1)).states, (await chain(2)).states];
    // Nothing comes after the third day.
    expect(left).toEqual([2, 2, 0]);
    const [made, before] = [await readDataset(out), await readDataset(parts)];
    expect(made.map(({ path }) => path)).toEqual(before.map(({ path }) => path));
    made.forEach(({ bytes }, i) => expect(Buffer.compare(bytes, before[i]!.bytes)).toBe(0));

    const other = ["--out", join(folder, "other"), "--state", states, "--step", "30s", "--label", '{"quantile":0.8}'];
    const period = ["--from", days()[1]!, "--to", days()[2]!];
    const refused = writeRows(parseRowsOptions([paths[1]!, ...other, ...period]));
    await expect(refused).rejects.toThrow(
      /^--state: ETH:USD: got a state of "30000 ms trailing-quantile .*quantile=0.9"/,
    );
    const damaged = join(states, "symbol=BTC-USD", `date=${days()[1]!}.state`);
    writeFileSync(damaged, readFileSync(damaged).fill(7, 400, 408));
    await expect(chain(1)).rejects.toThrow(/symbol=BTC-USD.*checksum: got .* remove it to begin anew$/);
  });

  it("leave no unfinished file", () => {
    const hidden = readdirSync(parts, { recursive: true }).map(String);
    expect(hidden.filter((name) => name.includes("partial"))).toEqual([]);
  });
});
