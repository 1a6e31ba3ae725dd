// Options of every program that reads recordings: what a file does not say itself.
import { TICK_FIELD_NAMES, type TickField } from "../src/features/tick-fields.ts";
import { VENUE_EXPECTED, venueKey } from "../src/features/symbol-name.ts";
import { parseTimeZone, type TimeZone } from "../src/markets/time-zone.ts";
import { inGroup, option } from "./option.ts";
import { UserError } from "./user-error.ts";
import { oneOf, type ValueType, valueType, wrongValue } from "./value-types.ts";

type ColumnField = TickField | "open" | "high" | "low" | "close";

/** The options in the form in which recordings are read. */
export interface ReadingValues {
  readonly columns: ReadonlyMap<ColumnField, string> | undefined;
  readonly stamp: "start" | "end" | undefined;
  readonly unit: "s" | "ms" | "µs" | "ns" | undefined;
  readonly timezone: TimeZone | undefined;
  readonly venue: string | undefined;
}

const FIELD_OF_NAME: ReadonlyMap<string, ColumnField> = new Map([
  ...(["open", "high", "low", "close"] as const).map((name): [string, ColumnField] => [name, name]),
  ["volume", "barVolume"],
  ["quotevolume", "barQuoteVolume"],
  ["takervolume", "barTakerVolume"],
  ["trades", "barTrades"],
  ...(Object.entries(TICK_FIELD_NAMES) as [TickField, readonly string[]][]).flatMap(([field, names]) =>
    names.map((name): [string, ColumnField] => [plain(name), field]),
  ),
]);
const FIELDS = "ts, symbol, venue, price, bid, ask, bidSize, askSize, size, side, id, open, high, low, close, volume";

const COLUMNS: ValueType<ReadonlyMap<ColumnField, string>> = {
  placeholder: "FIELD=NAME,…",
  parse: (text, option) => {
    const columns = new Map<ColumnField, string>();
    for (const part of text.split(",")) {
      const at = part.indexOf("=");
      const field = FIELD_OF_NAME.get(plain(part.slice(0, Math.max(0, at))));
      const name = part.slice(at + 1).trim();
      if (at < 0 || field === undefined || name === "") {
        throw wrongValue(option, part, `FIELD=NAME with one of ${FIELDS}`);
      }
      if (columns.has(field)) throw new UserError(`${option}: got ${field} twice`);
      columns.set(field, name);
    }
    return columns;
  },
};

const TIME_ZONE = valueType("ZONE", "UTC, EST, +02:00 or a zone such as America/New_York", parseTimeZone);
const VENUE = valueType("V", VENUE_EXPECTED, venueKey);

export const READING_OPTIONS = inGroup("Files that do not say it themselves", {
  columns: option(
    COLUMNS,
    "names of columns, as ts=timestamp,price=px,size=qty; numbers from 1 where there is no header, as ts=1,price=2",
  ),
  stamp: option(oneOf(["start", "end"]), "what the times of bars are: start or end of the bar", {
    otherwise: "known of each layout, else asked for",
  }),
  unit: option(oneOf(["s", "ms", "us", "ns"]), "unit of times that are numbers: s, ms, us or ns", {
    otherwise: "by their magnitude",
  }),
  timezone: option(TIME_ZONE, "zone of times that are texts without one", { otherwise: "UTC" }),
  venue: option(VENUE, "venue of rows that name none, as SYMBOL@VENUE; rows of other venues are left out"),
});

/** The options as `streamTicks` and `readTickFiles` take them. */
export function readingOf(values: {
  readonly columns: ReadonlyMap<ColumnField, string> | undefined;
  readonly stamp: "start" | "end" | undefined;
  readonly unit: "s" | "ms" | "us" | "ns" | undefined;
  readonly timezone: TimeZone | undefined;
  readonly venue: string | undefined;
}): ReadingValues {
  const { columns, stamp, unit, timezone, venue } = values;
  return { columns, stamp, unit: unit === "us" ? "µs" : unit, timezone, venue };
}

function plain(name: string): string {
  return name.trim().toLowerCase().replace(/_/g, "");
}
