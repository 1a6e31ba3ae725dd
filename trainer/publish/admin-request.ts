// One request to a running gateway's admin routes. The caller decides what it asks for; the gateway decides whether it
// is allowed.
import * as v from "valibot";
import { UserError } from "../../command-line/user-error.ts";
import { describeProblem } from "../../gateway-client/gateway-error.ts";
import { readAnswer } from "../../gateway-client/read-answer.ts";
import { describeFailure } from "../../requests/describe-failure.ts";
import { faultText } from "../../src/schemas/check.ts";
import { problemSchema } from "../../src/http/problem-schema.ts";

/** A gateway and the way to it. */
export interface AdminAddress {
  /** Where the gateway is, e.g. `http://127.0.0.1:8787`. */
  readonly gateway: string;
  /** Of its admin routes, where it has one configured. */
  readonly token?: string | undefined;
  /** Name of the grid whose models are meant, such as `60s`; the gateway's default one without. */
  readonly grid?: string | undefined;
  /** The gateway loads and tries an artifact before it answers; 60 s by default. */
  readonly timeoutMs?: number | undefined;
}

export type AdminResult<Answer> =
  | { readonly ok: true; readonly answer: Answer }
  /**
   * The gateway's own code, as `gate_refused`, `artifact_not_found`, `not_authenticated`; `unreachable` when nothing
   * answered in time, `not_a_gateway` when the answer is none of a gateway's. `detail` names the address.
   */
  | { readonly ok: false; readonly code: string; readonly detail: string };

export interface AdminRequest<S extends v.GenericSchema> {
  readonly method: "PUT" | "POST";
  readonly path: string;
  /** Sent as JSON. */
  readonly body: unknown;
  /** Schema of the answer. An answer of another shape does not come from a gateway. */
  readonly answer: S;
}

/**
 * A refusal is a value.
 * @throws UserError for a gateway that is no http address, before anything is sent.
 */
export async function adminRequest<S extends v.GenericSchema>(
  { gateway, token, grid, timeoutMs = 60_000 }: AdminAddress,
  { method, path, body, answer }: AdminRequest<S>,
): Promise<AdminResult<v.InferOutput<S>>> {
  if (!/^https?:\/\/./.test(gateway) || !URL.canParse(gateway)) {
    throw new UserError(`gateway: got ${gateway}, expected http://… or https://…`);
  }
  const url = gateway.replace(/\/+$/, "") + path + (grid === undefined ? "" : `?grid=${encodeURIComponent(grid)}`);
  const headers: Record<string, string> = { "Content-Type": "application/json" };
  if (token !== undefined) headers["Authorization"] = `Bearer ${token}`;
  let status: number;
  let text: string;
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(url, { method, headers, body: JSON.stringify(body), signal });
    status = response.status;
    text = await response.text();
  } catch (error) {
    return { ok: false, code: "unreachable", detail: `${url}: ${describeFailure(error)}` };
  }
  const detail = `${url}: ${describeProblem(status, text)}`;
  if (status !== 200) {
    const problem = readAnswer(v.pick(problemSchema, ["code"]), text);
    return { ok: false, code: problem.ok ? problem.value.code : "not_a_gateway", detail };
  }
  const read = readAnswer(answer, text);
  if (read.ok) return { ok: true, answer: read.value };
  return { ok: false, code: "not_a_gateway", detail: `${detail}: ${faultText(read.fault)}` };
}
