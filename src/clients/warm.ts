// Creates a symbol with a history: asks the directory, hands the history to the symbol's object.
import type { WarmOutcome, WarmRequest } from "../durable/symbol/warm-symbol.ts";
import type { Env } from "../settings.ts";
import { type AdmissionRefusal, admitSymbols, directoryEntry, forgetSymbol, symbolKnown } from "./directory.ts";
import { askSymbol } from "./symbols.ts";

/** Applying 100,000 ticks takes a second or two; reading an archive up to 12 s. */
const WARM_MS = 60_000;

/** What warming gives, or why nothing was changed. */
export type WarmAnswer = WarmOutcome | { readonly ok: false; readonly code: AdmissionRefusal };

/**
 * Creates the symbol and applies the history before its first batch; see `SymbolObject.warm`. Throws
 * `DirectoryUnavailableError`, `ObjectTimeoutError` and `SymbolFailedError`.
 */
export async function warmSymbol(env: Env, symbol: string, history: WarmRequest["history"]): Promise<WarmAnswer> {
  // Removed since this isolate learned of it, perhaps: the directory must have the name.
  if (symbolKnown(symbol)) forgetSymbol(symbol);
  const refused = (await admitSymbols(env, [symbol])).get(symbol);
  if (refused instanceof Error) throw refused;
  if (refused !== undefined) return { ok: false, code: refused };
  const admitted = (await directoryEntry(env, symbol)) ?? { sinceMs: Date.now(), isCreated: false };
  return await askSymbol(
    env,
    symbol,
    async (stub): Promise<WarmOutcome> => await stub.warm({ symbol, admitted, history }),
    WARM_MS,
  );
}
