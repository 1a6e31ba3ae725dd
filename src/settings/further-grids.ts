// The variables GRIDS and HORIZONS: the grids that symbols have beside the default one, and the horizons of its own
// steps. Each horizon but the first is a grid too.
import * as v from "valibot";
import { completeLabelSpec } from "../features/complete-label-spec.ts";
import { gridConfig, type GridConfig } from "../features/event-grid.ts";
import type { EngineConfig } from "../features/feature-engine.ts";
import {
  EXPECTED_GRID_NAME,
  EXPECTED_HORIZON,
  gridName,
  type NamedGrid,
  parseGridName,
  parseHorizon,
} from "../features/grid-name.ts";
import { MOST_HORIZON_STEPS } from "../features/label-spec.ts";
import { faultText } from "../schemas/check.ts";
import { parseOrThrow } from "../schemas/parse-or-throw.ts";
import { shown } from "../schemas/shown.ts";
import { anyObject } from "../schemas/schema-values.ts";
import { SettingsError } from "./settings-error.ts";

/** Further grids of a deployment at most: each costs every symbol time and storage. */
const MAX_FURTHER_GRIDS = 3;
const MAX_STEP_MS = 3_600_000;

/** A grid that symbols have beside the default one. */
export interface FurtherGridSetting {
  /** `gridName` of the grid. */
  readonly name: string;
  readonly engine: EngineConfig;
  /** Whether its label was set explicitly; otherwise it is that of the grid's champion. */
  readonly labelGiven: boolean;
}

/** Absent or blank means none. */
export const gridsVariable = v.optional(v.string("a list of grids"));
export const horizonsVariable = v.optional(v.string("a list of horizons"));

const EXPECTED_LIST = "a JSON list of grids, or names separated by commas";

const entrySchema = v.strictObject(
  {
    step: v.string(EXPECTED_GRID_NAME),
    source: v.optional(v.picklist(["last", "mid"], "last or mid")),
    label: v.optional(anyObject),
  },
  "a name or an object",
);

/** The texts of the two variables. */
interface GridVariables {
  readonly GRIDS?: string | undefined;
  readonly HORIZONS?: string | undefined;
}

/** An entry of one of them. */
interface GridEntry {
  /** The variable and the place in it. */
  readonly field: string;
  readonly grid: NamedGrid;
  readonly label?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * The horizons of `HORIZONS`, ms: times with their unit, separated by commas; empty without. The first is that of the
 * default grid. Throws `SettingsError` naming the entry.
 *
 * Example: `60s,300s,900s`.
 */
export function horizonsOf(text: string | undefined, { stepMs }: GridConfig): readonly number[] {
  const trimmed = text?.trim() ?? "";
  if (trimmed === "") return [];
  const found: number[] = [];
  trimmed.split(",").forEach((entry, i) => {
    const field = `HORIZONS[${i}]`;
    const horizonMs = parseHorizon(entry.trim());
    if (horizonMs === undefined) throw refused(field, shown(entry.trim()), EXPECTED_HORIZON);
    if (found.includes(horizonMs)) throw refused(field, shown(entry.trim()), "each horizon once");
    requireSteps(horizonMs, stepMs, field);
    found.push(horizonMs);
  });
  return found;
}

/**
 * The further grids of `GRIDS`: names separated by commas, or a JSON list of names and of objects `{step, source,
 * label}`; it may name the default grid too. Then those of `HORIZONS` but the first. Throws `SettingsError` naming the
 * entry.
 *
 * Example: `60s` or `1s,60s` or `[{"step":"60s","label":{"windowSteps":720}}]`.
 *
 * @param own configuration of the default grid.
 */
export function furtherGrids(variables: GridVariables, own: EngineConfig): readonly FurtherGridSetting[] {
  const found: FurtherGridSetting[] = [];
  const names = new Set<string>();
  for (const entry of [...gridEntries(variables.GRIDS), ...horizonEntries(variables.HORIZONS, own.grid)]) {
    const name = gridName(entry.grid);
    if (names.has(name)) throw refused(entry.field, shown(name), "each grid once");
    names.add(name);
    const setting = furtherGrid(entry, own);
    if (setting !== undefined) found.push(setting);
  }
  if (found.length <= MAX_FURTHER_GRIDS) return found;
  const field = variables.HORIZONS === undefined ? "GRIDS" : "GRIDS and HORIZONS";
  throw refused(field, `${found.length} grids`, `at most ${MAX_FURTHER_GRIDS} beside the default one`);
}

/** `undefined` for the default grid. */
function furtherGrid({ field, grid, label }: GridEntry, config: EngineConfig): FurtherGridSetting | undefined {
  const { grid: own } = config;
  const name = gridName(grid);
  if (name === gridName(own)) {
    if (label === undefined) return undefined;
    throw refused(`${field}.label`, "a label", "none: LABEL is that of the default grid");
  }
  const { stepMs, source, horizonMs } = grid;
  if (stepMs > MAX_STEP_MS) throw refused(field, shown(name), `a step of at most ${MAX_STEP_MS} ms`);
  if (stepMs % own.stepMs !== 0) throw refused(field, shown(name), wholeMultiple(own.stepMs));
  if (horizonMs !== undefined) requireSteps(horizonMs, stepMs, field);
  if (name === gridName({ ...own, horizonMs: config.label.horizonSteps * own.stepMs })) {
    throw refused(field, shown(name), `another horizon than that of the default grid ${gridName(own)}`);
  }
  const further = { ...gridConfig(stepMs, source), ...(horizonMs === undefined ? {} : { horizonMs }) };
  const spec = completeLabelSpec(label ?? {}, further, { name: `${field}.label`, refuse });
  return { name, engine: { grid: further, label: spec }, labelGiven: label !== undefined };
}

function requireSteps(horizonMs: number, stepMs: number, field: string): void {
  const most = MOST_HORIZON_STEPS * stepMs;
  if (horizonMs % stepMs === 0 && horizonMs <= most) return;
  throw refused(field, shown(`${horizonMs} ms`), `a whole multiple of the step ${stepMs} ms, at most ${most} ms`);
}

function gridEntries(text: string | undefined): GridEntry[] {
  return entriesOf(text).map((entry, i) => ({ field: `GRIDS[${i}]`, ...parseEntry(entry, `GRIDS[${i}]`) }));
}

function horizonEntries(text: string | undefined, grid: GridConfig): GridEntry[] {
  const { stepMs, source } = grid;
  const entries = horizonsOf(text, grid).map((horizonMs, i) => ({
    field: `HORIZONS[${i}]`,
    grid: { stepMs, source, horizonMs },
  }));
  return entries.slice(1);
}

function entriesOf(text: string | undefined): readonly unknown[] {
  const trimmed = text?.trim() ?? "";
  if (trimmed === "") return [];
  if (!/^[[{"]/.test(trimmed)) return trimmed.split(",").map((name) => name.trim());
  const value = parseJson(trimmed);
  if (Array.isArray(value)) return value as readonly unknown[];
  throw refused("GRIDS", shown(value ?? trimmed), EXPECTED_LIST);
}

function parseEntry(
  entry: unknown,
  field: string,
): { readonly grid: NamedGrid; readonly label: Readonly<Record<string, unknown>> | undefined } {
  if (typeof entry === "string") return { grid: gridOf(entry, field), label: undefined };
  const { step, source, label } = parseOrThrow(entrySchema, entry, { name: field, refuse });
  const grid = gridOf(step, `${field}.step`);
  if (source !== undefined && grid.source === "mid" && source === "last") {
    throw refused(`${field}.source`, "last", "mid, as its step says");
  }
  return { grid: { ...grid, source: source ?? grid.source }, label };
}

function gridOf(name: string, field: string): NamedGrid {
  const grid = parseGridName(name);
  if (grid === undefined) throw refused(field, shown(name), EXPECTED_GRID_NAME);
  return grid;
}

function wholeMultiple(stepMs: number): string {
  return `a whole multiple of STEP_MS ${stepMs}: the default grid is the finest, because it judges the ticks`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function refuse(text: string): Error {
  return new SettingsError(text);
}

function refused(field: string, got: string, expected: string): Error {
  return refuse(faultText({ field, got, expected }));
}
