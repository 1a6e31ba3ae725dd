// `npm run bench -- horizons`: what the feature engines of several horizons of the same steps cost, and how much of
// that a shared engine would save.
import { EXIT } from "../command-line/exit-code.ts";
import { option } from "../command-line/option.ts";
import { parseCommandLine } from "../command-line/parse-command-line.ts";
import type { Program } from "../command-line/program.ts";
import { decimal, text, wholeNumber } from "../command-line/value-types.ts";
import { simulateTicks } from "../simulator/simulator.ts";
import { ClosedSteps } from "../src/features/closed-steps.ts";
import { completeLabelSpec } from "../src/features/complete-label-spec.ts";
import { FLOW_WINDOWS, SIGNED_WINDOWS } from "../src/features/default-2.ts";
import { gridConfig } from "../src/features/event-grid.ts";
import { FeatureEngine } from "../src/features/feature-engine.ts";
import { PackedTicks, TICK_FIELDS } from "../src/features/packed-ticks.ts";
import type { RowName } from "../src/features/schema.ts";
import { STEP_SERIES, StepSums } from "../src/features/step-sums.ts";
import { horizonsOf } from "../src/settings/further-grids.ts";
import { benchCommand } from "./bench-command.ts";

const FROM_MS = Date.parse("2025-01-01T00:00:00Z");
const GRID = gridConfig(1000);
const BATCH = 200;
const KEPT: readonly (readonly RowName[])[] = [[], ["default-1"], ["default-1", "default-2"]];
const FLOAT_BYTES = 8;

const HORIZONS = benchCommand(
  "horizons",
  `
Processor time a step and bytes of the feature engine of each horizon on steps of 1 s, and what of both could be shared:
the rings of steps that a longer horizon has too, and the making of steps from ticks.`,
  {
    horizons: option(text("LIST"), "the horizons, as HORIZONS takes them", { default: "60s,300s,900s" }),
    hours: option(decimal(0.5, 100), "hours of the simulated market", { default: "10" }),
    rounds: option(wholeNumber(1, 100), "rounds, of which the least counts", { default: "5" }),
  },
);

export const program: Program = {
  command: HORIZONS,
  run: (args) => {
    const { horizons, hours, rounds } = parseCommandLine(HORIZONS, args).values;
    const steps = horizonsOf(horizons, GRID).map((ms) => ms / GRID.stepMs);
    const rows = marketOf(hours);
    console.log(`${rows.length / TICK_FIELDS} ticks, batches of ${BATCH}, least of ${rounds} rounds, steps of 1 s`);
    console.log("horizon   no row  default-1  and default-2   state");
    let bytes = 0;
    for (const horizonSteps of steps) {
      const costs = KEPT.map((kept) => leastOf(rounds, () => run(rows, horizonSteps, kept)));
      bytes += costs[0]!.bytes;
      const [none, one, two] = costs.map(({ us }) => `${us.toFixed(2)} µs`);
      console.log(`${horizonSteps} s: ${none}, ${one}, ${two}, ${kib(costs[0]!.bytes)}`);
    }
    const saved = ringBytes(steps.map((one) => [one])) - ringBytes([steps]);
    console.log(
      `all: ${kib(bytes)}; rings kept once would save ${kib(saved)} (${((100 * saved) / bytes).toFixed(0)} %)`,
    );
    return Promise.resolve(EXIT.done);
  },
};

interface Cost {
  /** Processor time a step, microseconds. */
  readonly us: number;
  readonly bytes: number;
}

function marketOf(hours: number): Float64Array {
  const ticks = new PackedTicks();
  const range = { fromMs: FROM_MS, toMs: FROM_MS + hours * 3_600_000 };
  for (const tick of simulateTicks({ seed: 1, symbol: "SIM-USD", ...range })) ticks.add(tick);
  return ticks.rows();
}

function run(rows: Float64Array, horizonSteps: number, kept: readonly RowName[]): Cost {
  const engine = new FeatureEngine({ grid: GRID, label: completeLabelSpec({ horizonSteps }, GRID) });
  engine.followsOther = true;
  const out = new ClosedSteps(1, 16, kept);
  const verdicts = new Uint8Array(BATCH);
  const before = process.cpuUsage();
  for (let from = 0; from < rows.length; from += BATCH * TICK_FIELDS) {
    out.clear();
    engine.process(rows.subarray(from, from + BATCH * TICK_FIELDS), out, verdicts);
  }
  const { user, system } = process.cpuUsage(before);
  return { us: (user + system) / engine.stepsClosed, bytes: engine.save().byteLength };
}

function leastOf(rounds: number, once: () => Cost): Cost {
  let least = once();
  for (let round = 1; round < rounds; round++) {
    const cost = once();
    if (cost.us < least.us) least = cost;
  }
  return least;
}

/** Bytes of the rings of engines that each keep those of some horizons once. */
function ringBytes(engines: readonly (readonly number[])[]): number {
  return engines.reduce((sum, horizons) => sum + FLOAT_BYTES * ringValues(horizons), 0);
}

function ringValues(horizons: readonly number[]): number {
  const sums = horizons.map((steps) => new StepSums(GRID, steps));
  const ofSteps = STEP_SERIES.map((series) => Math.max(...sums.flatMap((one) => one[series].windows)));
  // Volume and signed volume, and trades.
  const longest = Math.max(...horizons);
  const ofFlow = [SIGNED_WINDOWS, SIGNED_WINDOWS, FLOW_WINDOWS].map((windows) => Math.max(...windows) * longest);
  return [...ofSteps, ...ofFlow].reduce((sum, length) => sum + length, 0);
}

function kib(bytes: number): string {
  return `${(bytes / 1024).toFixed(0)} KiB`;
}
