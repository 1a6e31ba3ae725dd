// The gateway's health as answers show it.
import { type GatewayHealth } from "../health/gateway-health.ts";
import { HEALTH_REASONS } from "../health/health-reasons.ts";
import type { Env } from "../settings.ts";
import { rememberedRegistryState } from "../clients/registry.ts";
import { modelHost } from "../model/model-host.ts";
import type { AnswerOf, Immutable } from "./contract.ts";
import type { healthContract } from "./health-schema.ts";

type Health = AnswerOf<typeof healthContract>;
type Shown = "status" | "ready" | "reasons" | "notices" | "serving" | "refused_artifacts" | "runtime_error";

/** What `/health` and `/operations` both show; refused artifacts and the runtime are those of this isolate. */
export function healthShape(env: Env, { ready, reasons, serving }: GatewayHealth): Immutable<Pick<Health, Shown>> {
  const notices = rememberedRegistryState(env)?.notices ?? [];
  return {
    status: reasons.length === 0 ? "healthy" : "degraded",
    ready,
    reasons: reasons.map(({ sinceMs, lastMs, ...rest }) => ({
      ...rest,
      meaning: HEALTH_REASONS[rest.code].meaning,
      since: iso(sinceMs),
      last_seen: iso(lastMs),
    })),
    notices: notices.map(({ atMs, ...rest }) => ({ ...rest, at: iso(atMs) })),
    serving: serving.map(({ standIn, ...rest }) => ({ ...rest, stand_in: standIn })),
    refused_artifacts: modelHost.refusals.map(({ atMs, ...rest }) => ({ ...rest, at: iso(atMs) })),
    runtime_error: modelHost.serving.runtimeError ?? null,
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
