// The symbols' stubs, and a query sent to many symbols' objects, some at a time. A failing object does not affect the
// others.
import type { Env } from "../settings.ts";
import { faults } from "../health/fault-board.ts";
import { logError } from "../log.ts";

type SymbolStub = ReturnType<Env["SYMBOLS"]["get"]>;

/** The object of a symbol. */
export function symbolOf(env: Env, symbol: string): SymbolStub {
  return env.SYMBOLS.get(env.SYMBOLS.idFromName(symbol));
}

/** One question to a symbol's object. Notes whether it answers. */
export async function askSymbol<T>(env: Env, symbol: string, ask: (stub: SymbolStub) => Promise<T>): Promise<T> {
  try {
    const answer = await ask(symbolOf(env, symbol));
    faults.clear("symbol_failed", symbol);
    return answer;
  } catch (error) {
    faults.note("symbol_failed", symbol, String(error), Date.now());
    throw error;
  }
}

/** `answer` is `undefined` for a symbol without ticks and for an object that failed. */
export interface SymbolAnswer<T> {
  readonly symbol: string;
  readonly answer: T | undefined;
  readonly failed: boolean;
}

/** Default number of objects asked at the same time. */
const PARALLEL = 32;

/**
 * Answers in the order of the symbols.
 * @param event name of a failure in the log. @param parallel objects asked at the same time.
 */
export async function askSymbols<T>(
  env: Env,
  symbols: readonly string[],
  { event, parallel = PARALLEL }: { readonly event: string; readonly parallel?: number },
  ask: (stub: SymbolStub, symbol: string) => Promise<T | undefined>,
): Promise<SymbolAnswer<T>[]> {
  const askOne = async (symbol: string): Promise<SymbolAnswer<T>> => {
    try {
      return { symbol, answer: await askSymbol(env, symbol, (stub) => ask(stub, symbol)), failed: false };
    } catch (error) {
      logError(event, { symbol, error: String(error) });
      return { symbol, answer: undefined, failed: true };
    }
  };
  const all: SymbolAnswer<T>[] = [];
  for (let from = 0; from < symbols.length; from += parallel) {
    all.push(...(await Promise.all(symbols.slice(from, from + parallel).map(askOne))));
  }
  return all;
}
