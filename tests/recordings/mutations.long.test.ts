// Ten thousand mutated headers and cells over all layouts: what is accepted is what the mutation means.
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plainName, type RowField } from "../../recordings/layouts/layout.ts";
import { expectedRow, keyOf, ODD_CELLS, readRows, type Table, TABLE_FILES, tableOf, textOf } from "./mutations.ts";

const SEED = 20251203;
const HALF = 5000;
let tables: Table[];
const outcomes = { "refused file": 0, "refused row": 0, "same ticks": 0, "ticks of the mutation": 0 };

beforeAll(async () => {
  tables = await Promise.all(TABLE_FILES.map(tableOf));
});
afterAll(() => {
  console.log(`mutations, seed ${SEED}: ${JSON.stringify(outcomes)}, accepted wrongly 0`);
});

const pick = <T>(list: readonly T[], at: number): T => list[at % list.length]!;
const index = fc.nat(10_000);

/** The field that a column holds. */
function fieldOf({ plan }: Table, column: number): RowField | undefined {
  return [...plan.fields].find(([, position]) => position === column)?.[0];
}

/** Every row that was read is one of the file's own; the mutated one may be what it should become. */
function checkRows(
  table: Table,
  found: Awaited<ReturnType<typeof readRows>>,
  row: number,
  allowed: readonly string[],
): void {
  if (found instanceof Error) {
    outcomes["refused file"] += 1;
    return;
  }
  const own = table.ticks.map((ticks) => keyOf(ticks));
  const others = own.filter((_, i) => i !== row);
  const keys = found.map((ticks) => keyOf(ticks));
  const strange = keys.filter((key) => !others.includes(key));
  expect(strange.length).toBeLessThanOrEqual(1);
  for (const key of strange) expect(allowed).toContain(key);
  if (strange.length === 0) outcomes["refused row"] += 1;
  else if (strange[0] === own[row]) outcomes["same ticks"] += 1;
  else outcomes["ticks of the mutation"] += 1;
}

describe("a cell with another text", () => {
  it("is refused, or read as what it says", async () => {
    const property = fc.asyncProperty(index, index, index, ODD_CELLS, async (t, r, c, text) => {
      const table = pick(tables, t);
      const row = r % table.rows.length;
      const column = c % table.rows[row]!.length;
      const field = fieldOf(table, column);
      const name = plainName(table.plan.names[column] ?? "");
      // Another action is another kind of event, and another time another bar: see the tests of their own.
      fc.pre(name !== "action" && !(field === "ts" && table.file.stamp !== undefined && /^\d/.test(text)));
      const rows = table.rows.map((cells, i) => (i === row ? cells.with(column, text) : cells));
      const found = await readRows(table.file, textOf({ ...table, rows }));
      checkRows(table, found, row, allowedFor(table, row, field, text));
    });
    await fc.assert(property, { seed: SEED, numRuns: HALF });
  });
});

function allowedFor(table: Table, row: number, field: RowField | undefined, text: string): string[] {
  const same = keyOf(table.ticks[row]!);
  // An unread column, and the last instant of a bar, which only tells the length of a lone one.
  if (field === undefined || field === "closeTime") return [same];
  // What only a trade has is not read of an event of the book.
  const isBookEvent = /^Databento tbbo/.test(table.plan.layout.name) && Number.isNaN(table.ticks[row]![0]!.price);
  if (isBookEvent && ["price", "size", "side"].includes(field)) return [same];
  const expected = expectedRow(table, row, field, text);
  if (expected === undefined) return [];
  if (field === "id") return [keyOf(expected), ...idsOf(table, row, text)];
  return [keyOf(expected)];
}

/** An id that is a number is kept as it is. */
function idsOf(table: Table, row: number, text: string): string[] {
  const id = Number(text.trim());
  return [keyOf(table.ticks[row]!.map((tick) => ({ ...tick, id }))), keyOf(table.ticks[row]!, false)];
}

describe("a mutated header", () => {
  const renamed = fc.oneof(
    fc.constantFrom(
      "xyz",
      "note",
      "prise",
      "symbool",
      "tims",
      "value",
      "col",
      "p",
      "quantity_",
      "price.",
      "PRICE",
      "Volume",
    ),
    fc.constantFrom(
      "price",
      "amount",
      "size",
      "bid",
      "ask",
      "open",
      "close",
      "volume",
      "side",
      "timestamp",
      "symbol",
      "id",
    ),
    fc.string({ minLength: 1, maxLength: 8 }).filter((text) => /^[a-z_]+$/i.test(text)),
  );

  it("is refused, or every field comes from the column of its name", async () => {
    const withHeader = tables.filter(({ header, file }) => header !== undefined && file.reading?.columns === undefined);
    const property = fc.asyncProperty(index, index, renamed, async (t, c, name) => {
      const table = pick(withHeader, t);
      const column = c % table.header!.length;
      const header = table.header!.with(column, name);
      const found = await readRows(table.file, textOf({ ...table, header }));
      checkHeader(table, found, column, name);
    });
    await fc.assert(property, { seed: SEED, numRuns: HALF });
  });

  it("is read the same with its columns in another order, in another case, and without an unread column", async () => {
    const withHeader = tables.filter(({ header }) => header !== undefined);
    const property = fc.asyncProperty(index, fc.infiniteStream(index), async (t, stream) => {
      const table = pick(withHeader, t);
      const order = table
        .header!.map((_, i) => i)
        .sort((a, b) => stream.next().value - stream.next().value + (a - b) / 1e6);
      const move = (cells: readonly string[]): string[] => order.map((from) => cells[from]!);
      const spell = (text: string): string => (stream.next().value % 2 === 0 ? text.toUpperCase() : ` ${text}`);
      const isCdd = table.plan.layout.rename !== undefined || table.plan.layout.name === "freqtrade bars";
      const header = isCdd ? [...table.header!] : move(table.header!).map(spell);
      const rows = isCdd ? table.rows : table.rows.map(move);
      const found = await readRows(table.file, textOf({ ...table, header, rows }));
      expect(found).not.toBeInstanceOf(Error);
      expect((found as typeof table.ticks).map((ticks) => keyOf(ticks))).toEqual(
        table.ticks.map((ticks) => keyOf(ticks)),
      );
    });
    await fc.assert(property, { seed: SEED, numRuns: 500 });
  });
});

const FLOW = new Set<RowField>(["barTrades", "barVolume", "barQuoteVolume", "barTakerVolume"]);

/** The column has lost its meaning: its field may be gone where no vendor's layout has it, and nothing else changes. */
function checkHeader(table: Table, found: Awaited<ReturnType<typeof readRows>>, column: number, name: string): void {
  const same = table.ticks.map((ticks) => keyOf(ticks));
  if (found instanceof Error) {
    outcomes["refused file"] += 1;
    return;
  }
  const keys = found.map((ticks) => keyOf(ticks));
  if (keys.length === 0) {
    outcomes["refused row"] += 1;
    return;
  }
  if (keys.join("|") === same.join("|")) {
    outcomes["same ticks"] += 1;
    return;
  }
  const field = fieldOf(table, column);
  const without = table.ticks.map((ticks) => keyOf(ticks.map((tick) => lessField(tick, field))));
  const isKnownLoss = field === undefined || field === "id" || FLOW.has(field) || isGeneric(table);
  const detail = `${table.plan.layout.name}: ${table.plan.names[column]} → ${name}`;
  expect([detail, isKnownLoss]).toEqual([detail, true]);
  // Under a name that is read, its cells are of the field of that name.
  const gained = found.map((ticks) => keyOf(ticks.map((tick) => lessField(tick, field))));
  if (keys.join("|") !== without.join("|")) expect([detail, namesField(name)]).toEqual([detail, true]);
  else expect(gained).toEqual(without);
  outcomes["ticks of the mutation"] += 1;
}

function isGeneric({ plan }: Table): boolean {
  // The names of TrueFX's columns are those of anybody's quotes.
  return /by the names of columns$|^TrueFX/.test(plan.layout.name);
}

function namesField(name: string): boolean {
  return /^(price|amount|size|bid|ask|open|close|volume|side|timestamp|symbol|id|prices?)$/.test(plainName(name));
}

function lessField(tick: Table["ticks"][number][number], field: RowField | undefined): typeof tick {
  if (field === undefined) return tick;
  if (FLOW.has(field) || field === "side") {
    const flow = tick.flow === undefined ? undefined : { ...tick.flow, [field]: NaN };
    return { ...tick, flow };
  }
  return { ...tick, [field]: NaN };
}
