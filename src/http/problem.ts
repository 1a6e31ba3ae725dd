// Errors as RFC 9457 problem documents, with `error` beside `detail` for clients of the Open Inference Protocol.
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";

/** An expected refusal of a request: a status, a code for machines, and a sentence naming field, value and expectation. */
export class Problem extends Error {
  override name = "Problem";
  readonly status: ContentfulStatusCode;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Further members of the document. */
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(
    status: ContentfulStatusCode,
    code: string,
    detail: string,
    options: { readonly headers?: Record<string, string>; readonly extra?: Record<string, unknown> } = {},
  ) {
    super(detail);
    this.status = status;
    this.code = code;
    this.headers = options.headers ?? {};
    this.extra = options.extra ?? {};
  }
}

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad request",
  401: "Not authenticated",
  404: "Not found",
  405: "Method not allowed",
  409: "Conflict",
  413: "Content too large",
  415: "Unsupported media type",
  422: "Not processable",
  429: "Too many requests",
  500: "Internal error",
  503: "Not available",
};

/** The problem document as a response. */
export function problemResponse(c: Context, problem: Problem, requestId: string): Response {
  const { status, code, message, extra } = problem;
  const document = {
    type: `urn:volgate:error:${code}`,
    title: TITLES[status] ?? "Error",
    status,
    detail: message,
    code,
    request_id: requestId,
    error: message,
    ...extra,
  };
  return c.json(document, status, { ...problem.headers, "Content-Type": "application/problem+json" });
}
