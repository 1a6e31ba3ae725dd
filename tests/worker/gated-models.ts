// Models that their gate refused or passed, and what the registry says of them, for the tests of promotion.
import { env } from "cloudflare:workers";
import type { Env } from "../../src/settings.ts";
import { publish, variantOf } from "./artifacts.ts";
import { type Answer, fetchJson, fetchWith } from "./gateway.ts";

export const REASONS = ["too_few_episodes: 12, expected 30", "no_gain_over_persistence"];

export const REFUSED = { verdict: "refused", reasons: REASONS, episodes: 12, gains: {} };

export const FORCE = { by: "Zoë <zoe@example.com>", reason: "“Nur” für den Test 📈\nsecond line" };

export const registryStub = () => env.REGISTRY.get(env.REGISTRY.idFromName("registry"));

export const clear = (alias = "champion") => fetchJson(`/admin/aliases/${alias}`, { method: "DELETE" });

export const forcedNow = async () => (await fetchJson("/admin/aliases")).body.forced;

export const historyNow = async () => (await fetchJson("/admin/aliases")).body.forced_history;

/** What `GET /admin/aliases` says of the present. */
export const aliasesNow = async () => {
  const { aliases, forced } = (await fetchJson("/admin/aliases")).body;
  return { aliases, forced };
};

export const gated = async (note: string, gate: unknown, alias: "champion" | "persistence" = "champion") =>
  await publish(await variantOf(alias, note, { gate }));

/** The same request under other bindings. */
export function put(variables: Partial<Env>, sha256: string): Promise<Answer> {
  return fetchWith(variables, "/admin/aliases/champion", { method: "PUT", body: JSON.stringify({ sha256 }) });
}
