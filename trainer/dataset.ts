// Ticks to labelled feature rows, through the same engine that the gateway runs: one engine per symbol, rows of all
// symbols in one order of time. What may be trained on is decided here; how it is split is left to split.ts.
import { ClosedSteps, FLAG } from "../src/features/closed-steps.ts";
import { DEFAULT_ENGINE_CONFIG, type EngineConfig, FeatureEngine } from "../src/features/feature-engine.ts";
import { LABEL } from "../src/features/label-window.ts";
import { PackedTicks, TICK_FIELDS } from "../src/features/packed-ticks.ts";
import type { Tick } from "../src/features/tick.ts";
import { LabelledRows } from "./labelled-rows.ts";
import { PendingRows } from "./pending-rows.ts";

/** Ticks handed to the engine at once; the result does not depend on it. */
const CHUNK_TICKS = 4096;

/** What became of the ticks and steps. */
export interface Tally {
  /** Ticks given, and those of them that the grid did not apply. */
  ticks: number;
  duplicate: number;
  late: number;
  outlier: number;
  /** Closed steps, and segments they fall into. */
  steps: number;
  segments: number;
  /** Steps that could be predicted and count (observed, not stale, with a threshold), by how they ended. */
  eligible: number;
  spike: number;
  calm: number;
  /** Their horizon has too many holes: counted, never used. */
  void: number;
  /** Their segment or the data ended before their label. */
  undecided: number;
}

export interface Dataset {
  readonly config: EngineConfig;
  /** Upper-cased, sorted. */
  readonly symbols: readonly string[];
  /** In order of time. */
  readonly rows: LabelledRows;
  readonly tally: Readonly<Tally>;
}

/**
 * Labelled rows of ticks that are sorted by `tsMs`. A label belongs to the step `horizonSteps` before the one that
 * decided it, in the same segment.
 * @throws Error when a label and its row do not lie a horizon apart: a bug here or in the engine.
 */
export function buildDataset(ticks: readonly Tick[], config: EngineConfig = DEFAULT_ENGINE_CONFIG): Dataset {
  const bySymbol = new Map<string, PackedTicks>();
  for (const tick of ticks) {
    let packed = bySymbol.get(tick.symbol);
    if (packed === undefined) bySymbol.set(tick.symbol, (packed = new PackedTicks(1024)));
    packed.add(tick);
  }
  const symbols = [...bySymbol.keys()].sort();
  const tally: Tally = {
    ticks: ticks.length,
    duplicate: 0,
    late: 0,
    outlier: 0,
    steps: 0,
    segments: 0,
    eligible: 0,
    spike: 0,
    calm: 0,
    void: 0,
    undecided: 0,
  };
  const rows = new LabelledRows(4096);
  symbols.forEach((name, symbol) => collect(bySymbol.get(name)!.rows(), symbol, config, rows, tally));
  return { config, symbols, rows: rows.sortedByTime(), tally };
}

/** Runs one symbol's packed ticks through an engine and adds its labelled rows. */
function collect(packed: Float64Array, symbol: number, config: EngineConfig, rows: LabelledRows, tally: Tally): void {
  const engine = new FeatureEngine(config);
  const steps = new ClosedSteps(1, CHUNK_TICKS);
  const verdicts = new Uint8Array(CHUNK_TICKS);
  const pending = new PendingRows(config.label.horizonSteps);
  for (let at = 0; at < packed.length; at += CHUNK_TICKS * TICK_FIELDS) {
    steps.clear();
    engine.process(packed.subarray(at, at + CHUNK_TICKS * TICK_FIELDS), steps, verdicts);
    for (let k = 0; k < steps.count; k++) {
      if ((steps.flags[k]! & FLAG.segmentStart) !== 0) {
        tally.undecided += pending.reset();
        tally.segments += 1;
      }
      resolve(steps, k, pending, { stepMs: config.grid.stepMs, segment: tally.segments - 1, symbol }, rows, tally);
      pending.put(steps, k);
    }
  }
  tally.undecided += pending.reset();
  tally.steps += engine.stepsClosed;
  tally.duplicate += engine.totals.duplicate;
  tally.late += engine.totals.late;
  tally.outlier += engine.totals.outlier;
  tally.eligible = tally.spike + tally.calm + tally.void + tally.undecided;
}

/** Joins the label that entry k decided to the row that is due. */
function resolve(
  steps: ClosedSteps,
  k: number,
  pending: PendingRows,
  place: { readonly stepMs: number; readonly segment: number; readonly symbol: number },
  rows: LabelledRows,
  tally: Tally,
): void {
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
    tally.void += 1;
    return;
  }
  if (label === LABEL.spike) tally.spike += 1;
  else tally.calm += 1;
  rows.add(pending, slot, place, label === LABEL.spike ? 1 : 0);
}
