// What an evaluation hands to `jackknifeFigures`: several models' probabilities for the same rows.

/** One model's probabilities, from 0 to 1, one per row, as its ONNX graph gave them. */
export interface ModelPredictions {
  readonly name: string;
  readonly probabilities: Float32Array;
  /** Least probability at which it alerts; one per row where each fold has its own. */
  readonly threshold: number | Float64Array;
}

/** Rows in any order. */
export interface PredictionSet {
  /** 1 spike, 0 calm. */
  readonly labels: Uint8Array;
  /** Block of each row, numbered from 0 without gaps (see `assignBlocks`). */
  readonly blocks: Int32Array;
  readonly models: readonly ModelPredictions[];
}

/**
 * Number of blocks of a set.
 * @throws RangeError when a length, a block number, a label or a probability is not what it must be, or a name comes
 * twice.
 */
export function checkPredictionSet({ labels, blocks, models }: PredictionSet): number {
  if (blocks.length !== labels.length) {
    throw new RangeError(`blocks: got ${blocks.length} values, expected one for each of ${labels.length} labels`);
  }
  const count = blocks.reduce((max, b) => Math.max(max, b + 1), 0);
  const seen = new Uint8Array(count);
  blocks.forEach((b, k) => {
    if (b < 0) throw new RangeError(`blocks[${k}]: got ${b}, expected a number from 0`);
    seen[b] = 1;
  });
  const gap = seen.indexOf(0);
  if (gap >= 0) throw new RangeError(`blocks: got no row of block ${gap}, expected numbers without gaps`);
  const label = labels.findIndex((y) => y > 1);
  if (label >= 0) throw new RangeError(`labels[${label}]: got ${labels[label]}, expected 0 or 1`);
  if (new Set(models.map((model) => model.name)).size !== models.length) {
    throw new RangeError(`models: got ${models.map((model) => model.name).join()}, expected different names`);
  }
  for (const { name, probabilities, threshold } of models) {
    const lengths = [probabilities.length, typeof threshold === "number" ? labels.length : threshold.length];
    if (lengths.some((length) => length !== labels.length)) {
      throw new RangeError(`${name}: got ${lengths.join(" and ")} values, expected ${labels.length}`);
    }
    const wrong = probabilities.findIndex((p) => !(p >= 0 && p <= 1));
    if (wrong >= 0) {
      throw new RangeError(
        `${name}.probabilities[${wrong}]: got ${probabilities[wrong]}, expected a number from 0 to 1`,
      );
    }
  }
  return count;
}
