// What a block of rows can gain at most, fixed before its first row: the bound that makes stakes large and safe.
import * as v from "valibot";
import { fields, finiteNumber, type Parsed, wholeNumber } from "../../schemas/schema-values.ts";

/** The budget over the mean of earlier blocks: 97 % of the rows of a year of bars fit in. */
const MARGIN = 1.25;
/**
 * Blocks that the mean is over. Few, so that soon after its beginning a comparison has the budgets that it would have
 * if it had begun earlier: what a backfill counts on.
 */
export const BUDGET_BLOCKS = 2;

/**
 * The largest size of a row's gain (p − y)² − (q − y)² = (p − q)(p + q − 2y) over both labels, known before the label:
 * |p − q| · max(p + q, 2 − p − q), between 0 and 1.
 *
 * Example: 0.3 against 0.1 gains at most 0.2 · 1.6 = 0.32, when the label is 0.
 */
export function gainBound(p: number, q: number): number {
  return Math.abs(p - q) * Math.max(p + q, 2 - p - q);
}

export const blockBudgetSchema = fields({
  /** The block that is being filled; −1 before the first. */
  block: finiteNumber(),
  /** What its rows may gain together, and what those that were taken can. */
  budget: finiteNumber(0),
  taken: finiteNumber(0),
  /** Its rows, taken or not, and the sum of their bounds. */
  rows: wholeNumber(0),
  sum: finiteNumber(0),
  /** Mean bound of a row in each of the last blocks before it, the oldest first. */
  means: v.pipe(v.array(finiteNumber(0), "a list"), v.maxLength(BUDGET_BLOCKS, `at most ${BUDGET_BLOCKS}`)),
});

/** The complete state, for storage. */
export type BlockBudgetState = Parsed<typeof blockBudgetSchema>;

const START: BlockBudgetState = { block: -1, budget: 0, taken: 0, rows: 0, sum: 0, means: [] };

/**
 * Fixes a block's budget from earlier blocks, and takes its rows, in order, only while the sum of their bounds stays
 * within. Whether a row is taken depends on probabilities and on earlier blocks, on no label of its own; so the sum of
 * the gains of the rows that are taken never exceeds the budget in size, and the budget was known before the block.
 * Without earlier blocks each row may gain 1, the most that is possible.
 *
 * Example: after a block whose rows have a bound of 0.04 in the mean, 899 rows get a budget of 44.95.
 */
export class BlockBudget {
  private state: BlockBudgetState;

  constructor(state: BlockBudgetState = START) {
    this.state = state;
  }

  /** The present block's budget; 0 before the first row. */
  get budget(): number {
    return this.state.budget;
  }

  /**
   * Whether the row is taken. Call it for each row, blocks ascending.
   * @param mostRows rows that a block can have; @param bound `gainBound` of the row.
   */
  take(block: number, mostRows: number, bound: number): boolean {
    if (block !== this.state.block) this.begin(block, mostRows);
    const { state } = this;
    const taken = state.taken + bound;
    const fits = taken <= state.budget;
    this.state = { ...state, rows: state.rows + 1, sum: state.sum + bound, taken: fits ? taken : state.taken };
    return fits;
  }

  toJSON(): BlockBudgetState {
    return this.state;
  }

  private begin(block: number, mostRows: number): void {
    const { rows, sum, means: before } = this.state;
    const means = rows > 0 ? [...before, sum / rows].slice(-BUDGET_BLOCKS) : before;
    const mean = means.reduce((total, one) => total + one, 0) / means.length;
    // Two equal models have no bound at all: they gain nothing, and a later difference must not be lost.
    const budget = mostRows * (mean > 0 ? Math.min(MARGIN * mean, 1) : 1);
    this.state = { block, budget, taken: 0, rows: 0, sum: 0, means };
  }
}
