// One socket that brings ticks of several symbols: hibernates between frames, and hands each symbol its part of one.
import { DurableObject } from "cloudflare:workers";
import type { Env } from "../../settings.ts";

export class TickSocketObject extends DurableObject<Env> {}
