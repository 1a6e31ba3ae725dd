// CSV files of price bars: the header's columns, the symbol and the bar's length in the file's name.
import { basename } from "node:path";
import { ticksOfBar } from "../src/features/adapters/bar.ts";
import { parseSymbol } from "../src/features/tick.ts";
import { UnreadableFileError } from "./file-lines.ts";

/** A table that has all of these holds bars. */
export const BAR_COLUMNS = ["timestamp_ms", "open", "high", "low", "close"] as const;
const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Turns the rows of one table of bars into tick inputs; `timestamp_ms` (the bar's end), `open`, `high`, `low` and `close`
 * are read. `XBTUSD_1m_2018.csv` holds bars of one minute of the symbol XBTUSD; a name without a length stands for one
 * minute.
 */
export class RecordedBars {
  readonly symbol: string;
  readonly stepMs: number;
  private readonly width: number;
  private readonly positions: readonly number[];

  /**
   * @param path only its name is looked at.
   * @param columns the header; all of `BAR_COLUMNS` are in it.
   * @param symbol what the bars belong to when the name does not begin with a symbol.
   * @throws UnreadableFileError when neither gives a symbol.
   */
  constructor(path: string, columns: readonly string[], symbol?: string) {
    const name = basename(path).replace(/\.csv(\.gz)?$/, "");
    const found = parseSymbol(name.split("_")[0]) ?? symbol;
    if (found === undefined) throw new UnreadableFileError(path, "expected a name that begins with a symbol");
    const length = /_(\d{1,3})([smhd])(_|$)/.exec(name);
    this.symbol = found;
    this.stepMs = length === null ? 60_000 : Number(length[1]) * (UNIT_MS[length[2]!] ?? NaN);
    if (this.stepMs === 0) throw new UnreadableFileError(path, `bars of length 0 in the name ${name}`);
    this.width = columns.length;
    this.positions = BAR_COLUMNS.map((column) => columns.indexOf(column));
  }

  /** The four inputs of `parseTick` of a bar; `"not_a_bar"` for a cut or malformed row. */
  inputsOfCells(cells: readonly string[]): readonly unknown[] | "not_a_bar" {
    if (cells.length !== this.width) return "not_a_bar";
    const [timestamp_ms, open, high, low, close] = this.positions.map((position) => cells[position]);
    return ticksOfBar({ timestamp_ms, open, high, low, close }, this.symbol, this.stepMs) ?? "not_a_bar";
  }
}
