// Which of a recording's rows belong to the symbol and the venue that were asked for, and under which name.
import { splitKey, symbolKey, venueKey } from "../src/features/symbol-name.ts";
import { isSameMarket } from "./recording-name.ts";
import { UnreadableFileError } from "./unreadable-file-error.ts";

/** Others that are remembered for messages. */
const REMEMBERED = 10;

/** Whether a name is the symbol asked for, or has a slash and means the same market: BTC/USD for BTC-USD. */
export function isWanted(name: string, wanted: string | undefined): boolean {
  if (wanted === undefined) return true;
  return symbolKey(name) === wanted || (/[^A-Z0-9._:-]/i.test(name) && isSameMarket(name, wanted));
}

/** A row's market as `symbolKey` takes it. */
export interface RowMarket {
  readonly symbol: unknown;
  readonly venue: unknown;
}

/**
 * Takes the rows of one symbol out of a recording; without one, all of them as they are. Two different names in one
 * recording are never taken as one symbol.
 */
export class SymbolFilter {
  private readonly path: string;
  private readonly wanted: string | undefined;
  private readonly wantedVenue: string | undefined;
  private readonly others: Set<string>;
  private taken: string | undefined;

  /**
   * @param wanted the key of the symbol asked for.
   * @param venue the venue of rows that name none; rows of another one are left out.
   * @param others receives some of the other names.
   */
  constructor(path: string, wanted: string | undefined, venue: string | undefined, others: Set<string>) {
    const asked = wanted === undefined ? undefined : splitKey(wanted);
    this.path = path;
    this.wanted = asked?.symbol;
    this.wantedVenue = venueKey(venue) ?? asked?.venue;
    this.others = others;
  }

  /**
   * The symbol and venue under which a row is read; `undefined` for one that was not asked for. A row that says no
   * symbol is for `parseTick` to refuse.
   * @throws UnreadableFileError when two names would become one symbol.
   */
  marketOf(symbol: unknown, venue: unknown): RowMarket | undefined {
    const { wanted } = this;
    const name = typeof symbol === "string" ? symbol.trim() : symbol;
    const at = typeof name === "string" && name.includes("@") ? symbolKey(name) : undefined;
    const own = at === undefined ? { symbol: name, venue: isNone(venue) ? undefined : venue } : splitKey(at);
    if (this.wantedVenue !== undefined && own.venue !== undefined && venueKey(own.venue) !== this.wantedVenue) {
      this.leaveOut(own.symbol, own.venue);
      return undefined;
    }
    const readVenue = own.venue ?? this.wantedVenue;
    if (typeof own.symbol !== "string" || own.symbol === "") {
      return { symbol: own.symbol === "" ? undefined : own.symbol, venue: readVenue };
    }
    if (wanted === undefined) return { symbol: own.symbol, venue: readVenue };
    if (own.symbol !== this.taken) {
      if (!isWanted(own.symbol, wanted)) {
        this.leaveOut(own.symbol, readVenue);
        return undefined;
      }
      this.take(own.symbol);
    }
    return { symbol: wanted, venue: readVenue };
  }

  private take(name: string): void {
    if (this.taken !== undefined && this.taken.toUpperCase() !== name.toUpperCase()) {
      throw new UnreadableFileError(
        this.path,
        `its symbols "${this.taken}" and "${name}" are kept apart, expected one of them for --symbol ${this.wanted}`,
      );
    }
    this.taken = name;
  }

  private leaveOut(symbol: unknown, venue: unknown): void {
    if (this.others.size < REMEMBERED) this.others.add(symbolKey(symbol, venue) ?? String(symbol));
  }
}

function isNone(venue: unknown): boolean {
  return venue === undefined || venue === null || (typeof venue === "string" && venue.trim() === "");
}
