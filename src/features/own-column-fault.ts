// What is wrong with declared columns: by themselves, and at a horizon of so many steps.
import { DEFAULT_2 } from "./default-2.ts";
import { OWN_SERIES, type OwnColumn, type OwnStatistic, statisticsOf, statisticText } from "./own-columns.ts";

/** Most own columns: each is kept with every step. */
export const MAX_OWN_COLUMNS = 64;
/** The longest window: each of its steps takes 8 bytes per series and symbol, 28.8 kB a series. */
export const MAX_OWN_WINDOW_STEPS = 3600;
/** A label's longest horizon has so many steps: a shorter part of a horizon is below a step of every grid. */
const LEAST_HORIZONS = 1 / 3600;
/** Longest in horizons. A half-life takes no memory, but is warm only after half of it. */
export const MOST_HORIZONS = { mean: 60, ewma: 14_400 } as const;

const NAME = /^[a-z][a-z0-9_]{0,63}$/;
const OVER_TAU = /_over_tau$/;

/**
 * Throws `RangeError` naming the first column that cannot be, and why. Types do not hold what a cast or plain
 * JavaScript declares, so kinds and series are checked too.
 */
export function requireOwnColumns(columns: readonly OwnColumn[]): void {
  if (columns.length > MAX_OWN_COLUMNS) {
    throw new RangeError(`src/features/custom.ts: got ${columns.length} columns, expected at most ${MAX_OWN_COLUMNS}`);
  }
  const taken = new Set(DEFAULT_2.map(({ name }) => name));
  for (const column of columns) {
    const fault = nameFault(column, taken) ?? kindFault(column) ?? statisticsFault(column);
    if (fault !== undefined) throw new RangeError(`src/features/custom.ts: column ${column.name}: ${fault}`);
    taken.add(column.name);
  }
}

/** Why a horizon of so many steps does not fit declared columns: which steps it needs; `undefined` where it does. */
export function ownHorizonFault(columns: readonly OwnColumn[], horizonSteps: number): string | undefined {
  for (const column of columns) {
    for (const statistic of statisticsOf(column)) {
      const { kind, horizons } = statistic;
      const what = `the column ${column.name} of src/features/custom.ts takes ${statisticText(statistic)}`;
      if (horizons * horizonSteps < 1) return `at least ${Math.ceil(1 / horizons)}: ${what}, of a step or more`;
      if (kind === "mean" && Math.round(horizons * horizonSteps) > MAX_OWN_WINDOW_STEPS) {
        const most = Math.floor(MAX_OWN_WINDOW_STEPS / horizons);
        return `at most ${most}: ${what}, of at most ${MAX_OWN_WINDOW_STEPS} steps`;
      }
    }
  }
  return undefined;
}

function nameFault({ name, kind }: OwnColumn, taken: ReadonlySet<string>): string | undefined {
  if (!NAME.test(name))
    return "expected a name of 1 to 64 small letters, digits and underscores that begins with a letter";
  if (taken.has(name)) return "another column of the row has this name";
  if ((kind === "overTau") === OVER_TAU.test(name)) return undefined;
  return "expected a name that ends in _over_tau for overTau, and for no other";
}

function kindFault(column: OwnColumn): string | undefined {
  const { kind, of } = column;
  if (kind === "overTau") {
    const isMeasure = of.series === "squaredReturn" || of.series === "squaredRange";
    return isMeasure ? undefined : `overTau: got ${of.series as string}, expected squaredReturn or squaredRange`;
  }
  if (kind !== "logRatio" && kind !== "share") return `got ${String(kind)}, expected overTau, logRatio or share`;
  if (column.to.series === "signedVolume") return `${kind}: got a ratio to signedVolume, which can be negative`;
  if (kind === "logRatio") {
    return of.series === "signedVolume" ? "logRatio: got signedVolume, which can be negative; take share" : undefined;
  }
  if (of.kind === column.to.kind && of.horizons === column.to.horizons) return undefined;
  return `share: got ${statisticText(of)} of ${statisticText(column.to)}, expected both of one kind and length`;
}

function statisticsFault(column: OwnColumn): string | undefined {
  return statisticsOf(column)
    .map(statisticFault)
    .find((fault) => fault !== undefined);
}

function statisticFault({ kind, series, horizons }: OwnStatistic): string | undefined {
  if (!Object.hasOwn(OWN_SERIES, series)) {
    return `series: got ${String(series)}, expected one of ${Object.keys(OWN_SERIES).join(", ")}`;
  }
  if (!Object.hasOwn(MOST_HORIZONS, kind)) return `statistic: got ${String(kind)}, expected mean or ewma`;
  const most = MOST_HORIZONS[kind];
  if (horizons >= LEAST_HORIZONS && horizons <= most) return undefined;
  return `${kind} of ${series}: got ${horizons} horizons, expected at least 1/3600, a step of the longest, and at most ${most}`;
}
