// Parts of a long delta, and how much may be on its way to a reader.
import { describe, expect, it } from "vitest";
import { overviewAnswer, partsOf } from "../../src/overview/overview-answer.ts";
import { cursorText, type OverviewDelta, OverviewTable } from "../../src/overview/overview-table.ts";
import { afterAnswer, afterMessage, isTooSlow, mayBeSent, NEW_READER } from "../../src/overview/reader-credit.ts";
import { rowOf } from "./overview-rows.ts";

const FACTS = { stepMs: 1000, known: 9, unreadBuckets: 0, oldestAsOfMs: null };

describe("a delta in parts", () => {
  /** A table whose rows have points that are older than the rows. */
  const tableOfFive = (): OverviewTable => {
    const table = new OverviewTable("a");
    for (const name of ["A", "B", "C", "D", "E"]) table.set(rowOf(name), 1, [{ tsMs: 1000, probability: 0.1 }]);
    table.set(rowOf("A", 2), 2, []);
    return table;
  };
  const namesOf = (delta: OverviewDelta) => delta.rows.map(({ row }) => row.symbol).join("");

  it("gives each row and point once, and begins anew only with the first part", () => {
    const table = tableOfFive();
    const parts = partsOf(table.since(undefined), undefined, 2);
    expect(parts.map(namesOf)).toEqual(["AB", "CD", "E"]);
    expect(parts.map(({ isReset }) => isReset)).toEqual([true, false, false]);
    const points = parts.flatMap(({ rows }) => rows.map((row) => row.points.length));
    expect(points).toEqual([1, 1, 1, 1, 1]);
    // What comes after the last part is nothing.
    expect(table.since(cursorText("a", parts.at(-1)!.version)).rows).toEqual([]);
    expect(partsOf(table.since(undefined), undefined, 5)).toEqual([table.since(undefined)]);
    expect(partsOf(new OverviewTable("b").since(undefined), undefined, 2)).toHaveLength(1);
  });

  it("leaves no hole for who comes again with the cursor of any part", () => {
    const table = tableOfFive();
    const before = cursorText("a", table.since(undefined).version);
    table.remove("E");
    for (const name of ["D", "B", "C"]) table.set(rowOf(name, 7), 3, [{ tsMs: 2000, probability: 0.2 }]);
    const delta = table.since(before);
    const parts = partsOf(delta, before, 2);
    expect(parts.map(({ removed }) => removed.length)).toEqual([1, 0]);
    expect(table.since(cursorText("a", parts[0]!.version))).toEqual(delta);
    const first = partsOf(table.since(undefined), undefined, 2)[0]!;
    expect(namesOf(table.since(cursorText("a", first.version)))).toBe("ABCD");
    expect(table.since(cursorText("a", first.version)).rows.map(({ points }) => points.length)).toEqual([1, 2, 2, 2]);
  });

  it("has the newest points of each row, fewer the more rows there are", () => {
    const table = new OverviewTable("a");
    table.set(
      rowOf("A"),
      1,
      Array.from({ length: 40 }, (_, k) => ({ tsMs: k, probability: null })),
    );
    const pointsOf = (rows: number) => overviewAnswer(table.since(undefined), FACTS, 5, rows).symbols[0]!.recent;
    expect(pointsOf(1)).toHaveLength(40);
    expect(pointsOf(10_000).map(([tsMs]) => tsMs)).toEqual([36, 37, 38, 39]);
    expect(pointsOf(50_000)).toEqual([]);
  });
});

describe("the credit of a reader", () => {
  it("asks for an answer each 256 messages or 256 kB, and holds what follows four without one", () => {
    let credit = NEW_READER;
    const checks: (number | undefined)[] = [];
    for (let k = 1; k <= 256; k++) {
      const after = afterMessage(credit, 10, k);
      credit = after.credit;
      if (k < 256) expect(after.check).toBeUndefined();
      else checks.push(after.check);
    }
    for (let k = 0; k < 3; k++) {
      expect(mayBeSent(credit)).toBe(true);
      const after = afterMessage(credit, 256_000, 300);
      credit = after.credit;
      checks.push(after.check);
    }
    expect([checks, mayBeSent(credit)]).toEqual([[1, 2, 3, 4], false]);
    expect([isTooSlow(credit, 60_256), isTooSlow(credit, 60_257)]).toEqual([false, true]);
    const answered = afterAnswer(credit, 3)!;
    expect([mayBeSent(answered), answered.open.map(({ n }) => n)]).toEqual([true, [4]]);
    expect([afterAnswer(answered, 3), afterAnswer(answered, 5)]).toEqual([undefined, undefined]);
  });
});
