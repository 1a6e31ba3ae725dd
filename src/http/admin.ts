// /admin: who serves, which symbols and feeds there are, and what fires, behind the administrator's token.
import { Hono } from "hono";
import { adminAliases } from "./admin-aliases.ts";
import { adminFeeds } from "./admin-feeds.ts";
import { adminHistory } from "./admin-history.ts";
import { adminSymbols } from "./admin-symbols.ts";
import { adminThreshold } from "./admin-threshold.ts";
import { alerts } from "./alerts.ts";
import type { AppEnv } from "./app-env.ts";
import { authorize } from "./authorize.ts";
import { backfill } from "./backfill.ts";
import { experiment } from "./experiment.ts";
import { notices } from "./notices.ts";
import { subscriptions } from "./subscriptions.ts";
import { symbolAlertSettings } from "./symbol-alerts.ts";
import { warm } from "./warm.ts";

export const admin = new Hono<AppEnv>()
  .use("/admin/*", authorize("adminToken"))
  .route("/", adminAliases)
  .route("/", adminThreshold)
  .route("/", experiment)
  .route("/", backfill)
  .route("/", adminHistory)
  .route("/", adminSymbols)
  .route("/", adminFeeds)
  .route("/", warm)
  .route("/", notices)
  .route("/", alerts)
  .route("/", subscriptions)
  .route("/", symbolAlertSettings);
