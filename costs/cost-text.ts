// A cost in words: for the terminal and for docs/costs.md.
import type { Cost } from "./cost-model.ts";
import { type Price, type PriceName, PRICES, SUBSCRIPTION_DOLLARS } from "./prices.ts";

/** Columns of one line a price: what, quantity, included, dollars. */
export function costRows({ quantities, dollars }: Cost): string[][] {
  return (Object.entries(PRICES) as [PriceName, Price][]).map(([name, { what, unit, included }]) => [
    what,
    `${quantityText(quantities[name])} ${unit}`,
    quantityText(included),
    dollarText(dollars[name]),
  ]);
}

/** The lines that `npm run volgate -- cost` prints. */
export function costLines(cost: Cost): string[] {
  const rows = [["a month", "quantity", "included", "dollars"], ...costRows(cost)];
  rows.push(["Workers Paid", "", "", dollarText(SUBSCRIPTION_DOLLARS)], ["total", "", "", dollarText(cost.totalDollars)]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map(([what, ...rest]) =>
    [what!.padEnd(widths[0]!), ...rest.map((text, i) => text.padStart(widths[i + 1]!))].join("  "),
  );
  return [...lines, `with objects that are active all the time: ${dollarText(cost.mostDollars)}`];
}

/** Example: `dollarText(1234.5) === "$1,235"`, and cents below 100. */
export function dollarText(dollars: number): string {
  return dollars < 99.995 ? `$${dollars.toFixed(2)}` : `$${Math.round(dollars).toLocaleString("en-US")}`;
}

/** Example: `quantityText(2_629_800) === "2.63 M"`. */
export function quantityText(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toFixed(2)} G`;
  if (value >= 1e6) return `${(value / 1e6).toFixed(2)} M`;
  if (value >= 1e3) return Math.round(value).toLocaleString("en-US");
  return value >= 10 || Number.isInteger(value) ? value.toFixed(0) : value.toFixed(2);
}
