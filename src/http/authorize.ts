// Bearer tokens for writing, administration, reading and scraping, and what a development gateway without tokens checks
// instead.
import type { Context, MiddlewareHandler } from "hono";
import { settingsOf } from "../settings.ts";
import type { AppEnv } from "./app-env.ts";
import { Problem } from "./problem.ts";
import { requireLocalPage } from "./require-local-page.ts";
import { socketBearer } from "./socket-upgrade.ts";

const VARIABLES = { ingestToken: "INGEST_TOKEN", adminToken: "ADMIN_TOKEN" } as const;

/**
 * Lets a request through when it bears the token, or the one that is to replace it. Without a configured token nothing
 * is let through, 503 `not_configured`; in development everything that no foreign web page sent.
 */
export function authorize(which: keyof typeof VARIABLES): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const settings = settingsOf(c.env);
    const tokens = settings[`${which}s`];
    if (tokens.length > 0) await requireToken(c, tokens);
    else if (settings.tokensRequired) {
      throw new Problem("not_configured", `${VARIABLES[which]} is not set: this route is closed until it is`);
    } else requireLocalPage(c.req.raw);
    await next();
  };
}

/**
 * Lets a request through when it bears the token, or the administrator's. Without a configured token reading is open.
 */
export function authorizeReading(which: "readToken" | "metricsToken"): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const { [`${which}s` as const]: tokens, adminTokens } = settingsOf(c.env);
    if (tokens.length > 0) await requireToken(c, [...tokens, ...adminTokens]);
    await next();
  };
}

/**
 * Whether a request that may read may see what is the administrator's too: it bears that token, or, in development,
 * none is configured.
 */
export async function bearsAdminToken(c: Context<AppEnv>): Promise<boolean> {
  const { adminTokens, tokensRequired } = settingsOf(c.env);
  if (adminTokens.length === 0) return !tokensRequired;
  return await bears(c, adminTokens);
}

// hono's `bearerAuth` takes only tokens of certain characters, and answers 400 where this answers 401.
async function requireToken(c: Context<AppEnv>, tokens: readonly string[]): Promise<void> {
  if (await bears(c, tokens)) return;
  const given = c.req.header("Authorization");
  const detail = `Authorization: got ${given === undefined ? "none" : "a wrong token"}, expected Bearer <token>`;
  throw new Problem("not_authenticated", detail, { headers: { "WWW-Authenticate": "Bearer" } });
}

/** Whether it bears one of the tokens. */
async function bears(c: Context<AppEnv>, tokens: readonly string[]): Promise<boolean> {
  const [, inHeader] = /^bearer +(.+)$/i.exec(c.req.header("Authorization") ?? "") ?? [];
  const bearer = inHeader ?? socketBearer(c.req.raw);
  if (bearer === undefined) return false;
  return (await Promise.all(tokens.map((token) => equalSecrets(bearer, token)))).includes(true);
}

/** Constant-time comparison: of digests, so that lengths do not show either. */
async function equalSecrets(a: string, b: string): Promise<boolean> {
  const digest = (text: string): Promise<ArrayBuffer> =>
    crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  const [left, right] = await Promise.all([digest(a), digest(b)]);
  return crypto.subtle.timingSafeEqual(left, right);
}
