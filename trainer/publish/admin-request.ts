// One request to a running gateway's admin routes. What it asks for, and whether it may, is not decided here.
import { describeProblem } from "../../feeds/gateway-error.ts";
import { describeFailure } from "../../requests/describe-failure.ts";
import { UserError } from "../../command-line/user-error.ts";

/** A gateway and the way to it. */
export interface AdminAddress {
  /** Where the gateway is, e.g. `http://127.0.0.1:8787`. */
  readonly gateway: string;
  /** Of its admin routes, where it has one configured. */
  readonly token?: string | undefined;
  /** The gateway loads and tries an artifact before it answers; 60 s by default. */
  readonly timeoutMs?: number | undefined;
}

export type AdminResult =
  | { readonly ok: true; readonly answer: Readonly<Record<string, unknown>> }
  /**
   * The gateway's own code, as `gate_refused`, `artifact_not_found`, `unauthorized`; `unreachable` when nothing answered in
   * time, `not_a_gateway` when the answer is none of a gateway's. `detail` names the address.
   */
  | { readonly ok: false; readonly code: string; readonly detail: string };

/**
 * Sends `body` as JSON. A refusal is a value; an answer counts when it is 200 and `isAnswer` knows it.
 * @throws UserError for a gateway that is no http address, before anything is sent.
 */
export async function adminRequest(
  { gateway, token, timeoutMs = 60_000 }: AdminAddress,
  method: "PUT" | "POST",
  path: string,
  body: unknown,
  isAnswer: (answer: Readonly<Record<string, unknown>>) => boolean,
): Promise<AdminResult> {
  if (!/^https?:\/\/./.test(gateway) || !URL.canParse(gateway)) {
    throw new UserError(`gateway: got ${gateway}, expected http://… or https://…`);
  }
  const url = gateway.replace(/\/+$/, "") + path;
  const headers: Record<string, string> = { "Content-Type": "application/json" };
  if (token !== undefined) headers["Authorization"] = `Bearer ${token}`;
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(url, { method, headers, body: JSON.stringify(body), signal });
    const text = await response.text();
    const answer = jsonObjectOf(text);
    if (response.status === 200 && isAnswer(answer)) return { ok: true, answer };
    const { code } = answer;
    const detail = `${url}: ${describeProblem(response.status, text)}`;
    return { ok: false, code: response.status !== 200 && typeof code === "string" ? code : "not_a_gateway", detail };
  } catch (error) {
    return { ok: false, code: "unreachable", detail: `${url}: ${describeFailure(error)}` };
  }
}

/** Empty for what is no JSON object. */
function jsonObjectOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}
