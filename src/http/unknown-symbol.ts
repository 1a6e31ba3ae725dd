// What is answered about a symbol that has received no tick.
import { Problem } from "./problem.ts";

export function unknownSymbol(symbol: string): Problem {
  return new Problem("unknown_symbol", `symbol: got ${symbol}, which has received no tick`);
}
