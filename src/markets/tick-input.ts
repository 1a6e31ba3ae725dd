// An adapter's output: the object that `parseTick` takes, with values as the feed sent them.

/** Unchecked input of `parseTick`; `undefined` and `null` are a missing field. */
export interface TickInput {
  readonly symbol: unknown;
  readonly ts: unknown;
  readonly price: unknown;
  readonly bid?: unknown;
  readonly ask?: unknown;
  readonly bidSize?: unknown;
  readonly askSize?: unknown;
  readonly size?: unknown;
  readonly id?: unknown;
}
