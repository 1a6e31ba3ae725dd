// Live quality on real recordings, where they are, against the trainer's dataset and metrics over the same ticks.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { streamTicks } from "../../recordings/tick-stream.ts";
import { ClosedSteps, FLAG } from "../../src/features/closed-steps.ts";
import { FeatureEngine } from "../../src/features/feature-engine.ts";
import { labelSpecText } from "../../src/features/label-spec.ts";
import { PackedTicks } from "../../src/features/packed-ticks.ts";
import { ROWS } from "../../src/features/schema.ts";
import type { Manifest } from "../../src/model/manifest.ts";
import { LiveQuality } from "../../src/quality/live-quality.ts";
import { parseConfig } from "../../trainer/run/config.ts";
import { averagePrecision } from "../../trainer/evaluate/metrics/average-precision.ts";
import { brierScore } from "../../trainer/evaluate/metrics/brier-score.ts";
import { confusionAt } from "../../trainer/evaluate/metrics/confusion.ts";
import { logLoss } from "../../trainer/evaluate/metrics/log-loss.ts";
import { expectedCalibrationError } from "../../trainer/evaluate/metrics/reliability.ts";
import { rocAuc } from "../../trainer/evaluate/metrics/roc-auc.ts";
import { OnnxSession } from "../../onnx/onnx-session.ts";
import { readRecordings } from "../../trainer/rows/read-recordings.ts";

const folder = resolve(import.meta.dirname, "../../../shared/data/coinbase-2025");
const bundled = resolve(import.meta.dirname, "../../src/model/bundled");
const there = existsSync(folder);
if (!there) console.log(`skipped: ${folder} is not there`);

const MODELS = ["logistic", "persistence", "threshold-only", "zscore"];

interface Loaded {
  readonly name: string;
  readonly manifest: Manifest;
  readonly columns: readonly number[];
  readonly session: OnnxSession;
}

async function load(name: string): Promise<Loaded> {
  const manifest = JSON.parse(readFileSync(join(bundled, `${name}.json`), "utf8")) as Manifest;
  const names = ROWS[manifest.row].map((column) => column.name);
  const columns = manifest.features.map((feature) => names.indexOf(feature));
  return { name, manifest, columns, session: await OnnxSession.load(readFileSync(join(bundled, `${name}.onnx`))) };
}

/** Every step of the recordings through the engine, the models and live quality. */
async function replay(files: readonly string[], models: readonly Loaded[], withEdges: boolean): Promise<LiveQuality> {
  const engine = new FeatureEngine();
  const quality = new LiveQuality(engine.config.grid.stepMs);
  quality.setSeries(
    models.map(({ manifest }) => ({
      sha256: manifest.onnxSha256,
      threshold: manifest.threshold,
      edges: withEdges ? (manifest.scoreEdges ?? []) : [],
      labelText: labelSpecText(manifest.label),
      spec: engine.indexOfLabelSpec(manifest.label),
      horizonSteps: manifest.label.horizonSteps,
    })),
  );
  const steps = new ClosedSteps(1);
  for await (const ticks of streamTicks(files, { symbol: undefined, persist: "unused" }).batches) {
    const packed = new PackedTicks(ticks.length);
    for (const tick of ticks) packed.add(tick);
    steps.clear();
    engine.process(packed.rows(), steps, new Uint8Array(ticks.length));
    const scores: Float32Array[] = [];
    for (const { manifest, columns, session } of models) {
      const ready = Array.from({ length: steps.count }, (_, k) => k).filter((k) => steps.ready(k, 0));
      const rows = new Float32Array(ready.length * columns.length);
      ready.forEach((k, i) => steps.row(manifest.row, k, 0, columns, rows, i * columns.length));
      const values = new Float32Array(steps.count).fill(NaN);
      if (ready.length > 0) (await session.run(rows, columns.length)).forEach((p, i) => (values[ready[i]!] = p));
      scores.push(values);
    }
    for (let k = 0; k < steps.count; k++) {
      quality.update({
        index: steps.index[k]!,
        segmentStart: (steps.flags[k]! & FLAG.segmentStart) !== 0,
        counts: steps.isEligible(k),
        labels: [steps.label[k]!],
        taus: [steps.tau[k]!],
        probabilities: Float32Array.from(scores, (values) => values[k]!),
      });
    }
  }
  return quality;
}

describe.skipIf(!there)("live quality on recorded ticks", () => {
  it.each([
    ["the edges of its manifest", true],
    ["equal width", false],
  ])(
    "with bins of %s has the trainer's counts, confusion and scores, and PR-AUC within 0.005 of the exact one",
    async (bins, withEdges) => {
      const names = readdirSync(folder).filter((name) => name.startsWith("ticks_"));
      const files = names.sort().map((name) => join(folder, name));
      const models = await Promise.all(MODELS.map(load));
      const quality = await replay(files, models, withEdges);
      const { data } = await readRecordings({
        files,
        symbol: undefined,
        engine: parseConfig({}).engine,
        persist: "unused",
      });
      const { label, values, count } = data.rows;
      const labels = label.subarray(0, count);
      const [found] = quality.window("30d").labels;
      expect(found!.resolved).toBe(count);
      expect(found!.voids).toBe(data.tally.void);
      for (const { name, manifest, columns, session } of models) {
        const width = ROWS[manifest.row].length;
        const rows = new Float32Array(count * columns.length);
        for (let k = 0; k < count; k++) {
          columns.forEach((c, j) => (rows[k * columns.length + j] = values[manifest.row][k * width + c]!));
        }
        const p = await session.run(rows, columns.length);
        const live = found!.series.find(({ sha256 }) => sha256 === manifest.onnxSha256)!;
        const {
          truePositives: tp,
          falsePositives: fp,
          falseNegatives: fn,
          trueNegatives: tn,
        } = confusionAt(labels, p, manifest.threshold);
        expect(live.confusion).toEqual({ tp, fp, fn, tn });
        const error = {
          prAuc: live.prAuc!.value - averagePrecision(labels, p),
          rocAuc: live.rocAuc!.value - rocAuc(labels, p),
          brier: live.brier!.value - brierScore(labels, p),
          logLoss: live.logLoss!.value - logLoss(labels, p),
          ece: live.ece!.value - expectedCalibrationError(labels, p),
        };
        const shown = Object.entries(error).map(([figure, x]) => `${figure} ${x.toExponential(1)}`);
        console.log(
          `bins of ${bins}: ${name}, ${count} rows, PR-AUC ${live.prAuc!.value.toFixed(4)}: live minus exact ${shown.join(", ")}`,
        );
        expect(Math.abs(error.prAuc)).toBeLessThan(0.005);
        expect(Math.abs(error.rocAuc)).toBeLessThan(0.005);
        expect(Math.abs(error.brier)).toBeLessThan(1e-12);
        expect(Math.abs(error.logLoss)).toBeLessThan(1e-12);
        expect(Math.abs(error.ece)).toBeLessThan(2e-7);
        await session.release();
      }
    },
  );
});
