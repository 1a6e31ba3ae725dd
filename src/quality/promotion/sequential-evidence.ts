// The evidence of an experiment, block by block, and the rule that says when it is enough to promote the challenger.
import * as v from "valibot";
import { fields, finiteNumber, type Parsed } from "../../schemas/schema-values.ts";
import type { BlockGain } from "../quality-series.ts";
import { type EvidencePath, evidencePathSchema, withPoint } from "./evidence-path.ts";
import { type PooledBlock, type PoolingRule, poolBlocks } from "./sequential-blocks.ts";
import type { Figure } from "../../model/manifest-evaluation.ts";
import { NO_GAINS, addGain, gainSumsSchema, meanGain } from "./sequential-interval.ts";
import { sequentialStateSchema, SequentialTest } from "./sequential-test.ts";

/**
 * Requirements of an automatic promotion: e ≥ 20 bounds the probability of a false promotion by 1/20, and there must be
 * enough spikes.
 */
const NEEDS = { eValue: 20, episodes: 30 } as const;

/**
 * Requirements of a promotion by hand besides an interval above 0: an interval over fewer blocks or without spikes is
 * unreliable.
 */
const NEEDS_BY_HAND = { blocks: 8, episodes: 10 } as const;

export const evidenceSchema = fields({
  /** The last block of time that was decided, used or not; `null` before the first. */
  throughBlock: v.nullable(v.pipe(v.number("a whole number"), v.integer("a whole number"))),
  test: sequentialStateSchema,
  sums: gainSumsSchema,
  positives: finiteNumber(),
  episodes: finiteNumber(),
  /** Absent in evidence of an older version. */
  path: v.optional(evidencePathSchema),
});

/** The complete evidence, for storage: some kB, however long the experiment runs. */
export type EvidenceState = Parsed<typeof evidenceSchema>;

/** The rule's verdict, with all its inputs. */
export interface PromotionVerdict {
  readonly verdict: "promote" | "wait";
  /** Unmet requirements with their figures; empty for `promote`. */
  readonly missing: readonly string[];
  readonly eValue: number;
  readonly logE: number;
  /** The stake on the next block. */
  readonly lambda: number;
  readonly blocks: number;
  readonly rows: number;
  readonly positives: number;
  readonly episodes: number;
  /**
   * Mean Brier gain per row (champion's error − challenger's) with its t interval over blocks; `null` below two. Unlike
   * the e value it is valid for a single look only.
   */
  readonly meanGain: Figure | null;
  readonly needs: typeof NEEDS;
}

/** Uses each block once, in order of time, so that the stakes depend on earlier blocks only. */
export class SequentialEvidence {
  private through: number | null = null;
  private test = new SequentialTest();
  private sums = NO_GAINS;
  private positives = 0;
  private episodes = 0;
  private points: EvidencePath = [];

  /**
   * Restores the stored evidence; starts from the beginning without a usable state.
   * @param afterBlock blocks up to this one are never used, for example those that the challenger was trained on.
   */
  static from(state: EvidenceState | null, afterBlock: number | null = null): SequentialEvidence {
    const evidence = new SequentialEvidence();
    evidence.through = afterBlock;
    if (state === null) return evidence;
    evidence.test = SequentialTest.from(state.test);
    evidence.through = state.throughBlock ?? afterBlock;
    evidence.sums = state.sums;
    evidence.positives = state.positives;
    evidence.episodes = state.episodes;
    evidence.points = state.path ?? [];
    const { blocks, logE } = state.test;
    // Of an older version only where it stands is known.
    if (state.path === undefined && blocks > 0) evidence.points = [[state.throughBlock ?? 0, blocks, logE]];
    return evidence;
  }

  /** Decides the blocks that can be decided; returns how many were used. */
  update(symbols: readonly (readonly BlockGain[])[], rule: Omit<PoolingRule, "throughBlock">): number {
    const { blocks, throughBlock } = poolBlocks(symbols, { ...rule, throughBlock: this.through });
    for (const block of blocks) this.add(block);
    this.through = throughBlock;
    return blocks.length;
  }

  /** The last block that was decided. */
  get throughBlock(): number | null {
    return this.through;
  }

  /** How the evidence grew, oldest first; the last point is the verdict's e value. */
  get path(): EvidencePath {
    return this.points;
  }

  /** `promote` at e ≥ 20 and at least 30 episodes. */
  verdict(): PromotionVerdict {
    const { test, sums, positives, episodes } = this;
    const eValue = test.value;
    const missing: string[] = [];
    if (eValue < NEEDS.eValue) missing.push(`e_value: ${Number(eValue.toPrecision(3))}, needs ${NEEDS.eValue}`);
    if (episodes < NEEDS.episodes) missing.push(`episodes: ${episodes}, needs ${NEEDS.episodes}`);
    return {
      verdict: missing.length === 0 ? "promote" : "wait",
      missing,
      eValue,
      logE: test.logE,
      lambda: test.lambda,
      blocks: test.blocks,
      rows: sums.rows,
      positives,
      episodes,
      meanGain: meanGain(sums),
      needs: NEEDS,
    };
  }

  toJSON(): EvidenceState {
    const { through: throughBlock, test, sums, positives, episodes, points: path } = this;
    return { throughBlock, test: test.toJSON(), sums, positives, episodes, path };
  }

  private add({ block, rows, gain, positives, episodes }: PooledBlock): void {
    this.test.update(gain);
    this.points = withPoint(this.points, [block, this.test.blocks, this.test.logE]);
    this.sums = addGain(this.sums, rows, gain);
    this.positives += positives;
    this.episodes += episodes;
  }
}

/**
 * The verdict on a whole experiment at once: what `SequentialEvidence` says after all blocks of all symbols, decided
 * with the same rule. No symbols: `wait`, with an e value of 1.
 */
export function promotionVerdict(
  symbols: readonly (readonly BlockGain[])[],
  rule: Omit<PoolingRule, "throughBlock">,
): PromotionVerdict {
  const evidence = new SequentialEvidence();
  evidence.update(symbols, rule);
  return evidence.verdict();
}

/**
 * What a challenger lacks for a promotion by hand, each with its figure: 8 blocks, 10 episodes, and a mean gain whose
 * interval lies above 0. Empty when it is shown better. Weaker than the rule: its 5 % hold for a single look only.
 *
 * Example: after 2 blocks of 0.01 without a spike: `blocks: 2, needs 8` and `episodes: 0, needs 10`.
 */
export function lacksToBeShownBetter({ blocks, episodes, meanGain: gain }: PromotionVerdict): string[] {
  const missing: string[] = [];
  if (blocks < NEEDS_BY_HAND.blocks) missing.push(`blocks: ${blocks}, needs ${NEEDS_BY_HAND.blocks}`);
  if (episodes < NEEDS_BY_HAND.episodes) missing.push(`episodes: ${episodes}, needs ${NEEDS_BY_HAND.episodes}`);
  if (gain === null) missing.push("mean gain: none, needs an interval above 0");
  else if (!(gain.low > 0)) {
    missing.push(`mean gain: ${gain.value} in [${gain.low}, ${gain.high}], needs an interval above 0`);
  }
  return missing;
}
