// Asks a running gateway to serve a published artifact. Whether it may is the gateway's decision.
import * as v from "valibot";
import { givenAliasSchema, rollbackSchema } from "../../src/http/aliases-schema.ts";
import { type AdminAddress, adminRequest } from "./admin-request.ts";

// Of every answer what this file uses.
const servingSchema = v.pick(givenAliasSchema, ["serving"]);
const restoredSchema = v.pick(rollbackSchema, ["serving", "sha256"]);

/** What the gateway makes of a challenger; what is left out is the gateway's default: shadow, and nothing by itself. */
export interface ChallengerSettings {
  readonly mode?: "shadow" | "split";
  /** The challenger's share of the answers under `split`, above 0 and at most 0.5. */
  readonly share?: number;
  /** Whether the sequential rule promotes it without being asked. */
  readonly auto?: boolean;
}

export interface Promotion extends AdminAddress {
  readonly sha256: string;
  /** `champion` by default. */
  readonly alias?: string;
  /** Promotes against what the gateway has against it; who and why is recorded by the gateway. */
  readonly force?: { readonly by: string; readonly reason: string } | undefined;
  /** Who asks and why, for the gateway's history; `force` says so of itself. */
  readonly by?: string | undefined;
  readonly reason?: string | undefined;
  /** For the alias `challenger` only. */
  readonly experiment?: ChallengerSettings | undefined;
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
  const { sha256, alias = "champion", force, by, reason, experiment = {} } = promotion;
  // What is undefined is not sent.
  const body = { sha256, force, by, reason, ...experiment };
  const path = `/admin/aliases/${encodeURIComponent(alias)}`;
  const result = await adminRequest(promotion, { method: "PUT", path, body, answer: servingSchema });
  return result.ok ? { ok: true, ...result.answer } : result;
}

/** Who asks for champion to be given back, and why: the gateway records both. */
export interface Rollback extends AdminAddress {
  readonly by: string;
  readonly reason: string;
}

export type RollbackResult = PromotionResult & ({ readonly ok: false } | { readonly sha256: string });

/**
 * `POST /admin/rollback`: champion goes back to who held it before. A refusal is a value, as `nothing_to_roll_back`.
 * @throws UserError for a gateway that is no http address, before anything is sent.
 */
export async function rollBack(rollback: Rollback): Promise<RollbackResult> {
  const { by, reason } = rollback;
  const request = { method: "POST", path: "/admin/rollback", body: { by, reason }, answer: restoredSchema } as const;
  const result = await adminRequest(rollback, request);
  return result.ok ? { ok: true, ...result.answer } : result;
}
