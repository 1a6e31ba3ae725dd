// The header `traceparent` of W3C Trace Context, level 1.

export interface TraceParent {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** Whether its sender records the trace. */
  readonly isSampled: boolean;
}

const FORM = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const SAMPLED = 1;

/**
 * `undefined` for what is no such header: a request then begins a trace of its own, as the standard demands.
 *
 * Example: `parseTraceParent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")` has the trace id
 * `4bf92f3577b34da6a3ce929d0e0e4736` and is sampled.
 */
export function parseTraceParent(text: string | undefined): TraceParent | undefined {
  const [, version, traceId = "", parentId = "", flags = "", more] = FORM.exec(text?.trim() ?? "") ?? [];
  // A later version may have more fields; this one has not.
  if (version === undefined || version === "ff" || (version === "00" && more !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(parentId)) return undefined;
  return { traceId, isSampled: (Number.parseInt(flags, 16) & SAMPLED) === SAMPLED };
}

/** The header that names this request within the trace. */
export function traceParentText({ traceId, isSampled }: TraceParent): string {
  return `00-${traceId}-${randomHex(8)}-0${isSampled ? SAMPLED : 0}`;
}

/** A trace of its own, that nobody is known to record. */
export function newTrace(): TraceParent {
  return { traceId: randomHex(16), isSampled: false };
}

function randomHex(bytes: number): string {
  const random = crypto.getRandomValues(new Uint8Array(bytes));
  return Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
