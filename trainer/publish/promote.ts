// Asks a running gateway to serve a published artifact. The gateway decides whether it does.
import * as v from "valibot";
import { givenAliasSchema, rollbackSchema } from "../../src/http/aliases-schema.ts";
import { type AdminAddress, adminRequest } from "./admin-request.ts";

// The fields of the answers that this file uses.
const servingSchema = v.pick(givenAliasSchema, ["serving"]);
const restoredSchema = v.pick(rollbackSchema, ["serving", "sha256"]);

/**
 * How the gateway treats a challenger. Absent fields take the gateway's defaults: shadow, and no automatic promotion.
 */
export interface ChallengerSettings {
  readonly mode?: "shadow" | "split";
  /** The challenger's share of the answers under `split`, above 0 and at most 0.5. */
  readonly share?: number;
  /** Whether the sequential rule promotes it automatically. */
  readonly auto?: boolean;
}

export interface Promotion extends AdminAddress {
  readonly sha256: string;
  /** `champion` by default. */
  readonly alias?: string;
  /** Promotes although the gate refuses it; the gateway records by whom and why. */
  readonly force?: { readonly by: string; readonly reason: string } | undefined;
  /** Who asks and why, for the gateway's history; `force` has its own. */
  readonly by?: string | undefined;
  readonly reason?: string | undefined;
  /** For the alias `challenger` only. */
  readonly experiment?: ChallengerSettings | undefined;
  /** For the alias `challenger` only: whether it may take the place of one that is being compared; absent: it may. */
  readonly replace?: boolean | undefined;
}

export type PromotionResult =
  /** `serving`: whether the isolate that answered already serves it; others follow within seconds. */
  | { readonly ok: true; readonly serving: boolean }
  /** As `AdminResult` has it. */
  | { readonly ok: false; readonly code: string; readonly detail: string };

/**
 * `PUT /admin/aliases/<alias>`. A refusal is a value.
 * @throws UserError for a gateway that is no http address, before anything is sent.
 */
export async function promote(promotion: Promotion): Promise<PromotionResult> {
  const { sha256, alias = "champion", force, by, reason, replace, experiment = {} } = promotion;
  // Undefined fields are not sent.
  const body = { sha256, force, by, reason, replace, ...experiment };
  const path = `/admin/aliases/${encodeURIComponent(alias)}`;
  const result = await adminRequest(promotion, { method: "PUT", path, body, answer: servingSchema });
  return result.ok ? { ok: true, ...result.answer } : result;
}

/** Who asks for the rollback of champion, and why; the gateway records both. */
export interface Rollback extends AdminAddress {
  readonly by: string;
  readonly reason: string;
  /** SHA-256 of the champion that is meant: another one is not rolled back. */
  readonly champion?: string | undefined;
}

export type RollbackResult = PromotionResult & ({ readonly ok: false } | { readonly sha256: string });

/**
 * `POST /admin/rollback`: champion goes back to the previous model. A refusal is a value, as `nothing_to_roll_back`.
 * @throws UserError for a gateway that is no http address, before anything is sent.
 */
export async function rollBack(rollback: Rollback): Promise<RollbackResult> {
  const { by, reason, champion: sha256 } = rollback;
  const body = { by, reason, sha256 };
  const request = { method: "POST", path: "/admin/rollback", body, answer: restoredSchema } as const;
  const result = await adminRequest(rollback, request);
  return result.ok ? { ok: true, ...result.answer } : result;
}
