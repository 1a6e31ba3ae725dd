// The report on the running experiment, per symbol and over all, with what is missing for a promotion.
import { labelSpecText } from "../../features/label-spec.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { ServedModels } from "../../model/model-host.ts";
import type { EvidencePath } from "../../quality/promotion/evidence-path.ts";
import { lagBlocks, minRows, type PoolingRule } from "../../quality/promotion/sequential-blocks.ts";
import { type PromotionVerdict, SequentialEvidence } from "../../quality/promotion/sequential-evidence.ts";
import { trainedThrough } from "../../quality/promotion/trained-through.ts";
import { BLOCK_STEPS } from "../../quality/step-ring.ts";
import type { Env } from "../../settings.ts";
import { settingsOf } from "../../settings.ts";
import type { Experiment } from "../../durable/registry/experiment.ts";
import { collectBlocks } from "./collect-blocks.ts";
import { comparesPair, experimentCoverage, missingBackfill } from "./experiment-coverage.ts";
import { gateReasons, ruleOutweighs } from "./promotion-gate.ts";
import { type KeptEvidence, registryOf } from "../../clients/registry.ts";
import type { BackfilledBlocks } from "../../durable/symbol/evaluation/experiment-blocks-of.ts";

/** Why there is no comparison, or why it does not promote; `promote`: the rule is met without objections. */
type ExperimentCode = "no_experiment" | "not_serving" | "label_specs_differ" | "wait" | "gate_refused" | "promote";

export interface SymbolComparison {
  readonly symbol: string;
  /** The rule's verdict on this symbol's blocks alone, for information: only the pooled verdict decides. */
  readonly verdict: PromotionVerdict;
  readonly answered: { readonly champion: number; readonly challenger: number };
  /** Its blocks from the archive, with the begin of the first and the end of the last; `null` for none. */
  readonly backfilled: { readonly blocks: number; readonly fromMs: number; readonly toMs: number } | null;
  /** Begin of the first block that was compared live, ms since 1970; `null` before it. */
  readonly liveFromMs: number | null;
  /** End of the last block that may come from the archive; `null` for no limit yet. */
  readonly archiveToMs: number | null;
}

export interface ExperimentReport {
  readonly experiment: Experiment | null;
  readonly code: ExperimentCode;
  /** In words, each with its figure; empty for `promote`. */
  readonly missing: readonly string[];
  /** `null` if the two cannot be compared. */
  readonly comparison: {
    readonly pooled: PromotionVerdict;
    /** How the pooled evidence grew. */
    readonly path: EvidencePath;
    readonly symbols: readonly SymbolComparison[];
    /** Objects that did not answer, and those that compare another pair, or none yet. */
    readonly unanswered: readonly string[];
    readonly otherPair: readonly string[];
  } | null;
  /** The challenger's share of the steps that were answered since; `null` before the first. */
  readonly effectiveShare: number | null;
  /** The objections of the challenger's gate; `null` while it is not loaded. */
  readonly gateReasons: readonly string[] | null;
}

/** A report, with its evidence if there is a comparison. */
export interface Examination {
  readonly report: ExperimentReport;
  readonly evidence: SequentialEvidence | undefined;
  /** The last decided block in the stored evidence when it was read. */
  readonly afterBlock: number | null;
  /** The backfills that the evidence includes. */
  readonly backfills: number;
  /** Whether there is new evidence to store; `false` while too many symbols are missing from it. */
  readonly advanced: boolean;
}

/**
 * Compares the two models of `experiment`. Reads the stored evidence and asks all symbols for newer blocks. Stores
 * nothing.
 */
export async function examineExperiment(
  env: Env,
  experiment: Experiment | null,
  models: ServedModels,
): Promise<Examination> {
  if (experiment === null) {
    return nothing(null, "no_experiment", ["challenger: no artifact holds this alias"], null);
  }
  const { champion, challenger } = models.byAlias;
  const [first, second] = [champion?.manifest, challenger?.manifest];
  const refusedBy = second?.onnxSha256 === experiment.challenger ? gateReasons(second) : null;
  const absent = (["champion", "challenger"] as const).filter((alias, i) => {
    return [first, second][i]?.onnxSha256 !== experiment[alias];
  });
  if (first === undefined || second === undefined || absent.length > 0) {
    const missing = absent.map((alias) => `${alias}: ${experiment[alias]} is not serving here, see /health`);
    return nothing(experiment, "not_serving", missing, refusedBy);
  }
  if (labelSpecText(first.label) !== labelSpecText(second.label)) {
    return nothing(experiment, "label_specs_differ", [labelsDiffer(first, second)], refusedBy);
  }
  return await compare(env, experiment, second);
}

async function compare(env: Env, experiment: Experiment, manifest: Manifest): Promise<Examination> {
  const { evidence: kept = null, ...backfill } = (await registryOf(env).readEvidence(experiment.id)) ?? NOTHING_KEPT;
  const { stepMs } = settingsOf(env).engine.grid;
  const evidence = SequentialEvidence.from(kept, trainedThrough(manifest, stepMs));
  const afterBlock = kept?.throughBlock ?? null;
  const rule: PoolingRule = {
    throughBlock: evidence.throughBlock,
    lagBlocks: lagBlocks(stepMs),
    minRows: minRows(manifest.label.horizonSteps),
  };
  const parts = await collectBlocks(env, experiment, rule);
  const own = parts.filter((part) => comparesPair(part, experiment));
  evidence.update(
    own.map(({ fresh }) => fresh),
    rule,
  );
  const pooled = evidence.verdict(experiment.tries);
  const refusedBy = gateReasons(manifest);
  const missing = [...pooled.missing];
  if (!ruleOutweighs(refusedBy)) missing.push(`gate: refused for ${refusedBy.join(", ")}`);
  const refused = missing.length > pooled.missing.length;
  const coverage = experimentCoverage(parts, experiment);
  // Blocks of the archive are decided all at once: a symbol that is missing then would lose them.
  const lost = coverage.missing ?? (kept === null ? missingBackfill(parts, experiment, backfill.backfilled) : null);
  if (lost !== null) missing.push(lost);
  const waits = pooled.verdict === "wait" || (!refused && lost !== null);
  const code = waits ? "wait" : refused ? "gate_refused" : "promote";
  const blockMs = BLOCK_STEPS * stepMs;
  const symbols = own.map(({ symbol, verdict, answered, backfilled, firstLive, replaceableThrough }) => ({
    ...{ symbol, verdict, answered },
    backfilled: backfilled && timed(backfilled, blockMs),
    liveFromMs: firstLive === null ? null : firstLive * blockMs,
    archiveToMs: replaceableThrough === null ? null : (replaceableThrough + 1) * blockMs,
  }));
  const report: ExperimentReport = {
    experiment,
    code,
    missing,
    comparison: {
      pooled,
      path: evidence.path,
      symbols,
      unanswered: coverage.unanswered,
      otherPair: coverage.otherPair,
    },
    effectiveShare: effectiveShare(symbols),
    gateReasons: refusedBy,
  };
  const advanced = lost === null && evidence.throughBlock !== rule.throughBlock;
  return { report, evidence, afterBlock, backfills: backfill.backfills, advanced };
}

function timed({ blocks, fromBlock, throughBlock }: BackfilledBlocks, blockMs: number) {
  return { blocks, fromMs: fromBlock * blockMs, toMs: (throughBlock + 1) * blockMs };
}

const NOTHING_KEPT: KeptEvidence = { evidence: null, backfilled: [], backfills: 0 };

function nothing(
  experiment: Experiment | null,
  code: ExperimentCode,
  missing: readonly string[],
  refusedBy: readonly string[] | null,
): Examination {
  const report = { experiment, code, missing, comparison: null, effectiveShare: null, gateReasons: refusedBy };
  return { report, evidence: undefined, afterBlock: null, backfills: 0, advanced: false };
}

function labelsDiffer(champion: Manifest, challenger: Manifest): string {
  return (
    `label: the champion's is ${labelSpecText(champion.label)}, the challenger's ${labelSpecText(challenger.label)}: ` +
    "models that predict different things cannot be compared"
  );
}

function effectiveShare(symbols: readonly SymbolComparison[]): number | null {
  const sum = (alias: "champion" | "challenger"): number => symbols.reduce((n, s) => n + s.answered[alias], 0);
  const all = sum("champion") + sum("challenger");
  return all === 0 ? null : sum("challenger") / all;
}
