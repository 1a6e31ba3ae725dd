// What the tests of the experiment share: gates, published models, and the gateway before each test.
import { env } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { BUNDLED } from "../../src/model/bundled.ts";
import { Betting } from "../../src/quality/evidence/betting.ts";
import { PASSED, publish, variantOf } from "./artifacts.ts";
import { fetchJson } from "./gateway.ts";
import { clearAlias } from "./experiment-symbols.ts";

export const WHO = { by: "ada", reason: "because “it” is better" };

export const TOO_FEW = { verdict: "refused", reasons: ["too_few_episodes"], episodes: 12, gains: {} };

export const WORSE = {
  verdict: "refused",
  reasons: ["too_few_episodes", "no_gain_over_zscore"],
  episodes: 12,
  gains: {},
};

export const registryStub = () => env.REGISTRY.get(env.REGISTRY.idFromName("registry"));

export const experimentNow = async () => (await fetchJson("/admin/experiment")).body.experiment;

export const named = async (note: string, gate: unknown = PASSED, changes: Record<string, unknown> = {}) =>
  await publish(await variantOf("champion", note, { gate, ...changes }));

export const against = (challenger: string) => ({ champion: BUNDLED.champion, challenger });

/** The bundled models serve and no experiment runs: for `beforeEach`, whatever another test has left. */
export async function noExperiment(): Promise<void> {
  await clearAlias("challenger");
  await clearAlias("champion");
  await clearAlias("predecessor");
  await runInDurableObject(registryStub(), (registry) => Object.assign(registry, { compared: null }));
}

/** The e value after so many blocks of one mean gain, each a share of 0.2, their bound. */
export function eValueAfter(blocks: number, gain: number): number {
  const betting = new Betting();
  for (let b = 0; b < blocks; b++) betting.update(gain / 0.2);
  return betting.value;
}
