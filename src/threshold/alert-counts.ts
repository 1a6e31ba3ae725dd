// Exact counts of the alerts that were really given, in blocks of six hours for thirty days, beside those that two
// thresholds would have given: the stated one, which the manifest or an operator gives, and the one that follows.

const BLOCK_MS = 21_600_000;
/** Those of thirty days, and the one that is not complete. */
const MAX_BLOCKS = 121;
/** Bit of a step's alerts by each of them. */
export const ALERT_BIT = { served: 1, stated: 2, followed: 4 } as const;
export type AlertedBy = keyof typeof ALERT_BIT;
const BY = ["served", "stated", "followed"] as const;
/** Rows, spikes, then alerts and spikes among them of each of `BY`. */
const WIDTH = 2 + 2 * BY.length;

/** Counts of labelled steps. */
export interface AlertConfusion {
  readonly tp: number;
  readonly fp: number;
  readonly fn: number;
  readonly tn: number;
}

/** The labelled steps of a window. */
export interface CountedAlerts {
  /** Step that the window's first block begins with. */
  readonly fromStep: number;
  readonly rows: number;
  readonly confusion: Readonly<Record<AlertedBy, AlertConfusion>>;
}

export class AlertCounts {
  private readonly stepMs: number;
  /** Number of the block in each place; −1 for none. */
  private readonly number: Float64Array;
  private readonly counts: Uint32Array;

  constructor(stepMs: number) {
    this.stepMs = stepMs;
    this.number = new Float64Array(MAX_BLOCKS).fill(-1);
    this.counts = new Uint32Array(MAX_BLOCKS * WIDTH);
  }

  /** The arrays for storage. */
  get arrays(): readonly [Float64Array, Uint32Array] {
    return [this.number, this.counts];
  }

  /** Takes stored arrays. Throws `RangeError` for another size. */
  load([number, counts]: readonly ArrayLike<number>[]): void {
    if (number?.length !== MAX_BLOCKS || counts?.length !== MAX_BLOCKS * WIDTH) {
      throw new RangeError(`alert counts: got ${number?.length} blocks, expected ${MAX_BLOCKS}`);
    }
    this.number.set(number);
    this.counts.set(counts);
  }

  /** Adds a step's label. @param alerts bits of `ALERT_BIT`. */
  add(index: number, label: 0 | 1, alerts: number): void {
    const block = this.blockOf(index);
    const place = block % MAX_BLOCKS;
    const at = place * WIDTH;
    if (this.number[place] !== block) {
      // A label that comes long after its block left the window.
      if (this.number[place]! > block) return;
      this.number[place] = block;
      this.counts.fill(0, at, at + WIDTH);
    }
    this.counts[at]! += 1;
    this.counts[at + 1]! += label;
    BY.forEach((by, i) => {
      if ((alerts & ALERT_BIT[by]) === 0) return;
      this.counts[at + 2 + 2 * i]! += 1;
      this.counts[at + 3 + 2 * i]! += label;
    });
  }

  /** Sums over the blocks of the last `hours`, whole ones and the newest. @param lastStep the newest closed step. */
  window(hours: number, lastStep: number): CountedAlerts {
    const newest = this.blockOf(lastStep);
    const first = Math.max(0, newest - (hours * 3_600_000) / BLOCK_MS);
    const sums = new Float64Array(WIDTH);
    this.number.forEach((block, place) => {
      if (block < first || block > newest) return;
      for (let i = 0; i < WIDTH; i++) sums[i]! += this.counts[place * WIDTH + i]!;
    });
    const [rows, positives] = [sums[0]!, sums[1]!];
    const confusion = Object.fromEntries(
      BY.map((by, i) => {
        const [alerts, tp] = [sums[2 + 2 * i]!, sums[3 + 2 * i]!];
        return [by, { tp, fp: alerts - tp, fn: positives - tp, tn: rows - alerts - positives + tp }];
      }),
    ) as CountedAlerts["confusion"];
    return { fromStep: Math.ceil((first * BLOCK_MS) / this.stepMs), rows, confusion };
  }

  private blockOf(index: number): number {
    return Math.floor((index * this.stepMs) / BLOCK_MS);
  }
}
