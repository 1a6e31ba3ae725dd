// The rows of all symbols, each on its way into files of its own, and the states between two runs.
import { splitKey } from "../../src/features/symbol-name.ts";
import { UserError } from "../../command-line/user-error.ts";
import { ClosedSteps } from "../../src/features/closed-steps.ts";
import type { Tick } from "../../src/features/tick.ts";
import { type DatasetFiles, PartitionFiles } from "./partition-files.ts";
import { RowCounts } from "./row-counts.ts";
import type { StateFiles } from "./state-files.ts";
import { SymbolRows } from "./symbol-rows.ts";
import type { RowsPlan } from "./rows-plan.ts";

/** Takes ticks of all symbols in order of time. */
export class SymbolsRows {
  ticks = 0;
  readonly counts = new Map<string, RowCounts>();
  readonly files: PartitionFiles[] = [];
  private readonly plan: RowsPlan;
  private readonly dataset: DatasetFiles;
  private readonly states: StateFiles | undefined;
  private readonly rows = new Map<string, SymbolRows>();
  private readonly scratch = new ClosedSteps(1, 4096);
  private hasReachedEnd = false;
  /** No tick from here on closes a step of the first day for a symbol that had none since its state was left. */
  private readonly lastHoleMs: number;

  /** Without `states` none are read or left. */
  constructor(plan: RowsPlan, dataset: DatasetFiles, states: StateFiles | undefined) {
    this.plan = plan;
    this.dataset = dataset;
    this.states = states;
    const isWaited = states !== undefined && plan.fromMs > -Infinity;
    this.lastHoleMs = isWaited ? plan.fromMs + (plan.engine.grid.gapSteps + 1) * plan.engine.grid.stepMs : -Infinity;
  }

  async add(ticks: readonly Tick[]): Promise<void> {
    const { toMs } = this.plan;
    this.ticks += ticks.length;
    if (this.hasReachedEnd || !ticks.some(({ tsMs }) => tsMs >= toMs)) {
      await this.addAll(ticks);
      return;
    }
    await this.addAll(ticks.filter(({ tsMs }) => tsMs < toMs));
    this.hasReachedEnd = true;
    this.leaveStates();
    await this.addAll(ticks.filter(({ tsMs }) => tsMs >= toMs));
  }

  /** Whether no tick after `tsMs` can change a row that is written. */
  haveFinished(tsMs: number): boolean {
    const { toMs } = this.plan;
    return tsMs >= toMs && tsMs >= this.lastHoleMs && [...this.rows.values()].every((rows) => rows.hasFinished(toMs));
  }

  /** @param isWhole whether the ticks have ended; otherwise what still waits is not written. */
  end(isWhole: boolean): void {
    for (const [symbol, rows] of isWhole ? this.rows : []) {
      const { toMs } = this.plan;
      this.counts.get(symbol)!.endsEarly = toMs < Infinity && !rows.hasFinished(toMs);
      rows.end();
    }
    for (const file of this.files) file.finish();
  }

  /** Gives up the files that are not whole. */
  abandon(): void {
    for (const file of this.files) file.abandon();
  }

  private async addAll(ticks: readonly Tick[]): Promise<void> {
    const { fromMs, engine } = this.plan;
    for (const [symbol, all] of bySymbol(ticks)) {
      const rows = this.rows.get(symbol) ?? this.begin(symbol);
      // A state knows what came before the first day.
      const own = this.counts.get(symbol)?.goesOn === true ? all.filter(({ tsMs }) => tsMs >= fromMs) : all;
      if (own.length === 0) continue;
      // A step ends after its last tick; every row that these ticks finish lies between.
      const lastMs = own.reduce((last, { tsMs }) => Math.max(last, tsMs), -Infinity) + engine.grid.stepMs;
      await this.dataset.served?.load(symbol, Math.min(rows.waitsFromMs, own[0]!.tsMs), lastMs);
      rows.add(own, this.scratch);
    }
  }

  /**
   * Leaves the states of the symbols that had a tick. A symbol without one keeps what a run over its own files has
   * left; where none has, it goes on from where it stood.
   */
  private leaveStates(): void {
    const { states, plan } = this;
    if (states === undefined) return;
    for (const [symbol, rows] of this.rows) states.write(plan.toMs, rows.save(symbol, plan.quoteMarginPercent));
    const { fromMs, toMs, symbol } = plan;
    if (fromMs > -Infinity && symbol === undefined) states.carry(fromMs, toMs, this.rows.keys());
  }

  /** Goes on from the symbol's state at the first day, if any. Throws `UserError` for one that does not fit. */
  private begin(symbol: string): SymbolRows {
    const { fromMs, toMs, quoteMarginPercent: margin } = this.plan;
    const state = fromMs === -Infinity ? undefined : this.states?.read(fromMs, symbol);
    const rows = this.create(symbol, state !== undefined);
    if (state === undefined) return rows;
    try {
      const { quoteMarginPercent: got } = state;
      if (got !== margin) throw new RangeError(`got a state of a quote margin of ${got} %, expected ${margin} %`);
      rows.load(state);
    } catch (error) {
      throw new UserError(`--state: ${symbol}: ${error instanceof Error ? error.message : String(error)}`);
    }
    // Its first tick comes after the last day.
    if (this.hasReachedEnd) this.states?.write(toMs, state);
    return rows;
  }

  private create(symbol: string, goesOn: boolean): SymbolRows {
    const { fromMs, toMs, engine, row } = this.plan;
    const counts = new RowCounts(goesOn);
    // A tick has no venue yet.
    const file = new PartitionFiles(this.dataset, { symbol, venue: splitKey(symbol).venue ?? null });
    const rows = new SymbolRows(engine, row, (finished) => {
      if (finished.timeMs < fromMs) counts.warmUpSteps += 1;
      else if (finished.timeMs < toMs) {
        counts.add(finished);
        file.add(finished);
      }
    });
    this.counts.set(symbol, counts);
    this.files.push(file);
    this.rows.set(symbol, rows);
    return rows;
  }
}

function bySymbol(ticks: readonly Tick[]): Map<string, Tick[]> {
  const groups = new Map<string, Tick[]>();
  for (const tick of ticks) {
    const group = groups.get(tick.symbol);
    if (group === undefined) groups.set(tick.symbol, [tick]);
    else group.push(tick);
  }
  return groups;
}
