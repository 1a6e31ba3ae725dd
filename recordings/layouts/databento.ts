// What a row of Databento's CSV files means: https://databento.com/docs/schemas-and-data-formats.
import { type CellOfName, type LayoutInput, OHLC } from "./layout.ts";

const UNDEFINED_PRICE = "9223372036854775807";
/** Who took the trade: A, the ask's side, sold; B bought. */
const SIDES: Readonly<Record<string, string>> = { A: "sell", B: "buy", N: "unknown" };

/** An event of the book is a quote; with action T it is also a trade. Other texts stay, to be refused. */
export function databentoEvent(input: LayoutInput, cell: CellOfName): void {
  const action = String(cell("action") ?? "").trim();
  for (const field of ["price", "bid", "ask"] as const) if (field in input) input[field] = databentoPrice(input[field]);
  const side = String(input.side ?? "").trim();
  input.side = side === "" ? undefined : (SIDES[side] ?? `side=${side}`);
  if (action === "T") {
    for (const field of ["price", "size"] as const) if (isEmpty(input[field])) input[field] = `no ${field} in a trade`;
  } else if (!/^[ACMRFN]$/.test(action) || !("bid" in input)) input.price = `action=${action}`;
  else for (const field of ["price", "size", "side"] as const) input[field] = undefined;
}

/** The quote of an interval's end. */
export function databentoQuote(input: LayoutInput): void {
  for (const field of ["bid", "ask"] as const) input[field] = databentoPrice(input[field]);
}

export function databentoBar(input: LayoutInput): void {
  for (const field of OHLC) input[field] = databentoPrice(input[field]);
}

/**
 * Prices have a point where they are pretty, else they are whole and count 1e-9. A whole number of less than seven
 * digits is neither for certain and becomes a text that is no number.
 *
 * Example: `databentoPrice("3720250000000")` and `databentoPrice("3720.250000000")` are 3720.25, the latter as a text.
 */
function databentoPrice(value: unknown): unknown {
  if (isEmpty(value)) return undefined;
  const text = String(value).trim();
  if (text === UNDEFINED_PRICE) return undefined;
  if (!/^-?\d+$/.test(text)) return typeof value === "number" ? value : text;
  // A column of doubles has no point at whole prices.
  if (typeof value === "number") return value;
  return text.length >= 7 ? Number(`${text}e-9`) : `${text} without a point`;
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === "string" && value.trim() === "");
}
