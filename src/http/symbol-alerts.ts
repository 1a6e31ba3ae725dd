// GET /symbols/:symbol/alerts: where every alert rule stands on a symbol, and what is missing for its alert to begin or
// end.
import { Hono } from "hono";
import { symbolExists } from "../clients/directory.ts";
import { askSymbol } from "../clients/symbols.ts";
import type { SymbolAlertSettings } from "../durable/symbol/alerts/alert-settings-page.ts";
import type { RuleStatus } from "../quality/alerts/rule-status.ts";
import type { AppEnv } from "./app-env.ts";
import type { Immutable } from "./contract.ts";
import { Problem } from "./problem.ts";
import type { AlertRule } from "../quality/alerts/alert-change.ts";
import { readRequest, sendAnswer } from "./read-request.ts";
import {
  type AlertSettingsAnswer,
  type RuleStatusAnswer,
  symbolAlertsContract,
  symbolAlertSettingsContract,
} from "./symbol-alerts-schema.ts";
import { symbolAsAsked } from "./symbol-as-asked.ts";
import { unknownSymbol } from "./unknown-symbol.ts";

/** Rules about no symbol: `/admin/experiment` and `/admin/feeds` say where they stand. */
const OF_NO_SYMBOL: readonly AlertRule[] = ["challenger_ready", "champion_demoted", "feed_down"];

export const symbolAlerts = new Hono<AppEnv>().get(symbolAlertsContract.path, async (c) => {
  const { symbol } = (await readRequest(c, symbolAlertsContract)).params;
  if (!(await symbolExists(c.env, symbol))) throw unknownSymbol(symbol);
  const [statuses, settings] = await askSymbol(c.env, symbol, (stub) =>
    Promise.all([stub.alertStatuses(), stub.alertSettings()]),
  );
  if (statuses === undefined || settings === undefined) throw unknownSymbol(symbol);
  const rules = statuses.filter(({ rule }) => !OF_NO_SYMBOL.includes(rule));
  const firing = rules.filter(({ state }) => state === "firing").length;
  return sendAnswer(c, symbolAlertsContract, {
    symbol: symbolAsAsked(c, symbol),
    settings: shapeSettings(settings),
    firing,
    rules: rules.map(shapeStatus),
  });
});

/** Mounted by admin.ts behind its token. */
export const symbolAlertSettings = new Hono<AppEnv>().put(symbolAlertSettingsContract.path, async (c) => {
  const { params, body } = await readRequest(c, symbolAlertSettingsContract);
  const { symbol } = params;
  if (Object.keys(body).length === 0) {
    throw new Problem("nothing_to_change", "body: got none of mute, mute_until and hours, expected at least one");
  }
  if (!(await symbolExists(c.env, symbol))) throw unknownSymbol(symbol);
  const before = await askSymbol(c.env, symbol, (stub) => stub.alertSettings());
  if (before === undefined) throw unknownSymbol(symbol);
  const { mute = before.muted, mute_until, hours = before.hours } = body;
  const mutedUntilMs = mute_until === undefined ? before.mutedUntilMs : mute_until && Date.parse(mute_until);
  const after = { muted: mute, mutedUntilMs: mutedUntilMs || null, hours };
  await askSymbol(c.env, symbol, (stub) => stub.setAlertSettings(after));
  return sendAnswer(c, symbolAlertSettingsContract, shapeSettings(after));
});

function shapeSettings({ muted, mutedUntilMs, hours }: SymbolAlertSettings): AlertSettingsAnswer {
  return { mute: muted, mute_until: mutedUntilMs === null ? null : new Date(mutedUntilMs).toISOString(), hours };
}

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
