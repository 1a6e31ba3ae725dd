// The platform's rate limit on reading, where the deployment binds one.
import type { MiddlewareHandler } from "hono";
import type { AppEnv } from "./app-env.ts";
import { Problem } from "./problem.ts";

/** By the client's address, as the platform gives it. Throws `Problem` 429. */
export const limitReads: MiddlewareHandler<AppEnv> = async (c, next) => {
  const key = c.req.header("CF-Connecting-IP") ?? "unknown";
  const outcome = await c.env.READ_LIMIT?.limit({ key });
  if (outcome?.success === false) {
    throw new Problem("rate_limited", "too many reads from this address", { headers: { "Retry-After": "10" } });
  }
  await next();
};
