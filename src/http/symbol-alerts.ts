// GET /symbols/:symbol/alerts: where every alert rule stands on a symbol, and what is missing for its alert to begin or
// end.
import { Hono } from "hono";
import { symbolExists } from "../clients/directory.ts";
import { symbolOf } from "../clients/symbols.ts";
import type { RuleStatus } from "../quality/alerts/rule-status.ts";
import type { AppEnv } from "./app-env.ts";
import type { Immutable } from "./contract.ts";
import { readRequest, sendAnswer } from "./read-request.ts";
import { type RuleStatusAnswer, symbolAlertsContract } from "./symbol-alerts-schema.ts";
import { unknownSymbol } from "./unknown-symbol.ts";

/** A rule about the whole gateway: `/admin/experiment` says what it waits for. */
const OF_GATEWAY = "challenger_ready";

export const symbolAlerts = new Hono<AppEnv>().get(symbolAlertsContract.path, async (c) => {
  const { symbol } = (await readRequest(c, symbolAlertsContract)).params;
  if (!(await symbolExists(c.env, symbol))) throw unknownSymbol(symbol);
  const statuses = await symbolOf(c.env, symbol).alertStatuses();
  if (statuses === undefined) throw unknownSymbol(symbol);
  const rules = statuses.filter(({ rule }) => rule !== OF_GATEWAY);
  const firing = rules.filter(({ state }) => state === "firing").length;
  return sendAnswer(c, symbolAlertsContract, { symbol, firing, rules: rules.map(shapeStatus) });
});

function shapeStatus({
  fireAt,
  resolveAt,
  sinceMs,
  coolDownUntilMs,
  ...status
}: RuleStatus): Immutable<RuleStatusAnswer> {
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
