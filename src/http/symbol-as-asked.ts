// The symbol of a path as the client spelled it: the answer names it so.
import type { Context } from "hono";
import type { AppEnv } from "./app-env.ts";

/** @param key the symbol's key, for a route without the parameter. */
export function symbolAsAsked(c: Context<AppEnv>, key: string): string {
  return c.req.param("symbol") ?? key;
}
