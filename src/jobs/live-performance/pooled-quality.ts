// The quality of the gateway's models over all symbols: each symbol's part is asked for and added up as it comes.
import { listSymbols } from "../../clients/directory.ts";
import { askSymbols } from "../../clients/symbols.ts";
import type { SymbolQualityPart } from "../../durable/symbol/evaluation/symbol-quality-part.ts";
import { labelSpecText } from "../../features/label-spec.ts";
import { comparedPairs, type NamedModel, namedModels } from "../../model/named-models.ts";
import { SCORED } from "../../model/scored-alias.ts";
import type { ServedModels } from "../../model/model-host.ts";
import { type PooledModel, PooledWindow } from "../../quality/pooled-window.ts";
import type { WindowName, WindowQuality } from "../../quality/window-quality.ts";
import { type Env, settingsOf } from "../../settings.ts";
import { LEFT_OUT } from "./why-left-out.ts";

interface PooledSymbol {
  readonly symbol: string;
  readonly included: boolean;
  /** Why it is left out. */
  readonly reason: string | null;
}

export interface PooledQuality {
  readonly stepMs: number;
  /** Blocks of a group of time, the unit of the intervals. */
  readonly groupBlocks: number;
  readonly models: readonly NamedModel[];
  readonly window: WindowQuality;
  readonly symbols: readonly PooledSymbol[];
  /** Models that are in the parts of some of the included symbols alone: SHA-256 and in how many. */
  readonly partly: readonly { readonly sha256: string; readonly symbols: number }[];
}

/** Time for one object. */
const WITHIN_MS = 5_000;

/** Never fails for a symbol: one that does not answer is named. Throws what the directory throws. */
export async function pooledQuality(
  env: Env,
  models: ServedModels,
  window: WindowName,
  curves: boolean,
): Promise<PooledQuality> {
  const { engine, grid } = settingsOf(env);
  const { stepMs } = engine.grid;
  const champion = models.byAlias.champion?.manifest.onnxSha256;
  const named = namedModels(models);
  const pool = new PooledWindow(pooledModels(models), stepMs);
  const inParts = new Map(named.map(({ sha256 }) => [sha256, 0]));
  const options = { event: "quality_symbol_failed", withinMs: WITHIN_MS };
  // What comes back is a reason: the parts of all symbols do not fit into an isolate.
  const answers = await askSymbols(env, await listSymbols(env), options, async (stub) => {
    const answer = await stub.qualityPart(window, grid);
    const reason = whyNotPooled(answer, champion, stepMs);
    if (reason !== null || !answer?.part) return reason ?? LEFT_OUT.noStep;
    pool.add(answer.part);
    for (const { sha256 } of answer.part.series) inParts.set(sha256, (inParts.get(sha256) ?? 0) + 1);
    return "";
  });
  const symbols = answers.map(({ symbol, answer, failed }): PooledSymbol => {
    if (failed) return { symbol, included: false, reason: LEFT_OUT.failed };
    return { symbol, included: answer === "", reason: answer || null };
  });
  const included = symbols.filter((one) => one.included).length;
  const pooled = pool.window(window, { pairs: comparedPairs(models), curves });
  return {
    stepMs,
    groupBlocks: pool.blocksOfGroup,
    models: named,
    window: pooled,
    symbols,
    partly: named.flatMap(({ sha256 }) => {
      const count = inParts.get(sha256) ?? 0;
      return count < included ? [{ sha256, symbols: count }] : [];
    }),
  };
}

/** In words; `null` for a symbol that belongs into the sums. */
function whyNotPooled(
  answer: SymbolQualityPart | null | undefined,
  champion: string | undefined,
  stepMs: number,
): string | null {
  if (answer === null) return LEFT_OUT.noGrid;
  if (champion === undefined) return LEFT_OUT.noChampion;
  if (answer === undefined || answer.part === null) return LEFT_OUT.noStep;
  const { part, hasOwnModels } = answer;
  if (hasOwnModels) return LEFT_OUT.ownModels;
  if (part.stepMs !== stepMs) return `its steps are of ${part.stepMs} ms, the gateway's of ${stepMs} ms`;
  if (answer.champion !== champion) return LEFT_OUT.otherChampion;
  const own = part.series.find(({ sha256 }) => sha256 === champion);
  if (own === undefined) return LEFT_OUT.noStep;
  return own.levels.some((levels) => levels.length > 0) ? null : LEFT_OUT.noLabel;
}

/** Each model once, under the threshold that serves now. */
function pooledModels({ byAlias }: Pick<ServedModels, "byAlias">): PooledModel[] {
  const models = SCORED.flatMap((alias): PooledModel[] => {
    const manifest = byAlias[alias]?.manifest;
    if (manifest === undefined) return [];
    const { onnxSha256: sha256, threshold, label, scoreEdges } = manifest;
    return [{ sha256, threshold, labelText: labelSpecText(label), edges: scoreEdges ?? [] }];
  });
  return [...new Map(models.map((model) => [model.sha256, model])).values()];
}
