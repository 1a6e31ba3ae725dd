// Compares a header with one layout.
import { basename } from "node:path";
import { columnsOf, isUsualName, marketColumns } from "./generic-columns.ts";
import { type Layout, plainName, type RowField } from "./layout.ts";
import type { TablePlan } from "./table-plan.ts";

/** What pandas calls a column without a name: the index. */
const INDEX_NAME = /^(|unnamed: ?0|__index_level_0__|level_0)$/i;

export interface HeaderMatch {
  readonly plain: readonly string[];
  readonly fields: ReadonlyMap<RowField, number>;
  /** Names of the layout's columns that are missing. */
  readonly missing: readonly string[];
  /** Columns of the layout that are there. */
  readonly found: number;
  /** Columns that the layout does not know. */
  readonly unknown: readonly number[];
  /** Whether a column is there that only this vendor has. */
  readonly isSigned: boolean;
}

export function matchHeader(layout: Layout, names: readonly string[]): HeaderMatch {
  const given = names.map(plainName);
  const plain = layout.rename?.(given) ?? given;
  const { columns, optional = [], signature = [], others = [], keepers = [] } = layout;
  const fields = columnsOf(columns, plain);
  const isSigned = signature.some((names) => isThere(names, plain));
  if (isSigned) addUsualNames(layout, plain, fields);
  if (layout.isExact !== true) addMarket(layout, plain, fields);
  const needed = Object.entries(columns).filter(([field]) => !optional.includes(field as RowField));
  const missing = needed.filter(([field]) => !fields.has(field as RowField)).map(([, [name = ""]]) => name);
  for (const names of signature) {
    const [name = ""] = names.split("|");
    // A column may be read and tell the layout too.
    if (!isThere(names, plain) && !missing.map(plainName).includes(plainName(name))) missing.push(name);
  }
  const known = new Set(
    [...Object.values(columns).flat(), ...signature.flatMap((names) => names.split("|")), ...others, ...keepers].map(
      plainName,
    ),
  );
  const read = new Set(fields.values());
  const unknown = [...plain.keys()].filter((column) => {
    return !read.has(column) && !known.has(plain[column]!) && !isIndex(names[column]!);
  });
  const ofColumns = new Set(Object.values(columns).flat().map(plainName));
  const toldOnly = signature.filter((names) => !names.split("|").some((name) => ofColumns.has(plainName(name))));
  const found =
    needed.filter(([field]) => fields.has(field as RowField)).length +
    toldOnly.filter((names) => isThere(names, plain)).length;
  return { plain, fields, missing, found, unknown, isSigned };
}

function isThere(names: string, plain: readonly string[]): boolean {
  return names.split("|").some((name) => plain.includes(plainName(name)));
}

/** People join files of several markets and add a column: it must not be lost, or markets would become one. */
function addMarket({ others = [] }: Layout, plain: readonly string[], fields: Map<RowField, number>): void {
  const unread = new Set(others.map(plainName));
  for (const field of ["symbol", "venue"] as const) {
    if (fields.has(field)) continue;
    const column = plain.findIndex((name) => !unread.has(name) && isUsualName(field, name));
    if (column >= 0) fields.set(field, column);
  }
}

/** People rename columns of a vendor to the usual names: `qty` to `size`. */
function addUsualNames(layout: Layout, plain: readonly string[], fields: Map<RowField, number>): void {
  const { columns, signature = [], others = [] } = layout;
  const own = [...Object.values(columns).flat(), ...signature.flatMap((names) => names.split("|")), ...others];
  const taken = new Set(own.map(plainName));
  for (const field of Object.keys(columns) as RowField[]) {
    if (fields.has(field)) continue;
    const column = plain.findIndex((name) => !taken.has(name) && isUsualName(field, name));
    if (column >= 0) fields.set(field, column);
  }
}

/** The plan of a file with this header; `undefined` where the layout is another one. */
export function planOfLayout(layout: Layout, path: string, names: readonly string[]): TablePlan | undefined {
  if (layout.isHeaderless === true || layout.fileName?.test(basename(path)) === false) return undefined;
  const { plain, fields, missing, unknown } = matchHeader(layout, names);
  if (missing.length > 0 || (layout.isExact === true && unknown.length > 0)) return undefined;
  return completePlan(layout, names, plain, fields);
}

export function completePlan(
  layout: Layout,
  names: readonly string[],
  plain: readonly string[],
  fields: ReadonlyMap<RowField, number>,
): TablePlan {
  const { keepers = [], others = [], signature = [] } = layout;
  const read = new Set(fields.values());
  const markets = marketColumns(plain).filter((column) => !read.has(column));
  const keeping = keepers.map((name) => plain.indexOf(plainName(name))).filter((column) => column >= 0);
  const isOfVendor = others.length + signature.length > 0;
  const known = new Set([...others, ...signature.flatMap((names) => names.split("|"))].map(plainName));
  const ignored = names.filter((_, column) => {
    if (read.has(column) || markets.includes(column) || keeping.includes(column)) return false;
    return !known.has(plain[column]!) && !isIndex(names[column]!);
  });
  // A vendor's instrument beside its symbol is no market of its own: contracts of one symbol follow each other.
  const apart = isOfVendor && fields.has("symbol") ? [] : markets;
  return { layout, fields, names, plain, markets: apart, keepers: [...apart, ...keeping], ignored };
}

function isIndex(name: string): boolean {
  return INDEX_NAME.test(name.trim());
}
