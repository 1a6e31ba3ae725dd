// How many scrapes it takes to have all symbols.

/** More in one scrape would not be read within the 10 s that Prometheus waits, where objects are slow. */
const SYMBOLS_PER_SHARD = 200;

/** Example: `shardCount(0)` and `shardCount(200)` are 1, `shardCount(201)` is 2. */
export function shardCount(symbols: number): number {
  return Math.max(1, Math.ceil(symbols / SYMBOLS_PER_SHARD));
}
