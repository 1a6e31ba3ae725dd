import { describe, expect, it } from "vitest";
import { parseConfig, type RawSettings } from "../../trainer/run/config.ts";
import { buildDataset, type Dataset } from "../../trainer/rows/dataset.ts";
import { train, type TrainingPlan } from "../../trainer/run/train.ts";
import { FROM_MS, volatileTicks } from "./volatile-ticks.ts";

const ticks = volatileTicks(7500);
const makeData = (): Dataset => buildDataset(ticks);
const plan = (raw: RawSettings): TrainingPlan => ({
  config: parseConfig({ folds: "2", "min-episodes": "1", "leak-shifts": "0", ...raw }),
  provenance: {
    source: "test",
    evidence: "recorded",
    dataFingerprint: "f",
    codeCommit: "unknown",
    createdAtMs: FROM_MS,
  },
  publishFigures: true,
  rebuild: (untilMs) => Promise.resolve(buildDataset(ticks.filter(({ tsMs }) => tsMs < untilMs))),
});

describe("a training run", () => {
  it("gives identical bytes and figures when run again", async () => {
    const families = "logistic,gbdt,blend";
    const [a, b] = [await train(makeData(), plan({ families })), await train(makeData(), plan({ families }))];
    expect(a.artifacts.map(({ onnx }) => onnx)).toEqual(b.artifacts.map(({ onnx }) => onnx));
    expect(a.artifacts.map(({ manifest }) => manifest)).toEqual(b.artifacts.map(({ manifest }) => manifest));
    expect(a.gate).toEqual(b.gate);
    expect(a.folds).toEqual(b.folds);
  });
});
