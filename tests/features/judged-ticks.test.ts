// The ticks that an engine accepted, as an archive holds them, give its steps again.
import { describe, expect, it } from "vitest";
import { VERDICT } from "../../src/features/batch-counts.ts";
import { ClosedSteps } from "../../src/features/closed-steps.ts";
import { DEFAULT_ENGINE_CONFIG, FeatureEngine } from "../../src/features/feature-engine.ts";
import { TICK_FIELDS } from "../../src/features/packed-ticks.ts";
import { pack } from "./tick-stream.ts";
import { wildStream } from "./wild-stream.ts";

/** Closed steps as text, and the rows that were accepted. */
function run(rows: Float64Array, areJudged: boolean): { steps: string[]; accepted: Float64Array } {
  const engine = new FeatureEngine(DEFAULT_ENGINE_CONFIG);
  engine.areJudged = areJudged;
  const closed = new ClosedSteps(1);
  const verdicts = new Uint8Array(rows.length / TICK_FIELDS);
  engine.process(rows, closed, verdicts);
  const taken = [...verdicts].flatMap((verdict, i) => (verdict === VERDICT.accepted ? [i] : []));
  const times = taken.sort((a, b) => rows[a * TICK_FIELDS]! - rows[b * TICK_FIELDS]! || a - b);
  const accepted = Float64Array.from(times.flatMap((i) => [...rows.subarray(i * TICK_FIELDS, (i + 1) * TICK_FIELDS)]));
  const steps = Array.from(
    { length: closed.count },
    (_, k) => `${closed.index[k]} ${closed.flags[k]} ${closed.tau[k]}`,
  );
  return { steps, accepted };
}

describe("ticks that were accepted", () => {
  it("give the same steps again, also where a tick that was refused decided a doubt", () => {
    let held = 0;
    for (let seed = 0; seed < 60; seed++) {
      const live = run(pack(wildStream(`rough ${seed}`, 600)), false);
      const again = run(live.accepted, true);
      // The last ticks may be held, and their steps then not closed yet.
      const steps = Math.min(live.steps.length, again.steps.length);
      expect(again.steps.slice(0, steps)).toEqual(live.steps.slice(0, steps));
      expect(live.steps.length - steps).toBe(0);
      if (run(live.accepted, false).steps.join() !== live.steps.join()) held += 1;
    }
    // Judged anew, they do not.
    expect(held).toBeGreaterThan(0);
  });
});
