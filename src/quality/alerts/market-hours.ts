// The hours in which a market trades, e.g. `Mon-Fri 13:30-20:00`: outside of them a silent feed is no fault.

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** 1970-01-01 was a Thursday. */
const FIRST_DAY = 4;
const FORM = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)(?:-(Mon|Tue|Wed|Thu|Fri|Sat|Sun))? (\d\d):(\d\d)-(\d\d):(\d\d)$/;

export const HOURS_FORM = "a list like Mon-Fri 13:30-20:00, Sun 22:00-24:00 in UTC";

interface Session {
  /** Whether it is held on a day, by its number in the week. */
  readonly days: readonly boolean[];
  /** Ms after midnight. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** Sessions of a market, in UTC. */
export class MarketHours {
  private readonly sessions: readonly Session[];

  private constructor(sessions: readonly Session[]) {
    this.sessions = sessions;
  }

  /** `undefined` for a text that is no `HOURS_FORM`. */
  static parse(text: string): MarketHours | undefined {
    const sessions = text.split(",").map((part) => parseSession(part.trim()));
    return sessions.every((session) => session !== undefined) ? new MarketHours(sessions) : undefined;
  }

  /**
   * When the market opened last, ms since 1970, if it is open at `ms`; `undefined` while it is closed. Sessions that
   * touch are one. A market that is always open opened a week ago.
   */
  openedAt(ms: number): number | undefined {
    if (!this.isOpen(ms)) return undefined;
    let opened = ms;
    // Back from the beginning of one session to the one before, a week at most.
    while (opened > ms - 7 * DAY_MS && this.isOpen(opened)) opened = this.beginningBefore(opened) - 1;
    return Math.max(opened + 1, ms - 7 * DAY_MS);
  }

  private isOpen(ms: number): boolean {
    return this.sessions.some((session) => holds(session, ms));
  }

  /** The earliest beginning among the sessions that hold this time. */
  private beginningBefore(ms: number): number {
    const midnight = Math.floor(ms / DAY_MS) * DAY_MS;
    return Math.min(...this.sessions.filter((one) => holds(one, ms)).map(({ fromMs }) => midnight + fromMs));
  }
}

function holds({ days, fromMs, toMs }: Session, ms: number): boolean {
  const day = Math.floor(ms / DAY_MS);
  const timeMs = ms - day * DAY_MS;
  return days[(day + FIRST_DAY) % 7]! && timeMs >= fromMs && timeMs < toMs;
}

function parseSession(text: string): Session | undefined {
  const parts = FORM.exec(text);
  if (parts === null) return undefined;
  const [, first, last = first, ...times] = parts;
  const [fromHour, fromMinute, toHour, toMinute] = times.map(Number) as [number, number, number, number];
  const [fromMs, toMs] = [(fromHour * 60 + fromMinute) * MINUTE_MS, (toHour * 60 + toMinute) * MINUTE_MS];
  if (fromMinute > 59 || toMinute > 59 || toMs > DAY_MS || fromMs >= toMs) return undefined;
  const [from, to] = [first, last].map((name) => DAYS.indexOf(name as (typeof DAYS)[number])) as [number, number];
  // Sat-Mon goes over the end of the week.
  const days = DAYS.map((_, day) => (from <= to ? day >= from && day <= to : day >= from || day <= to));
  return { days, fromMs, toMs };
}
