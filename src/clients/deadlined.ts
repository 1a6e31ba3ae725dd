// A time limit on every call of an object: one that hangs must not hold whoever asks it. Calls are counted and timed.
import { objectFailures, objectLatency, objectRequests, objectTimeouts } from "../counting/isolate-counters.ts";
import type { LabelsOf } from "../metrics.ts";
import { withDeadline } from "../model/deadline.ts";
import { currentRequest } from "../request-context.ts";

/** The kinds of objects. */
type ObjectKind = LabelsOf<"volgate_object_requests_total">["object"];

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
export function deadlined<Stub extends object>(stub: Stub, limit: Limit): Stub {
  return new Proxy(stub, {
    get(target, name) {
      type Method = (...args: unknown[]) => Promise<unknown>;
      return (...args: unknown[]) => timed(limit, () => (target as Record<PropertyKey, Method>)[name]!(...args));
    },
  });
}

async function timed({ kind, object, ms }: Limit, call: () => Promise<unknown>): Promise<unknown> {
  const late = (): Error => {
    objectTimeouts.inc({ object: kind });
    return new ObjectTimeoutError(kind, object, ms);
  };
  const times = currentRequest()?.times;
  const startMs = Date.now();
  times?.beginCall();
  objectRequests.inc({ object: kind });
  try {
    return await withDeadline(call(), ms, late);
  } catch (error) {
    objectFailures.inc({ object: kind });
    throw error;
  } finally {
    times?.endCall();
    objectLatency.observe({ object: kind }, (Date.now() - startMs) / 1000);
  }
}
