// The archive over all symbols: how far it lags, and what waits for it.
import { CachedReads } from "../../clients/cached-reads.ts";
import { listSymbols } from "../../clients/directory.ts";
import { askSymbols } from "../../clients/symbols.ts";
import { type Env, settingsOf } from "../../settings.ts";

export interface ArchiveSums {
  /** Symbols with an archive. */
  readonly symbols: number;
  /** Symbols whose objects did not answer: they are in none of the sums. */
  readonly unread: number;
  /** Event time from the end of what is archived to the newest tick, of the symbol that is furthest behind. */
  readonly largestLagMs: number;
  readonly largestLagSymbol: string | null;
  readonly waitingBytes: number;
  /** Since each symbol's object was loaded. */
  readonly failures: number;
}

/** Each symbol's object is asked for its part at most this often: it changes in minutes. */
const FRESH_MS = 30_000;
const STALE_MS = 600_000;
/** Time for one object. */
const WITHIN_MS = 2_000;

const kept = new CachedReads<ArchiveSums>(1);

/** The sums, at most 30 s old; always read with `READ_CACHE_MS` 0. Throws what the directory throws. */
export async function archiveSums(env: Env): Promise<ArchiveSums> {
  const freshMs = settingsOf(env).readCacheMs === 0 ? 0 : FRESH_MS;
  const entry = kept.of("archive", { freshMs, staleMs: STALE_MS, retryMs: 1_000 });
  return await entry.get(() => readSums(env), freshMs);
}

async function readSums(env: Env): Promise<ArchiveSums> {
  const options = { event: "operations_symbol_failed", withinMs: WITHIN_MS };
  const answers = await askSymbols(env, await listSymbols(env), options, (stub) => stub.archiveState());
  let sums: ArchiveSums = {
    symbols: 0,
    unread: answers.filter(({ failed }) => failed).length,
    largestLagMs: 0,
    largestLagSymbol: null,
    waitingBytes: 0,
    failures: 0,
  };
  for (const { symbol, answer } of answers) {
    if (answer === undefined) continue;
    const isFurther = answer.lagMs > sums.largestLagMs;
    sums = {
      ...sums,
      symbols: sums.symbols + 1,
      largestLagMs: isFurther ? answer.lagMs : sums.largestLagMs,
      largestLagSymbol: isFurther ? symbol : sums.largestLagSymbol,
      waitingBytes: sums.waitingBytes + answer.backlogBytes,
      failures: sums.failures + answer.failures,
    };
  }
  return sums;
}
