// The evidence of an experiment, block by block, and the rule that says when it is enough to promote the challenger.
import * as v from "valibot";
import { crossCheck } from "../../schemas/cross-check.ts";
import { fields, finiteNumber, type Parsed, wholeNumber } from "../../schemas/schema-values.ts";
import type { BlockGain } from "../quality-series.ts";
import { type EvidencePath, evidencePathSchema, withPoint } from "./evidence-path.ts";
import { type PooledBlock, type PoolingRule, poolBlocks } from "./sequential-blocks.ts";
import type { Figure } from "../../model/manifest-evaluation.ts";
import { NO_GAINS, addGain, gainSumsSchema, meanGain } from "./sequential-interval.ts";
import { Betting, bettingStateSchema } from "../evidence/betting.ts";
import { neededEValue } from "../evidence/needed-e-value.ts";

/** Spikes that an automatic promotion needs beside its e value (`neededEValue`). */
const NEEDED_EPISODES = 30;

/**
 * Requirements of a promotion by hand besides an interval above 0: an interval over fewer blocks or without spikes is
 * unreliable.
 */
const NEEDS_BY_HAND = { blocks: 8, episodes: 10 } as const;

const evidenceFields = fields({
  /** The last block of time that was decided, used or not; `null` before the first. */
  throughBlock: v.nullable(v.pipe(v.number("a whole number"), v.integer("a whole number"))),
  betting: v.optional(bettingStateSchema),
  /** In place of `betting`, in evidence of an older version, which bet as if each row could gain 1. */
  test: v.optional(fields({ blocks: wholeNumber(0), logE: finiteNumber() })),
  sums: gainSumsSchema,
  positives: finiteNumber(),
  episodes: finiteNumber(),
  /** Absent in evidence of an older version. */
  path: v.optional(evidencePathSchema),
});

export const evidenceSchema = v.pipe(
  evidenceFields,
  crossCheck(({ betting, test }) => {
    return betting === undefined && test === undefined
      ? { path: ["betting"], got: "none", expected: "the state of a process" }
      : undefined;
  }),
);

/** The complete evidence, for storage: some kB, however long the experiment runs. */
export type EvidenceState = Parsed<typeof evidenceSchema>;

/** The rule's verdict, with all its inputs. */
export interface PromotionVerdict {
  readonly verdict: "promote" | "wait";
  /** Unmet requirements with their figures; empty for `promote`. */
  readonly missing: readonly string[];
  readonly eValue: number;
  readonly logE: number;
  /** The stake on the next blocks: the share of the capital that the largest possible loss would cost. */
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
  readonly needs: { readonly eValue: number; readonly episodes: number };
}

/** Uses each block once, in order of time, so that the stakes depend on earlier blocks only. */
export class SequentialEvidence {
  private through: number | null = null;
  private betting = new Betting();
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
    evidence.betting = bettingOf(state);
    evidence.through = state.throughBlock ?? afterBlock;
    evidence.sums = state.sums;
    evidence.positives = state.positives;
    evidence.episodes = state.episodes;
    evidence.points = state.path ?? [];
    const { gains, logE } = evidence.betting;
    // Of an older version only where it stands is known.
    if (state.path === undefined && gains > 0) evidence.points = [[state.throughBlock ?? 0, gains, logE]];
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

  /**
   * `promote` at the e value that the `tries`-th comparison with one champion needs (20 for the first) and at least 30
   * episodes.
   */
  verdict(tries = 1): PromotionVerdict {
    const { betting, sums, positives, episodes } = this;
    const needs = { eValue: neededEValue(tries), episodes: NEEDED_EPISODES };
    const eValue = betting.value;
    const missing: string[] = [];
    if (eValue < needs.eValue) missing.push(`e_value: ${Number(eValue.toPrecision(3))}, needs ${needs.eValue}`);
    if (episodes < needs.episodes) missing.push(`episodes: ${episodes}, needs ${needs.episodes}`);
    return {
      verdict: missing.length === 0 ? "promote" : "wait",
      missing,
      eValue,
      logE: betting.logE,
      lambda: betting.stake,
      blocks: betting.gains,
      rows: sums.rows,
      positives,
      episodes,
      meanGain: meanGain(sums),
      needs,
    };
  }

  toJSON(): EvidenceState {
    const { through: throughBlock, betting, sums, positives, episodes, points: path } = this;
    return { throughBlock, betting: betting.toJSON(), sums, positives, episodes, path };
  }

  private add({ block, rows, gain, bet, positives, episodes }: PooledBlock): void {
    const { betting } = this;
    betting.update(bet);
    this.points = withPoint(this.points, [block, betting.gains, betting.logE]);
    this.sums = addGain(this.sums, rows, gain);
    this.positives += positives;
    this.episodes += episodes;
  }
}

/**
 * The process of stored evidence. What an older version's has won stays: its bets were fair too where the challenger is
 * no better, so the product of its value and later ones is one process.
 */
function bettingOf({ betting, test }: EvidenceState): Betting {
  if (betting !== undefined) return Betting.from(betting);
  return test === undefined ? new Betting() : Betting.after(test.blocks, test.logE);
}

/**
 * The verdict on a whole experiment at once: what `SequentialEvidence` says after all blocks of all symbols, decided
 * with the same rule. No symbols: `wait`, with an e value of 1.
 */
export function promotionVerdict(
  symbols: readonly (readonly BlockGain[])[],
  rule: Omit<PoolingRule, "throughBlock">,
  tries = 1,
): PromotionVerdict {
  const evidence = new SequentialEvidence();
  evidence.update(symbols, rule);
  return evidence.verdict(tries);
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
