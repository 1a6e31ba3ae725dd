// The texts of a time axis in UTC, as fine as its marks need: seconds, minutes or days.

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** `splits` are in ms since 1970 UTC and `everyMs` apart. The first mark of a day has the date below the time. */
export function timeAxisTexts(splits: readonly number[], everyMs: number): string[] {
  let day = -1;
  return splits.map((ts, i) => {
    const iso = new Date(ts).toISOString();
    if (everyMs >= DAY_MS) return iso.slice(5, 10);
    const time = everyMs < MINUTE_MS ? iso.slice(11, 19) : iso.slice(11, 16);
    const isNewDay = Math.floor(ts / DAY_MS) !== day;
    day = Math.floor(ts / DAY_MS);
    return isNewDay && i > 0 ? `${time}\n${iso.slice(5, 10)}` : time;
  });
}
