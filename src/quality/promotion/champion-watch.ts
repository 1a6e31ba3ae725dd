// Watches a champion: whether its predecessor, or the strongest baseline, is shown better than it. The rule that
// promotes, with the two turned round. Pure: a job collects the blocks and acts on the verdict.
import * as v from "valibot";
import { fields, finiteNumber, type Parsed, wholeNumber } from "../../schemas/schema-values.ts";
import type { BlockGain, QualityGuards } from "../quality-series.ts";
import { BLOCK_STEPS } from "../step-ring.ts";
import type { PoolingRule } from "./sequential-blocks.ts";
import {
  evidenceSchema,
  type EvidenceState,
  type PromotionVerdict,
  SequentialEvidence,
} from "./sequential-evidence.ts";

export const GUARD_ROLES = ["predecessor", "reference"] as const;
export type GuardRole = keyof QualityGuards;

const DAYS_30_MS = 2_592_000_000;
/** On long steps thirty days have too few blocks to show anything: 48 on steps of a minute. */
const FEWEST_BLOCKS = 200;

export const championWatchSchema = fields({
  /** SHA-256 of the two models. */
  champion: v.string("a text"),
  rival: v.string("a text"),
  startedMs: finiteNumber(),
  /** When it was last looked at. */
  atMs: finiteNumber(),
  /** A reference is watched as long as there is its champion, in looks of which each needs more evidence. */
  look: wholeNumber(1),
  /** That the rival is better, and that the champion is. */
  worse: evidenceSchema,
  better: evidenceSchema,
  /** Whether the operator was told that the rival is better. */
  told: v.boolean("true or false"),
});

/** A watch with its evidence, for storage: about 2 kB. */
export type ChampionWatch = Parsed<typeof championWatchSchema>;

/** What a watch says; `kept`: the champion is shown better than the rival, and `over`: neither was within its time. */
type WatchCode = "watching" | "worse" | "kept" | "over";

export interface WatchVerdict {
  readonly code: WatchCode;
  /** That the rival is better. */
  readonly worse: PromotionVerdict;
  /** That the champion is better. */
  readonly better: PromotionVerdict;
}

/** The length of a watch, or of one look: thirty days, or 200 blocks where that is longer. */
export function watchMs(stepMs: number): number {
  return Math.max(DAYS_30_MS, FEWEST_BLOCKS * BLOCK_STEPS * stepMs);
}

/** Whether the time of a watch, or of its look, has passed. */
export function isTimeOver({ startedMs }: Pick<ChampionWatch, "startedMs">, nowMs: number, stepMs: number): boolean {
  return nowMs - startedMs >= watchMs(stepMs);
}

/** A watch without evidence. @param afterBlock blocks up to this one are not used. */
export function beginWatch(
  { champion, rival }: Pick<ChampionWatch, "champion" | "rival">,
  nowMs: number,
  afterBlock: number | null = null,
  look = 1,
): ChampionWatch {
  const none = stateOf(SequentialEvidence.from(null, afterBlock));
  return { champion, rival, startedMs: nowMs, atMs: nowMs, look, worse: none, better: none, told: false };
}

/**
 * The watch after the blocks of `symbols` that can be decided now. The gains are the champion's squared error minus the
 * rival's; the evidence that the champion is better is from the same gains with the other sign.
 */
export function updateWatch(
  watch: ChampionWatch,
  symbols: readonly (readonly BlockGain[])[],
  rule: Omit<PoolingRule, "throughBlock">,
  nowMs: number,
): ChampionWatch {
  const [worse, better] = [SequentialEvidence.from(watch.worse), SequentialEvidence.from(watch.better)];
  worse.update(symbols, rule);
  better.update(
    symbols.map((blocks) => blocks.map(turned)),
    rule,
  );
  return { ...watch, atMs: nowMs, worse: stateOf(worse), better: stateOf(better) };
}

/** Judged by the rule that promotes: e ≥ 20 at the first look, and 30 episodes. */
export function judgeWatch(watch: ChampionWatch, stepMs: number): WatchVerdict {
  const worse = SequentialEvidence.from(watch.worse).verdict(watch.look);
  const better = SequentialEvidence.from(watch.better).verdict();
  const ended = isTimeOver(watch, watch.atMs, stepMs) ? "over" : "watching";
  const code = worse.verdict === "promote" ? "worse" : better.verdict === "promote" ? "kept" : ended;
  return { code, worse, better };
}

function turned(gain: BlockGain): BlockGain {
  return { ...gain, gainSum: -gain.gainSum, betSum: -gain.betSum };
}

/** Without the path, which nobody is shown. */
function stateOf(evidence: SequentialEvidence): EvidenceState {
  return { ...evidence.toJSON(), path: [] };
}
