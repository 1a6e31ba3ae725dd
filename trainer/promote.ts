// Asks a running gateway to serve a published artifact. Whether it may is the gateway's decision.
import { describeFailure, describeProblem } from "../feeds/gateway-error.ts";
import { UserError } from "./user-error.ts";

export interface Promotion {
  /** Where the gateway is, e.g. `http://127.0.0.1:8787`. */
  readonly gateway: string;
  /** Of its admin routes, where it has one configured. */
  readonly token?: string | undefined;
  readonly sha256: string;
  /** `champion` by default. */
  readonly alias?: string;
  /** Promotes against the artifact's own gate; who and why is recorded by the gateway. */
  readonly force?: { readonly by: string; readonly reason: string } | undefined;
  /** The gateway loads and tries the artifact before it answers; 60 s by default. */
  readonly timeoutMs?: number;
}

export type PromotionResult =
  /** `serving`: whether the isolate that answered already serves it; others follow within seconds. */
  | { readonly ok: true; readonly serving: boolean }
  /**
   * The gateway's own code, as `gate_refused`, `artifact_not_found`, `unauthorized`; `unreachable` when nothing answered in
   * time, `not_a_gateway` when the answer is none of a gateway's. `detail` names the address.
   */
  | { readonly ok: false; readonly code: string; readonly detail: string };

/**
 * `PUT /admin/aliases/<alias>`. A refusal is a value.
 * @throws UserError for a gateway that is no http address, before anything is sent.
 */
export async function promote(promotion: Promotion): Promise<PromotionResult> {
  const { gateway, token, sha256, alias = "champion", force, timeoutMs = 60_000 } = promotion;
  if (!/^https?:\/\/./.test(gateway) || !URL.canParse(gateway)) {
    throw new UserError(`gateway: got ${gateway}, expected http://… or https://…`);
  }
  const url = `${gateway.replace(/\/+$/, "")}/admin/aliases/${encodeURIComponent(alias)}`;
  const headers: Record<string, string> = { "Content-Type": "application/json" };
  if (token !== undefined) headers["Authorization"] = `Bearer ${token}`;
  try {
    const response = await fetch(url, {
      method: "PUT",
      headers,
      body: JSON.stringify(force === undefined ? { sha256 } : { sha256, force }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    return resultOf(url, response.status, await response.text());
  } catch (error) {
    return { ok: false, code: "unreachable", detail: `${url}: ${describeFailure(error)}` };
  }
}

function resultOf(url: string, status: number, text: string): PromotionResult {
  const answer = jsonObjectOf(text);
  const { serving, code } = answer;
  if (status === 200 && typeof serving === "boolean") return { ok: true, serving };
  const detail = `${url}: ${describeProblem(status, text)}`;
  return { ok: false, code: status !== 200 && typeof code === "string" ? code : "not_a_gateway", detail };
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
