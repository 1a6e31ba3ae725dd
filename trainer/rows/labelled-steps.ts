// Turns one symbol's ticks into labelled rows, with the gateway's own engine. Each row waits for its label.
import { ClosedSteps, FLAG } from "../../src/features/closed-steps.ts";
import { type EngineConfig, FeatureEngine } from "../../src/features/feature-engine.ts";
import { LABEL } from "../../src/features/label-window.ts";
import { ObservedShare } from "../../src/features/observed-share.ts";
import { PackedTicks } from "../../src/features/packed-ticks.ts";
import { epsilonOf } from "../../src/features/schema.ts";
import type { Tick } from "../../src/features/tick.ts";
import type { LabelledRows } from "./labelled-rows.ts";
import { PendingRows } from "./pending-rows.ts";
import type { Tally } from "./tally.ts";

/** Ticks handed to the engine at once; the result does not depend on it. */
const CHUNK_TICKS = 4096;

/** Where rows and counts of all symbols are gathered. */
export interface Gathered {
  readonly rows: LabelledRows;
  readonly tally: Tally;
}

/** Takes the ticks of one symbol in order of time and adds its rows, each when its label is decided. */
export class LabelledSteps {
  private readonly symbol: number;
  private readonly stepMs: number;
  private readonly gathered: Gathered;
  private readonly engine: FeatureEngine;
  private readonly pending: PendingRows;
  private readonly leastVolatility: number;
  /** The share of all time that has a price, on coarser steps too. */
  readonly observedShare: ObservedShare;
  private lastMs = NaN;
  private readonly steps: ClosedSteps;
  private readonly verdicts = new Uint8Array(CHUNK_TICKS);
  private ticks = new PackedTicks(CHUNK_TICKS);
  private segment = -1;
  private areJudged = false;

  /** @param symbol its place in the dataset's list. */
  constructor(config: EngineConfig, symbol: number, gathered: Gathered) {
    this.symbol = symbol;
    this.stepMs = config.grid.stepMs;
    this.gathered = gathered;
    this.engine = new FeatureEngine(config);
    const { names } = gathered.rows;
    this.pending = new PendingRows(config.label.horizonSteps, names);
    this.steps = new ClosedSteps(1, CHUNK_TICKS, names);
    this.observedShare = new ObservedShare(config.grid.stepMs, Infinity);
    this.leastVolatility = epsilonOf(config.label.horizonSteps);
  }

  add(tick: Tick): void {
    const areJudged = tick.isJudged === true;
    if (areJudged !== this.areJudged) {
      this.process();
      this.engine.areJudged = areJudged;
      this.areJudged = areJudged;
    }
    this.ticks.add(tick);
    if (tick.tsMs > this.lastMs) this.observedShare.update(tick.tsMs - this.lastMs);
    this.lastMs = this.lastMs >= tick.tsMs ? this.lastMs : tick.tsMs;
    if (this.ticks.count === CHUNK_TICKS) this.process();
  }

  /** Processes the remaining ticks; nothing may be added after this. */
  end(): void {
    this.process();
    const { engine, gathered } = this;
    gathered.tally.undecided += this.pending.reset();
    gathered.tally.steps += engine.stepsClosed;
    gathered.tally.flat += engine.flatSteps(0);
    gathered.tally.duplicate += engine.totals.duplicate;
    gathered.tally.late += engine.totals.late;
    gathered.tally.outlier += engine.totals.outlier;
    gathered.tally.priceOutlier += engine.totals.priceOutlier;
  }

  private process(): void {
    const { steps, pending, gathered } = this;
    steps.clear();
    this.engine.process(this.ticks.rows(), steps, this.verdicts);
    this.ticks = new PackedTicks(CHUNK_TICKS);
    for (let k = 0; k < steps.count; k++) {
      if ((steps.flags[k]! & FLAG.segmentStart) !== 0) {
        gathered.tally.undecided += pending.reset();
        this.segment = gathered.tally.segments++;
      }
      this.resolve(k);
      pending.put(steps, k);
    }
  }

  /** Joins the label that entry k decided to the row that is due. */
  private resolve(k: number): void {
    const { steps, pending, gathered } = this;
    const { slot } = pending;
    if (pending.eligible[slot] === 0) return;
    const label = steps.label[k]!;
    const distance = steps.index[k]! - pending.index[slot]!;
    if (label === LABEL.none || distance !== pending.horizonSteps) {
      throw new Error(
        `label join: label ${label} at distance ${distance}, expected a label ${pending.horizonSteps} later`,
      );
    }
    if (label === LABEL.void) {
      gathered.tally.void += 1;
      return;
    }
    if (label === LABEL.spike) gathered.tally.spike += 1;
    else gathered.tally.calm += 1;
    gathered.rows.add(
      pending,
      slot,
      { stepMs: this.stepMs, segment: this.segment, symbol: this.symbol },
      {
        label: label === LABEL.spike ? 1 : 0,
        ratio: Math.max(steps.horizonVolatility[k]!, this.leastVolatility) / pending.tau[slot]!,
      },
    );
  }
}
