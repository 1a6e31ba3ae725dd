// Texts that stand for a missing value.

/** What pandas takes for missing, and what databases (`\N`), R, Polars and people write. */
const MISSING =
  /^(|null|none|nil|undefined|na|nan|nat|n\/a|\\n|#n\/a|#n\/a n\/a|#na|<na>|-nan|-?1\.#(ind|qnan)|--?|\?)$/i;

/** Whether a cell or a text of JSON or Parquet says that there is no value; blanks around it do not count. */
export function isMissing(text: string): boolean {
  return text.length <= 12 && MISSING.test(text.trim());
}
