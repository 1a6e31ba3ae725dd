// A symbol on a command line.
import { parseSymbol } from "../src/features/tick.ts";
import { valueType } from "./value-types.ts";

/** Upper-cased, as the gateway names it. */
export const SYMBOL_TYPE = valueType("S", "a name like BTC-USD", parseSymbol);
