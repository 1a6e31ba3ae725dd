// A month of one-minute bars, a file a day: BitMEX's March of 2018 where the shared data is there, else made up.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { seededUniform } from "../volatile-ticks.ts";

const BITMEX = join(import.meta.dirname, "../../../../shared/data/bitmex-1m/XBTUSD_1m_2018.csv.gz");
const FROM_MS = Date.UTC(2018, 2, 1);
export const DAYS = 31;
const DAY_MS = 86_400_000;

/** The files are named like `XBTUSD_1m_2018-03-01.csv`. The last day's horizons end in a day more. */
export function writeMonthOfBars(folder: string): { readonly source: "BitMEX" | "made up" } {
  const isReal = existsSync(BITMEX);
  const [header, ...lines] = isReal ? gunzipSync(readFileSync(BITMEX)).toString().split("\n") : madeUpBars();
  mkdirSync(folder, { recursive: true });
  const byDay = new Map<string, string[]>();
  for (const line of lines) {
    const ms = Number(line.slice(0, line.indexOf(",")));
    if (!(ms >= FROM_MS && ms < FROM_MS + (DAYS + 1) * DAY_MS)) continue;
    const day = new Date(ms).toISOString().slice(0, 10);
    const own = byDay.get(day);
    if (own === undefined) byDay.set(day, [line]);
    else own.push(line);
  }
  for (const [day, own] of byDay) {
    writeFileSync(join(folder, `XBTUSD_1m_${day}.csv`), [header, ...own, ""].join("\n"));
  }
  return { source: isReal ? "BitMEX" : "made up" };
}

/** A random walk whose volatility changes every few hours, and jumps now and then. */
function madeUpBars(): string[] {
  const uniform = seededUniform(7);
  const lines = ["timestamp_ms,open,high,low,close"];
  let [price, sigma] = [9000, 1e-4];
  for (let i = 0; i < (DAYS + 1) * 1440; i++) {
    if (i % 180 === 0) sigma = uniform() < 0.2 ? 2e-3 : 3e-4 * (0.5 + uniform());
    const open = price;
    price *= 1 + sigma * (uniform() + uniform() + uniform() - 1.5);
    const high = Math.max(open, price) * (1 + sigma * uniform());
    const low = Math.min(open, price) * (1 - sigma * uniform());
    lines.push([FROM_MS + i * 60_000, ...[open, high, low, price].map((x) => x.toFixed(2))].join(","));
  }
  return lines;
}
