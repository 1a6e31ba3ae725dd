// What a gateway costs: quantities that can be counted by hand.
import { describe, expect, it } from "vitest";
import { costOf, MONTH_SECONDS, type Way, WAYS } from "../../costs/cost-model.ts";
import { costLines, dollarText, quantityText } from "../../costs/cost-text.ts";
import { program } from "../../costs/cost.ts";
import { runProgram } from "../../command-line/program.ts";

describe("the cost of a gateway", () => {
  it("counts a request and a slot for each batch of 100 ticks", () => {
    const { quantities } = costOf({ symbols: 10, ticksPerSecond: 100, via: "hundreds" });
    const batches = 10 * MONTH_SECONDS;
    expect(quantities.workerRequests / batches).toBeCloseTo(1, 3);
    expect(quantities.rowsWritten / batches).toBeGreaterThan(1.1);
    expect(quantities.rowsWritten / batches).toBeLessThan(1.3);
    // $1 a million beyond 50 million.
    const { dollars } = costOf({ symbols: 100, ticksPerSecond: 100, via: "hundreds" });
    expect(dollars.rowsWritten).toBeCloseTo((quantities.rowsWritten * 10 - 50e6) / 1e6, 6);
  });

  it("is the subscription alone for one quiet symbol, and the alarms of a feed where there is one", () => {
    for (const via of ["hundreds", "seconds", "node"] as const) {
      expect(costOf({ symbols: 1, ticksPerSecond: 0.01, via }).totalDollars).toBe(5);
    }
    const feed = costOf({ symbols: 1, ticksPerSecond: 0.01, via: "feed" }).totalDollars;
    expect([feed > 5, feed < 5.1]).toEqual([true, true]);
  });

  it("needs no Worker request by a feed, and one a second for all symbols by HTTP", () => {
    const crons = MONTH_SECONDS / 900;
    expect(costOf({ symbols: 10, ticksPerSecond: 10, via: "feed" }).quantities.workerRequests).toBeCloseTo(crons, 6);
    const { quantities } = costOf({ symbols: 10, ticksPerSecond: 10, via: "seconds" });
    expect(quantities.workerRequests).toBeCloseTo(MONTH_SECONDS + crons, 0);
    // 20,000 ticks a second do not fit into one request.
    const many = costOf({ symbols: 200, ticksPerSecond: 100, via: "seconds" });
    expect(many.quantities.workerRequests).toBeCloseTo(4 * MONTH_SECONDS + crons, 0);
  });

  it("grows with symbols and ticks, and is never above what objects cost that are active all the time", () => {
    for (const via of Object.keys(WAYS) as Way[]) {
      let before = 0;
      for (const symbols of [1, 10, 100, 10_000]) {
        const { totalDollars, mostDollars } = costOf({ symbols, ticksPerSecond: 10, via });
        expect(totalDollars).toBeGreaterThanOrEqual(before);
        expect(mostDollars).toBeGreaterThanOrEqual(totalDollars);
        before = totalDollars;
      }
    }
  });

  it("is written in dollars and quantities that can be read", () => {
    expect([dollarText(0), dollarText(99.99), dollarText(1234.5)]).toEqual(["$0.00", "$99.99", "$1,235"]);
    expect([0, 0.25, 4000, 2_629_800, 3e9].map(quantityText)).toEqual(["0", "0.25", "4,000", "2.63 M", "3.00 G"]);
    const lines = costLines(costOf({ symbols: 10, ticksPerSecond: 10, via: "node" }));
    expect(lines.at(-2)).toMatch(/^total +\$/);
    expect(lines.at(-1)).toMatch(/^with objects that are active all the time: \$/);
  });

  it("refuses a rate of nothing and a way that is none", async () => {
    const notes: string[] = [];
    const output = { print: () => undefined, note: (line: string) => void notes.push(line) };
    const run = (args: string) => runProgram(program, args.split(" "), output);
    expect(await run("--symbols 1 --ticks-per-second 0")).toBe(2);
    expect(await run("--symbols 1 --ticks-per-second 1 --via post")).toBe(2);
    expect(notes.join("\n")).toMatch(/--ticks-per-second: got 0.*\n.*\n.*--via: got post/);
  });
});
