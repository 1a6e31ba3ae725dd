// The one alerts object's stub.
import type { Env } from "../settings.ts";

export function alertsOf(env: Env): ReturnType<Env["ALERTS"]["get"]> {
  return env.ALERTS.get(env.ALERTS.idFromName("alerts"));
}
