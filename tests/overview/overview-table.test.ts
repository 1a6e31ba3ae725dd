import { describe, expect, it } from "vitest";
import { cursorText, type OverviewDelta, type OverviewRow, OverviewTable } from "../../src/overview/overview-table.ts";
import { SeededRandom } from "../../src/features/seeded-random.ts";
import { rowOf as row } from "./overview-rows.ts";

const point = (tsMs: number) => ({ tsMs, probability: tsMs / 1e6 });
const cursorOf = ({ epoch, version }: OverviewDelta): string => cursorText(epoch, version);
const symbolsOf = ({ rows }: OverviewDelta): string[] => rows.map((one) => one.row.symbol);

/** What a reader has after the answers that it got. */
class Reader {
  readonly rows = new Map<string, { row: OverviewRow; points: number[] }>();
  cursor: string | undefined;

  take(delta: OverviewDelta): void {
    if (delta.isReset) this.rows.clear();
    for (const { row: shown, points } of delta.rows) {
      const before = this.rows.get(shown.symbol)?.points ?? [];
      this.rows.set(shown.symbol, { row: shown, points: [...before, ...points.map(({ tsMs }) => tsMs)].slice(-40) });
    }
    for (const { symbol } of delta.removed) this.rows.delete(symbol);
    this.cursor = cursorOf(delta);
  }
}

const whole = (table: OverviewTable): Reader["rows"] => {
  const reader = new Reader();
  reader.take(table.since(undefined));
  return reader.rows;
};

describe("the table of all symbols", () => {
  it("tells a reader what changed since its cursor, and a row's new points alone", () => {
    const table = new OverviewTable("a");
    table.set(row("A"), 1, [point(1000), point(2000)]);
    table.set(row("B"), 1, [point(1000)]);
    const first = table.since(undefined);
    expect([first.isReset, symbolsOf(first)]).toEqual([true, ["A", "B"]]);
    expect(table.set(row("A", 2), 2, [point(3000)])).toBe(true);
    const second = table.since(cursorOf(first));
    expect([second.isReset, symbolsOf(second)]).toEqual([false, ["A"]]);
    expect(second.rows[0]?.points.map(({ tsMs }) => tsMs)).toEqual([3000]);
    expect(symbolsOf(table.since(cursorOf(second)))).toEqual([]);
  });

  it("does not tell of a row that was only confirmed, and knows how old the oldest is", () => {
    const table = new OverviewTable("a");
    table.set(row("A"), 10, []);
    table.set(row("B"), 20, []);
    const { cursor } = table;
    expect(table.set(row("A"), 30, [])).toBe(false);
    expect(table.cursor).toBe(cursor);
    expect(table.oldestAsOfMs).toBe(20);
    expect(new OverviewTable("b").oldestAsOfMs).toBeNull();
  });

  it("keeps the last values of a symbol that cannot be reached, which is not counted among the oldest", () => {
    const table = new OverviewTable("a");
    table.set(row("A", 7), 10, [point(1000)]);
    table.set(row("B"), 20, []);
    table.setUnreachable({ ...row("A"), state: "unreachable", missing: ["object: away"], price: null });
    table.setUnreachable({ ...row("C"), state: "unreachable", missing: ["object: away"], price: null });
    const [a, , c] = table.since(undefined).rows;
    expect(a).toMatchObject({ asOfMs: 10, row: { price: 7, state: "unreachable", missing: ["object: away"] } });
    expect(a?.points).toHaveLength(1);
    expect(c).toMatchObject({ asOfMs: null, row: { price: null } });
    expect(table.oldestAsOfMs).toBe(20);
  });

  it("gives the whole table for a cursor of another epoch, and for one from before a removal that is forgotten", () => {
    const table = new OverviewTable("a");
    table.set(row("A"), 1, []);
    expect(table.since("b:1").isReset).toBe(true);
    const { cursor } = table;
    for (let k = 0; k <= 1000; k++) {
      table.set(row(`S${k}`), 1, []);
      table.remove(`S${k}`);
    }
    expect(table.since(cursor).isReset).toBe(true);
    expect(table.since(cursorText("a", 1005)).isReset).toBe(false);
  });

  it("never takes a reader back, when another copy has told it more", () => {
    const table = new OverviewTable("a");
    table.set(row("A"), 1, []);
    const ahead = table.since(cursorText("a", 99));
    expect([ahead.isReset, symbolsOf(ahead), ahead.version]).toEqual([false, [], 99]);
  });

  it.each([1, 2, 3, 4])("is the same for every reader of every copy, whatever comes late (seed %i)", (seed) => {
    const generator = new SeededRandom(seed);
    const random = (): number => generator.uniform();
    const below = (n: number): number => Math.floor(random() * n);
    let table = new OverviewTable("e0");
    const copies = [new OverviewTable("none"), new OverviewTable("none")];
    const readers = [new Reader(), new Reader(), new Reader()];
    const late: { copy: OverviewTable; delta: OverviewDelta }[] = [];
    const newest = new Map<string, number>();
    for (let turn = 0; turn < 600; turn++) {
      const symbol = `S${below(12)}`;
      const what = random();
      if (what < 0.5) {
        const tsMs = (newest.get(symbol) ?? 0) + 1000;
        newest.set(symbol, tsMs);
        table.set(row(symbol, below(5)), turn, random() < 0.7 ? [point(tsMs)] : []);
      } else if (what < 0.6) table.remove(symbol);
      else if (what < 0.65) table.setUnreachable({ ...row(symbol), state: "unreachable", missing: ["object: away"] });
      else if (what < 0.66) table = new OverviewTable(`e${turn}`);
      else {
        const copy = copies[below(2)]!;
        const delta = table.since(copy.cursor);
        copy.apply(delta);
        if (random() < 0.2) late.push({ copy, delta });
        if (late.length > 3) {
          const { copy: again, delta: old } = late.shift()!;
          if (old.epoch === table.cursor.split(":")[0]) again.apply(old);
        }
        const reader = readers[below(3)]!;
        reader.take(copy.since(reader.cursor));
      }
    }
    for (const copy of copies) {
      copy.apply(table.since(copy.cursor));
      expect(whole(copy)).toEqual(whole(table));
      for (const reader of readers) {
        reader.take(copy.since(reader.cursor));
        const rows = [...reader.rows].map(([symbol, { row: shown }]) => [symbol, shown] as const).sort();
        expect(rows).toEqual([...whole(table)].map(([symbol, { row: shown }]) => [symbol, shown] as const).sort());
      }
    }
  });
});
