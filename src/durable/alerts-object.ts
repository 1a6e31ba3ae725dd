// Alerts of all symbols: what is firing, and its delivery to webhooks.
import { DurableObject } from "cloudflare:workers";
import type { Env } from "./environment.ts";

export class AlertsObject extends DurableObject<Env> {}
