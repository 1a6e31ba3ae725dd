// The operand FILES: recordings.
import type { Operands } from "./command.ts";
import { text } from "./value-types.ts";

/** @param more further text for the help. */
export function recordingsOperand(more: string, least: 0 | 1 = 1): Operands {
  const help =
    "recordings of ticks or bars: CSV, NDJSON or lists of JSON, plain, .gz, .zst or .zip, Parquet, feather (docs/files.md " +
    "has the layouts), folders of them, r2://BUCKET/PREFIX (S3 API: " +
    "R2_ENDPOINT or R2_ACCOUNT_ID, R2_ACCESS_KEY_ID, R2_SECRET_ACCESS_KEY) or local://PREFIX (the bucket of wrangler " +
    "dev). Times are ISO 8601 or numbers since 1970 in s, ms, µs or ns; a folder symbol=BTC-USD names the symbol of rows " +
    `that do not. ${more}`;
  return { type: text("FILES"), least, most: Infinity, help };
}
