// States between runs, where the runs' FILES do not hold the same symbols.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Tick } from "../../../src/features/tick.ts";
import { parseRowsOptions } from "../../../trainer/rows-out/rows-options.ts";
import { writeRows, type WrittenRows } from "../../../trainer/rows-out/write-rows.ts";
import { FROM_MS, volatileTicks } from "../volatile-ticks.ts";
import { readDataset } from "./read-dataset.ts";
import { writeTicks } from "./ticks-file.ts";

const folder = mkdtempSync(join(tmpdir(), "volgate-rows-states-"));
afterAll(() => rmSync(folder, { recursive: true }));

const DAY_S = 86_400;
const DAYS = [0, 1, 2];
const skip = (s: number): boolean => s % 30 !== 0;
const a = volatileTicks(3 * DAY_S + 7200, { symbol: "A", skip });
const b = volatileTicks(3 * DAY_S + 7200, { symbol: "B", seed: 2, skip });

const dateOf = (day: number): string => new Date(FROM_MS + day * DAY_S * 1000).toISOString().slice(0, 10);

async function run(
  files: readonly string[],
  day: number,
  out: string,
  ...options: readonly string[]
): Promise<WrittenRows> {
  const period = ["--from", dateOf(day), "--to", dateOf(day + 1)];
  const given = [
    ...files.map((file) => join(folder, file)),
    "--step",
    "30s",
    "--out",
    join(folder, out),
    ...period,
    ...options,
  ];
  return await writeRows(parseRowsOptions(given));
}

/** A file for each day, with two hours after it. */
function writeDays(name: string, ticks: readonly Tick[]): void {
  for (const day of DAYS) {
    const second = ({ tsMs }: Tick): number => (tsMs - FROM_MS) / 1000 - day * DAY_S;
    const within = ticks.filter((tick) => second(tick) >= 0 && second(tick) < DAY_S + 7200);
    writeTicks(join(folder, `${name}-${day}.ndjson`), within);
  }
}

async function expectSame(made: string, whole: string): Promise<void> {
  const [parts, files] = [await readDataset(join(folder, made)), await readDataset(join(folder, whole))];
  expect(parts.map(({ path }) => path)).toEqual(files.map(({ path }) => path));
  for (const [i, { path, bytes }] of parts.entries())
    expect([path, Buffer.compare(bytes, files[i]!.bytes)]).toEqual([path, 0]);
}

describe("states", () => {
  beforeAll(async () => {
    writeDays("a", a);
    writeDays("b", b);
    const both = [...a, ...b].sort((x, y) => x.tsMs - y.tsMs);
    writeTicks(join(folder, "both.ndjson"), both);
    for (const day of DAYS) await run(["both.ndjson"], day, "whole");
  }, 60_000);

  it("of symbols that a run's FILES do not hold stay as the symbols' own runs left them", async () => {
    const state = ["--state", join(folder, "side-by-side")];
    const left: number[] = [];
    for (const day of DAYS) {
      // Each order once: one run finds the other's new state, and one leaves it to the other.
      const [first, second] = day === 1 ? ["a", "b"] : ["b", "a"];
      left.push((await run([`${first}-${day}.ndjson`], day, "parts", ...state)).states);
      left.push((await run([`${second}-${day}.ndjson`], day, "parts", ...state)).states);
    }
    // The first run of a day carries the other symbol's on, whose own run then replaces it.
    expect(left).toEqual([1, 1, 2, 1, 2, 1]);
    await expectSame("parts", "whole");
  }, 60_000);

  it.each([
    ["comes after it in FILES", 2],
    ["does not come in FILES", 1],
  ])(
    "are carried over a day without a tick of the symbol, whose next tick %s",
    async (_, days) => {
      const quiet = b.filter(({ tsMs }) => Math.floor((tsMs - FROM_MS) / (DAY_S * 1000)) !== 1);
      writeDays(
        "quiet",
        [...a, ...quiet].sort((x, y) => x.tsMs - y.tsMs),
      );
      const files = DAYS.map((day) => `quiet-${day}.ndjson`);
      const [whole, parts] = [`quiet-whole-${days}`, `quiet-parts-${days}`];
      const state = ["--state", join(folder, `carried-${days}`)];
      const left: number[] = [];
      for (const day of DAYS) {
        await run(files, day, whole);
        // The last step of the first day closes at the symbol's next tick.
        const given = day === 0 ? files : files.slice(day, day + days);
        left.push((await run(given, day, parts, ...state)).states);
      }
      expect(left).toEqual([2, 2, 2]);
      await expectSame(parts, whole);
    },
    60_000,
  );

  it("of another quote margin are refused", async () => {
    const state = ["--state", join(folder, "margin")];
    await run(["a-0.ndjson"], 0, "margin", ...state);
    const other = run(["a-1.ndjson"], 1, "other-margin", ...state, "--quote-margin", "5");
    await expect(other).rejects.toThrow("--state: A: got a state of a quote margin of 10 %, expected 5 %");
  });
});
