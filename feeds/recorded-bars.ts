// CSV files of price bars: the header's columns, the symbol and the bar's length in the file's name.
import { basename } from "node:path";
import { ticksOfBar } from "../src/features/adapters/bar.ts";
import { parseSymbol } from "../src/features/tick.ts";
import { UnreadableFileError } from "./file-lines.ts";

const COLUMNS = ["timestamp_ms", "open", "high", "low", "close"] as const;
const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Turns the lines of one CSV file into tick inputs. The first line names the columns; `timestamp_ms` (the bar's end),
 * `open`, `high`, `low` and `close` are read. `XBTUSD_1m_2018.csv` holds bars of one minute of the symbol XBTUSD; a name
 * without a length stands for one minute.
 */
export class RecordedBars {
  readonly symbol: string;
  readonly stepMs: number;
  private readonly path: string;
  private columns = 0;
  private positions: readonly number[] = [];

  /**
   * @param path only its name is looked at.
   * @param symbol what the bars belong to when the name does not begin with a symbol.
   * @throws UnreadableFileError when neither gives a symbol.
   */
  constructor(path: string, symbol?: string) {
    const name = basename(path).replace(/\.csv(\.gz)?$/, "");
    const found = parseSymbol(name.split("_")[0]) ?? symbol;
    if (found === undefined) throw new UnreadableFileError(path, "expected a name that begins with a symbol");
    const length = /_(\d{1,3})([smhd])(_|$)/.exec(name);
    this.path = path;
    this.symbol = found;
    this.stepMs = length === null ? 60_000 : Number(length[1]) * (UNIT_MS[length[2]!] ?? NaN);
    if (this.stepMs === 0) throw new UnreadableFileError(path, `bars of length 0 in the name ${name}`);
  }

  /** Inputs of `parseTick` in a line, none for the header; `"not_a_bar"` for a cut or malformed line. */
  inputsOfLine(line: string): readonly unknown[] | "not_a_bar" {
    const cells = line.split(",");
    if (this.columns === 0) {
      const columns = cells.map((cell) => cell.trim());
      const missing = COLUMNS.filter((column) => !columns.includes(column));
      if (missing.length > 0) throw new UnreadableFileError(this.path, `no column ${missing.join(", ")} in "${line}"`);
      this.columns = columns.length;
      this.positions = COLUMNS.map((column) => columns.indexOf(column));
      return [];
    }
    if (cells.length !== this.columns) return "not_a_bar";
    const [timestamp_ms, open, high, low, close] = this.positions.map((position) => cells[position]);
    return ticksOfBar({ timestamp_ms, open, high, low, close }, this.symbol, this.stepMs) ?? "not_a_bar";
  }
}
