// Lines of raw captures: a message behind the time of its receipt.

/** `1618677786.80: {…}`, seconds, as cryptofeed writes captures. */
const SECONDS = /^(\d{9,12}(?:\.\d+)?): /;
/** `1723161256172216566 {…}`, nanoseconds, as hftbacktest's collector does. */
const NANOSECONDS = /^(\d{19}) (?=[[{])/;
/** `wss://… <- 1618677786.51: {…}`, what the capturing client connected to and sent. */
const SENT = /^wss?:\/\/\S+ <->? /;

/** A message and when it was received. */
export interface CapturedLine {
  readonly receivedMs: number;
  /** The message's JSON. */
  readonly text: string;
}

/** A line of a capture; `"sent"` for what the capturing client sent; `undefined` for a line of another kind. */
export function capturedLine(line: string): CapturedLine | "sent" | undefined {
  if (SENT.test(line)) return "sent";
  const seconds = SECONDS.exec(line);
  if (seconds !== null)
    return { receivedMs: Math.floor(Number(seconds[1]) * 1e3), text: line.slice(seconds[0].length) };
  const nanoseconds = NANOSECONDS.exec(line);
  if (nanoseconds === null) return undefined;
  return { receivedMs: Number(nanoseconds[1]!.slice(0, -6)), text: line.slice(nanoseconds[0].length) };
}
