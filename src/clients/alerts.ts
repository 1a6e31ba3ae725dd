// The one alerts object's stub.
import { type Env, settingsOf } from "../settings.ts";
import { deadlined } from "./deadlined.ts";

export function alertsOf(env: Env): ReturnType<Env["ALERTS"]["get"]> {
  const stub = env.ALERTS.get(env.ALERTS.idFromName("alerts"));
  return deadlined(stub, { kind: "alerts", object: "alerts", ms: settingsOf(env).objectDeadlineMs });
}
