// What a retraining did and when: one line as each event happens, and a table of all events at the end.

/** One event. */
export interface TimeLineEntry {
  /** Wall time, ms since 1970. */
  readonly wallMs: number;
  /** Event time of the market, ms since 1970; `null` where it has none. */
  readonly eventMs: number | null;
  readonly what: string;
  /** The figures that belong to it; empty for none. */
  readonly figures: string;
}

export class TimeLine {
  readonly entries: TimeLineEntry[] = [];
  private readonly print: (line: string) => void;
  private readonly now: () => number;

  /** @param now wall clock, ms since 1970. */
  constructor(print: (line: string) => void, now: () => number = Date.now) {
    this.print = print;
    this.now = now;
  }

  /**
   * Keeps and prints `HH:MM:SS  (event time)  what happened: figures`, wall time in UTC.
   *
   * Example: `add("drift alert", { eventMs: 0, figures: "share 0.8" })` prints
   * `12:00:00  (1970-01-01 00:00)  drift alert: share 0.8`.
   */
  add(what: string, { eventMs = null, figures = "" }: { eventMs?: number | null; figures?: string } = {}): void {
    const entry = { wallMs: this.now(), eventMs, what, figures };
    this.entries.push(entry);
    this.print(lineText(entry));
  }

  /** A heading and one line per entry: event time, wall time, event, figures. */
  table(): string[] {
    const rows = [
      ["event time (UTC)", "wall", "event", "figures"],
      ...this.entries.map((entry) => [timeText(entry.eventMs), clockText(entry.wallMs), entry.what, entry.figures]),
    ];
    const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
    return rows.map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    );
  }
}

/** `2026-11-20 14:15`, or a dash for no time. */
export function timeText(ms: number | null): string {
  return ms === null ? "–" : new Date(ms).toISOString().slice(0, 16).replace("T", " ");
}

function lineText({ wallMs, eventMs, what, figures }: TimeLineEntry): string {
  return `${clockText(wallMs)}  (${timeText(eventMs)})  ${what}${figures === "" ? "" : `: ${figures}`}`;
}

function clockText(ms: number): string {
  return new Date(ms).toISOString().slice(11, 19);
}
