// Time zones of files whose times are texts without a zone.

const OFFSET = /^(?:UTC|GMT)?([+-])(\d{1,2})(?::?([0-5]\d))?$/i;
/** Abbreviations that mean one offset all the year round. */
const FIXED_HOURS: Readonly<Record<string, number>> = { UTC: 0, GMT: 0, Z: 0, EST: -5 };
const HOUR_MS = 3_600_000;

/** Turns wall-clock times of one zone into UTC. */
export interface TimeZone {
  readonly name: string;
  /**
   * @param wallMs the wall clock's time as if it were UTC, ms.
   * @returns ms since 1970 UTC; `undefined` for a time that a change of the clock skips or shows twice.
   */
  utcMs(wallMs: number): number | undefined;
}

/**
 * The zone of a name: `UTC`, `EST` (without summer time, as in HistData's files), `+02:00`, or one of the IANA database
 * as `America/New_York`; `undefined` for any other text.
 *
 * Example: `parseTimeZone("EST")?.utcMs(0)` is 18,000,000: midnight there is five in the morning UTC.
 */
export function parseTimeZone(text: string): TimeZone | undefined {
  const name = text.trim();
  const hours = FIXED_HOURS[name.toUpperCase()];
  if (hours !== undefined) return fixedZone(name.toUpperCase(), hours * HOUR_MS);
  const match = OFFSET.exec(name);
  if (match !== null) {
    const [, sign, hour, minute = "0"] = match;
    const offsetMs = Number(hour) * HOUR_MS + Number(minute) * 60_000;
    return offsetMs > 14 * HOUR_MS ? undefined : fixedZone(name, sign === "-" ? -offsetMs : offsetMs);
  }
  // Other abbreviations are ambiguous (CST), and Intl takes some of them.
  return name.includes("/") ? namedZone(name) : undefined;
}

function fixedZone(name: string, offsetMs: number): TimeZone {
  return { name, utcMs: (wallMs) => wallMs - offsetMs };
}

function namedZone(name: string): TimeZone | undefined {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-US", { timeZone: name, timeZoneName: "longOffset" });
  } catch {
    return undefined;
  }
  const ofHour = new Map<number, number>();
  const offsetAt = (utcMs: number): number => {
    const quarter = Math.floor(utcMs / (HOUR_MS / 4));
    const known = ofHour.get(quarter);
    if (known !== undefined) return known;
    if (ofHour.size > 10_000) ofHour.clear();
    const offset = offsetMsOf(format.format(quarter * (HOUR_MS / 4)));
    ofHour.set(quarter, offset);
    return offset;
  };
  const utcMs = (wallMs: number): number | undefined => {
    const day = 24 * HOUR_MS;
    const offsets = new Set([offsetAt(wallMs - day), offsetAt(wallMs + day)]);
    const fitting = [...offsets].filter((offset) => offsetAt(wallMs - offset) === offset);
    return fitting.length === 1 ? wallMs - fitting[0]! : undefined;
  };
  return { name, utcMs };
}

function offsetMsOf(text: string): number {
  const match = /GMT(?:([+-])(\d{2}):(\d{2})(?::(\d{2}))?)?$/.exec(text);
  if (match?.[1] === undefined) return 0;
  const [, sign, hour, minute, second = "0"] = match;
  const ms = Number(hour) * HOUR_MS + Number(minute) * 60_000 + Number(second) * 1000;
  return sign === "-" ? -ms : ms;
}
