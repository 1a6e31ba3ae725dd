// Ticks to labelled feature rows: one engine per symbol, rows of all symbols in one order of time. What may be trained
// on is decided here; how it is split is left to split.ts.
import { DEFAULT_ENGINE_CONFIG, type EngineConfig } from "../../src/features/feature-engine.ts";
import { LABEL_OBSERVED_SHARE } from "../../src/features/label-on-grid.ts";
import type { RowName } from "../../src/features/schema.ts";
import type { Tick } from "../../src/features/tick.ts";
import { LabelledRows } from "./labelled-rows.ts";
import { LabelledSteps } from "./labelled-steps.ts";
import type { SymbolWeighting } from "./symbol-weighting.ts";
import { newTally, type Tally } from "./tally.ts";

export interface Dataset {
  readonly config: EngineConfig;
  /** Upper-cased, sorted. */
  readonly symbols: readonly string[];
  /** In order of time. */
  readonly rows: LabelledRows;
  readonly tally: Readonly<Tally>;
  /** The smallest step on which hardly a label of any symbol would be void; `undefined` where none is. */
  readonly labelStepMs?: number | undefined;
  /** How much its symbols count in what is fitted (symbol-weights.ts); absent: by their rows. */
  readonly symbolWeights?: SymbolWeighting;
}

/**
 * Takes ticks batch by batch, sorted by `tsMs`, and keeps rows only: its memory grows with the steps, not with the
 * ticks. A label belongs to the step `horizonSteps` before the one that decided it, in the same segment.
 */
export class DatasetBuilder {
  private readonly config: EngineConfig;
  private readonly rows: LabelledRows;
  private readonly tally = newTally();
  private readonly bySymbol = new Map<string, LabelledSteps>();

  /** @param rows the rows whose values are kept: all if left out, which takes 0.5 kB a step. */
  constructor(config: EngineConfig = DEFAULT_ENGINE_CONFIG, rows?: readonly RowName[]) {
    this.config = config;
    this.rows = new LabelledRows(4096, rows);
  }

  /** @throws Error when a label and its row do not lie a horizon apart: a bug here or in the engine. */
  add(ticks: readonly Tick[]): void {
    for (const tick of ticks) {
      let steps = this.bySymbol.get(tick.symbol);
      if (steps === undefined) {
        steps = new LabelledSteps(this.config, this.bySymbol.size, { rows: this.rows, tally: this.tally });
        this.bySymbol.set(tick.symbol, steps);
      }
      steps.add(tick);
    }
    this.tally.ticks += ticks.length;
  }

  /** The dataset; nothing may be added after this. */
  finish(): Dataset {
    const { config, rows, tally, bySymbol } = this;
    for (const steps of bySymbol.values()) steps.end();
    tally.eligible = tally.spike + tally.calm + tally.void + tally.undecided;
    const met = [...bySymbol.keys()];
    const symbols = [...met].sort();
    const places = met.map((name) => symbols.indexOf(name));
    for (let k = 0; k < rows.count; k++) rows.symbol[k] = places[rows.symbol[k]!]!;
    const steps = [...bySymbol.values()].map((one) => one.observedShare.smallestStepMs(LABEL_OBSERVED_SHARE));
    const labelStepMs = steps.reduce((a, b) => (a === undefined || b === undefined ? undefined : Math.max(a, b)), 0);
    return { config, symbols, rows: rows.sortedByTime(), tally, labelStepMs };
  }
}

/** The dataset of ticks that are all in memory. */
export function buildDataset(ticks: readonly Tick[], config: EngineConfig = DEFAULT_ENGINE_CONFIG): Dataset {
  const builder = new DatasetBuilder(config);
  builder.add(ticks);
  return builder.finish();
}
