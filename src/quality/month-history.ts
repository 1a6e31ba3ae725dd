// Thirty days in blocks of six hours: blocks that can still change are open, all others are packed.
import { type Page, decodePageOf, encodePage } from "../features/page-buffer.ts";
import { MonthBlock } from "./month-block.ts";
import type { SeriesCatalogue } from "./series-catalogue.ts";

/** Length of a block. */
const MONTH_BLOCK_MS = 21_600_000;
/** Blocks before the newest one. */
export const MONTH_BLOCKS = 120;

const KIND = "quality-month 2";
const KIND_1 = "quality-month 1";

/** Blocks by number: floor(index · Δ / six hours). */
export class MonthHistory {
  private readonly blockSteps: number;
  private readonly packed = new Map<number, Uint8Array>();
  private readonly open = new Map<number, MonthBlock>();
  private readonly dirty = new Set<number>();
  /** Blocks that may still get labels, or did when they were stored. */
  private readonly unsealed = new Set<number>();
  private newest = -1;

  /** @param stepMs length of a step; a step longer than six hours has a block to itself. */
  constructor(stepMs: number) {
    this.blockSteps = Math.max(1, Math.round(MONTH_BLOCK_MS / stepMs));
  }

  /** Bytes of packed and open blocks. */
  get sizeBytes(): number {
    let bytes = 0;
    for (const packed of this.packed.values()) bytes += packed.byteLength;
    for (const block of this.open.values()) bytes += block.sizeBytes;
    return bytes;
  }

  blockOf(index: number): number {
    return Math.floor(index / this.blockSteps);
  }

  /** First step of a block. */
  firstStep(block: number): number {
    return block * this.blockSteps;
  }

  /** The open block of a step; `undefined` when the step is too old. */
  at(index: number, catalogue: SeriesCatalogue): MonthBlock | undefined {
    const number = this.blockOf(index);
    if (number < this.newest - MONTH_BLOCKS) return undefined;
    this.dirty.add(number);
    const known = this.open.get(number);
    if (known !== undefined) return known;
    const packed = this.packed.get(number);
    const block = packed === undefined ? new MonthBlock() : MonthBlock.unpack(packed);
    this.packed.delete(number);
    block.adopt(catalogue);
    this.open.set(number, block);
    this.unsealed.add(number);
    return block;
  }

  /** Prepares open blocks for the models now in use. */
  adopt(catalogue: SeriesCatalogue): void {
    for (const [number, block] of this.open) {
      block.adopt(catalogue);
      this.dirty.add(number);
    }
  }

  /** Drops blocks more than thirty days before this step. */
  advance(index: number): void {
    const number = this.blockOf(index);
    if (number <= this.newest) return;
    this.newest = number;
    for (const blocks of [this.packed, this.open]) {
      for (const old of blocks.keys()) if (old < number - MONTH_BLOCKS) blocks.delete(old);
    }
  }

  /** Packs the blocks that end before this step, the oldest step that may still be resolved. */
  pack(oldestPending: number): void {
    for (const number of this.unsealed) {
      if (this.firstStep(number + 1) > oldestPending) continue;
      this.unsealed.delete(number);
      const block = this.look(number);
      if (block === undefined) continue;
      this.packed.set(number, block.pack(true));
      this.open.delete(number);
      this.dirty.add(number);
    }
  }

  /** A block for reading; `undefined` if nothing was scored in it. */
  look(number: number): MonthBlock | undefined {
    const packed = this.packed.get(number);
    return packed === undefined ? this.open.get(number) : MonthBlock.unpack(packed);
  }

  /** The blocks that changed since the last call. */
  dirtyPages(catalogue: string): Page[] {
    const pages: Page[] = [];
    for (const number of [...this.dirty].sort((a, b) => a - b)) {
      const bytes = this.packed.get(number) ?? this.open.get(number)?.pack();
      if (bytes === undefined) continue;
      const id = `quality-month:${number % (MONTH_BLOCKS + 1)}`;
      pages.push({ id, bytes: encodePage(KIND, { numbers: { catalogue, number }, arrays: [bytes] }) });
    }
    this.dirty.clear();
    return pages;
  }

  /**
   * Loads a stored block and returns its catalogue. Call `advance` after the last one. Throws `StateFormatError` or
   * `RangeError` for a page of another shape.
   */
  load(buffer: ArrayBuffer): string {
    const { kind, numbers, arrays } = decodePageOf([KIND, KIND_1], buffer);
    const number = Number(numbers["number"]);
    const bytes = arrays[0];
    if (!(bytes instanceof Uint8Array) || !(Number.isInteger(number) && number >= 0)) {
      throw new RangeError(`page ${kind}: got block ${number} in ${arrays.length} arrays, expected bytes`);
    }
    const block = kind === KIND ? MonthBlock.unpack(bytes) : MonthBlock.unpack1(bytes);
    this.packed.set(number, kind === KIND ? bytes : block.pack());
    this.unsealed.add(number);
    return String(numbers["catalogue"]);
  }

  /** The newest step in the range of the blocks; −1 without a block. */
  get lastStep(): number {
    return this.firstStep(Math.max(-1, ...this.packed.keys(), ...this.open.keys()) + 1) - 1;
  }
}
