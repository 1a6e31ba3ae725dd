// A symbol on a command line.
import { symbolKey } from "../src/features/symbol-name.ts";
import { valueType } from "./value-types.ts";

/** Upper-cased, as the gateway names it. */
export const SYMBOL_TYPE = valueType("S", "a name like BTC-USD", (text) => symbolKey(text));

/** What `--symbol` does with recordings. */
export const SYMBOL_HELP =
  "only ticks of this symbol; also the symbol of recordings that name none, and of a column that spells it another way " +
  "(BTC/USD)";
