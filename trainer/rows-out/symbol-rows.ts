// One symbol's ticks to finished rows, with the gateway's own engine. A row is finished when its horizon has ended, or
// its segment, or the ticks.
import { type ClosedSteps, FLAG } from "../../src/features/closed-steps.ts";
import { type EngineConfig, FeatureEngine } from "../../src/features/feature-engine.ts";
import { labelSpecText } from "../../src/features/label-spec.ts";
import { LABEL, type Label } from "../../src/features/label-window.ts";
import { PackedTicks } from "../../src/features/packed-ticks.ts";
import { ROWS, type RowName } from "../../src/features/schema.ts";
import type { Tick } from "../../src/features/tick.ts";
import { blankRow, type FinishedRow } from "./finished-row.ts";
import { SpikeEpisodes } from "./spike-episodes.ts";
import type { SymbolState } from "./symbol-state.ts";
import { WaitingRows } from "./waiting-rows.ts";

/** One tick can close 300 steps: the engine stops after about this many, so that memory stays bounded. */
const MOST_STEPS = 4096;

export type TakeRow = (row: FinishedRow) => void;

/** Takes ticks in order of time, and hands on a row for each closed step, in order of time too. */
export class SymbolRows {
  private engine: FeatureEngine;
  private readonly config: EngineConfig;
  private readonly rowName: RowName;
  private readonly waiting: WaitingRows;
  private readonly episodes: SpikeEpisodes;
  private readonly stepMs: number;
  private readonly row: FinishedRow;
  private readonly take: TakeRow;
  private segment = NaN;
  /** Time of the first tick. */
  private firstMs = Infinity;

  /** @param take is called with an object that the next row overwrites. */
  constructor(config: EngineConfig, row: RowName, take: TakeRow) {
    const { grid, label } = config;
    this.config = config;
    this.rowName = row;
    this.engine = new FeatureEngine(config);
    this.waiting = new WaitingRows(label.horizonSteps, row);
    this.episodes = new SpikeEpisodes(label.horizonSteps, grid.stepMs);
    this.stepMs = grid.stepMs;
    this.row = blankRow(ROWS[row].length);
    this.take = take;
  }

  /** No row that is still to be finished ends before; `Infinity` before the first tick. */
  get waitsFromMs(): number {
    return this.waiting.count > 0 ? (this.waiting.oldestStep + 1) * this.stepMs : this.firstMs;
  }

  /** Whether every row before a time is finished, whatever ticks still come. */
  hasFinished(timeMs: number): boolean {
    return this.waiting.count > 0 && this.waitsFromMs >= timeMs;
  }

  /**
   * @param scratch is overwritten; it may be shared by all symbols.
   * @throws Error when a label and its row do not lie a horizon apart: a bug here or in the engine.
   */
  add(ticks: readonly Tick[], scratch: ClosedSteps): void {
    if (this.firstMs === Infinity) this.firstMs = ticks[0]?.tsMs ?? Infinity;
    for (let from = 0; from < ticks.length;) {
      const areJudged = ticks[from]!.isJudged === true;
      const packed = new PackedTicks(ticks.length - from);
      for (; from < ticks.length && (ticks[from]!.isJudged === true) === areJudged; from++) packed.add(ticks[from]!);
      this.engine.areJudged = areJudged;
      this.process(packed, scratch);
    }
  }

  /** Hands on the rows whose horizon has not ended. Nothing may be added after this. */
  end(): void {
    this.finishAll();
  }

  /** Everything that further rows depend on; with the margin under which the ticks were taken. */
  save(symbol: string, quoteMarginPercent: number): SymbolState {
    const marks = Float64Array.of(this.segment, this.firstMs, ...this.episodes.save());
    const { rowName: row, engine, waiting } = this;
    return { symbol, quoteMarginPercent, row, engine: engine.save(), marks, waiting: waiting.save() };
  }

  /** Goes on from a state. Throws `Error` for one of another row, grid or label, and for damaged bytes. */
  load({ row, engine, marks, waiting }: SymbolState): void {
    const loaded = FeatureEngine.load(engine);
    if (row !== this.rowName) throw new RangeError(`got a state of rows ${row}, expected ${this.rowName}`);
    const [got, expected] = [loaded.config, this.config].map(({ grid, label }) => {
      return `${grid.stepMs} ms ${labelSpecText(label)}`;
    });
    if (got !== expected) throw new RangeError(`got a state of "${got}", expected "${expected}"`);
    this.engine = loaded;
    this.waiting.load(waiting);
    this.segment = marks[0]!;
    this.firstMs = marks[1]!;
    this.episodes.load([marks[2]!, marks[3]!]);
  }

  private process(packed: PackedTicks, steps: ClosedSteps): void {
    const rows = packed.rows();
    const verdicts = new Uint8Array(packed.count);
    for (let next = 0; next < packed.count;) {
      steps.clear();
      next = this.engine.process(rows, steps, verdicts, next, MOST_STEPS).next;
      for (let k = 0; k < steps.count; k++) this.closed(steps, k);
    }
  }

  private closed(steps: ClosedSteps, k: number): void {
    const { waiting } = this;
    if ((steps.flags[k]! & FLAG.segmentStart) !== 0) {
      this.finishAll();
      this.segment = steps.index[k]!;
    }
    if (waiting.isFull) {
      const distance = steps.index[k]! - waiting.oldestStep;
      if (distance !== waiting.horizonSteps) {
        throw new Error(`label join: a label at distance ${distance}, expected ${waiting.horizonSteps}`);
      }
      this.finish(steps.label[k]! as Label, steps.horizonVolatility[k]!);
    }
    waiting.put(steps, k);
  }

  private finishAll(): void {
    while (this.waiting.count > 0) this.finish(LABEL.none, NaN);
  }

  private finish(label: Label, horizonVolatility: number): void {
    const { row } = this;
    const isUsable = this.waiting.take(row);
    row.timeMs = (row.step + 1) * this.stepMs;
    row.segment = this.segment;
    row.label = label;
    row.horizonVolatility = horizonVolatility;
    row.eligible = isUsable && (label === LABEL.calm || label === LABEL.spike);
    row.episode = row.eligible && label === LABEL.spike ? this.episodes.update(row.step, row.timeMs) : NaN;
    this.take(row);
  }
}
