// As interleaved-symbols.test.ts, on as many rows as the sample of a calibration's judgement begins at.
import { describe, expect, it } from "vitest";
import { chooseCalibration } from "../../trainer/calibrate/choose-calibration.ts";
import type { ScoredRows } from "../../trainer/calibrate/scored-rows.ts";
import { sigmoid } from "../../trainer/score/sigmoid.ts";
import { seededUniform } from "./volatile-ticks.ts";

describe("samples of the rows of two symbols in turn", () => {
  it("judge a calibration by both symbols", () => {
    const uniform = seededUniform(8);
    // Held out, A's log-odds are right and B's are 2.5 times too large; on the models' own rows all are right.
    const scored = (count: number, factor = 1): ScoredRows => {
      const logOdds = Float64Array.from({ length: count }, () => 4 * (uniform() + uniform() - 1) - 2);
      const labels = Uint8Array.from(logOdds, (z) => (uniform() < sigmoid(z) ? 1 : 0));
      return { scores: logOdds.map((z, i) => (i % 2 === 0 ? z : factor * z)), labels };
    };
    const folds = [200_000, 2000].map((count, f) => ({
      heldOut: scored(count, 2.5),
      blocks: Int32Array.from({ length: count }, (_, i) => Math.floor(i / 100)),
      own: scored(1000),
      fittedRows: (f + 1) * 1000,
    }));
    const { note } = chooseCalibration({ onTrain: scored(1000), fittedRows: 1000, folds, rowWeight: 1, logOdds: true });
    // By A's rows alone a line of slope 1 gains about 1.
    expect(Number(/shrunk less none ([\d.]+)/.exec(note)?.[1])).toBeGreaterThan(30);
  });
});
