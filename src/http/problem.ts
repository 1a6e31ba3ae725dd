// Errors as RFC 9457 problem documents, with `error` beside `detail` for clients of the Open Inference Protocol.
import type { Context } from "hono";
import { ERROR_CODES, type ErrorCode, STATUS_TITLES } from "./error-codes.ts";
import type { ProblemDocument } from "./problem-schema.ts";

/** An expected refusal of a request: a code of the catalogue, and a sentence naming field, value and expectation. */
export class Problem extends Error {
  override name = "Problem";
  readonly code: ErrorCode;
  readonly headers: Readonly<Record<string, string>>;
  /** Further members of the document. */
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(
    code: ErrorCode,
    detail: string,
    options: { readonly headers?: Record<string, string>; readonly extra?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(detail);
    this.code = code;
    this.headers = options.headers ?? {};
    this.extra = options.extra ?? {};
  }
}

/** The problem document as a response. */
export function problemResponse(c: Context, problem: Problem, requestId: string): Response {
  const { code, message, extra } = problem;
  const { status } = ERROR_CODES[code];
  const document: ProblemDocument = {
    type: `urn:volgate:error:${code}`,
    title: STATUS_TITLES[status],
    status,
    detail: message,
    code,
    request_id: requestId,
    error: message,
  };
  return c.json({ ...document, ...extra }, status, { ...problem.headers, "Content-Type": "application/problem+json" });
}
