// How soon live windows detect a market that has changed.
import { type MarketDynamics, REGIME_CHANGE } from "../simulator/simulated-dynamics.ts";
import { simulateTicks, type SimulatorOptions } from "../simulator/simulator.ts";
import type { DriftVerdict } from "../src/drift/drift-verdict.ts";
import type { DriftReference } from "../src/drift/drift-reference.ts";
import type { Dataset } from "../trainer/rows/dataset.ts";
import { share } from "./alarm-rates.ts";
import { DAY_MS, FROM_MS, HOUR_MS, referenceOf } from "./drift-models.ts";
import { percent } from "./drift-false-alarms.ts";
import { driftRows, rowsBetween } from "./drift-rows.ts";
import { driftVerdicts, type WatchedModel } from "./drift-verdicts.ts";

const SEEDS = 8;
const BEFORE_HOURS = 4;
const AFTER_HOURS = 12;
const CHANGE_MS = FROM_MS + BEFORE_HOURS * HOUR_MS;
const TRAIN_DAYS = 14;

type Change = readonly [name: string, options: Pick<SimulatorOptions, "dynamics" | "priceLevel">];

const to = (dynamics: Partial<MarketDynamics>): Change[1] => ({ dynamics: [{ fromMs: CHANGE_MS, dynamics }] });
// The market halts for longer than the grid's gap of 300 steps, so that no return spans the change.
const level = (factor: number): Change[1] => ({ priceLevel: { fromMs: CHANGE_MS, factor, haltMs: 301_000 } });

const CHANGES: readonly Change[] = [
  ["none", {}],
  ["bursts last 50 s, not 100 s", to({ fastRelaxationMs: 50_000 })],
  ["bursts last 10 s", to({ fastRelaxationMs: 10_000 })],
  ["bursts last 2 s", to({ fastRelaxationMs: 2_000 })],
  ["bursts last 400 s", to({ fastRelaxationMs: 400_000 })],
  ["8 jumps an hour, not 4", to({ jumpsPerHour: 8 })],
  ["20 jumps an hour", to({ jumpsPerHour: 20 })],
  ["60 jumps an hour", to({ jumpsPerHour: 60 })],
  ["spread reacts 1.5 x", to({ spreadReaction: 1.5 })],
  ["spread reacts 2 x", to({ spreadReaction: 2 })],
  ["spread reacts 3 x", to({ spreadReaction: 3 })],
  ["volatility 3 x", to({ medianSigmaBps: 3 * (4 / Math.sqrt(60)) })],
  ["REGIME_CHANGE", to(REGIME_CHANGE)],
  ["price level x 2", level(2)],
];
const LEVELS: readonly Change[] = [
  ["none", {}],
  ["price level x 2", level(2)],
  ["price level x 4", level(4)],
];

/** Prints a table per model: detection by the dataset's verdict, and the features that alarm most often. */
export function printSensitivity(models: readonly WatchedModel[], training: Dataset): void {
  const part = rowsBetween(training, FROM_MS, FROM_MS + TRAIN_DAYS * DAY_MS);
  for (const model of models) {
    const reference = referenceOf(part, model, 0.05);
    const { nullWindows, datasetShare, datasetRatio } = reference.windows[0]!;
    console.log(`Changes on ${model.row}: ${SEEDS} streams, 1 h windows in the ${AFTER_HOURS} h after the change`);
    const limits = `a share of ${datasetShare!.toFixed(3)} or a ratio of ${datasetRatio!.toFixed(2)}`;
    console.log(`5 % stated, from ${nullWindows} windows; the dataset drifted above ${limits}`);
    console.log(
      "change                       dataset alarms  median delay  by share  by ratio  mean share  features most often",
    );
    for (const [name, options] of model.row === "peer-10" ? LEVELS : CHANGES) {
      console.log(line(name, detection(options, model, reference)));
    }
    console.log();
  }
}

interface Detection {
  /** Share of the windows after the change with the verdict `drift`. */
  readonly alarms: number;
  /** Windows until the first one, over the streams; `Infinity` when half of them never alarmed. */
  readonly medianDelay: number;
  readonly meanShare: number;
  /** Shares of the windows beyond the share's limit, and beyond the ratio's. */
  readonly byShare: number;
  readonly byRatio: number;
  /** Features by how often they alarmed. */
  readonly features: readonly { readonly name: string; readonly rate: number }[];
}

function detection(options: Change[1], model: WatchedModel, reference: DriftReference): Detection {
  const streams = Array.from({ length: SEEDS }, (_, s) => windowsAfter(100 + s, options, model, reference));
  const all = streams.flat();
  const delays = streams.map((verdicts) => {
    const first = verdicts.findIndex(({ verdict }) => verdict === "drift");
    return first < 0 ? Infinity : first + 1;
  });
  const rates = reference.features.map(({ name }, f) => {
    const judged = all.flatMap(({ features }) => features[f]?.drifted ?? []);
    return { name, rate: share(judged, (drifted) => drifted) };
  });
  return {
    alarms: share(all, ({ verdict }) => verdict === "drift"),
    medianDelay: delays.sort((a, b) => a - b)[Math.floor((SEEDS - 1) / 2)]!,
    meanShare: all.reduce((sum, { driftedShare }) => sum + (driftedShare ?? 0), 0) / all.length,
    byShare: share(all, ({ alarmedBy }) => alarmedBy.includes("share")),
    byRatio: share(all, ({ alarmedBy }) => alarmedBy.includes("ratio")),
    features: rates.sort((a, b) => b.rate - a.rate),
  };
}

function windowsAfter(
  seed: number,
  options: Change[1],
  model: WatchedModel,
  reference: DriftReference,
): DriftVerdict[] {
  const toMs = CHANGE_MS + (AFTER_HOURS + 1) * HOUR_MS;
  const rows = driftRows(simulateTicks({ seed, symbol: "BTC-USD", fromMs: FROM_MS, toMs, ...options }));
  const verdicts = driftVerdicts(rows, model, reference);
  return verdicts.filter(({ window, fromMs }) => window === "1h" && fromMs >= CHANGE_MS).slice(0, AFTER_HOURS);
}

function line(name: string, { alarms, medianDelay, meanShare, byShare, byRatio, features }: Detection): string {
  const delay = Number.isFinite(medianDelay) ? `${medianDelay} h` : `over ${AFTER_HOURS} h`;
  const most = features.slice(0, 3).map((feature) => `${feature.name} ${percent(feature.rate)}`);
  const [joint, one, other] = [alarms, byShare, byRatio].map(percent);
  return (
    `${name.padEnd(29)}${joint!.padStart(14)}  ${delay.padStart(12)}  ${one!.padStart(8)}  ${other!.padStart(8)}  ` +
    `${meanShare.toFixed(3).padStart(10)}  ${most.join(", ")}`
  );
}
