// Finds the layout of a table from its header or its first row, or says what is missing.
import { editDistance } from "../../command-line/nearest-names.ts";
import type { ReadingOptions } from "../reading-options.ts";
import { UnreadableFileError } from "../unreadable-file-error.ts";
import { ALL_LAYOUTS } from "./all-layouts.ts";
import { BAR_COLUMNS, columnsOf, GENERIC_TICKS, genericBars, isUsualName, kindOfFields } from "./generic-columns.ts";
import { type Layout, OHLC, plainName, type RowField } from "./layout.ts";
import { completePlan, type HeaderMatch, matchHeader, planOfLayout } from "./match-header.ts";
import { planOfShape } from "./match-shape.ts";
import type { TablePlan } from "./table-plan.ts";

const BY_HAND = "name the columns by hand, as --columns ts=timestamp,price=px,size=qty";
/** Fields that a file may lack without being another vendor's with a mistake. */
const LESS_WORTH: readonly RowField[] = ["id", "barTrades", "closeTime"];
/** More where no column is the vendor's own. */
const LESS_WORTH_UNSIGNED: readonly RowField[] = [
  ...LESS_WORTH,
  "venue",
  "barVolume",
  "barQuoteVolume",
  "barTakerVolume",
];
const VOLUME_NAMES = new Set(["volume", "vol", "lastvolume", "tradevolume"]);
/** A name is mistyped when so few letters differ, */
const MISTYPED_LETTERS = 2;
/** unless it is shorter than this. */
const LEAST_LETTERS = 6;

/**
 * The plan of a table with these names of columns: by hand where the user names them; else the first layout that has
 * all its columns; else by the usual names. A header that is nearly a vendor's and would be read as less is refused.
 *
 * @throws UnreadableFileError naming the columns, the nearest layout and what is missing.
 */
export function planOfHeader(path: string, names: readonly string[], reading: ReadingOptions): TablePlan {
  if (reading.columns !== undefined) return planByHand(path, names, reading.columns);
  for (const layout of ALL_LAYOUTS) {
    const plan = planOfLayout(layout, path, names);
    if (plan !== undefined) return requireOnce(path, plan);
  }
  const generic = genericPlan(names);
  const near = ALL_LAYOUTS.filter(({ isHeaderless }) => isHeaderless !== true).map((layout): Near => ({
    layout,
    match: matchHeader(layout, names),
  }));
  const renamed = near.find(({ layout, match }) => isRenamed(layout, match, generic));
  if (generic !== undefined && renamed === undefined) {
    requireNoMistype(path, generic);
    requireNoVolume(path, generic);
    return requireOnce(path, generic);
  }
  throw new UnreadableFileError(
    path,
    `got the columns "${shortNames(names)}", expected ts with price, with bid and ask, or with open, high, low and ` +
      `close, or a known layout${nearestText(renamed ?? nearestOf(near))}: ${BY_HAND}`,
  );
}

interface Near {
  readonly layout: Layout;
  readonly match: HeaderMatch;
}

/** The layout of which the largest share is there, at least half. */
function nearestOf(near: readonly Near[]): Near | undefined {
  const share = ({ match: { found, missing } }: Near): number => found / (found + missing.length);
  const nearest = near.reduce((best, one) => (share(one) > share(best) ? one : best));
  return share(nearest) >= 0.5 && nearest.match.found >= 3 ? nearest : undefined;
}

function nearestText(nearest: Near | undefined): string {
  if (nearest === undefined) return "";
  const { missing } = nearest.match;
  const without = missing.length === 0 ? "" : `, without ${missing.join(", ")}`;
  return `; the nearest is ${nearest.layout.name}${without}`;
}

/**
 * The plan of a table without a header.
 * @throws UnreadableFileError showing the first row.
 */
export function planOfRow(path: string, cells: readonly unknown[], reading: ReadingOptions): TablePlan {
  const numbered = cells.map((_, column) => String(column + 1));
  if (reading.columns !== undefined) return planByHand(path, numbered, reading.columns);
  for (const layout of ALL_LAYOUTS) {
    const plan = planOfShape(layout, path, cells);
    if (plan !== undefined) return plan;
  }
  throw new UnreadableFileError(
    path,
    `has no header, and its ${cells.length} columns "${shortNames(cells.map(String))}" are of no known layout: name ` +
      "them by number, as --columns ts=1,price=2,size=3",
  );
}

function genericPlan(names: readonly string[], given?: ReadonlyMap<RowField, number>): TablePlan | undefined {
  const plain = names.map(plainName);
  const taken = new Set(given?.values());
  const free = plain.map((name, column) => (taken.has(column) ? "" : name));
  const withGiven = (columns: Layout["columns"]): Map<RowField, number> =>
    new Map([...columnsOf(columns, free), ...(given ?? [])]);
  const bars = withGiven(BAR_COLUMNS);
  const ticks = withGiven(GENERIC_TICKS.columns);
  const kind = kindOfFields(bars) ?? kindOfFields(ticks);
  if (kind === undefined) return undefined;
  const layout = kind === "bars" ? genericBars(names[bars.get("ts")!]) : GENERIC_TICKS;
  return completePlan(layout, names, plain, kind === "bars" ? bars : ticks);
}

function planByHand(path: string, names: readonly string[], columns: ReadonlyMap<RowField, string>): TablePlan {
  const given = new Map<RowField, number>();
  for (const [field, name] of columns) {
    const exact = names.indexOf(name);
    const column = exact >= 0 ? exact : names.map(plainName).indexOf(plainName(name));
    if (column < 0) {
      throw new UnreadableFileError(path, `has no column ${name}, which --columns names; got "${shortNames(names)}"`);
    }
    given.set(field, column);
  }
  const plan = genericPlan(names, given);
  if (plan !== undefined) return requireOnce(path, { ...plan, layout: { ...plan.layout, name: "columns by hand" } });
  throw new UnreadableFileError(
    path,
    `got the columns "${shortNames(names)}", expected --columns to name ts and either price, bid and ask, or ` +
      OHLC.join(", "),
  );
}

/**
 * Whether a header is nearly a layout's, with one or two columns missing, and would be read as less or as something
 * else: a column of the layout would not be read, or another one stands in the place of a missing one.
 */
function isRenamed(layout: Layout, match: HeaderMatch, generic?: TablePlan): boolean {
  const { missing, found } = match;
  if (missing.length === 0 || missing.length > 2 || found < 4) return false;
  const strange = strangeColumns(layout, match, generic);
  if (generic === undefined) return strange.length >= missing.length;
  const isRead = ([field, column]: readonly [RowField, number]): boolean => generic.fields.get(field) === column;
  if (match.isSigned && ![...match.fields].every(isRead)) return true;
  const isOther = ([field, column]: readonly [RowField, number]): boolean =>
    generic.fields.has(field) && generic.fields.get(field) !== column;
  if ([...match.fields].some(isOther)) return true;
  if (strange.length < missing.length) return false;
  const { columns, optional = [] } = layout;
  const wanted = (Object.keys(columns) as RowField[]).filter((field) => !optional.includes(field));
  const mayMiss = match.isSigned ? LESS_WORTH : LESS_WORTH_UNSIGNED;
  const lost = wanted.some((field) => {
    return !mayMiss.includes(field) && !match.fields.has(field) && !generic.fields.has(field);
  });
  return lost || (layout.adjust !== undefined && strange.length === missing.length);
}

/** Columns that may stand in the place of a missing one. */
function strangeColumns(layout: Layout, match: HeaderMatch, generic?: TablePlan): readonly number[] {
  const { unknown, fields, plain, isSigned } = match;
  if (isSigned) return unknown;
  const { columns, optional = [] } = layout;
  const needed = (Object.keys(columns) as RowField[]).filter((field) => !optional.includes(field));
  const missing = needed.filter((field) => !fields.has(field));
  // People add the market to a vendor's columns; anything else may stand for what is missing.
  const isAdded = ([field]: readonly [RowField, number]): boolean => field === "symbol" || field === "venue";
  const read = new Set([...(generic?.fields ?? [])].filter(isAdded).map(([, column]) => column));
  return unknown.filter((column) => {
    return !read.has(column) || missing.some((field) => isUsualName(field, plain[column]!));
  });
}

/** A column that is not read is not to be a field with a mistyped name. */
function requireNoMistype(path: string, { layout, fields, ignored }: TablePlan): void {
  const missing = (Object.keys(layout.columns) as RowField[]).filter((field) => !fields.has(field));
  for (const name of ignored) {
    const plain = plainName(name);
    const meant = missing.find((field) =>
      layout.columns[field]!.map(plainName).some(
        (known) =>
          Math.min(known.length, plain.length) >= LEAST_LETTERS && editDistance(known, plain) <= MISTYPED_LETTERS,
      ),
    );
    if (meant === undefined) continue;
    throw new UnreadableFileError(path, `got a column "${name}", which may mean ${meant}: ${BY_HAND}`);
  }
}

/** Two columns of one name: which of them is meant cannot be known. */
function requireOnce(path: string, plan: TablePlan): TablePlan {
  const { plain, names } = plan;
  const twice = plain.findIndex((name, column) => name !== "" && plain.indexOf(name) !== column);
  if (twice < 0) return plan;
  throw new UnreadableFileError(path, `got two columns ${names[twice]}, expected one`);
}

/** A volume beside a price is the size of the trade, or a total so far: only the file's maker knows. */
function requireNoVolume(path: string, { layout, fields, ignored }: TablePlan): void {
  const name = ignored.find((column) => VOLUME_NAMES.has(plainName(column)));
  if (name === undefined || layout.stamp !== undefined || fields.has("size")) return;
  throw new UnreadableFileError(
    path,
    `got a column "${name}", which may be the size of each trade or a total: say which columns to read, as --columns ` +
      `ts=timestamp,price=price,size=${name}`,
  );
}

function shortNames(names: readonly string[]): string {
  const text = names.join(",");
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}
