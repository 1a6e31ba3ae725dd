// Ways in turn, rounds that warm up, and the result as JSON.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parseCommandLine } from "../../command-line/parse-command-line.ts";
import { benchCommand } from "../../bench/bench-command.ts";
import { type Bench, CORE_OPTIONS } from "../../bench/core/bench.ts";
import { commitOf, conditionsText, wasBusy } from "../../bench/core/conditions.ts";
import { parseResult } from "../../bench/core/result.ts";
import { runBench, THIS_CHECKOUT } from "../../bench/core/run-bench.ts";
import { writeResult } from "../../bench/core/write-result.ts";

const folder = mkdtempSync(join(tmpdir(), "volgate-bench-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const command = benchCommand("made-up", "Counts its turns.", CORE_OPTIONS);
const turns: string[] = [];
const madeUp: Bench<typeof CORE_OPTIONS, "count", { readonly label: string }, string> = {
  command,
  measures: { count: { unit: "turns", better: "more", digits: 0 } },
  ways: [{ name: "gateway" }, { name: "floor", isFloor: true }],
  ratios: [{ measure: "count", of: "gateway", to: "floor" }],
  goals: [{ text: "turns", case: "few", measure: "count", way: "gateway", side: "at least", bound: 5 }],
  cases: () => [{ label: "few" }, { label: "many" }],
  prepare: ({ checkout }) => Promise.resolve(checkout),
  measure: (turn) => {
    turns.push(`${turn.case.label} ${turn.way} ${turn.prepared}`);
    return Promise.resolve({ count: turns.length });
  },
};

const checkouts = [{ name: "measured", dir: THIS_CHECKOUT }];
const printed: string[] = [];
const args = ["--rounds", "2", "--warm-up", "1"];
const options = { checkouts, args, print: (text: string) => void printed.push(text) };
const result = await runBench(madeUp, parseCommandLine(command, args), options);

describe("a run", () => {
  it("takes its ways in turn, case by case, and does not count the rounds that warm up", () => {
    const round = (label: string) => [`${label} gateway ${THIS_CHECKOUT}`, `${label} floor ${THIS_CHECKOUT}`];
    const three = (label: string) => Array.from({ length: 3 }, () => round(label)).flat();
    expect(turns).toEqual([...three("few"), ...three("many")]);
    expect(result.figures.map(({ case: label, way, values }) => [label, way, values])).toEqual([
      ["few", "gateway", [3, 5]],
      ["few", "floor", [4, 6]],
      ["many", "gateway", [9, 11]],
      ["many", "floor", [10, 12]],
    ]);
    expect(result.ratios.map(({ values }) => values)).toEqual([
      [3 / 4, 5 / 6],
      [9 / 10, 11 / 12],
    ]);
    expect(printed.map((text) => text.split("\n")[0])).toEqual(["few, 2 rounds", "many, 2 rounds"]);
  });

  it("judges its goals", () => {
    expect(result.goals).toEqual([{ text: "turns", bound: 5, side: "at least", figure: 4, isReached: false }]);
  });

  it("leaves a result that is read back as it was written", () => {
    const path = writeResult(result, join(folder, "deep", "result.json"));
    const read: unknown = JSON.parse(readFileSync(path, "utf8"));
    expect(parseResult(read)).toEqual(result);
  });

  it("says of a result that is none which field is wrong", () => {
    const [figure] = result.figures;
    const wrong = { ...result, figures: [{ ...figure, values: ["fast"] }] };
    expect(() => parseResult(wrong)).toThrow(`figures[0].values[0]: got "fast", expected a number`);
    expect(() => parseResult({ ...result, format: "volgate-bench/0" })).toThrow(
      `format: got "volgate-bench/0", expected volgate-bench/1`,
    );
    expect(() => parseResult({ ...result, figures: [{ ...figure, values: [] }] })).toThrow("figures[0].values: got");
  });
});

describe("conditions", () => {
  it("tell the commit and whether files differ from it", () => {
    const known = commitOf(THIS_CHECKOUT);
    if (known !== undefined) expect(known.commit).toMatch(/^[0-9a-f]{40}$/);
    expect(commitOf(tmpdir())).toBeUndefined();
    expect(result.checkouts).toEqual([
      { name: "measured", commit: known?.commit ?? null, isDirty: known?.isDirty ?? true },
    ]);
  });

  it("warn of a machine on which others worked", () => {
    const conditions = { ...result.conditions, cores: 2, loadAtStart: 0.19 };
    expect(wasBusy(conditions)).toBe(false);
    expect(conditionsText(conditions)).not.toContain("BUSY");
    const busy = { ...conditions, loadAtStart: 0.21 };
    expect(wasBusy(busy)).toBe(true);
    expect(conditionsText(busy)).toContain("THE MACHINE WAS BUSY: read the ratios only");
  });
});
