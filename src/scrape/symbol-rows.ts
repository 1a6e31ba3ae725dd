// All symbols' samples as rows of numbers. Labels are bounded, so every symbol has the same columns. The rows of a
// thousand symbols take 1.6 MB; their text takes 14 MB and is generated while it is sent.
import type { SymbolScrape } from "../durable/symbol/reading/symbol-scrape.ts";
import { GRID_METRICS, METRICS, type SymbolMetric } from "../metrics.ts";
import { type ExpositionFormat, type Labels, labelText, sampleLine } from "./exposition.ts";
import { symbolLabels } from "./symbol-labels.ts";
import { SYMBOL_READINGS } from "./symbol-readings.ts";

/** A symbol's values by column; `NaN` where there is no sample. */
export interface SymbolRow {
  readonly symbol: string;
  /** The name of the further grid that the row is of. */
  readonly grid?: string;
  readonly values: Float64Array;
}

const ON_GRIDS: ReadonlySet<SymbolMetric> = new Set(GRID_METRICS);

const NAMES = Object.keys(METRICS.symbol) as SymbolMetric[];

/** By metric, the column of each combination of its labels; the key is the labels' text. */
const COLUMNS = new Map<SymbolMetric, ReadonlyMap<string, number>>();
let width = 0;
for (const name of NAMES) {
  COLUMNS.set(name, new Map(combinations(METRICS.symbol[name].labels).map((labels) => [labelText(labels), width++])));
}

/**
 * A symbol's answer as a row. @param scrape `undefined` if the object did not answer or has no tick; the row then has
 * only `volgate_symbol_up` = 0.
 * @throws RangeError for labels that are not in the catalogue.
 */
export function symbolRow(symbol: string, scrape: SymbolScrape | undefined): SymbolRow {
  const values = new Float64Array(width).fill(NaN);
  if (scrape === undefined) {
    values[columnOf("volgate_symbol_up", {})] = 0;
    return { symbol, values };
  }
  for (const name of NAMES) read(name, scrape, values);
  return { symbol, values };
}

/** The rows of the symbol's further grids: `GRID_METRICS` alone. */
export function gridRows(symbol: string, scrape: SymbolScrape | undefined): SymbolRow[] {
  return (scrape?.grids ?? []).map(({ grid, ...own }) => {
    const values = new Float64Array(width).fill(NaN);
    for (const name of GRID_METRICS) read(name, own, values);
    return { symbol, grid, values };
  });
}

function read(name: SymbolMetric, scrape: SymbolScrape, values: Float64Array): void {
  const reading = SYMBOL_READINGS[name](scrape);
  if (typeof reading === "object" && reading !== null) {
    for (const [labels, value] of reading) values[columnOf(name, labels)] = value ?? NaN;
  } else values[columnOf(name, {})] = reading ?? NaN;
}

/** The lines of all symbols' metrics, metric by metric as the format demands. */
export function* symbolLines(rows: readonly SymbolRow[], format: ExpositionFormat): Generator<string> {
  for (const name of NAMES) {
    const columns = [...COLUMNS.get(name)!];
    let hasHeader = false;
    for (const { symbol, grid, values } of rows) {
      if (grid !== undefined && !ON_GRIDS.has(name)) continue;
      const own = labelText({ ...symbolLabels(symbol), ...(grid === undefined ? {} : { grid }) });
      for (const [labels, column] of columns) {
        const value = values[column]!;
        if (Number.isNaN(value)) continue;
        if (!hasHeader) yield format.header(name, METRICS.symbol[name]);
        hasHeader = true;
        yield sampleLine(name, labels === "" ? own : `${own},${labels}`, value);
      }
    }
  }
}

function columnOf(name: SymbolMetric, labels: Labels): number {
  const text = labelText(labels);
  const column = COLUMNS.get(name)?.get(text);
  if (column === undefined) throw new RangeError(`${name}: got labels ${text}, expected those of the catalogue`);
  return column;
}

/** Example: `{ a: ["x", "y"], b: ["1"] }` gives `{ a: "x", b: "1" }` and `{ a: "y", b: "1" }`. */
function combinations(labels: Readonly<Record<string, readonly string[]>>): Labels[] {
  return Object.entries(labels).reduce<Labels[]>(
    (all, [name, values]) => all.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
    [{}],
  );
}
