// A run: one trial after the other, in rounds of all faults whose order the seed shuffles, beside one undisturbed
// gateway.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { BareWorkerd, bundleWorker } from "../bench/bare-workerd.ts";
import { SeededRandom } from "../src/features/seeded-random.ts";
import { completeBundle, VARIABLES } from "./chaos-gateway.ts";
import type { Fault } from "./fault.ts";
import { runTrial, type TrialResult } from "./trial.ts";

export interface ChaosOptions {
  readonly seed: number;
  readonly faults: readonly Fault[];
  /** No trial begins after so long, but each fault has one. */
  readonly minutes: number;
  /** Only the trial of this number. */
  readonly only?: number | undefined;
  /** Most trials. */
  readonly most?: number;
  /** A folder with a short path that the run may fill. */
  readonly folder: string;
  readonly onTrial?: (result: TrialResult) => void;
}

export async function runChaos(options: ChaosOptions): Promise<TrialResult[]> {
  const { seed, folder, onTrial, only, most = Infinity } = options;
  const bundleDir = join(folder, "bundle");
  mkdirSync(folder, { recursive: true });
  await bundleWorker(bundleDir);
  completeBundle(bundleDir);
  const twin = await BareWorkerd.prepare(bundleDir, join(folder, "twin"), VARIABLES, true);
  await twin.start();
  const until = performance.now() + options.minutes * 60_000;
  const results: TrialResult[] = [];
  try {
    for (const [number, fault] of order(seed, options.faults)) {
      const isOver = number >= options.faults.length && performance.now() > until;
      if (isOver || results.length >= most || (only !== undefined && number > only)) break;
      if (only !== undefined && number < only) continue;
      const result = await runTrial(fault, { seed, number, bundleDir, folder, twinUrl: twin.url });
      results.push(result);
      onTrial?.(result);
    }
  } finally {
    await twin.kill();
  }
  return results;
}

/** Endless rounds of all faults, each round in an order of its own, with the number of each trial. */
export function* order(seed: number, faults: readonly Fault[]): Generator<readonly [number, Fault], void> {
  const random = new SeededRandom(`order ${seed}`);
  for (let number = 0; ;) {
    const round = [...faults];
    while (round.length > 0) {
      const [fault] = round.splice(Math.floor(random.uniform() * round.length), 1);
      yield [number++, fault!];
    }
  }
}
