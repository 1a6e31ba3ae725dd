// Which of a recording's rows belong to the symbol that was asked for, and under which name.
import { symbolKey } from "../src/features/symbol-name.ts";
import { isSameMarket } from "./recording-name.ts";
import { UnreadableFileError } from "./unreadable-file-error.ts";

/** Others that are remembered for messages. */
const REMEMBERED = 10;

/** Whether a name is the symbol asked for, or has a slash and means the same market: BTC/USD for BTC-USD. */
export function isWanted(name: string, wanted: string | undefined): boolean {
  if (wanted === undefined) return true;
  return symbolKey(name) === wanted || (/[^A-Z0-9._:-]/i.test(name) && isSameMarket(name, wanted));
}

/**
 * Takes the rows of one symbol out of a recording; without one, all of them as they are. Two different names in one
 * recording are never taken as one symbol.
 */
export class SymbolFilter {
  private readonly path: string;
  private readonly wanted: string | undefined;
  private readonly others: Set<string>;
  private taken: string | undefined;

  /** @param others receives some of the other names. */
  constructor(path: string, wanted: string | undefined, others: Set<string>) {
    this.path = path;
    this.wanted = wanted;
    this.others = others;
  }

  /**
   * Whether the row is of the symbol asked for, or says none and is for `parseTick` to refuse.
   * @throws UnreadableFileError when two names would become one symbol.
   */
  takes(symbol: unknown): boolean {
    const { wanted } = this;
    if (wanted === undefined || symbol === this.taken || typeof symbol !== "string" || symbol.trim() === "")
      return true;
    const name = symbol.trim();
    if (!isWanted(name, wanted)) {
      if (this.others.size < REMEMBERED) this.others.add(symbolKey(name) ?? name);
      return false;
    }
    if (this.taken !== undefined && this.taken.toUpperCase() !== name.toUpperCase()) {
      throw new UnreadableFileError(
        this.path,
        `its symbols "${this.taken}" and "${name}" are kept apart, expected one of them for --symbol ${wanted}`,
      );
    }
    this.taken = name;
    return true;
  }
}
