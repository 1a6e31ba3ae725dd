// GET /symbols/:symbol/alerts: where every alert rule stands on a symbol, and what is missing for its alert to begin or end.
import { Hono } from "hono";
import { symbolExists } from "../clients/directory.ts";
import { symbolOf } from "../clients/symbols.ts";
import type { AppEnv } from "./app-env.ts";
import { readSymbol, unknownSymbol } from "./predict.ts";

/** A rule about the whole gateway: `/admin/experiment` says what it waits for. */
const OF_GATEWAY = "challenger_ready";

export const symbolAlerts = new Hono<AppEnv>().get("/symbols/:symbol/alerts", async (c) => {
  const symbol = readSymbol(c.req.param("symbol"));
  if (!(await symbolExists(c.env, symbol))) throw unknownSymbol(symbol);
  const statuses = await symbolOf(c.env, symbol).alertStatuses();
  if (statuses === undefined) throw unknownSymbol(symbol);
  const rules = statuses.filter(({ rule }) => rule !== OF_GATEWAY);
  return c.json({ symbol, firing: rules.filter(({ state }) => state === "firing").length, rules: rules.map(shape) });
});

type Status = NonNullable<Awaited<ReturnType<ReturnType<typeof symbolOf>["alertStatuses"]>>>[number];

function shape({ fireAt, resolveAt, sinceMs, coolDownUntilMs, ...status }: Status): Record<string, unknown> {
  return {
    ...status,
    fire_at: fireAt,
    resolve_at: resolveAt,
    since: iso(sinceMs),
    cool_down_until: iso(coolDownUntilMs),
  };
}

function iso(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
