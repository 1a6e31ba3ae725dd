// One model's rows in the order of their scores, laid out so that figures without some of them cost one walk and
// no sort.
import { descendingOrder } from "../metrics/descending-order.ts";

export interface RankFigures {
  /** Average precision and ROC-AUC; `NaN` unless both outcomes are there. */
  prAuc: number;
  rocAuc: number;
}

/**
 * Rows sorted once. Only the block of each row is kept, in three kinds of stretches that follow one another: calm rows
 * whose score no spike has, then the spikes of one score, then the calm rows tied with them.
 */
export class RankedRows {
  private readonly blocks: Uint16Array | Int32Array;
  /** Per score that a spike has: where its calm predecessors, its spikes and its tied calm rows end. */
  private readonly ends: Int32Array;

  /** Throws `RangeError` for a `NaN` score. */
  constructor(labels: Uint8Array, scores: Float32Array, blocks: Int32Array, blockCount: number) {
    const order = descendingOrder(scores);
    const walk = blockCount <= 65_536 ? new Uint16Array(order.length) : new Int32Array(order.length);
    const ends: number[] = [];
    let at = 0;
    for (let i = 0; i < order.length;) {
      const from = i;
      const score = scores[order[i]!]!;
      let spikes = 0;
      for (; i < order.length && scores[order[i]!] === score; i++) spikes += labels[order[i]!]!;
      let spikeAt = at;
      let calmAt = at + spikes;
      for (let j = from; j < i; j++) walk[labels[order[j]!] === 1 ? spikeAt++ : calmAt++] = blocks[order[j]!]!;
      if (spikes > 0) ends.push(at, at + spikes, i);
      at = i;
    }
    this.blocks = walk;
    this.ends = Int32Array.from(ends);
  }

  /**
   * The figures of the rows with every block taken as often as `times` says: exactly those of the physically repeated
   * rows. With T rows and H spikes from the top down to a score, average precision is Σ h · H / T over the scores, h
   * their own spikes, divided by all spikes; 1 − ROC-AUC counts, for each spike, the calm rows above it and half of
   * those tied.
   *
   * @param totals rows and spikes of those taken; @param into is overwritten: nothing is allocated.
   */
  figures(times: Int32Array, totals: { readonly rows: number; readonly positives: number }, into: RankFigures): void {
    const { blocks, ends } = this;
    let i = 0;
    let rows = 0;
    let hits = 0;
    let precisionSum = 0;
    let inversions = 0;
    for (let g = 0; g < ends.length; g += 3) {
      const calmEnd = ends[g]!;
      const spikeEnd = ends[g + 1]!;
      const tieEnd = ends[g + 2]!;
      for (; i < calmEnd; i++) rows = (rows + times[blocks[i]!]!) | 0;
      let spikes = 0;
      for (; i < spikeEnd; i++) spikes = (spikes + times[blocks[i]!]!) | 0;
      let tied = 0;
      for (; i < tieEnd; i++) tied = (tied + times[blocks[i]!]!) | 0;
      if (spikes > 0) {
        inversions += spikes * (rows - hits + tied / 2);
        hits += spikes;
        rows += spikes + tied;
        precisionSum += (spikes * hits) / rows;
      } else rows += tied;
    }
    const negatives = totals.rows - totals.positives;
    const both = totals.positives > 0 && negatives > 0;
    into.prAuc = both ? precisionSum / totals.positives : NaN;
    into.rocAuc = both ? 1 - inversions / (totals.positives * negatives) : NaN;
  }
}
