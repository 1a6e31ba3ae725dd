// The gateway with one more door, for the end-to-end test of the webhooks: POST /report hands changes to the alerts
// object as a symbol would.
import { alertsOf } from "../../src/clients/alerts.ts";
import type { Env } from "../../src/settings.ts";
import type { AlertChange } from "../../src/quality/alerts/alert-change.ts";
import worker from "../../src/worker.ts";

export * from "../../src/worker.ts";

export default {
  async fetch(request, env, ctx) {
    if (new URL(request.url).pathname !== "/report") return await worker.fetch(request, env, ctx);
    return Response.json(await alertsOf(env).report(await request.json<AlertChange[]>()));
  },
} satisfies ExportedHandler<Env>;
