// A time limit on every call of an object: one that hangs must not hold whoever asks it.
import { withDeadline } from "../model/deadline.ts";

/** The kinds of objects. */
type ObjectKind = "symbol" | "directory" | "registry" | "alerts" | "feed" | "overview";

/** Calls without an answer in time since this isolate started, by kind. */
export const objectTimeouts: Record<ObjectKind, number> = { symbol: 0, directory: 0, registry: 0, alerts: 0, feed: 0, overview: 0 };

/** An object did not answer in time. What was asked may still happen: only the wait for it has ended. */
export class ObjectTimeoutError extends Error {
  override name = "ObjectTimeoutError";
  readonly kind: ObjectKind;

  constructor(kind: ObjectKind, object: string, ms: number) {
    super(`${object}: no answer in ${ms} ms`);
    this.kind = kind;
  }
}

interface Limit {
  readonly kind: ObjectKind;
  /** Names the object in errors, e.g. `symbol BTC-USD`. */
  readonly object: string;
  readonly ms: number;
}

/**
 * The stub, each of whose calls rejects with `ObjectTimeoutError` after `ms`. Does not cancel the call.
 */
export function deadlined<Stub extends object>(stub: Stub, { kind, object, ms }: Limit): Stub {
  const late = (): Error => {
    objectTimeouts[kind] += 1;
    return new ObjectTimeoutError(kind, object, ms);
  };
  return new Proxy(stub, {
    get(target, name) {
      type Method = (...args: unknown[]) => Promise<unknown>;
      return (...args: unknown[]) => withDeadline((target as Record<PropertyKey, Method>)[name]!(...args), ms, late);
    },
  });
}
