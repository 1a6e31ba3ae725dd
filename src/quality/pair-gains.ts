// The challenger's gain in squared error over the champion, block by block for thirty days: the input of the promotion
// rule.
import { type Page, decodePage, encodePage } from "../features/page-buffer.ts";
import type { BlockGain } from "./quality-series.ts";
import { BLOCK_STEPS, blockOf } from "./step-ring.ts";

const DAYS_30_MS = 2_592_000_000;
/** Blocks of one page: a day of seconds. */
const CHUNK_BLOCKS = 96;
const MAX_CHUNKS = 31;
const KIND = "quality-gains 1";

/** A range of blocks that is written and dropped as a unit. */
class Chunk {
  readonly gains = new Float64Array(CHUNK_BLOCKS);
  readonly rows = new Uint16Array(CHUNK_BLOCKS);
  readonly positives = new Uint16Array(CHUNK_BLOCKS);
  readonly episodes = new Uint16Array(CHUNK_BLOCKS);

  get arrays() {
    return [this.gains, this.rows, this.positives, this.episodes] as const;
  }
}

/** Gains of one pair. A new pair begins without gains. */
export class PairGains {
  private readonly slots: number;
  private readonly chunks = new Map<number, Chunk>();
  private readonly dirty = new Set<number>();
  private pairNumber = 0;
  private lastEpisode = -1;

  constructor(stepMs: number) {
    this.slots = Math.min(MAX_CHUNKS, Math.ceil(DAYS_30_MS / (stepMs * BLOCK_STEPS * CHUNK_BLOCKS)) + 1);
  }

  get sizeBytes(): number {
    const bytes = CHUNK_BLOCKS * (8 + 3 * 2);
    return this.chunks.size * bytes;
  }

  /** Drops the gains of any other pair. */
  setPair(pairNumber: number): void {
    if (pairNumber === this.pairNumber) return;
    this.pairNumber = pairNumber;
    this.chunks.clear();
    this.dirty.clear();
    this.lastEpisode = -1;
  }

  /**
   * Adds a resolved step that both scored. The last horizon of a block is left out, so that labels of two blocks share
   * no tick.
   * @param gain the champion's squared error minus the challenger's; @param number of the spike's episode, −1 for a
   * calm step.
   */
  add(index: number, horizonSteps: number, gain: number, episode: number): void {
    if ((index % BLOCK_STEPS) + horizonSteps >= BLOCK_STEPS) return;
    const block = blockOf(index);
    const chunk = this.chunk(Math.floor(block / CHUNK_BLOCKS));
    const at = block % CHUNK_BLOCKS;
    chunk.gains[at]! += gain;
    chunk.rows[at]! += 1;
    if (episode < 0) return;
    chunk.positives[at]! += 1;
    if (episode !== this.lastEpisode) chunk.episodes[at]! += 1;
    this.lastEpisode = episode;
  }

  /** Blocks with a row, ascending. @param lastIndex the newest closed step. */
  blocks(lastIndex: number): BlockGain[] {
    const gains: BlockGain[] = [];
    for (const number of [...this.chunks.keys()].sort((a, b) => a - b)) {
      const chunk = this.chunks.get(number)!;
      for (let at = 0; at < CHUNK_BLOCKS; at++) {
        const rows = chunk.rows[at]!;
        if (rows === 0) continue;
        const block = number * CHUNK_BLOCKS + at;
        const [gainSum, positives, episodes] = [chunk.gains[at]!, chunk.positives[at]!, chunk.episodes[at]!];
        gains.push({ block, rows, gainSum, positives, episodes, complete: lastIndex + 1 >= (block + 1) * BLOCK_STEPS });
      }
    }
    return gains;
  }

  dirtyPages(catalogue: string): Page[] {
    const { pairNumber, lastEpisode } = this;
    const pages = [...this.dirty].map((number) => {
      const numbers = { catalogue, number, pairNumber, lastEpisode };
      const arrays = this.chunks.get(number)!.arrays;
      return { id: `quality-gains:${number % this.slots}`, bytes: encodePage(KIND, { numbers, arrays }) };
    });
    this.dirty.clear();
    return pages;
  }

  /**
   * Loads a stored chunk; ignores a chunk of another pair. Call it after `setPair`. Throws `StateFormatError` or
   * `RangeError` for a page of another shape.
   */
  load(buffer: ArrayBuffer): void {
    const { numbers, arrays } = decodePage(KIND, buffer);
    const number = Number(numbers["number"]);
    if (!Number.isInteger(number) || arrays.length !== 4 || arrays.some((a) => a.length !== CHUNK_BLOCKS)) {
      throw new RangeError(
        `page ${KIND}: got chunk ${number} in ${arrays.length} arrays, expected 4 of ${CHUNK_BLOCKS}`,
      );
    }
    if (numbers["pairNumber"] !== this.pairNumber) return;
    const chunk = new Chunk();
    for (const [i, array] of chunk.arrays.entries()) array.set(arrays[i]!);
    this.chunks.set(number, chunk);
    this.lastEpisode = Math.max(this.lastEpisode, Number(numbers["lastEpisode"]));
    this.forgetOld(Math.max(...this.chunks.keys()));
  }

  private chunk(number: number): Chunk {
    this.dirty.add(number);
    const known = this.chunks.get(number);
    if (known !== undefined) return known;
    this.forgetOld(number);
    const chunk = new Chunk();
    this.chunks.set(number, chunk);
    return chunk;
  }

  private forgetOld(newest: number): void {
    for (const old of this.chunks.keys()) if (old <= newest - this.slots) this.chunks.delete(old);
  }
}
