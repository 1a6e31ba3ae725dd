// Pools what the recalibrations of all symbols have learnt, for symbols that begin. A cron trigger calls it.
import { listSymbols } from "../clients/directory.ts";
import { registryOf } from "../clients/registry.ts";
import { askSymbols } from "../clients/symbols.ts";
import { SCORED } from "../model/scored-alias.ts";
import { updateModels } from "../model-refresh.ts";
import { POOL_RULE, pooledPrior, type PooledPrior } from "../recalibration/pooled-prior.ts";
import { type Env, learningOf, settingsOf } from "../settings.ts";

/** Lines change over days. */
const ASK_EVERY_MS = 3_500_000;

/**
 * On the environment's grid, once an hour. A served model with too little behind it keeps the prior that it has; models
 * that no longer serve lose theirs. Throws what an unreachable registry throws.
 * @param nowMs wall time.
 */
export async function poolPriors(env: Env, nowMs: number, rule = POOL_RULE): Promise<void> {
  if (learningOf(env).recalibration === "off") return;
  const { priors } = await registryOf(env).read();
  if (nowMs - priors.atMs < ASK_EVERY_MS) return;
  const symbols = await listSymbols(env);
  if (symbols.length < rule.symbols) return;
  const { byAlias } = await updateModels(env);
  const { grid } = settingsOf(env);
  const answers = await askSymbols(env, symbols, { event: "prior_symbol_failed" }, (stub) => stub.learntLines(grid));
  const lines = answers.flatMap(({ answer }) => answer ?? []);
  const models: Record<string, PooledPrior> = {};
  for (const sha256 of new Set(SCORED.flatMap((alias) => byAlias[alias]?.manifest.onnxSha256 ?? []))) {
    const own = lines.filter((line) => line.sha256 === sha256);
    const prior = pooledPrior(own, rule, nowMs) ?? priors.models[sha256];
    if (prior !== undefined) models[sha256] = prior;
  }
  await registryOf(env).keepPriors({ atMs: nowMs, models });
}
