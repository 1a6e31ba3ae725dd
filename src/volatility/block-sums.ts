// Rows of sums per block of time: the open block exact, and those before it in a ring with half the bytes.
import { SUM_WIDTH } from "./outcome-sums.ts";

export class BlockSums {
  private readonly blockMs: number;
  private readonly slots: number;
  /** Number of the block in each slot, −1 for none, and its sums. */
  private readonly numbers: Float64Array;
  private readonly rows: Float32Array;
  private readonly open = new Float64Array(SUM_WIDTH);
  private openBlock = -1;
  private hasClosed = false;

  /** @param slots closed blocks that are kept. */
  constructor(blockMs: number, slots: number) {
    this.blockMs = blockMs;
    this.slots = slots;
    this.numbers = new Float64Array(slots).fill(-1);
    this.rows = new Float32Array(slots * SUM_WIDTH);
  }

  get sizeBytes(): number {
    return this.numbers.byteLength + this.rows.byteLength + this.open.byteLength;
  }

  /** The block of a time. */
  blockOf(tsMs: number): number {
    return Math.floor(tsMs / this.blockMs);
  }

  /** The row to add to at a time that is not before any other. */
  rowAt(tsMs: number): Float64Array {
    const block = this.blockOf(tsMs);
    if (block !== this.openBlock) this.begin(block);
    return this.open;
  }

  /** Whether a block was closed since the last call. */
  takeClosed(): boolean {
    const { hasClosed } = this;
    this.hasClosed = false;
    return hasClosed;
  }

  /** Sums of the blocks from `from` to `to`, both included. */
  sum(from: number, to: number): Float64Array {
    const total = new Float64Array(SUM_WIDTH);
    for (let slot = 0; slot < this.slots; slot++) {
      const block = this.numbers[slot]!;
      if (block < from || block > to || block === this.openBlock) continue;
      for (let i = 0; i < SUM_WIDTH; i++) total[i]! += this.rows[slot * SUM_WIDTH + i]!;
    }
    if (this.openBlock >= from && this.openBlock <= to) for (let i = 0; i < SUM_WIDTH; i++) total[i]! += this.open[i]!;
    return total;
  }

  /** What is stored of the open block: it changes with every label. */
  get openArrays(): readonly Float64Array[] {
    return [Float64Array.of(this.openBlock), this.open];
  }

  /** What is stored of the closed ones: it changes when a block closes. */
  get closedArrays(): readonly (Float64Array | Float32Array)[] {
    return [this.numbers, this.rows];
  }

  /** Restores arrays. Throws `RangeError` for those of another size. */
  loadOpen([block, open]: readonly ArrayLike<number>[]): void {
    requireLength(open, SUM_WIDTH);
    this.openBlock = block?.[0] ?? -1;
    this.open.set(open);
  }

  loadClosed([numbers, rows]: readonly ArrayLike<number>[]): void {
    requireLength(numbers, this.slots);
    requireLength(rows, this.slots * SUM_WIDTH);
    this.numbers.set(numbers);
    this.rows.set(rows);
  }

  private begin(block: number): void {
    if (this.openBlock >= 0) {
      const slot = this.openBlock % this.slots;
      this.numbers[slot] = this.openBlock;
      this.rows.set(this.open, slot * SUM_WIDTH);
      this.hasClosed = true;
    }
    this.openBlock = block;
    this.open.fill(0);
  }
}

function requireLength(array: ArrayLike<number> | undefined, length: number): asserts array is ArrayLike<number> {
  if (array?.length !== length) throw new RangeError(`sums: got ${array?.length ?? 0} numbers, expected ${length}`);
}
