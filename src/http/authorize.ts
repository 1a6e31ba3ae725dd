// Bearer tokens for writing and administration. Reading is open.
import type { MiddlewareHandler } from "hono";
import { type Settings, settingsOf } from "../settings.ts";
import type { AppEnv } from "./app-env.ts";
import { Problem } from "./problem.ts";

/**
 * Lets a request through when it bears the token. Without a configured token everything is let through in
 * development, and nothing anywhere else: 503 `not_configured`.
 */
export function authorize(which: "ingestToken" | "adminToken"): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    await checkToken(settingsOf(c.env), which, c.req.header("Authorization"));
    await next();
  };
}

// hono's `bearerAuth` takes only tokens of certain characters, and answers 400 where this answers 401.
async function checkToken(settings: Settings, which: "ingestToken" | "adminToken", given: string | undefined) {
  const token = settings[which];
  if (token === undefined) {
    if (!settings.tokensRequired) return;
    const name = which === "ingestToken" ? "INGEST_TOKEN" : "ADMIN_TOKEN";
    throw new Problem("not_configured", `${name} is not set: this route is closed until it is`);
  }
  const [, bearer] = /^bearer +(.+)$/i.exec(given ?? "") ?? [];
  if (bearer !== undefined && (await equalSecrets(bearer, token))) return;
  const detail = `Authorization: got ${given === undefined ? "none" : "a wrong token"}, expected Bearer <token>`;
  throw new Problem("not_authenticated", detail, { headers: { "WWW-Authenticate": "Bearer" } });
}

/** Constant-time comparison: of digests, so that lengths do not show either. */
async function equalSecrets(a: string, b: string): Promise<boolean> {
  const digest = (text: string): Promise<ArrayBuffer> =>
    crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  const [left, right] = await Promise.all([digest(a), digest(b)]);
  return crypto.subtle.timingSafeEqual(left, right);
}
