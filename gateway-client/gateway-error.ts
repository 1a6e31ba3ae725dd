// Why a request to the gateway failed for good.

/**
 * - `unreachable`: nothing answers at the address.
 * - `unavailable`: the gateway answered, but with 429 or 5xx until the time was up.
 * - `refused`: a retry cannot help: wrong token, wrong address, not configured, batch too large.
 */
export type GatewayErrorCode = "unreachable" | "unavailable" | "refused";

/** A failed request; the message says what was asked, how often, and what came back last. */
export class GatewayError extends Error {
  readonly code: GatewayErrorCode;
  /** HTTP status of the last answer, 0 when there was none. */
  readonly status: number;

  constructor(code: GatewayErrorCode, status: number, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "GatewayError";
    this.code = code;
    this.status = status;
  }

  /** Whether a token is missing or wrong. */
  get isClosed(): boolean {
    return this.status === 401 || this.status === 403;
  }
}

/** One line about an answer's body: the problem's `detail` and `code` where it has them, else its beginning. */
export function describeProblem(status: number, body: string): string {
  try {
    const problem = JSON.parse(body) as Readonly<Record<string, unknown>> | null;
    const detail = problem?.["detail"] ?? problem?.["title"] ?? problem?.["error"];
    if (typeof detail === "string") return `${status} ${detail}`;
  } catch {
    // Not JSON: the text itself is shown.
  }
  const text = body.trim().replace(/\s+/g, " ");
  return text === "" ? String(status) : `${status} ${text.length > 120 ? `${text.slice(0, 117)}…` : text}`;
}
