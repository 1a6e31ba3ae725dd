// What this package throws.
import type { Problem } from "./api-types.ts";

export interface VolgateErrorFields {
  readonly code: string;
  readonly status: number;
  readonly detail: string;
  readonly problem?: Partial<Problem> | undefined;
  readonly requestId?: string | undefined;
  readonly attempts?: number;
  readonly cause?: unknown;
}

/**
 * A request or a socket that failed for good. Bad options give a `RangeError` instead, an aborted signal its reason.
 *
 * `code` is the gateway's (docs/errors.md), or one of this package: `unreachable` (nothing answered), `unreadable` (the
 * answer is none of a gateway), `no_socket` (this runtime has no WebSocket), `frame_refused`, `closed`.
 */
export class VolgateError extends Error {
  readonly code: string;
  /** Status of the last HTTP answer; 0 without one. */
  readonly status: number;
  /** The gateway's sentence: the field, what came, what was expected. */
  readonly detail: string;
  /** The field that `detail` begins with, e.g. `since`; `undefined` where it names none. */
  readonly field: string | undefined;
  /** By which the gateway's log names the request. */
  readonly requestId: string | undefined;
  /** The whole problem document; empty without one. */
  readonly problem: Partial<Problem> & Readonly<Record<string, unknown>>;
  /** How often it was tried. */
  readonly attempts: number;

  constructor(what: string, fields: VolgateErrorFields) {
    const { code, status, detail, problem = {}, attempts = 1, cause } = fields;
    const tries = attempts === 1 ? "" : `, after ${attempts} attempts`;
    super(`${what}: ${status === 0 ? "" : `${status} `}${code}: ${detail}${tries}`, { cause });
    this.name = "VolgateError";
    this.code = code;
    this.status = status;
    this.detail = detail;
    this.field = /^([A-Za-z][\w.[\]-]*): /.exec(detail)?.[1];
    this.requestId = fields.requestId ?? problem.request_id;
    this.problem = problem;
    this.attempts = attempts;
  }
}
