// The variable GRIDS: the grids that symbols have beside the default one.
import * as v from "valibot";
import { completeLabelSpec } from "../features/complete-label-spec.ts";
import { gridConfig } from "../features/event-grid.ts";
import type { EngineConfig } from "../features/feature-engine.ts";
import { EXPECTED_GRID_NAME, gridName, type NamedGrid, parseGridName } from "../features/grid-name.ts";
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

const EXPECTED_LIST = "a JSON list of grids, or names separated by commas";

const entrySchema = v.strictObject(
  {
    step: v.string(EXPECTED_GRID_NAME),
    source: v.optional(v.picklist(["last", "mid"], "last or mid")),
    label: v.optional(anyObject),
  },
  "a name or an object",
);

/**
 * The further grids of the text: names separated by commas, or a JSON list of names and of objects `{step, source,
 * label}`. It may name the default grid too. Throws `SettingsError` naming the entry.
 *
 * Example: `60s` or `1s,60s` or `[{"step":"60s","label":{"windowSteps":720}}]`.
 */
export function furtherGrids(text: string | undefined, { grid: own }: EngineConfig): readonly FurtherGridSetting[] {
  const found: FurtherGridSetting[] = [];
  const names = new Set<string>();
  entriesOf(text).forEach((entry, i) => {
    const field = `GRIDS[${i}]`;
    const { grid, label } = parseEntry(entry, field);
    const name = gridName(grid);
    if (names.has(name)) throw refused(field, shown(name), "each grid once");
    names.add(name);
    if (name === gridName(own)) {
      if (label !== undefined) throw refused(`${field}.label`, "a label", "none: LABEL is that of the default grid");
      return;
    }
    if (grid.stepMs > MAX_STEP_MS) throw refused(field, shown(name), `a step of at most ${MAX_STEP_MS} ms`);
    if (grid.stepMs % own.stepMs !== 0) throw refused(field, shown(name), wholeMultiple(own.stepMs));
    const config = gridConfig(grid.stepMs, grid.source);
    const spec = completeLabelSpec(label ?? {}, config, { name: `${field}.label`, refuse });
    found.push({ name, engine: { grid: config, label: spec }, labelGiven: label !== undefined });
  });
  if (found.length <= MAX_FURTHER_GRIDS) return found;
  throw refused("GRIDS", `${found.length} grids`, `at most ${MAX_FURTHER_GRIDS} beside the default one`);
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
