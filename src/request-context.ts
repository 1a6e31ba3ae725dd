// What belongs to the request that is being worked on, wherever its code has got to: its names in the log, and where
// its time went. Kept by the runtime across awaits; flag `nodejs_als`.
import { AsyncLocalStorage } from "node:async_hooks";

interface RequestNames {
  /** The answer's `X-Correlation-ID`. */
  readonly requestId: string;
  /** Of the trace that the request belongs to, 32 hexadecimal digits; absent in an object. */
  readonly traceId?: string;
}

/** Where the time of a request went. Clocks of the platform stand still while no input or output is waited for. */
export class RequestTimes {
  readonly startMs = Date.now();
  /** Reading and checking what was sent, ms. */
  parseMs = 0;
  /** Waiting for objects, ms: time in which one call or more was under way. */
  objectsMs = 0;
  private calls = 0;
  private sinceMs = 0;

  beginCall(): void {
    if (this.calls === 0) this.sinceMs = Date.now();
    this.calls += 1;
  }

  endCall(): void {
    this.calls -= 1;
    if (this.calls === 0) this.objectsMs += Date.now() - this.sinceMs;
  }
}

interface RequestContext extends RequestNames {
  readonly times?: RequestTimes;
}

const contexts = new AsyncLocalStorage<RequestContext | undefined>();

/** Runs work in the name of a request. */
export function runAsRequest<T>(context: RequestContext, work: () => T): T {
  return contexts.run(context, work);
}

/** Runs work in no request's name: for a loop that one request began and that works for those of others. */
export function runOutsideRequests<T>(work: () => T): T {
  return contexts.run(undefined, work);
}

/** The request in whose name the code runs; `undefined` in an alarm, or in an object that was not told. */
export function currentRequest(): RequestContext | undefined {
  return contexts.getStore();
}
