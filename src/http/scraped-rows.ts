// Every symbol's row of a scrape, kept per isolate for `READ_CACHE_MS`: several scrapers ask an object once.
import { CachedReads } from "../clients/cached-reads.ts";
import { askSymbols } from "../clients/symbols.ts";
import { gridRows, symbolRow, type SymbolRow } from "../scrape/symbol-rows.ts";
import { type Env, settingsOf } from "../settings.ts";

/** An object's time to answer: Prometheus waits 10 s for all of them. */
const SCRAPE_MS = 5_000;
/** Of all of them, so that what answered is in the scrape: the last ones asked take `SCRAPE_MS` at most. */
const ASK_MS = 4_000;
/** Objects asked at the same time: ingests wait behind no more than these. */
const PARALLEL = 16;
/** Rows of that many symbols take 16 MB. */
const MAX_ROWS = 10_000;

const kept = new CachedReads<readonly SymbolRow[]>(MAX_ROWS);

/**
 * The rows, in order. An object that does not answer must not take the scrape with it: its `volgate_symbol_up` is 0.
 */
export async function scrapedRows(env: Env, symbols: readonly string[]): Promise<SymbolRow[]> {
  const { readCacheMs } = settingsOf(env);
  const times = { freshMs: readCacheMs, staleMs: 3 * readCacheMs, retryMs: readCacheMs };
  const options = { event: "metrics_symbol_failed", parallel: PARALLEL, withinMs: SCRAPE_MS, allWithinMs: ASK_MS };
  const answers = await askSymbols(env, symbols, options, (stub, symbol) =>
    kept.of(symbol, times).get(async () => {
      const scrape = await stub.scrape();
      return [symbolRow(symbol, scrape), ...gridRows(symbol, scrape)];
    }, readCacheMs),
  );
  return answers.flatMap(({ symbol, answer }) => answer ?? [symbolRow(symbol, undefined)]);
}
