// A rival's gain in squared error over the champion, block by block: the input of the rules that promote and demote.
import { type Page, decodePageOf, encodePage } from "../features/page-buffer.ts";
import { parseOrThrow } from "../schemas/parse-or-throw.ts";
import { BlockBudget, blockBudgetSchema, gainBound } from "./evidence/block-budget.ts";
import type { BlockGain, PairRole } from "./quality-series.ts";
import { BLOCK_STEPS, blockOf } from "./step-ring.ts";

const DAYS_30_MS = 2_592_000_000;
/** Blocks of one page: a day of seconds. */
const CHUNK_BLOCKS = 96;
const MAX_CHUNKS = 31;
/** Guards are asked every quarter of an hour: what is older is decided. */
const GUARD_CHUNKS = 3;
const KIND = "quality-gains 2";
/** Without bounds. */
const KIND_1 = "quality-gains 1";
const PAGES = {
  challenger: "quality-gains",
  predecessor: "quality-gains-predecessor",
  reference: "quality-gains-reference",
} as const satisfies Record<PairRole, string>;

/** A range of blocks that is written and dropped as a unit. */
class Chunk {
  readonly gains = new Float64Array(CHUNK_BLOCKS);
  readonly bets = new Float64Array(CHUNK_BLOCKS);
  readonly bounds = new Float64Array(CHUNK_BLOCKS);
  readonly rows = new Uint16Array(CHUNK_BLOCKS);
  readonly positives = new Uint16Array(CHUNK_BLOCKS);
  readonly episodes = new Uint16Array(CHUNK_BLOCKS);

  get arrays() {
    return [this.gains, this.rows, this.positives, this.episodes, this.bets, this.bounds] as const;
  }

  /** Of blocks without bounds each row can gain 1, the most that is possible. */
  boundByRows(): void {
    this.bets.set(this.gains);
    this.bounds.set(this.rows);
  }
}

/** A step that both scored, with its label. */
interface ScoredStep {
  readonly index: number;
  readonly horizonSteps: number;
  readonly champion: number;
  readonly rival: number;
  readonly label: 0 | 1;
  /** Number of the spike's episode, −1 for a calm step. */
  readonly episode: number;
}

/** Gains of one pair: thirty days of the challenger's, some days of others. A new pair begins without gains. */
export class PairGains {
  readonly role: PairRole;
  private readonly slots: number;
  private readonly chunks = new Map<number, Chunk>();
  private readonly dirty = new Set<number>();
  private pairNumber = 0;
  private lastEpisode = -1;
  private budget = new BlockBudget();

  constructor(stepMs: number, role: PairRole = "challenger") {
    this.role = role;
    const most = role === "challenger" ? MAX_CHUNKS : GUARD_CHUNKS;
    this.slots = Math.min(most, Math.ceil(DAYS_30_MS / (stepMs * BLOCK_STEPS * CHUNK_BLOCKS)) + 1);
  }

  get sizeBytes(): number {
    const bytes = CHUNK_BLOCKS * (3 * 8 + 3 * 2);
    return this.chunks.size * bytes;
  }

  /** Drops the gains of any other pair. */
  setPair(pairNumber: number): void {
    if (pairNumber === this.pairNumber) return;
    this.pairNumber = pairNumber;
    this.chunks.clear();
    this.dirty.clear();
    this.lastEpisode = -1;
    this.budget = new BlockBudget();
  }

  /**
   * Adds a resolved step. The last horizon of a block is left out, so that labels of two blocks share no tick. The gain
   * is the champion's squared error minus the rival's.
   */
  add({ index, horizonSteps, champion, rival, label, episode }: ScoredStep): void {
    if ((index % BLOCK_STEPS) + horizonSteps >= BLOCK_STEPS) return;
    const block = blockOf(index);
    const chunk = this.chunk(Math.floor(block / CHUNK_BLOCKS));
    const at = block % CHUNK_BLOCKS;
    const [a, b] = [champion - label, rival - label];
    const gain = a * a - b * b;
    chunk.gains[at]! += gain;
    chunk.rows[at]! += 1;
    if (this.budget.take(block, BLOCK_STEPS - horizonSteps, gainBound(champion, rival))) chunk.bets[at]! += gain;
    // The larger where an earlier version, or a page that was lost, began the block.
    chunk.bounds[at] = Math.max(chunk.bounds[at]!, this.budget.budget);
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
        const [betSum, bound] = [chunk.bets[at]!, chunk.bounds[at]!];
        const complete = lastIndex + 1 >= (block + 1) * BLOCK_STEPS;
        gains.push({ block, rows, gainSum, positives, episodes, betSum, bound, complete });
      }
    }
    return gains;
  }

  dirtyPages(catalogue: string): Page[] {
    const { pairNumber, lastEpisode, pagePrefix } = this;
    const budget = JSON.stringify(this.budget);
    const pages = [...this.dirty].map((number) => {
      const numbers = { catalogue, number, pairNumber, lastEpisode, budget };
      const arrays = this.chunks.get(number)!.arrays;
      return { id: `${pagePrefix}${number % this.slots}`, bytes: encodePage(KIND, { numbers, arrays }) };
    });
    this.dirty.clear();
    return pages;
  }

  /** What the ids of this pair's pages begin with. */
  get pagePrefix(): string {
    return `${PAGES[this.role]}:`;
  }

  /**
   * Loads a stored chunk; ignores a chunk of another pair. Call it after `setPair`. Throws `StateFormatError` or
   * `RangeError` for a page of another shape.
   */
  load(buffer: ArrayBuffer): void {
    const { kind, numbers, arrays } = decodePageOf([KIND, KIND_1], buffer);
    const number = Number(numbers["number"]);
    const expected = kind === KIND ? 6 : 4;
    if (!Number.isInteger(number) || arrays.length !== expected || arrays.some((a) => a.length !== CHUNK_BLOCKS)) {
      throw new RangeError(
        `page ${kind}: got chunk ${number} in ${arrays.length} arrays, expected ${expected} of ${CHUNK_BLOCKS}`,
      );
    }
    if (numbers["pairNumber"] !== this.pairNumber) return;
    const chunk = new Chunk();
    arrays.forEach((array, i) => chunk.arrays[i]!.set(array));
    if (kind === KIND) this.loadBudget(String(numbers["budget"]));
    else chunk.boundByRows();
    this.chunks.set(number, chunk);
    this.lastEpisode = Math.max(this.lastEpisode, Number(numbers["lastEpisode"]));
    this.forgetOld(Math.max(...this.chunks.keys()));
  }

  /**
   * The budget that has seen the most goes on: pages come in any order, and an older one may have been written within
   * the same block.
   */
  private loadBudget(text: string): void {
    const refuse = (message: string): Error => new RangeError(message);
    const state = parseOrThrow(blockBudgetSchema, JSON.parse(text), { name: "budget", refuse });
    const known = this.budget.toJSON();
    const isNewer = state.block > known.block || (state.block === known.block && state.rows > known.rows);
    if (isNewer) this.budget = new BlockBudget(state);
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
