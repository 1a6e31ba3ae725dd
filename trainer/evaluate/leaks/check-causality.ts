// Leak check 2: rows, thresholds and labels are made of the past only. Whatever comes after a cut must not change what
// was known before it.
import { COLUMN_COUNTS } from "../../rows/labelled-rows.ts";
import type { Dataset } from "../../rows/dataset.ts";
import { horizonMs } from "../../folds/split.ts";
import type { LeakCheck } from "./leak-check.ts";

/**
 * Rebuilds the dataset from the ticks before each cut and compares: per symbol, its rows must be the first rows of the
 * whole dataset, equal bit for bit in step, time, threshold, volatility ratio, label, both feature rows and where
 * segments begin; and no row may be missing whose label was decided before the cut. A label is known to be decided when
 * the whole data hold a later row of the symbol, at or after the label's end, whose step was closed before the cut at
 * the latest (a row that counts was closed at most the grid's `maxAgeMs` after its step).
 *
 * Figures: `cuts`, `rows` compared over all cuts, `different` and `missing` rows. Cuts that leave no rows to compare
 * make the check `not_possible`.
 *
 * @param rebuild the dataset of the ticks with `tsMs` below `untilMs`, by the same code that made `data`.
 * @param cuts event times in ms.
 */
export function checkCausality(
  data: Dataset,
  rebuild: (untilMs: number) => Dataset,
  cuts: readonly number[],
): LeakCheck {
  let compared = 0;
  let different = 0;
  let missing = 0;
  let first: string | undefined;
  for (const cutMs of cuts) {
    const part = rebuild(cutMs);
    const partRows = rowsBySymbol(part);
    const wholeRows = rowsBySymbol(data);
    for (const [name, whole] of wholeRows) {
      const rows = partRows.get(name) ?? [];
      compared += rows.length;
      rows.forEach((k, i) => {
        const column = differingColumn(part, data, { rows, whole, i });
        if (column === null) return;
        different += 1;
        first ??= `${name}, ${new Date(part.rows.tsMs[k]!).toISOString()}: ${column} differs from the whole file's`;
      });
      const short = Math.max(decidedBefore(data, whole, cutMs) - rows.length, 0);
      missing += short;
      if (short > 0) first ??= `${name}: ${short} decided rows are missing before ${new Date(cutMs).toISOString()}`;
    }
    for (const [name, rows] of partRows) {
      if (wholeRows.has(name)) continue;
      different += rows.length;
      first ??= `${name}: its rows are not in the whole file`;
    }
  }
  const failed = different + missing > 0;
  const outcome = failed ? "failed" : compared > 0 ? "passed" : "not_possible";
  const equal = `${compared} rows of files cut at ${cuts.length} times equal those of the whole file, bit for bit`;
  return {
    name: "causality",
    outcome,
    passed: outcome === "passed",
    detail: first ?? (compared > 0 ? equal : "no cut leaves a row to compare"),
    figures: { cuts: cuts.length, rows: compared, different, missing },
  };
}

/** Positions of each symbol's rows, in order of time. */
function rowsBySymbol(data: Dataset): Map<string, number[]> {
  const bySymbol = new Map<string, number[]>();
  for (let k = 0; k < data.rows.count; k++) {
    const name = data.symbols[data.rows.symbol[k]!]!;
    const rows = bySymbol.get(name);
    if (rows === undefined) bySymbol.set(name, [k]);
    else rows.push(k);
  }
  return bySymbol;
}

/** The first column in which row i of one symbol differs between the cut file and the whole one; `null` for none. */
function differingColumn(
  part: Dataset,
  whole: Dataset,
  at: { readonly rows: readonly number[]; readonly whole: readonly number[]; readonly i: number },
): string | null {
  const a = at.rows[at.i]!;
  const b = at.whole[at.i];
  if (b === undefined) return "step";
  for (const column of ["step", "tsMs", "tau", "ratio", "label"] as const) {
    if (!Object.is(part.rows[column][a], whole.rows[column][b])) return column;
  }
  for (const row of part.rows.names) {
    const width = COLUMN_COUNTS[row];
    for (let j = 0; j < width; j++) {
      const equal = Object.is(part.rows.values[row][a * width + j], whole.rows.values[row][b * width + j]);
      if (!equal) return `${row}[${j}]`;
    }
  }
  if (at.i === 0) return null;
  const begins = (data: Dataset, rows: readonly number[]): boolean =>
    data.rows.segment[rows[at.i]!] !== data.rows.segment[rows[at.i - 1]!];
  return begins(part, at.rows) === begins(whole, at.whole) ? null : "segment";
}

/** How many of a symbol's rows were certainly decided by ticks before the cut. */
function decidedBefore(data: Dataset, rows: readonly number[], cutMs: number): number {
  const { tsMs } = data.rows;
  const closed = rows.findLast((k) => tsMs[k]! + data.config.grid.maxAgeMs < cutMs);
  if (closed === undefined) return 0;
  return rows.filter((k) => tsMs[k]! + horizonMs(data) <= tsMs[closed]!).length;
}
