// Rows of `default-2` made by hand: a market whose volatility follows one known column, for the tests of baselines.
import { DEFAULT_2 } from "../../src/features/default-2.ts";
import { DEFAULT_ENGINE_CONFIG } from "../../src/features/feature-engine.ts";
import { gridConfig } from "../../src/features/event-grid.ts";
import { completeLabelSpec } from "../../src/features/complete-label-spec.ts";
import type { Dataset } from "../../trainer/rows/dataset.ts";
import { LabelledRows } from "../../trainer/rows/labelled-rows.ts";
import { newTally } from "../../trainer/rows/tally.ts";
import { seededUniform } from "./volatile-ticks.ts";

const MINUTE_MS = 60_000;
/** Half-lives, in steps, of the EWMAs that are written into the columns. */
export const HALF_LIVES = [1, 2, 5, 10, 30, 60, 120] as const;

/** The rows and how their spikes came about. */
export interface BaselineMarket {
  /** Half-life whose EWMA of squared ranges drives the odds of a spike. */
  readonly halfLife: (typeof HALF_LIVES)[number];
  readonly rows: number;
  readonly seed: number;
}

/**
 * One-minute steps. A latent log-volatility wanders; its noisy squared range and still noisier squared return are seen.
 * The log-odds of a spike rise with the EWMA of the squared range at the market's half-life, and with nothing else.
 */
export function baselineMarket({ halfLife, rows: count, seed }: BaselineMarket): Dataset {
  const uniform = seededUniform(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const grid = gridConfig(MINUTE_MS, "last");
  const label = completeLabelSpec({ measure: "parkinson", horizonSteps: 1, windowSteps: 1440 }, grid);
  const config = { ...DEFAULT_ENGINE_CONFIG, grid, label };
  const rows = new LabelledRows(count, ["default-1", "peer-10", "default-2"]);
  rows.count = count;
  for (const name of rows.names) rows.values[name].fill(NaN);
  const columnOf = (name: string): number => {
    const at = DEFAULT_2.findIndex((column) => column.name === name);
    if (at < 0) throw new Error(`${name} is no column of default-2`);
    return at;
  };
  const ewmas = ["rv", "parkinson"].map((measure) => ({
    places: HALF_LIVES.map((h) => columnOf(`ewma_${measure}_h${h}_over_tau`)),
    values: HALF_LIVES.map(() => 1),
  }));
  const put = (k: number, name: string, x: number): void => {
    rows.values["default-2"][k * DEFAULT_2.length + columnOf(name)] = x;
  };
  let latent = 0;
  for (let k = 0; k < count; k++) {
    latent = 0.97 * latent + 0.35 * normal();
    const range = Math.exp(latent + 0.3 * normal());
    const square = Math.exp(latent + 1.2 * normal());
    ewmas.forEach(({ places, values }, m) => {
      HALF_LIVES.forEach((h, i) => {
        const decay = 0.5 ** (1 / h);
        values[i] = decay * values[i]! + (1 - decay) * (m === 0 ? square : range);
        rows.values["default-2"][k * DEFAULT_2.length + places[i]!] = Math.log(values[i]) / 2;
      });
    });
    put(k, "parkinson_h1_over_tau", Math.log(range) / 2);
    put(k, "parkinson_h5_over_tau", Math.log(ewmas[1]!.values[1]!) / 2);
    const driver = Math.log(ewmas[1]!.values[HALF_LIVES.indexOf(halfLife)]!) / 2;
    rows.tsMs[k] = (k + 1) * MINUTE_MS;
    rows.step[k] = k;
    rows.tau[k] = 1;
    rows.label[k] = uniform() < 1 / (1 + Math.exp(-(3 * driver - 2))) ? 1 : 0;
    rows.ratio[k] = rows.label[k] === 1 ? 1.5 : 0.5;
  }
  return { config, symbols: ["MADE-UP"], rows, tally: newTally() };
}
