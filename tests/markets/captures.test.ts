// Real captures of venues, in ../shared, read line by line. Prints what became of each kind of message.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { isRejection, parseTick, type Tick } from "../../src/features/tick.ts";
import { capturedLine } from "../../src/markets/captured-line.ts";
import { lacksTime, readMessage, ticksOfMessage, withReceiveTime } from "../../src/markets/message.ts";

const DATA = join(import.meta.dirname, "../../../shared/data");
const FOLDERS = [join(DATA, "wire"), join(DATA, "formats")];
const hasData = FOLDERS.every((folder) => existsSync(folder));

const noCounts = () => ({ lines: 0, ticks: 0, timed: 0, skipped: 0, unknown: 0, refused: 0 });
type Counts = ReturnType<typeof noCounts>;

/** A venue's kind of message in a few words. */
function kindOf(message: unknown): string {
  if (Array.isArray(message)) return String(message.at(-2));
  const { stream, data, topic, arg, channel, type, event } = message as Record<string, never>;
  const inStream = typeof stream === "string" ? String(stream).split("@")[1] : undefined;
  const found: unknown = inStream ?? topic ?? (arg as { channel?: unknown } | undefined)?.channel ?? channel ?? type;
  const name =
    typeof found === "string" ? found.replace(/^(live_trades|diff_order_book)_.*$|\..*$/, "$1") : "no channel";
  return event === undefined || event === "data" || data === undefined
    ? `${name || String(topic).split(".")[0]}${event ? ` ${event}` : ""}`
    : `${name} ${String(event)}`;
}

function linesOf(path: string): readonly string[] {
  try {
    return gunzipSync(readFileSync(path), { finishFlush: 2 }).toString().split("\n");
  } catch (error) {
    throw new Error(path, { cause: error });
  }
}

function count(counts: Counts, message: unknown, receivedMs: number): void {
  counts.lines += 1;
  const found = readMessage(message);
  if (found === undefined || "formats" in found) counts.unknown += 1;
  else if (found.inputs.length === 0) counts.skipped += 1;
  else {
    for (const input of found.inputs) {
      if (lacksTime(input)) counts.timed += 1;
      const tick = parseTick(withReceiveTime(input, receivedMs), Infinity);
      counts[isRejection(tick) ? "refused" : "ticks"] += 1;
    }
  }
}

function tableOf(paths: readonly string[]): Map<string, Counts> {
  const table = new Map<string, Counts>();
  for (const path of paths) {
    const venue = path
      .split("/")
      .at(-1)!
      .split(".")[0]!
      .replace(/_\d{8}$/, "");
    for (const line of linesOf(path)) {
      const captured = capturedLine(line);
      if (captured === undefined || captured === "sent") continue;
      let message: unknown;
      try {
        message = JSON.parse(captured.text);
      } catch {
        // The last line of a capture may be cut.
        continue;
      }
      const key = `${venue} ${kindOf(message)}`;
      let counts = table.get(key);
      if (counts === undefined) table.set(key, (counts = noCounts()));
      count(counts, message, captured.receivedMs);
    }
  }
  return table;
}

describe.skipIf(!hasData)("the captures in ../shared/data (skipped where they are absent)", () => {
  const files = FOLDERS.flatMap((folder) => (hasData ? readdirSync(folder) : []).map((name) => join(folder, name)));
  const table = tableOf(files.filter((path) => /(\.ws\.|\.native\.gz)/.test(path)));

  it("hold no message that is not known, and no trade or quote that is refused", () => {
    console.table(Object.fromEntries(table));
    const sum = noCounts();
    for (const counts of table.values()) {
      for (const key of Object.keys(sum) as (keyof Counts)[]) sum[key] += counts[key];
    }
    console.log(JSON.stringify(sum));
    expect(sum.lines).toBeGreaterThan(13_000);
    expect([sum.unknown, sum.refused]).toEqual([0, 0]);
  });

  it("give a tick or more of every message of a trade or quote channel", () => {
    for (const [kind, { lines, ticks }] of table) {
      if (/ (trade|aggTrade|bookTicker|ticker|match|last_match|tickers|trades|live_trades trade)$/.test(kind)) {
        expect(ticks, kind).toBeGreaterThanOrEqual(lines);
      }
    }
  });

  it("agree on who took a trade: Coinbase's ticker and match, Binance's trade and quote", () => {
    const sides = new Map<string, Set<unknown>>();
    let [agreeing, told] = [0, 0];
    for (const path of files.filter((name) => /COINBASE|usdm/.test(name))) {
      let mid = NaN;
      for (const line of linesOf(path)) {
        for (const { symbol, price, bid, ask, id, flow } of ticksOfLine(line)) {
          if (Number.isNaN(price)) mid = (bid + ask) / 2;
          else if (path.includes("COINBASE")) {
            sides.set(`${symbol} ${id}`, (sides.get(`${symbol} ${id}`) ?? new Set()).add(flow?.side));
          } else if (price !== mid && !Number.isNaN(mid)) {
            told += 1;
            if (Math.sign(price - mid) === flow?.side) agreeing += 1;
          }
        }
      }
    }
    expect(sides.size).toBeGreaterThan(20);
    for (const [trade, found] of sides) expect([trade, found.size]).toEqual([trade, 1]);
    expect(told).toBeGreaterThan(400);
    expect(agreeing / told).toBeGreaterThan(0.9);
  });
});

function ticksOfLine(line: string): Tick[] {
  const captured = capturedLine(line);
  if (captured === undefined || captured === "sent") return [];
  try {
    const found = ticksOfMessage(JSON.parse(captured.text), captured.receivedMs) ?? [];
    return found.map((input) => parseTick(input, Infinity)).filter((tick): tick is Tick => !isRejection(tick));
  } catch {
    return [];
  }
}
