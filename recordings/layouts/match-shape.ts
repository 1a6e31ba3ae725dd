// Compares the first row of a file without a header with the shapes of the layouts.
import { basename } from "node:path";
import { parseDecimal } from "../../src/features/decimal.ts";
import { MAX_TS_MS, MIN_TS_MS, unitOfTime } from "../../src/features/tick-time.ts";
import { columnsOf } from "./generic-columns.ts";
import { type CellKind, type Layout, plainName, type ShapeColumn } from "./layout.ts";
import { completePlan } from "./match-header.ts";
import type { TablePlan } from "./table-plan.ts";

const EPOCH = /^\d{9,20}(\.\d+)?$/;
const MS_OF_UNIT = { seconds: 1000, milliseconds: 1, microseconds: 1e-3, nanoseconds: 1e-6 } as const;

/** The plan of a file whose first row is this one; `undefined` where it has not the layout's shape. */
export function planOfShape(layout: Layout, path: string, cells: readonly unknown[]): TablePlan | undefined {
  const { shape, fits, fileName } = layout;
  if (shape === undefined || fileName?.test(basename(path)) === false || !hasShape(shape, cells)) return undefined;
  const plain = shape.slice(0, cells.length).map(({ name }) => name);
  const cell = (name: string): number => parseDecimal(cells[plain.indexOf(plainName(name))]);
  if (fits?.(cell) === false) return undefined;
  const names = plain.map((name, column) => `${column + 1} (${name})`);
  const plan = completePlan(layout, names, plain, columnsOf(layout.columns, plain));
  return { ...plan, markets: [], keepers: [], ignored: [] };
}

function hasShape(shape: readonly ShapeColumn[], cells: readonly unknown[]): boolean {
  const least = shape.filter(({ isOptional }) => isOptional !== true).length;
  if (cells.length < least || cells.length > shape.length) return false;
  return cells.every((cell, column) => isOfKind(cell, shape[column]!.kind));
}

function isOfKind(cell: unknown, kind: CellKind): boolean {
  const text = String(cell ?? "").trim();
  switch (kind) {
    case "any":
      return true;
    case "epoch":
      return isEpoch(text);
    case "seconds":
      return isEpoch(text) && unitOfTime(Number(text)) === "seconds";
    case "millis":
      return isEpoch(text) && unitOfTime(Number(text)) === "milliseconds";
    case "whole":
      return /^\d{1,20}$/.test(text);
    case "number":
      return Number.isFinite(parseDecimal(text));
    case "flag":
      return /^(true|false)$/i.test(text);
    case "side":
      return /^(buy|sell)$/i.test(text);
    case "pair":
      return /^[A-Z]{3}\/[A-Z]{3}$/i.test(text);
    case "compact":
      return /^\d{8} \d{6}(\d{3})?$/.test(text);
    case "clock":
      return /^\d{8} \d{2}:\d{2}:\d{2}(\.\d{3})?$/.test(text);
  }
}

function isEpoch(text: string): boolean {
  if (!EPOCH.test(text)) return false;
  const ms = Number(text) * MS_OF_UNIT[unitOfTime(Number(text))];
  return ms >= MIN_TS_MS && ms <= MAX_TS_MS;
}

/** Whether a cell is a value and no name of a column. */
export function isValue(cell: unknown): boolean {
  if (typeof cell !== "string") return cell !== null && cell !== undefined;
  const text = cell.trim();
  return (
    Number.isFinite(parseDecimal(text)) ||
    /^\d{4}-?\d{2}-?\d{2}([T ]|$)/.test(text) ||
    /^\d{2}\.\d{2}\.\d{4} /.test(text)
  );
}
