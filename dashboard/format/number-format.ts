// Figures as texts. What is unknown is "–"; the reason goes into the title of the cell that shows it.

export const UNKNOWN = "–";

const grouped = new Map<number, Intl.NumberFormat>();

/** With groups of thousands and a fixed number of decimals: `formatFixed(97432.1, 2)` is "97,432.10". */
export function formatFixed(value: number | null, decimals: number): string {
  if (value === null || !Number.isFinite(value)) return UNKNOWN;
  let format = grouped.get(decimals);
  if (format === undefined) {
    format = new Intl.NumberFormat("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
    grouped.set(decimals, format);
  }
  return format.format(value);
}

/** Decimals that show six significant digits of a price, two at least and ten at most. */
export function priceDecimals(price: number): number {
  const magnitude = Math.abs(price);
  if (magnitude >= 1000 || magnitude === 0) return 2;
  return Math.min(10, Math.max(2, 5 - Math.floor(Math.log10(magnitude))));
}

/** 97432.1 is "97,432.10", 1.23456 is "1.23456", 0.000123456 is "0.000123456". */
export function formatPrice(price: number | null): string {
  return price === null ? UNKNOWN : formatFixed(price, priceDecimals(price));
}

/** Basis points without their unit: 6.63 is "6.6", 123.4 is "123". */
export function formatBps(bps: number | null): string {
  return formatFixed(bps, bps !== null && Math.abs(bps) >= 99.95 ? 0 : 1);
}

/** 0.0713 is "0.071"; what would round to 0 or 1 and is not is "<0.001" or ">0.999". */
export function formatProbability(probability: number | null): string {
  if (probability === null) return UNKNOWN;
  if (probability > 0 && probability < 0.0005) return "<0.001";
  if (probability < 1 && probability >= 0.9995) return ">0.999";
  return formatFixed(probability, 3);
}

/** 0.123 is "12.3 %". */
export function formatShare(share: number | null, decimals = 1): string {
  return share === null ? UNKNOWN : `${formatFixed(share * 100, decimals)} %`;
}

export function formatCount(count: number | null): string {
  return formatFixed(count, 0);
}

/** With a sign: 0.5 is "+0.50", -0.5 is "−0.50". */
export function formatSigned(value: number | null, decimals: number): string {
  if (value === null || !Number.isFinite(value)) return UNKNOWN;
  const text = formatFixed(Math.abs(value), decimals);
  return value < 0 ? `−${text}` : `+${text}`;
}

/** Four significant digits of any figure: 0.00012345 is "0.0001235", 12345.6 is "12,346". */
export function formatSignificant(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return UNKNOWN;
  if (value === 0) return "0";
  if (Math.abs(value) < 1e-6) return value.toExponential(2);
  return new Intl.NumberFormat("en-US", { maximumSignificantDigits: Math.abs(value) >= 1000 ? 6 : 4 }).format(value);
}
