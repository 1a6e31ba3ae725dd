// Intervals of means over rows, and of their differences, by the same draw of blocks as all other figures.
import { SeededRandom } from "../../../src/features/seeded-random.ts";
import type { Figure } from "../../../src/model/manifest-evaluation.ts";
import { blockInterval } from "../../../src/quality/block-interval.ts";
import { drawBlocks } from "../../../src/quality/draw-blocks.ts";
import { countBlocks } from "./count-blocks.ts";

export interface BootstrapMeans {
  /** Mean of each series with its 95 % interval; `null` with fewer than two blocks. */
  readonly means: readonly (Figure | null)[];
  /** Mean of series a minus mean of series b on the same resamples. */
  readonly paired: (a: number, b: number) => Figure | null;
}

/**
 * @param series finite values, one per row in each; @param blocks block of each row, from 0 without gaps.
 * @param labels only for drawing: the resamples of `bootstrapFigures` with the same seed are the same.
 */
export function bootstrapMeans(
  series: readonly Float64Array[],
  labels: Uint8Array,
  blocks: Int32Array,
  { resamples, seed }: { readonly resamples: number; readonly seed: number },
): BootstrapMeans {
  const blockCount = blocks.reduce((max, b) => Math.max(max, b + 1), 0);
  const counts = countBlocks(labels, blocks, blockCount);
  const sums = series.map((values) => {
    const perBlock = new Float64Array(blockCount);
    values.forEach((x, i) => (perBlock[blocks[i]!]! += x));
    return perBlock;
  });
  const whole = sums.map((perBlock) => perBlock.reduce((a, b) => a + b, 0) / labels.length);
  const times = new Int32Array(blockCount);
  const random = new SeededRandom(`block-bootstrap:${seed}`);
  const drawn: number[][] = series.map(() => []);
  for (let r = 0; blockCount >= 2 && r < resamples; r++) {
    if (!drawBlocks(random, counts, times)) continue;
    const rows = times.reduce((n, t, b) => n + t * counts.rows[b]!, 0);
    sums.forEach((perBlock, s) => drawn[s]!.push(perBlock.reduce((sum, x, b) => sum + times[b]! * x, 0) / rows));
  }
  return {
    means: whole.map((value, s) => blockInterval(value, Float64Array.from(drawn[s]!), blockCount)),
    paired: (a, b) =>
      blockInterval(
        whole[a]! - whole[b]!,
        Float64Array.from(drawn[a]!, (x, r) => x - drawn[b]![r]!),
        blockCount,
      ),
  };
}
