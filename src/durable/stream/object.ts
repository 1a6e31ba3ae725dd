// Readers of the stream: holds their hibernating sockets, and sends them what symbols publish.
import { DurableObject } from "cloudflare:workers";
import type { Env } from "../../settings.ts";

export class StreamObject extends DurableObject<Env> {}
