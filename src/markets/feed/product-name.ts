// How a person may write a product, in the form of its venue: `btc/usdt`, `BTC-USDT` and `BTCUSDT` are one product.

/** The name in upper case, without what ccxt writes behind a colon; `undefined` for what is not ASCII. */
export function plainName(name: string): string | undefined {
  const plain = /^([\x21-\x7e]{1,40}?)(:[A-Za-z0-9-]+)?$/.exec(name.trim())?.[1];
  return plain?.toUpperCase();
}

/**
 * Base and quote joined by the venue's separator, whatever stands between them.
 *
 * Example: `pairName("btc/usd", "-")` is "BTC-USD".
 *
 * @returns `undefined` for what is not two names, each of letters and digits.
 */
export function pairName(name: string, separator: string): string | undefined {
  const pair = /^([A-Z0-9]{1,20})[-/_]([A-Z0-9]{1,20})$/.exec(plainName(name) ?? "");
  return pair === null ? undefined : `${pair[1]}${separator}${pair[2]}`;
}

/** The same for venues that write both without anything between them, as `BTCUSDT`. */
export function joinedName(name: string): string | undefined {
  const plain = plainName(name) ?? "";
  return /^[A-Z0-9]{2,30}$/.test(plain) ? plain : pairName(plain, "");
}
