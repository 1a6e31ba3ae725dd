// The changes of a threshold that follows, the newest last.

/** One change, and what it was decided by: counts decay, so that they are no whole numbers. */
export interface ThresholdChange {
  /** Grid index of the first step under the new threshold. */
  readonly step: number;
  readonly from: number;
  readonly to: number;
  /** Whether the remembered labels reach the goal at an allowed threshold. */
  readonly reached: boolean;
  readonly rows: number;
  readonly positives: number;
  readonly alerts: number;
  readonly truePositives: number;
  readonly stretches: number;
}

/** Changes that are kept. */
const MAX_CHANGES = 50;

export class ThresholdJournal {
  /** Since the follower began, with those that are no longer kept. */
  count: number;
  private kept: readonly ThresholdChange[];

  constructor({ count, changes }: { readonly count: number; readonly changes: readonly ThresholdChange[] }) {
    this.count = count;
    this.kept = changes;
  }

  /** The last 50, the oldest first. */
  get changes(): readonly ThresholdChange[] {
    return this.kept;
  }

  add(change: ThresholdChange): void {
    this.count += 1;
    this.kept = [...this.kept, change].slice(-MAX_CHANGES);
  }
}
