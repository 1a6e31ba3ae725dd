// Errors as RFC 9457 problem documents; under `/v2` as the Open Inference Protocol has them.
import type { Context } from "hono";
import { ERROR_CODES, type ErrorCode, STATUS_TITLES } from "./error-codes.ts";
import { ERROR_CODE_HEADER, type InferenceError, isInferencePath } from "./inference-error-schema.ts";
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

/** The refusal as a response. The protocol's document has one member; the code is in a header then. */
export function problemResponse(c: Context, problem: Problem, requestId: string): Response {
  const { code, message, extra } = problem;
  const { status } = ERROR_CODES[code];
  if (isInferencePath(c.req.path)) {
    const error: InferenceError = { error: message };
    return c.json(error, status, { ...problem.headers, [ERROR_CODE_HEADER]: code });
  }
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
