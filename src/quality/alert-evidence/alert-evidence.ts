// The evidence of the alert rules on live quality for one symbol's champion. A function of its labelled steps, the
// models and the rules' limits alone: it is the same however often one looks, and after a restart.
import { type Page, decodePage, encodePage } from "../../features/page-buffer.ts";
import { StateFormatError } from "../../features/binary-container.ts";
import type { Figure } from "../../model/manifest-evaluation.ts";
import type { AlertLimits } from "../alerts/alert-limits.ts";
import { ScoreBins } from "../score-bins.ts";
import { ChangeWatch } from "./change-watch.ts";
import type { EvidenceFacts } from "./evidence-fact.ts";
import { rowOfFewer, rowOfMore, rowOfReference } from "./evidence-rows.ts";
import type { GroupSize } from "./fall-detector.ts";
import { PrAucWatch } from "./pr-auc-watch.ts";

const KIND = "alert-evidence 1";
const MONTH_MS = 30 * 86_400_000;
/** A group is at least so long, and so many horizons. */
const GROUP_MS = 15 * 60_000;
const GROUP_HORIZONS = 15;
/** Groups of a group of the PR-AUC rule. */
const PR_AUC_GROUPS = 4;

/** The rules that are decided by evidence. */
export type EvidenceLimits = Pick<AlertLimits, "calibration" | "not_better_than_baseline" | "pr_auc_fell">;

/** The champion that the evidence is about. */
export interface WatchedModel {
  readonly sha256: string;
  readonly labelText: string;
  readonly horizonSteps: number;
  readonly threshold: number;
  /** Edges of its score bins, the threshold among them; none for bins of equal width. */
  readonly edges: readonly number[];
  /** PR-AUC of its manifest. */
  readonly prAuc: Figure | null;
  /** SHA-256 of the reference, if it predicts the same label and is another model. */
  readonly reference: string | null;
}

/** A watch, and what its state stands on: a state that stands on anything else is not taken up. */
interface Part<Watch> {
  readonly name: string;
  readonly basis: string;
  readonly watch: Watch;
}

interface Stored {
  readonly basis: string;
  readonly arrays: readonly ArrayLike<number>[];
}

interface Watches {
  readonly bins: ScoreBins;
  readonly more: Part<ChangeWatch>;
  readonly fewer: Part<ChangeWatch>;
  readonly reference: (Part<ChangeWatch> & { readonly sha256: string }) | undefined;
  readonly prAuc: (Part<PrAucWatch> & { readonly manifest: Figure }) | undefined;
}

/**
 * Groups of steps are at least 15 minutes and 15 horizons long, for the PR-AUC rule four times that. Another champion,
 * label, reference or limit `fireAt` begins anew what stands on it.
 */
export class AlertEvidence {
  /** Stored pages that could not be read: their watches began anew. */
  damagedPages = 0;
  private readonly stepMs: number;
  private readonly limits: EvidenceLimits;
  private readonly stored = new Map<string, Stored>();
  private size: GroupSize = { groupSteps: 1, horizonSteps: 1 };
  private watches: Watches | undefined;
  private champion: string | null = null;
  private changed = false;

  /** @param limits `fireAt` of the rules must not be `null`. */
  constructor(stepMs: number, limits: EvidenceLimits) {
    this.stepMs = stepMs;
    this.limits = limits;
  }

  /** Restores what `dirtyPages` gave; call `setModel` afterwards. A damaged page loses its own watch. */
  static load(stepMs: number, limits: EvidenceLimits, pages: ReadonlyMap<string, ArrayBuffer>): AlertEvidence {
    const loaded = new AlertEvidence(stepMs, limits);
    for (const [id, bytes] of pages) {
      try {
        const { numbers, arrays } = decodePage(KIND, bytes);
        loaded.stored.set(id, { basis: String(numbers["basis"]), arrays });
      } catch (error) {
        loaded.countDamage(error);
      }
    }
    return loaded;
  }

  /** Sets the champion that later steps are about. */
  setModel(model: WatchedModel): void {
    const { stepMs, limits } = this;
    const { sha256, labelText, horizonSteps, reference, prAuc, edges, threshold } = model;
    const groupSteps = Math.max(Math.ceil(GROUP_MS / stepMs), GROUP_HORIZONS * horizonSteps);
    this.size = { groupSteps, horizonSteps };
    this.champion = sha256;
    const before = this.watches;
    const bins = new ScoreBins(threshold, edges);
    const change = (name: string, known: Part<ChangeWatch> | undefined, ...of: unknown[]): Part<ChangeWatch> =>
      this.part(name, [stepMs, sha256, labelText, ...of], known, () => new ChangeWatch(this.size));
    const tolerance = limits.calibration.fireAt;
    // Bins between given edges do not depend on the threshold, which is one of them.
    const binsOf = edges.length > 0 ? edges : [threshold];
    const { fireAt } = limits.pr_auc_fell;
    const prAucSize = { groupSteps: PR_AUC_GROUPS * groupSteps, horizonSteps };
    this.watches = {
      bins,
      more: change("calibration-more", before?.more, tolerance),
      fewer: change("calibration-fewer", before?.fewer, tolerance),
      reference:
        reference === null
          ? undefined
          : {
              ...change("reference-gain", before?.reference, reference, limits.not_better_than_baseline.fireAt),
              sha256: reference,
            },
      prAuc:
        prAuc === null || !(prAuc.value > 0)
          ? undefined
          : {
              ...this.part(
                "pr-auc",
                [stepMs, sha256, labelText, fireAt, prAuc.value, prAuc.low, ...binsOf],
                before?.prAuc,
                () => new PrAucWatch(prAucSize),
              ),
              manifest: prAuc,
            },
    };
    this.changed = true;
  }

  /**
   * Adds a labelled step, in step order.
   * @param probability of the champion, as answered; @param reference the reference's, `NaN` without one.
   */
  update(index: number, probability: number, reference: number, label: number): void {
    if (this.watches === undefined) return;
    const { limits, watches } = this;
    this.changed = true;
    const tolerance = limits.calibration.fireAt!;
    for (const [{ watch }, rowOf] of [[watches.more, rowOfMore] as const, [watches.fewer, rowOfFewer] as const]) {
      const { ofFall, ofEnd } = rowOf(probability, label, tolerance);
      watch.update(index, ofFall, ofEnd, this.watchLimits("calibration"));
    }
    if (watches.reference !== undefined && !Number.isNaN(reference)) {
      const { fireAt } = limits.not_better_than_baseline;
      const { ofFall, ofEnd } = rowOfReference(probability, reference, label, fireAt!);
      watches.reference.watch.update(index, ofFall, ofEnd, this.watchLimits("not_better_than_baseline"));
    }
    const { prAuc, bins } = watches;
    prAuc?.watch.update(index, { probability, label, bins }, prAuc.manifest, this.prAucLimits);
  }

  /** SHA-256 of the champion that the evidence is about; `null` before the first. */
  get model(): string | null {
    return this.champion;
  }

  /** SHA-256 of the reference that the champion is compared with; `null` without one. */
  get reference(): string | null {
    return this.watches?.reference?.sha256 ?? null;
  }

  /** Where the rules stand; `null` before the first champion. */
  get facts(): EvidenceFacts | null {
    if (this.watches === undefined) return null;
    const { more, fewer, reference, prAuc } = this.watches;
    const ofCalibration = this.watchLimits("calibration");
    return {
      calibration: { more: more.watch.fact(ofCalibration), fewer: fewer.watch.fact(ofCalibration) },
      referenceGain: reference?.watch.fact(this.watchLimits("not_better_than_baseline")) ?? null,
      prAuc: prAuc?.watch.fact(this.prAucLimits) ?? null,
    };
  }

  /** The pages, one a watch, if anything changed since the last call; some 10 kB. */
  dirtyPages(): Page[] {
    if (!this.changed || this.watches === undefined) return [];
    this.changed = false;
    const { more, fewer, reference, prAuc } = this.watches;
    return [more, fewer, reference, prAuc].flatMap((part) => {
      if (part === undefined) return [];
      const { name, basis, watch } = part;
      return [{ id: name, bytes: encodePage(KIND, { numbers: { basis }, arrays: watch.arrays }) }];
    });
  }

  private watchLimits(rule: "calibration" | "not_better_than_baseline") {
    return { monthGroups: this.monthGroups, ratePerMonth: this.limits[rule].ratePerMonth! };
  }

  private get prAucLimits() {
    const { fireAt, resolveAt, ratePerMonth } = this.limits.pr_auc_fell;
    const monthGroups = this.monthGroups / PR_AUC_GROUPS;
    return { fireAt: fireAt!, resolveAt: resolveAt!, ratePerMonth: ratePerMonth!, monthGroups };
  }

  private get monthGroups(): number {
    return MONTH_MS / (this.size.groupSteps * this.stepMs);
  }

  /** The known watch if it stands on the same, else the stored one if that does, else a new one. */
  private part<Watch extends ChangeWatch | PrAucWatch>(
    name: string,
    standsOn: readonly unknown[],
    known: Part<Watch> | undefined,
    make: () => Watch,
  ): Part<Watch> {
    const basis = JSON.stringify(standsOn);
    if (known?.basis === basis) return { name, basis, watch: known.watch };
    const stored = this.stored.get(name);
    this.stored.delete(name);
    const watch = make();
    if (stored?.basis !== basis) return { name, basis, watch };
    try {
      watch.load(stored.arrays);
      return { name, basis, watch };
    } catch (error) {
      this.countDamage(error);
      return { name, basis, watch: make() };
    }
  }

  private countDamage(error: unknown): void {
    if (!(error instanceof StateFormatError || error instanceof RangeError)) throw error;
    this.damagedPages += 1;
  }
}
