// The symbols' stubs, and a query sent to many symbols' objects, some at a time. A failing object does not affect the
// others.
import { type Env, settingsOf } from "../settings.ts";
import { faults } from "../health/fault-board.ts";
import { logError } from "../log.ts";
import { isSettingsError } from "../settings/settings-error.ts";
import { deadlined, ObjectTimeoutError } from "./deadlined.ts";

export type SymbolStub = ReturnType<Env["SYMBOLS"]["get"]>;

/** A symbol's object answered with an error, which is the cause. */
export class SymbolFailedError extends Error {
  override name = "SymbolFailedError";

  constructor(symbol: string, cause: unknown) {
    super(`symbol ${symbol}: an error, which the log has`, { cause });
  }
}

/** What the log says of an error: that of the object, where it is one. */
export function causeOf(error: unknown): string {
  return String(error instanceof SymbolFailedError ? error.cause : error);
}

/** The object of a symbol. @param ms limit of each call. */
export function symbolOf(env: Env, symbol: string, ms = settingsOf(env).objectDeadlineMs): SymbolStub {
  const stub = env.SYMBOLS.get(env.SYMBOLS.idFromName(symbol));
  return deadlined(stub, { kind: "symbol", object: `symbol ${symbol}`, ms });
}

/**
 * One question to a symbol's object. Notes whether it answers. Throws `ObjectTimeoutError` or `SymbolFailedError`.
 * @param ms as of `symbolOf`.
 */
export async function askSymbol<T>(
  env: Env,
  symbol: string,
  ask: (stub: SymbolStub) => Promise<T>,
  ms?: number,
): Promise<T> {
  try {
    const answer = await ask(symbolOf(env, symbol, ms));
    faults.clear("symbol_failed", symbol);
    return answer;
  } catch (error) {
    faults.note("symbol_failed", symbol, String(error), Date.now());
    // A wrong variable is the whole deployment's.
    if (error instanceof ObjectTimeoutError || isSettingsError(error)) throw error;
    throw new SymbolFailedError(symbol, error);
  }
}

/** `answer` is `undefined` for a symbol without ticks and for an object that failed. */
export interface SymbolAnswer<T> {
  readonly symbol: string;
  readonly answer: T | undefined;
  readonly failed: boolean;
}

interface AskOptions {
  /** Name of a failure in the log. */
  readonly event: string;
  /** Objects asked at the same time. */
  readonly parallel?: number;
  /** Limit of each call, ms; never more than `OBJECT_DEADLINE_MS`. */
  readonly withinMs?: number;
  /** Limit of all calls, ms: symbols whose turn has not come by then are not asked, and count as failed. */
  readonly allWithinMs?: number;
}

/** Default number of objects asked at the same time. */
const PARALLEL = 32;

/**
 * Answers in the order of the symbols. As soon as one object has answered the next one is asked, so that a slow one
 * holds only its own place. `ask` should return no more than its caller keeps: answers of a thousand symbols are large.
 */
export async function askSymbols<T>(
  env: Env,
  symbols: readonly string[],
  { event, parallel = PARALLEL, withinMs = Infinity, allWithinMs = Infinity }: AskOptions,
  ask: (stub: SymbolStub, symbol: string) => Promise<T | undefined>,
): Promise<SymbolAnswer<T>[]> {
  const answers = new Array<SymbolAnswer<T>>(symbols.length);
  const ms = Math.min(settingsOf(env).objectDeadlineMs, withinMs);
  const endMs = Date.now() + allWithinMs;
  let next = 0;
  let unasked = 0;
  const askInTurn = async (): Promise<void> => {
    for (let i = next++; i < symbols.length; i = next++) {
      const symbol = symbols[i]!;
      if (Date.now() >= endMs) {
        answers[i] = { symbol, answer: undefined, failed: true };
        unasked += 1;
        continue;
      }
      try {
        const answer = await askSymbol(env, symbol, (stub) => ask(stub, symbol), ms);
        answers[i] = { symbol, answer, failed: false };
      } catch (error) {
        logError(event, { symbol, error: causeOf(error) });
        answers[i] = { symbol, answer: undefined, failed: true };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, symbols.length) }, askInTurn));
  if (unasked > 0) logError(event, { unasked, error: `after ${allWithinMs} ms their turn had not come` });
  return answers;
}
